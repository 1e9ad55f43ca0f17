-- The working days, on the rep's calendar, whose digest was made.
CREATE TABLE digest (
  day TEXT    PRIMARY KEY, -- 2026-11-23
  at  INTEGER NOT NULL
) STRICT;
