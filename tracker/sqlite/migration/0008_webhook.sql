-- The state of each thread as the webhook was last told, or is about to be.
CREATE TABLE told (
  thread TEXT PRIMARY KEY,
  state  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What is about to be told, in order.
CREATE TABLE notice (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT    NOT NULL UNIQUE,
  at     INTEGER NOT NULL,
  thread TEXT    NOT NULL,
  body   BLOB    NOT NULL,
  tries  INTEGER NOT NULL,
  next   INTEGER NOT NULL
) STRICT;
-- One row once anything was put down in told; unwanted: the address whose receiver wants nothing more.
CREATE TABLE webhook (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  unwanted    TEXT    NOT NULL,
  unwanted_at INTEGER NOT NULL
) STRICT;
