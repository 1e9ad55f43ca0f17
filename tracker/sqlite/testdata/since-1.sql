-- What a program of the first schema wrote, among it a draft that it died over in the middle of its APPEND.
INSERT INTO origin (id, first_start, recovered) VALUES (1, 1000, 0);
INSERT INTO folder (id, name, role, why, uid_validity, uid_next) VALUES (1, 'INBOX', 'inbox', '', 7, 2);
INSERT INTO message (row, identity, folder, received, guessed, header)
  VALUES (1, x'00112233445566778899aabbccddeeff', 1, 1000, 0, CAST('From: bo@nordbau.example' || char(13,10,13,10) AS BLOB));
INSERT INTO content VALUES (1, 1, '{"v":1,"text":"hello"}');
INSERT INTO draft (key, thread, answers, step, action, approach, asset, template, body, why, state, message_id, source, validity, floor, uid, created, changed, looked_at, looks) VALUES
  ('placed', 't', '', 1, 'follow_up', 'recap', '', '', 'text', '[]', 'placed', '', x'', 0, 0, 0, 0, 0, 0, 0),
  ('unknown', 't', 'offer@acme.example', 2, 'follow_up', 'recap', '', '', 'text', '[]', 'unknown', 'unknown@acme.example', x'46726f7a656e', 7, 41, 0, 1000, 2000, 3000, 1);
INSERT INTO word (at, kind, thread, address, until, outcome, text) VALUES (1, 'note', '', 'bo@nordbau.example', 0, '', 'likes gnus');
