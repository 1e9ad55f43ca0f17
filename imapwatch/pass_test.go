package imapwatch

import (
	"context"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

func TestPass_FindsReadsDraftsAndWithdraws(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		ctx := context.Background()
		a.Append("INBOX", nil, day, letter("one", "ann@prospect.example", "Offer"))
		a.Append("INBOX", []string{`\Seen`}, day, letter("two", "bob@prospect.example", "Price"))
		m := mailbox(t, forAccount(t, a))

		folders, err := m.Folders(ctx)
		if err != nil {
			t.Fatal(err)
		}
		inbox := role(t, folders, mail.RoleInbox)
		changed, err := m.Changed(ctx, folders, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(changed) != len(folders) {
			t.Errorf("never read: %d of %d folders count as changed", len(changed), len(folders))
		}

		var g gather
		cursors := map[string]mail.Cursor{}
		for _, f := range folders {
			var one gather
			if err := m.Sync(ctx, f, mail.Cursor{}, day.AddDate(0, 0, -1), one.store); err != nil {
				t.Fatal(err)
			}
			cursors[f.Name] = one.cursor
			if f == inbox {
				g = one
			}
		}
		if len(g.items) != 2 {
			t.Fatalf("got %d items, want 2", len(g.items))
		}
		first := g.items[0]
		if !first.Received.Equal(day) || first.Size == 0 || !strings.Contains(string(first.Header), "<one@mail.example>") ||
			strings.Contains(string(first.Header), "X-Noise") {
			t.Errorf("first item: %+v\n%s", first, first.Header)
		}
		if changed, err = m.Changed(ctx, folders, cursors); err != nil || len(changed) > 0 {
			t.Errorf("after reading everything, changed: %v, %v", changed, err)
		}

		var bodies []mail.Body
		err = m.Bodies(ctx, inbox.Name, g.cursor.UIDValidity, []mail.UID{g.items[1].UID, first.UID, 4711}, func(b mail.Body) error {
			bodies = append(bodies, b)
			return nil
		})
		if err != nil || len(bodies) != 2 {
			t.Fatalf("bodies: %d, %v", len(bodies), err)
		}
		if got, want := string(bodies[0].Source), string(letter("one", "ann@prospect.example", "Offer")); got != want {
			t.Errorf("body:\n%q\nwant\n%q", got, want)
		}

		draft := letter("draft", "rep@acme.example", "Re: Offer")
		before, items, err := m.Look(ctx, 0)
		if err != nil || len(items) != 0 {
			t.Fatalf("look: %v, %v", items, err)
		}
		if _, err := m.Append(ctx, draft, day); err != nil {
			t.Fatal(err)
		}
		state, items, err := m.Look(ctx, before.Next)
		if err != nil || len(items) != 1 {
			t.Fatalf("look after append: %v, %v", items, err)
		}
		if flags := strings.Join(items[0].Flags, " "); !strings.Contains(flags, `\Draft`) || !strings.Contains(flags, `\Seen`) {
			t.Errorf("flags of the draft: %s", flags)
		}
		source, err := m.ReadDraft(ctx, state.Validity, items[0].UID)
		if err != nil || string(source) != string(draft) {
			t.Errorf("read draft: %q, %v", source, err)
		}
		if err := m.Withdraw(ctx, state.Validity, items[0].UID, func(b []byte) bool { return string(b) == string(draft) }); err != nil {
			t.Fatal(err)
		}
		if _, items, err = m.Look(ctx, 0); err != nil || len(items) != 0 {
			t.Errorf("look after withdraw: %v, %v", items, err)
		}

		for _, got := range a.Read("INBOX") {
			if seen := strings.Contains(strings.Join(got.Flags, " "), `\Seen`); seen != (got.UID == 2) {
				t.Errorf("reading changed the flags of %d: %v", got.UID, got.Flags)
			}
		}
	})
}

func TestPass_UnchangedMailboxCostsFewCommands(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		ctx := context.Background()
		a.Append("INBOX", nil, day, letter("one", "ann@prospect.example", "Offer"))
		first := mailbox(t, forAccount(t, a))
		folders, err := first.Folders(ctx)
		if err != nil {
			t.Fatal(err)
		}
		cursors := map[string]mail.Cursor{}
		for _, f := range folders {
			var g gather
			if err := first.Sync(ctx, f, mail.Cursor{}, day.AddDate(0, 0, -1), g.store); err != nil {
				t.Fatal(err)
			}
			cursors[f.Name] = g.cursor
		}

		again := mailbox(t, forAccount(t, a))
		if folders, err = again.Folders(ctx); err != nil {
			t.Fatal(err)
		}
		changed, err := again.Changed(ctx, folders, cursors)
		if err != nil || len(changed) > 0 {
			t.Fatalf("changed: %v, %v", changed, err)
		}
		if _, _, err := again.Look(ctx, cursors["Drafts"].UIDNext); err != nil {
			t.Fatal(err)
		}
		again.Close()
		t.Logf("%d commands for %d folders", again.Commands(), len(folders))
		if got := again.Commands(); got > 8 {
			t.Errorf("a pass over an unchanged mailbox took %d commands", got)
		}
	})
}
