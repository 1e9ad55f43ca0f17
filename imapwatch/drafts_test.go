package imapwatch

import (
	"context"
	"errors"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

func TestWithdraw_LeavesEverythingElseAlone(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		ctx := context.Background()
		doomed := a.Append("Drafts", []string{`\Deleted`}, day, letter("doomed", "rep@acme.example", "the rep will expunge it"))
		m := mailbox(t, forAccount(t, a))
		ours := letter("ours", "rep@acme.example", "Re: Offer")
		if _, err := m.Append(ctx, ours, day); err != nil {
			t.Fatal(err)
		}
		state, items, err := m.Look(ctx, 0)
		if err != nil || len(items) != 2 {
			t.Fatalf("look: %v, %v", items, err)
		}
		uid := items[1].UID
		if err := m.Withdraw(ctx, state.Validity, uid, func([]byte) bool { return false }); !errors.Is(err, ErrTouched) {
			t.Errorf("a draft that was changed: %v", err)
		}
		if err := m.Withdraw(ctx, state.Validity+1, uid, func([]byte) bool { return true }); !errors.Is(err, ErrRenumbered) {
			t.Errorf("another UIDVALIDITY: %v", err)
		}
		if err := m.Withdraw(ctx, state.Validity, 4711, func([]byte) bool { return true }); !errors.Is(err, ErrGone) {
			t.Errorf("a draft that is gone: %v", err)
		}
		if n := len(a.Read("Drafts")); n != 2 {
			t.Fatalf("%d of 2 drafts left by what should have changed nothing", n)
		}
		same := func(source []byte) bool { return string(source) == string(ours) }
		if err := m.Withdraw(ctx, state.Validity, uid, same); err != nil {
			t.Fatal(err)
		}
		if left := a.Read("Drafts"); len(left) != 1 || left[0].UID != doomed {
			t.Errorf("left: %+v", left)
		}
	})
}

func TestWithdraw_WithoutUIDPlusMovesToTrash(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 SPECIAL-USE MOVE"))
	ctx := context.Background()
	m := mailbox(t, forAccount(t, a))
	if _, err := m.Append(ctx, letter("ours", "rep@acme.example", "Re: Offer"), day); err != nil {
		t.Fatal(err)
	}
	state, items, err := m.Look(ctx, 0)
	if err != nil || len(items) != 1 {
		t.Fatalf("look: %v, %v", items, err)
	}
	if err := m.Withdraw(ctx, state.Validity, items[0].UID, func([]byte) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if drafts, trash := a.Read("Drafts"), a.Read("Trash"); len(drafts) != 0 || len(trash) != 1 {
		t.Errorf("%d in Drafts, %d in Trash", len(drafts), len(trash))
	}
}

func TestWithdraw_RefusedExpungeLeavesNoMark(t *testing.T) {
	var stores []string
	a := scripted(t, 1, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["UID STORE"] = func(c imaptest.Command) {
			stores = append(stores, c.Args)
			s.OK(c, "done")
		}
		to["UID EXPUNGE"] = func(c imaptest.Command) { s.No(c, "[NOPERM] not here") }
		to["UID FETCH"] = func(c imaptest.Command) {
			s.Raw("* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\n")
			s.OK(c, "done")
		}
	})
	m := mailbox(t, forAccount(t, a))
	err := m.Withdraw(context.Background(), 7, 1, func(source []byte) bool { return string(source) == "hi" })
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Code != "NOPERM" {
		t.Errorf("error: %v", err)
	}
	if got := strings.Join(stores, "; "); got != `1 +FLAGS.SILENT (\Deleted); 1 -FLAGS.SILENT (\Deleted)` {
		t.Errorf("stored: %s", got)
	}
}

func TestLook_ReadsFromTheFloorOn(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		for _, id := range []string{"a", "b", "c"} {
			a.Append("Drafts", []string{`\Draft`}, day, letter(id, "rep@acme.example", id))
		}
		m := mailbox(t, forAccount(t, a))
		for floor, want := range map[mail.UID]int{0: 3, 1: 3, 3: 1, 4: 0} {
			state, items, err := m.Look(context.Background(), floor)
			if err != nil || len(items) != want || state.Count != 3 || state.Next != 4 {
				t.Errorf("floor %d: %d items, %+v, %v", floor, len(items), state, err)
			}
		}
	})
}
