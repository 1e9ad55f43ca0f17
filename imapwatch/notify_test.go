package imapwatch

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

func TestWatch_OneConnectionHearsOfInboxAndSent(t *testing.T) {
	for sent, connections := range map[string]int{"Sent": 1, "Sent Items": 1, "Skickat & klart": 2, "Förslag": 2} {
		changes := []string{sent, "INBOX", sent, sent} // over several rounds
		if sent != "Sent" {
			changes = changes[:1]
		}
		t.Run(sent, func(t *testing.T) {
			a := imaptest.Dovecot(t).User(t, imaptest.Folders(sent, "Drafts"))
			a.CountedOut()
			cfg := forAccount(t, a)
			cfg.Sent = sent
			w := startWatch(t, mailbox(t, cfg))
			connected := []string{w.next(t, 10*time.Second, "connected").Folder, w.next(t, 10*time.Second, "connected").Folder}
			if slices.Sort(connected); !slices.Equal(connected, slices.Sorted(slices.Values([]string{"INBOX", sent}))) {
				t.Fatalf("watching %q", connected)
			}
			if n := len(a.Sessions()); n != connections {
				t.Errorf("%d connections watch, want %d", n, connections)
			}
			for i, folder := range changes {
				uid := a.Append(folder, nil, day, letter("new", "ann@prospect.example", "Re: Offer"))
				heard := func(what string) {
					t.Helper()
					if e := w.next(t, 5*time.Second, "IDLE EXISTS", "IDLE EXPUNGE", "NOTIFY STATUS"); e.Folder != folder {
						t.Errorf("%s in %q was told as %+v", what, folder, e)
					}
				}
				heard("mail")
				if i == 3 {
					a.Store(folder, uid, "$FollowupStop")
					heard("a tag")
					a.Delete(folder, uid)
					heard("a deletion")
				}
			}
		})
	}
}

// A server that lists NOTIFY and does not do it, at first or later, costs a second connection and nothing else.
func TestWatch_SentIsWatchedByItselfWhereNotifyFails(t *testing.T) {
	const list = `* LIST (\Drafts) "/" Drafts` + "\r\n" + `* LIST (\Sent) "/" Sent` + "\r\n" + `* LIST () "/" INBOX`
	serve := func(s *imaptest.Script, notify func(c imaptest.Command), idling ...string) {
		s.Greet()
		s.Login()
		s.Serve(map[string]func(imaptest.Command){
			"CAPABILITY": func(c imaptest.Command) {
				s.Say("* CAPABILITY IMAP4rev1 IDLE NOTIFY")
				s.OK(c, "done")
			},
			"LIST":   func(c imaptest.Command) { s.Say(list); s.OK(c, "done") },
			"NOTIFY": notify,
			"IDLE": func(c imaptest.Command) {
				s.Say(append([]string{"+ idling"}, idling...)...)
				s.Line()
				s.OK(c, "done")
			},
		})
	}
	agree := func(s *imaptest.Script, c imaptest.Command) {
		s.Say("* STATUS Sent (MESSAGES 3 UIDNEXT 9)")
		s.OK(c, "done")
	}
	for name, script := range map[string]func(s *imaptest.Script){
		"says nothing": func(s *imaptest.Script) { serve(s, func(c imaptest.Command) { s.OK(c, "done") }) },
		"NO":           func(s *imaptest.Script) { serve(s, func(c imaptest.Command) { s.No(c, "[BADEVENT (MessageNew)] no") }) },
		"BAD":          func(s *imaptest.Script) { serve(s, func(c imaptest.Command) { s.Bad(c, "unknown command") }) },
		"drops":        func(s *imaptest.Script) { serve(s, func(imaptest.Command) { s.Say("* BYE oops"); runtime.Goexit() }) },
		"silent":       func(s *imaptest.Script) { serve(s, func(imaptest.Command) { s.Stall() }) },
		"NO later": func(s *imaptest.Script) {
			n := 0
			serve(s, func(c imaptest.Command) {
				if n++; n > 1 {
					s.No(c, "[NOTIFICATIONOVERFLOW] too much")
					return
				}
				agree(s, c)
			})
		},
		"overflow": func(s *imaptest.Script) {
			serve(s, func(c imaptest.Command) { agree(s, c) }, "* OK [NOTIFICATIONOVERFLOW] too much")
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := imaptest.Scripted(t, script)
			cfg := forAccount(t, a)
			cfg.Limit = 500 * time.Millisecond
			m := mailbox(t, cfg)
			w := startWatch(t, m)
			alone := func() bool {
				last := ""
				for _, s := range w.statuses() {
					if s.Watcher == "Sent" {
						last = s.What
					}
				}
				m.squeeze.mu.Lock()
				defer m.squeeze.mu.Unlock()
				return last == "watching Sent" && m.squeeze.live == 2
			}
			for deadline := time.After(15 * time.Second); !alone(); {
				select {
				case <-w.events:
				case <-time.After(10 * time.Millisecond):
				case <-deadline:
					t.Fatalf("Sent has no connection of its own: %v", w.statuses())
				}
			}
		})
	}
}
