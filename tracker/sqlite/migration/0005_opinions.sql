-- What a language model made of an answer that the rules call unclear; asked once a message, with no word of the message kept.
CREATE TABLE opinion (
  row    INTEGER PRIMARY KEY, -- the message
  at     INTEGER NOT NULL,
  model  TEXT    NOT NULL,
  intent TEXT    NOT NULL,
  until  INTEGER NOT NULL
) STRICT;
-- How the rep's mail differs from the draft it was sent from. diff: what was taken out and put in; '' where erased or the same.
CREATE TABLE edit (
  draft TEXT    PRIMARY KEY, -- the draft's key
  at    INTEGER NOT NULL,
  kept  REAL    NOT NULL,    -- the share of the words of both that stand in both
  diff  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
