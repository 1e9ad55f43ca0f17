-- The facts of all mailboxes, as in the SQLite store (tracker/sqlite/migration) with the mailbox before every key.
-- What came out of mail, out of a server's names or out of a file's is bytea, for it may hold what is no UTF-8, and NUL.
-- Times are unix milliseconds in UTC; 0 means that there is none.

-- epoch: how often a worker took the mailbox. A worker's writes name the epoch it was given and are refused under another.
CREATE TABLE mailbox (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the key of its advisory lock, which takes 32 bits
  address     text    NOT NULL UNIQUE,
  epoch       bigint  NOT NULL DEFAULT 0,
  last_row    bigint  NOT NULL DEFAULT 0, -- the highest message.row ever given; a row is never given twice
  first_start bigint,
  recovered   bigint  NOT NULL DEFAULT 0,
  salt        bytea
);

-- A folder that was read, with how far: cursor (uid_validity to messages) and the last time it was read to its end.
CREATE TABLE folder (
  mailbox      integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id           integer NOT NULL,
  name         bytea   NOT NULL,
  role         text    NOT NULL,
  why          bytea   NOT NULL,
  uid_validity bigint  NOT NULL DEFAULT 0,
  uid_next     bigint  NOT NULL DEFAULT 0,
  mod_seq      bigint  NOT NULL DEFAULT 0,
  messages     bigint  NOT NULL DEFAULT 0,
  read_at      bigint  NOT NULL DEFAULT 0,
  PRIMARY KEY (mailbox, id),
  UNIQUE (mailbox, name)
);

CREATE TABLE message (
  mailbox  integer NOT NULL,
  row      bigint  NOT NULL,
  identity bytea   NOT NULL CHECK (octet_length(identity) = 16), -- see intake.Identity
  folder   integer NOT NULL, -- whose copy the header was taken from
  received bigint  NOT NULL, -- the earliest INTERNALDATE of its copies
  guessed  boolean NOT NULL, -- no copy had one; received is from its Date or the time of reading
  reduced  boolean NOT NULL, -- it named a forgotten person; its header was written anew without them
  header   bytea   NOT NULL, -- the literal as fetched
  PRIMARY KEY (mailbox, row),
  UNIQUE (mailbox, identity),
  FOREIGN KEY (mailbox, folder) REFERENCES folder ON DELETE CASCADE
);

-- The folders a message was ever seen in, besides message.folder.
CREATE TABLE sighting (
  mailbox integer NOT NULL,
  row     bigint  NOT NULL,
  folder  integer NOT NULL,
  PRIMARY KEY (mailbox, row, folder),
  FOREIGN KEY (mailbox, row) REFERENCES message ON DELETE CASCADE
);

-- Where a message lies now. UIDs are of the folder's uid_validity: when that changes the folder's places are dropped.
CREATE TABLE place (
  mailbox integer NOT NULL,
  row     bigint  NOT NULL,
  folder  integer NOT NULL,
  uid     bigint  NOT NULL,
  PRIMARY KEY (mailbox, row, folder, uid),
  FOREIGN KEY (mailbox, row) REFERENCES message ON DELETE CASCADE
);
CREATE INDEX place_folder ON place (mailbox, folder);

-- What a body holds, apart from message so that walking the messages stays light. body: mail.Content as JSON.
CREATE TABLE content (
  mailbox integer NOT NULL,
  row     bigint  NOT NULL,
  version integer NOT NULL,
  body    text    NOT NULL,
  PRIMARY KEY (mailbox, row),
  FOREIGN KEY (mailbox, row) REFERENCES message ON DELETE CASCADE
);

-- What a language model made of an answer that the rules call unclear; asked once a message.
CREATE TABLE opinion (
  mailbox integer NOT NULL,
  row     bigint  NOT NULL,
  at      bigint  NOT NULL,
  model   text    NOT NULL,
  intent  text    NOT NULL,
  until   bigint  NOT NULL,
  PRIMARY KEY (mailbox, row),
  FOREIGN KEY (mailbox, row) REFERENCES message ON DELETE CASCADE
);

-- erased: the texts were erased and stay so, whatever a pass that was under way writes.
CREATE TABLE draft (
  mailbox    integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id         bigint  GENERATED ALWAYS AS IDENTITY,
  key        text    NOT NULL,
  thread     bytea   NOT NULL,
  answers    bytea   NOT NULL,
  step       integer NOT NULL,
  action     text    NOT NULL,
  approach   text    NOT NULL,
  asset      bytea   NOT NULL,
  template   bytea   NOT NULL,
  body       bytea   NOT NULL,
  why        text    NOT NULL, -- JSON
  state      text    NOT NULL,
  message_id bytea   NOT NULL,
  source     bytea   NOT NULL,
  validity   bigint  NOT NULL,
  floor      bigint  NOT NULL,
  uid        bigint  NOT NULL,
  created    bigint  NOT NULL,
  changed    bigint  NOT NULL,
  looked_at  bigint  NOT NULL,
  looks      integer NOT NULL,
  erased     boolean NOT NULL DEFAULT false,
  PRIMARY KEY (mailbox, key)
);

-- How the rep's mail differs from the draft it was sent from.
CREATE TABLE edit (
  mailbox integer NOT NULL,
  draft   text    NOT NULL,
  at      bigint  NOT NULL,
  kept    float8  NOT NULL,
  diff    bytea   NOT NULL,
  PRIMARY KEY (mailbox, draft),
  FOREIGN KEY (mailbox, draft) REFERENCES draft ON DELETE CASCADE
);

CREATE TABLE word (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id      bigint  GENERATED ALWAYS AS IDENTITY,
  at      bigint  NOT NULL,
  kind    text    NOT NULL,
  thread  bytea   NOT NULL,
  address bytea   NOT NULL,
  until   bigint  NOT NULL,
  outcome text    NOT NULL,
  text    bytea   NOT NULL,
  source  bytea   NOT NULL,
  PRIMARY KEY (mailbox, id)
);

-- What gestures left in the mailbox and was heard already, while it stands there.
CREATE TABLE sign (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  place   bytea   NOT NULL,
  name    bytea   NOT NULL,
  at      bigint  NOT NULL,
  PRIMARY KEY (mailbox, place, name)
);

-- Whom the rep had forgotten: hashes of addresses with the mailbox's salt, nothing else of them.
CREATE TABLE forgotten (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id      bigint  GENERATED ALWAYS AS IDENTITY,
  hash    bytea   NOT NULL,
  at      bigint  NOT NULL,
  PRIMARY KEY (mailbox, hash)
);

-- The working days, on the rep's calendar, whose digest was made.
CREATE TABLE digest (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  day     text    NOT NULL, -- 2026-11-23
  at      bigint  NOT NULL,
  PRIMARY KEY (mailbox, day)
);
