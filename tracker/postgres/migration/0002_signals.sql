-- The links that drafts bear in place of their assets' own, each one's alone, and who followed them. draft and thread are
-- '' where everybody the draft was for was forgotten: the link still leads there, and no visit to it is kept.
CREATE TABLE link (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  token   text    NOT NULL,
  draft   text    NOT NULL, -- the draft's key; '' as above, or where it was found again in Sent
  thread  bytea   NOT NULL,
  asset   bytea   NOT NULL,
  url     bytea   NOT NULL,
  created bigint  NOT NULL,
  PRIMARY KEY (mailbox, token)
);
CREATE UNIQUE INDEX link_draft ON link (mailbox, draft, url) WHERE draft <> '';
CREATE TABLE visit (
  mailbox integer NOT NULL,
  id      bigint  GENERATED ALWAYS AS IDENTITY,
  token   text    NOT NULL,
  at      bigint  NOT NULL,
  machine bytea   NOT NULL, -- what in the request showed a machine
  network text    NOT NULL, -- hash of the visitor's network, under the day's salt
  PRIMARY KEY (mailbox, id),
  FOREIGN KEY (mailbox, token) REFERENCES link ON DELETE CASCADE
);
CREATE INDEX visit_token ON visit (mailbox, token);
-- The salt of one day, replaced with the next: from then on nobody can test an address against older hashes.
CREATE TABLE visitor_salt (
  mailbox integer PRIMARY KEY REFERENCES mailbox ON DELETE CASCADE,
  day     text    NOT NULL, -- 2026-11-23, UTC
  bytes   bytea   NOT NULL
);
