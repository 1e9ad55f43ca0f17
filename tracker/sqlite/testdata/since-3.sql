INSERT INTO digest (day, at) VALUES ('2026-11-23', 1000);
