-- Facts only: what was seen, what was done, what the rep said. Where a thread stands is computed and never stored.
-- Times are unix milliseconds in UTC; 0 means that there is none. Lists are JSON.

CREATE TABLE origin (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  first_start INTEGER NOT NULL,
  recovered   INTEGER NOT NULL
) STRICT;

-- A folder that was read, with how far: cursor (uid_validity to messages) and the last time it was read to its end.
CREATE TABLE folder (
  id           INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL UNIQUE,
  role         TEXT    NOT NULL,
  why          TEXT    NOT NULL,
  uid_validity INTEGER NOT NULL DEFAULT 0,
  uid_next     INTEGER NOT NULL DEFAULT 0,
  mod_seq      INTEGER NOT NULL DEFAULT 0,
  messages     INTEGER NOT NULL DEFAULT 0,
  read_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A message once seen stays, whatever becomes of its copies. AUTOINCREMENT: a row is never given to another message.
CREATE TABLE message (
  row      INTEGER PRIMARY KEY AUTOINCREMENT,
  identity BLOB    NOT NULL UNIQUE,            -- 16 bytes, see identity.go
  folder   INTEGER NOT NULL REFERENCES folder, -- whose copy the header was taken from
  received INTEGER NOT NULL,                   -- the earliest INTERNALDATE of its copies
  guessed  INTEGER NOT NULL,                   -- 1: no copy had one; received is from its Date or the time of reading
  header   BLOB    NOT NULL                    -- the literal as fetched
) STRICT;

-- The folders a message was ever seen in, besides message.folder.
CREATE TABLE sighting (
  row    INTEGER NOT NULL REFERENCES message,
  folder INTEGER NOT NULL REFERENCES folder,
  PRIMARY KEY (row, folder)
) STRICT, WITHOUT ROWID;

-- Where a message lies now. UIDs are of the folder's uid_validity: when that changes the folder's places are dropped.
CREATE TABLE place (
  row    INTEGER NOT NULL REFERENCES message,
  folder INTEGER NOT NULL REFERENCES folder,
  uid    INTEGER NOT NULL,
  PRIMARY KEY (row, folder, uid)
) STRICT, WITHOUT ROWID;

-- What a body holds, apart from message so that walking the messages stays light.
CREATE TABLE content (
  row     INTEGER PRIMARY KEY REFERENCES message,
  version INTEGER NOT NULL, -- mail.ContentVersion of the program that read it
  body    TEXT    NOT NULL  -- mail.Content as JSON
) STRICT;
CREATE INDEX content_version ON content (version);

CREATE TABLE draft (
  id         INTEGER PRIMARY KEY,
  key        TEXT    NOT NULL UNIQUE,
  thread     TEXT    NOT NULL,
  answers    TEXT    NOT NULL,
  step       INTEGER NOT NULL,
  action     TEXT    NOT NULL,
  approach   TEXT    NOT NULL,
  asset      TEXT    NOT NULL,
  template   TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  why        TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  message_id TEXT    NOT NULL,
  source     BLOB    NOT NULL,
  validity   INTEGER NOT NULL,
  floor      INTEGER NOT NULL,
  uid        INTEGER NOT NULL,
  created    INTEGER NOT NULL,
  changed    INTEGER NOT NULL,
  looked_at  INTEGER NOT NULL,
  looks      INTEGER NOT NULL
) STRICT;

CREATE TABLE word (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  thread  TEXT    NOT NULL,
  address TEXT    NOT NULL,
  until   INTEGER NOT NULL,
  outcome TEXT    NOT NULL,
  text    TEXT    NOT NULL
) STRICT;
