-- How many durable commits there have been. The file "epoch" beside the state says the same: where it says more, this is
-- an older copy of the state, or a new one in the place of one that was lost.
CREATE TABLE epoch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  n  INTEGER NOT NULL
) STRICT;
INSERT INTO epoch VALUES (1, 0);
