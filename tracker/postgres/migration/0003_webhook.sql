-- The state of each thread as the webhook was last told, or is about to be.
CREATE TABLE told (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  thread  bytea   NOT NULL,
  state   text    NOT NULL,
  PRIMARY KEY (mailbox, thread)
);
-- What is about to be told. Writers of one mailbox take turns, so seq is the order in which they wrote.
CREATE TABLE notice (
  mailbox integer NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  seq     bigint  GENERATED ALWAYS AS IDENTITY,
  id      text    NOT NULL,
  at      bigint  NOT NULL,
  thread  bytea   NOT NULL,
  body    bytea   NOT NULL, -- JSON
  tries   integer NOT NULL,
  next    bigint  NOT NULL,
  PRIMARY KEY (mailbox, seq),
  UNIQUE (mailbox, id)
);
-- One row for each mailbox that anything was put down of in told; unwanted: the address whose receiver wants nothing more.
CREATE TABLE webhook (
  mailbox     integer PRIMARY KEY REFERENCES mailbox ON DELETE CASCADE,
  unwanted    text    NOT NULL,
  unwanted_at bigint  NOT NULL
);
