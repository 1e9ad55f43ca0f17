INSERT INTO opinion (row, at, model, intent, until) VALUES (1, 1000, 'stub', 'interested', 0);
INSERT INTO edit (draft, at, kept, diff) VALUES ('placed', 1000, 0.5, 'x');
