-- The links that drafts bear in place of their assets' own, each one's alone, and who followed them. draft and thread are
-- '' where everybody the draft was for was forgotten: the link still leads there, and no visit to it is kept.
CREATE TABLE link (
  token   TEXT    PRIMARY KEY,
  draft   TEXT    NOT NULL, -- the draft's key; '' as above, or where it was found again in Sent
  thread  TEXT    NOT NULL,
  asset   TEXT    NOT NULL,
  url     TEXT    NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX link_draft ON link (draft, url) WHERE draft <> '';
CREATE TABLE visit (
  id      INTEGER PRIMARY KEY,
  token   TEXT    NOT NULL REFERENCES link,
  at      INTEGER NOT NULL,
  machine TEXT    NOT NULL, -- what in the request showed a machine
  network TEXT    NOT NULL  -- hash of the visitor's network, under the day's salt
) STRICT;
CREATE INDEX visit_token ON visit (token);
-- The salt of one day, replaced with the next: from then on nobody can test an address against older hashes.
CREATE TABLE visitor_salt (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  day   TEXT    NOT NULL, -- 2026-11-23, UTC
  bytes BLOB    NOT NULL
) STRICT;
