INSERT INTO link (token, draft, thread, asset, url, created) VALUES ('tok', 'placed', 't', 'case.md', 'https://acme.example/case', 1000);
INSERT INTO visit (token, at, machine, network) VALUES ('tok', 2000, '', 'n');
