-- source: how a word was said in a mail client; '' for a command or a page.
ALTER TABLE word ADD COLUMN source TEXT NOT NULL DEFAULT '';
-- What gestures left in the mailbox and was heard already, while it stands there: "17:4711" in the place "folder Followups/Stop".
CREATE TABLE sign (
  place TEXT    NOT NULL,
  name  TEXT    NOT NULL,
  at    INTEGER NOT NULL,
  PRIMARY KEY (place, name)
) STRICT, WITHOUT ROWID;
