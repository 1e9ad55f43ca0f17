UPDATE word SET source = 'a folder';
INSERT INTO sign (place, name, at) VALUES ('folder Followups/Stop', '17:4711', 1000);
