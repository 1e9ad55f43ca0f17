package imapwatch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"

	"github.com/google/go-cmp/cmp"
)

var steeringNames = []string{"Hold 1 week", "Stop", "Återkom"}

// steered is how to reach an account that is steered.
func steered(t testing.TB, a imaptest.Account) Config {
	cfg := forAccount(t, a)
	cfg.Steering = Steering{Folder: "Followups", Gestures: steeringNames, Keywords: []string{"$FollowupStop", "$FollowupHold1Week"}}
	return cfg
}

func TestCreateSteering_MakesWhatIsMissing(t *testing.T) {
	for name, a := range map[string]func(*testing.T) imaptest.Account{
		"Dovecot": func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
		"Courier's names": func(t *testing.T) imaptest.Account {
			return imaptest.Dovecot(t).User(t, imaptest.Namespace("INBOX.", "."))
		},
		"Memory": func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
	} {
		t.Run(name, func(t *testing.T) {
			a := a(t)
			m := mailbox(t, steered(t, a))
			delim := "/"
			if a.Prefix != "" {
				delim = "."
			}
			want := make(map[string]string)
			for _, gesture := range steeringNames {
				want[gesture] = a.Prefix + "Followups" + delim + gesture
			}
			a.Create(want["Stop"]) // the rep has made one already
			made, err := m.CreateSteering(t.Context())
			if err != nil || slices.Contains(made, want["Stop"]) || !slices.Contains(made, want["Återkom"]) {
				t.Fatalf("made %q, %v", made, err)
			}
			got, err := m.SteeringFolders(t.Context())
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("folders (-want +got):\n%s%v", diff, err)
			}
			if again, err := m.CreateSteering(t.Context()); len(again) > 0 || err != nil {
				t.Errorf("the second time it makes %q, %v", again, err)
			}
		})
	}
}

func TestSteering_NamesAreComparedAsTheyRead(t *testing.T) {
	s := Steering{Folder: "Followups", Gestures: []string{"Återkom"}}
	for name, all := range map[string][]listed{
		"composed":     {{name: "Followups/Återkom", delim: '/'}},
		"decomposed":   {{name: "Followups/A\u030aterkom", delim: '/'}},
		"no hierarchy": {{name: "Followups Återkom"}},
		"prefixed":     {{name: "INBOX.Followups.Återkom", delim: '.'}, {name: "INBOX.Sent", delim: '.'}},
	} {
		if found := s.among(all); found["Återkom"] != all[0].name {
			t.Errorf("%s: %q", name, found)
		}
	}
}

func TestPutBack_MovesThoseAndNothingElse(t *testing.T) {
	for name, capability := range map[string]string{"MOVE": "", "COPY and UID EXPUNGE": "IMAP4rev1 SPECIAL-USE UIDPLUS", "neither": "IMAP4rev1 SPECIAL-USE"} {
		t.Run(name, func(t *testing.T) {
			var options []imaptest.Option
			if capability != "" {
				options = append(options, imaptest.Capability(capability))
			}
			a := imaptest.Dovecot(t).User(t, options...)
			a.Create("Followups/Stop")
			var uids []mail.UID
			for range 3 {
				uids = append(uids, mail.UID(a.Append("Followups/Stop", []string{`\Seen`}, day, letter("moved", "lena@nordbau.example", "Offer"))))
			}
			a.Append("Followups/Stop", []string{`\Deleted`}, day, letter("doomed", "bo@nordbau.example", "the rep will expunge it"))
			m := mailbox(t, steered(t, a))
			ctx := context.Background()
			cursor, items, err := m.Lying(ctx, "Followups/Stop")
			if err != nil || len(items) != 4 {
				t.Fatalf("%d lie there, %v", len(items), err)
			}
			validity := cursor.UIDValidity
			if err := m.PutBack(ctx, "Followups/Stop", validity+1, uids, "INBOX"); !errors.Is(err, ErrRenumbered) {
				t.Errorf("another UIDVALIDITY: %v", err)
			}
			err = m.PutBack(ctx, "Followups/Stop", validity, uids[:2], "INBOX")
			inbox, left := a.Read("INBOX"), a.Read("Followups/Stop")
			if name == "neither" {
				if !errors.Is(err, ErrCannotRemove) || len(inbox) != 0 || len(left) != 4 {
					t.Errorf("%d moved, %d left, %v", len(inbox), len(left), err)
				}
				return
			}
			if err != nil || len(inbox) != 2 || len(left) != 2 {
				t.Fatalf("%d moved, %d left, %v", len(inbox), len(left), err)
			}
			for _, m := range inbox {
				if !slices.Contains(m.Flags, `\Seen`) || slices.Contains(m.Flags, `\Deleted`) || !m.Received.Equal(day) {
					t.Errorf("it came back changed: %q, received %s", m.Flags, m.Received)
				}
			}
			if err := m.Drop(ctx, "Followups/Stop", validity, uids[2:]); err != nil {
				t.Fatal(err)
			}
			if left := a.Read("Followups/Stop"); len(left) != 1 || !strings.Contains(string(left[0].Raw), "doomed") {
				t.Errorf("%d left, want the one that the rep marked", len(left))
			}
		})
	}
}

