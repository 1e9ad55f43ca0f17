package sqlite

import (
	"testing"

	"followupd/tracker"
)

// TestFault_48_UpgradeFromSchema1 upgrades what the first schema held, as its program wrote it.
func TestFault_48_UpgradeFromSchema1(t *testing.T) {
	dir := t.TempDir()
	old := openWith(t, dir, migrations[:1])
	for _, statement := range []string{
		`INSERT INTO origin VALUES (1, 1000, 0)`,
		`INSERT INTO folder (id, name, role, why, uid_validity, uid_next) VALUES (1, 'INBOX', 'inbox', '', 7, 2)`,
		`INSERT INTO message (row, identity, folder, received, guessed, header) VALUES (1, x'00112233445566778899aabbccddeeff', 1, 1000, 0, CAST('From: bo@nordbau.example' || char(13,10,13,10) AS BLOB))`,
		`INSERT INTO content VALUES (1, 1, '{"v":1,"text":"hello"}')`,
		`INSERT INTO draft (key, thread, answers, step, action, approach, asset, template, body, why, state, message_id, source, validity, floor, uid, created, changed, looked_at, looks)
			VALUES ('k', 't', '', 1, 'follow_up', 'recap', '', '', 'text', '[]', 'placed', '', x'', 0, 0, 0, 0, 0, 0, 0)`,
		`INSERT INTO word (at, kind, thread, address, until, outcome, text) VALUES (1, 'note', '', 'bo@nordbau.example', 0, '', 'likes gnus')`,
	} {
		if _, err := old.durable.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	s := openWith(t, dir, migrations)
	seen, err := s.SeenRows(t.Context(), []int64{1})
	if err != nil || len(seen) != 1 || seen[0].Reduced || !seen[0].HasBody || seen[0].Message.From[0].Address != "bo@nordbau.example" {
		t.Errorf("messages %+v, error %v", seen, err)
	}
	d := tracker.Draft{Key: "k", Thread: "t", Step: 1, State: tracker.DraftSent, Body: "text"}
	if err := s.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	drafts, err := s.Drafts(t.Context())
	if err != nil || len(drafts) != 1 || drafts[0].State != tracker.DraftSent || drafts[0].Body != "text" {
		t.Errorf("drafts %+v, error %v", drafts, err)
	}
	words, err := s.Words(t.Context())
	if err != nil || len(words) != 1 || words[0].Text != "likes gnus" {
		t.Errorf("words %+v, error %v", words, err)
	}
	if n, err := s.Forgets(t.Context()); err != nil || n != 0 {
		t.Errorf("forgets %d, error %v", n, err)
	}
}
