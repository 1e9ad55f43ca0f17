package agent

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/agent/steer"
	"followupd/mail"
	"followupd/tracker"
)

var _ SteeredMailbox = fakeBox{}

const stopFolder = "Followups/Stop"

// steered is a world in which the rep may steer.
func steeredWorld(t *testing.T) *world {
	w := newWorld(t)
	w.folders[stopFolder] = &folder{Folder: mail.Folder{Name: stopFolder}, validity: 200, next: 1}
	w.steering = &Steering{
		Gestures: []steer.Gesture{{Name: "Stop", Word: "stop"}, {Name: "Hold 1 week", Word: "hold 1w"}},
		Keywords: []steer.Gesture{{Name: "$FollowupStop", Word: "stop"}},
	}
	return w
}

// move moves a message as a mail client does; copy leaves the original.
func (w *world) move(from string, i int, to string) {
	box := w.folders[from]
	s := box.items[i]
	box.items = slices.Delete(box.items, i, i+1)
	w.folders[to].add(s.source, s.received, s.flags)
}

func (b fakeBox) SteeringFolders(context.Context) (map[string]string, error) {
	return map[string]string{"Stop": stopFolder}, nil
}

func (b fakeBox) Lying(_ context.Context, name string) (mail.Cursor, []mail.Item, error) {
	box := b.w.folders[name]
	var items []mail.Item
	for _, s := range box.items {
		items = append(items, s.item())
	}
	return mail.Cursor{UIDValidity: box.validity, UIDNext: box.next, Messages: uint32(len(box.items))}, items, nil
}

func (b fakeBox) Present(ctx context.Context, name string, validity uint32, uids []mail.UID) ([]mail.Item, error) {
	cursor, items, err := b.Lying(ctx, name)
	if cursor.UIDValidity != validity {
		return nil, err
	}
	return slices.DeleteFunc(items, func(it mail.Item) bool { return !slices.Contains(uids, it.UID) }), err
}

// PutBack copies first and removes then, as a server without MOVE has it done, with a moment between.
func (b fakeBox) PutBack(ctx context.Context, from string, validity uint32, uids []mail.UID, to string) error {
	b.w.point("putting back begins")
	for _, s := range b.w.folders[from].items {
		if slices.Contains(uids, s.uid) {
			b.w.folders[to].add(s.source, s.received, s.flags)
		}
	}
	return b.Drop(ctx, from, validity, uids)
}

func (b fakeBox) Drop(_ context.Context, name string, _ uint32, uids []mail.UID) error {
	b.w.point("removal of what was carried out begins")
	box := b.w.folders[name]
	box.items = slices.DeleteFunc(box.items, func(s stored) bool { return slices.Contains(uids, s.uid) })
	b.w.point("what was carried out is removed")
	return nil
}

func (b fakeBox) Tagged(_ context.Context, name string) (uint32, []mail.Item, error) {
	box := b.w.folders[name]
	var items []mail.Item
	for _, s := range box.items {
		if hasFlag(s.flags, "$FollowupStop") {
			items = append(items, s.item())
		}
	}
	return box.validity, items, nil
}

func (b fakeBox) Untag(_ context.Context, name string, _ uint32, uids []mail.UID, keyword string) error {
	b.w.point("untagging begins")
	box := b.w.folders[name]
	for i := range box.items {
		if slices.Contains(uids, box.items[i].uid) {
			box.items[i].flags = slices.DeleteFunc(slices.Clone(box.items[i].flags), func(f string) bool { return f == keyword })
		}
	}
	b.w.point("untagging is done")
	return nil
}

func (s fakeStore) Hear(ctx context.Context, gestures []tracker.Heard) error {
	s.w.point("before storing gestures")
	err := s.Store.Hear(ctx, gestures)
	s.w.point("after storing gestures")
	return err
}

func (s fakeStore) Unsign(ctx context.Context, place string, standing []string) error {
	s.w.point("before forgetting signs")
	err := s.Store.Unsign(ctx, place, standing)
	s.w.point("after forgetting signs")
	return err
}