func TestPresent_TellsWhatIsStillThere(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		one := mail.UID(a.Append("INBOX", nil, day, letter("one", "lena@nordbau.example", "Offer")))
		m := mailbox(t, steered(t, a))
		cursor, _, err := m.Lying(t.Context(), "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		validity := cursor.UIDValidity
		for name, c := range map[string]struct {
			folder   string
			validity uint32
			want     int
		}{"there": {"INBOX", validity, 1}, "renumbered": {"INBOX", validity + 1, 0}, "no such folder": {"Gone", validity, 0}} {
			found, err := m.Present(t.Context(), c.folder, c.validity, []mail.UID{one + 1, one})
			if err != nil || len(found) != c.want {
				t.Errorf("%s: %d found, %v", name, len(found), err)
			}
		}
	})
}

func TestTagged_FindsAndTakesOff(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		ctx := context.Background()
		var uids []uint32
		for _, id := range []string{"a", "b", "c"} {
			uids = append(uids, a.Append("INBOX", []string{`\Seen`, "$Label1"}, day, letter(id, "lena@nordbau.example", "Offer")))
		}
		m := mailbox(t, steered(t, a))
		look := func() map[mail.UID][]string {
			_, items, err := m.Tagged(ctx, "INBOX")
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[mail.UID][]string)
			for _, it := range items {
				for _, flag := range it.Flags { // the embedded server keeps no case
					if flag = strings.ToLower(flag); flag != `\recent` {
						found[it.UID] = append(found[it.UID], flag)
					}
				}
				slices.Sort(found[it.UID])
			}
			return found
		}
		for range 2 {
			if found := look(); len(found) != 0 {
				t.Fatalf("untagged mail is found: %v", found)
			}
		}
		a.Store("INBOX", uids[1], "$FollowupStop")
		want := map[mail.UID][]string{mail.UID(uids[1]): {"$followupstop", "$label1", `\seen`}}
		if diff := cmp.Diff(want, look()); diff != "" {
			t.Fatalf("tagged (-want +got):\n%s", diff)
		}
		validity, _, err := m.Tagged(ctx, "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Untag(ctx, "INBOX", validity, []mail.UID{mail.UID(uids[1])}, "$FollowupStop"); err != nil {
			t.Fatal(err)
		}
		if found := look(); len(found) != 0 {
			t.Errorf("still tagged: %v", found)
		}
		for _, m := range a.Read("INBOX") {
			if flags := strings.ToLower(strings.Join(m.Flags, " ")); !strings.Contains(flags, "$label1") || !strings.Contains(flags, `\seen`) {
				t.Errorf("other flags went, too: %q", m.Flags)
			}
		}
	})
}

// TestWatch_ATagIsNewsAtOnce holds that a tag on a mail in the inbox does not wait for the poll, and another flag is no news.
func TestWatch_ATagIsNewsAtOnce(t *testing.T) {
	a := imaptest.Dovecot(t).User(t)
	uid := a.Append("INBOX", nil, day, letter("a", "lena@nordbau.example", "Offer"))
	m := mailbox(t, steered(t, a))
	events, up := make(chan Event, 8), make(chan string, 8)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go m.Watch(ctx, events, func(s Status) { up <- s.What })
	wait := func(what string) string {
		t.Helper()
		for {
			select {
			case e := <-events:
				if e.Why == what {
					return what
				}
				if strings.Contains(e.Why, "FLAGS") {
					t.Fatalf("unexpected news: %q", e.Why)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("no %q", what)
			}
		}
	}
	wait("connected")
	a.Store("INBOX", uid, `\Flagged`)
	a.Append("INBOX", nil, day, letter("b", "lena@nordbau.example", "Offer"))
	wait("IDLE EXISTS")
	a.Store("INBOX", uid, "$FollowupStop")
	wait("IDLE FLAGS")
}
