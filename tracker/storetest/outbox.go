package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

// OutboxStore is a store that keeps an outbox, too.
type OutboxStore interface {
	tracker.Store
	tracker.Outbox
}

// RunOutbox holds a store against the contract of tracker.Outbox. open gives a new, empty store.
func RunOutbox(t *testing.T, open func(t *testing.T) OutboxStore) {
	for _, c := range []struct {
		name string
		test func(*testing.T, OutboxStore)
	}{
		{"Told_NothingHasBegunAtFirst", nothingTold},
		{"Tell_StatesAndNoticesInOrder", toldInOrder},
		{"Tell_OldestFallOutOfAFullOutbox", outboxBounded},
		{"Postpone_KeepsItsPlace", postponed},
		{"Unwanted_DropsWhatWaits", unwanted},
		{"TellNobody_IsABeginning", tellNobody},
		{"Forget_ErasesWhatIsToBeToldOfThem", forgetNotices},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func notice(n int) tracker.Notice {
	return tracker.Notice{ID: fmt.Sprint("notice", n), At: day.Add(time.Duration(n) * time.Second), Thread: tracker.ThreadID(fmt.Sprint("thread", n)), Body: []byte(`{"new":"due"}`)}
}

func tell(t *testing.T, s OutboxStore, states map[tracker.ThreadID]tracker.State, notices ...tracker.Notice) (lost int) {
	t.Helper()
	lost, err := s.Tell(t.Context(), states, notices)
	if err != nil {
		t.Fatal(err)
	}
	return lost
}

func nextNotice(t *testing.T, s OutboxStore) (*tracker.Notice, int) {
	t.Helper()
	n, waiting, err := s.NextNotice(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n, waiting
}

func toldIs(t *testing.T, s OutboxStore, want map[tracker.ThreadID]tracker.State, begun bool) {
	t.Helper()
	got, has, err := s.Told(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, want); d != "" || has != begun {
		t.Errorf("begun %v, want %v; told (-), want (+):\n%s", has, begun, d)
	}
}

func nothingTold(t *testing.T, s OutboxStore) {
	toldIs(t, s, map[tracker.ThreadID]tracker.State{}, false)
	if n, waiting := nextNotice(t, s); n != nil || waiting != 0 {
		t.Errorf("%v waits, of %d", n, waiting)
	}
	tell(t, s, nil) // a mailbox without threads
	toldIs(t, s, map[tracker.ThreadID]tracker.State{}, true)
}

func toldInOrder(t *testing.T, s OutboxStore) {
	tell(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Due, "b": tracker.Waiting}, notice(2), notice(1))
	tell(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Drafted}, notice(3))
	toldIs(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Drafted, "b": tracker.Waiting}, true)
	for k, want := range []int{2, 1, 3} {
		got, waiting := nextNotice(t, s)
		if d := cmp.Diff(got, new(notice(want))); d != "" || waiting != 3-k {
			t.Errorf("%d wait; next (-), want (+):\n%s", waiting, d)
		}
		if err := s.TakeOut(t.Context(), got.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ := nextNotice(t, s); n != nil {
		t.Errorf("%v still waits", n)
	}
}

func outboxBounded(t *testing.T, s OutboxStore) {
	var many []tracker.Notice
	for i := range tracker.NoticesKept {
		many = append(many, notice(i))
	}
	if lost := tell(t, s, nil, many...); lost != 0 {
		t.Errorf("%d lost of as many as fit", lost)
	}
	if lost := tell(t, s, nil, notice(tracker.NoticesKept), notice(tracker.NoticesKept+1)); lost != 2 {
		t.Errorf("%d lost, want 2", lost)
	}
	if n, waiting := nextNotice(t, s); n.ID != notice(2).ID || waiting != tracker.NoticesKept {
		t.Errorf("%s of %d is next", n.ID, waiting)
	}
}

func postponed(t *testing.T, s OutboxStore) {
	tell(t, s, nil, notice(1), notice(2))
	if err := s.Postpone(t.Context(), notice(1).ID, 3, day.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	want := notice(1)
	want.Tries, want.Next = 3, day.Add(time.Hour)
	if got, _ := nextNotice(t, s); got == nil || cmp.Diff(*got, want) != "" {
		t.Errorf("next is %v, want %v", got, want)
	}
}

func unwanted(t *testing.T, s OutboxStore) {
	if address, _, err := s.UnwantedBy(t.Context()); address != "" || err != nil {
		t.Errorf("unwanted by %q, error %v", address, err)
	}
	tell(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Due}, notice(1))
	if err := s.Unwanted(t.Context(), "https://crm.acme.example/", day); err != nil {
		t.Fatal(err)
	}
	if n, _ := nextNotice(t, s); n != nil {
		t.Errorf("%v still waits", n)
	}
	address, at, err := s.UnwantedBy(t.Context())
	if address != "https://crm.acme.example/" || !at.Equal(day) || err != nil {
		t.Errorf("unwanted by %q since %s, error %v", address, at, err)
	}
	toldIs(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Due}, true)
}

func tellNobody(t *testing.T, s OutboxStore) {
	tell(t, s, map[tracker.ThreadID]tracker.State{"a": tracker.Due}, notice(1))
	if err := errors.Join(s.Unwanted(t.Context(), "https://crm.acme.example/", day), s.TellNobody(t.Context())); err != nil {
		t.Fatal(err)
	}
	nothingTold(t, s)
	if address, _, err := s.UnwantedBy(t.Context()); address != "" || err != nil {
		t.Errorf("unwanted by %q, error %v", address, err)
	}
}

func forgetNotices(t *testing.T, s OutboxStore) {
	var all []tracker.Notice
	states := make(map[tracker.ThreadID]tracker.State)
	for i := range 4 {
		all = append(all, notice(i))
		states[all[i].Thread] = tracker.Due
	}
	all[2].Body = []byte(`{"reasons":["lena@nordbau.example wrote"]}`)
	tell(t, s, states, all...)
	_, err := s.Forget(t.Context(), tracker.Forgetting{
		Who: mail.Address("lena@nordbau.example"), At: day, Alone: []tracker.ThreadID{all[0].Thread}, Shared: []tracker.ThreadID{all[1].Thread},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, waiting := nextNotice(t, s); waiting != 1 || n.ID != all[3].ID {
		t.Errorf("%d wait, the next is %v", waiting, n)
	}
	delete(states, all[0].Thread)
	toldIs(t, s, states, true)
}