// words gives what the rep said, in short.
func (w *world) words() (said []string) {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	words, err := a.store.Words(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, word := range words {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s", word.Kind, word.Outcome)))
	}
	return said
}

// TestSteer_KilledAtEveryPoint ends the program at each write of a pass that carries a gesture out, starts it again, and
// looks at what the rep said and where their mail lies.
func TestSteer_KilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	gestures := map[string]struct {
		do   func(w *world)
		want func(w *world) error
	}{
		"moved": {
			do: func(w *world) { w.move("Sent", 0, stopFolder) },
			want: func(w *world) error {
				return w.holds(map[string]int{"Sent": 1, stopFolder: 0, "Drafts": 0}, "close stopped")
			},
		},
		"copied": {
			do: func(w *world) {
				s := w.folders["Sent"].items[0]
				w.folders[stopFolder].add(s.source, s.received, nil)
			},
			want: func(w *world) error {
				return w.holds(map[string]int{"Sent": 1, stopFolder: 0, "Drafts": 0}, "close stopped")
			},
		},
		"tagged": {
			do: func(w *world) { w.folders["Sent"].items[0].flags = []string{`\Seen`, "$FollowupStop"} },
			want: func(w *world) error {
				if flags := w.folders["Sent"].items[0].flags; !slices.Equal(flags, []string{`\Seen`}) {
					return fmt.Errorf("the flags are %q", flags)
				}
				return w.holds(map[string]int{"Sent": 1, "Drafts": 0}, "close stopped")
			},
		},
		"a line at the top of the draft": {
			do:   func(w *world) { w.rewrite("// stop\r\n") },
			want: func(w *world) error { return w.holds(map[string]int{"Sent": 1, "Drafts": 0}, "close stopped") },
		},
		"another draft": {
			do: func(w *world) { w.rewrite("// another\r\nsome words of the rep's.\r\n") },
			want: func(w *world) error {
				if n := len(w.drafts()); n == 1 && strings.Contains(string(w.drafts()[0]), "// another") {
					return fmt.Errorf("the draft was not replaced")
				}
				return w.holds(map[string]int{"Sent": 1, "Drafts": 1}, "another")
			},
		},
		"of no conversation": {
			do: func(w *world) {
				w.deliver(stopFolder, "news@press.example", rep, "news@press.example", "", "Read this.", w.now)
			},
			want: func(w *world) error {
				return w.holds(map[string]int{"Sent": 1, stopFolder: 1, "Drafts": 1}, "unheard")
			},
		},
	}
	for name, g := range gestures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := func() *world {
				w := steeredWorld(t)
				w.silent()
				if _, err, _ := w.pass(); err != nil {
					t.Fatal(err)
				}
				exactlyOne(t, w, "the first pass")
				w.now = w.now.Add(time.Minute)
				g.do(w)
				w.points, w.passed = 0, nil
				return w
			}
			probe := begun()
			if _, err, _ := probe.pass(); err != nil {
				t.Fatal(err)
			}
			if err := g.want(probe); err != nil {
				t.Fatalf("without a crash: %v", err)
			}
			whole := os.Getenv(wholeRun) == "full"
			for at, where := range probe.passed {
				if strings.Contains(where, "marking") || strings.Contains(where, "a batch of") {
					continue // reading, which every pass does
				}
				if !whole && at%3 != 0 {
					continue
				}
				w := begun()
				w.killAt = at + 1
				if _, _, died := w.pass(); !died || w.where != where {
					t.Fatalf("point %d is %q, killed %v; want %q", at+1, w.where, died, where)
				}
				w.killAt = 0
				for range 4 { // an unknown outcome takes two looks a settle time apart, and the try itself
					w.now = w.now.Add(w.settle + time.Second)
					if _, err, died := w.pass(); err != nil || died {
						t.Fatalf("a pass after it: %v", err)
					}
				}
				if err := g.want(w); err != nil {
					t.Errorf("killed %s: %v", where, err)
				}
			}
		})
	}
}

// rewrite has the rep's client save the draft anew with words at the top of its text.
func (w *world) rewrite(top string) {
	box := w.folders["Drafts"]
	head, text, _ := strings.Cut(string(box.items[0].source), "\r\n\r\n")
	box.items = nil
	box.add([]byte(head+"\r\n\r\n"+top+text), w.now, []string{`\Draft`, `\Seen`})
}

// holds compares how many messages lie in folders, and all that the rep said.
func (w *world) holds(want map[string]int, said ...string) error {
	for name, n := range want {
		if got := len(w.folders[name].items); got != n {
			return fmt.Errorf("%d messages in %s, want %d", got, name, n)
		}
	}
	if got := w.words(); !slices.Equal(got, said) {
		return fmt.Errorf("the rep said %q, want %q", got, said)
	}
	return nil
}
