-- Whom the rep had forgotten: salted hashes of addresses (HMAC-SHA256), nothing else of them.
CREATE TABLE salt (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  bytes BLOB    NOT NULL
) STRICT;
CREATE TABLE forgotten (
  id   INTEGER PRIMARY KEY AUTOINCREMENT, -- grows with every forgetting: a running daemon sees that it must load anew
  hash BLOB    NOT NULL UNIQUE,
  at   INTEGER NOT NULL
) STRICT;

-- reduced: the message named a forgotten person; its header was written anew without them, its body keeps no text.
ALTER TABLE message ADD COLUMN reduced INTEGER NOT NULL DEFAULT 0;
-- erased: the texts of this draft were erased and stay so, whatever a pass that was under way writes.
ALTER TABLE draft ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
