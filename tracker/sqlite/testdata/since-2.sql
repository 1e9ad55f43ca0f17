INSERT INTO salt (id, bytes) VALUES (1, x'01020304');
INSERT INTO forgotten (hash, at) VALUES (x'0a0b', 1000);
