package imapwatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

var theInbox = mail.Folder{Name: "INBOX", Role: mail.RoleInbox}

// answers is a server of count messages with UIDs 1 and up that does nothing wrong. Tests replace what does.
func answers(s *imaptest.Script, count int) map[string]func(imaptest.Command) {
	examine := func(c imaptest.Command) {
		s.Say(fmt.Sprintf("* %d EXISTS", count), `* FLAGS (\Seen \Deleted \Draft)`, "* OK [UIDVALIDITY 7] x", fmt.Sprintf("* OK [UIDNEXT %d] x", count+1))
		s.OK(c, "[READ-ONLY] done")
	}
	return map[string]func(imaptest.Command){
		"EXAMINE": examine, "SELECT": examine,
		"LIST": func(c imaptest.Command) {
			s.Say(`* LIST (\Drafts) "/" Drafts`, `* LIST (\Sent) "/" Sent`, `* LIST (\Trash) "/" Trash`, `* LIST () "/" INBOX`)
			s.OK(c, "done")
		},
		"UID SEARCH": func(c imaptest.Command) {
			s.Say(fmt.Sprintf("* ESEARCH (TAG %q) UID ALL 1:%d", c.Tag, count))
			s.OK(c, "done")
		},
		"UID FETCH": func(c imaptest.Command) {
			for uid := 1; uid <= count; uid++ {
				if asks(c, uid) {
					s.Raw(message(c, uid, `"02-Mar-2026 10:00:00 +0000"`))
				}
			}
			s.OK(c, "done")
		},
	}
}

// asks says whether a command's set of UIDs, without * in it, holds uid; n:* is read as n and up.
func asks(c imaptest.Command, uid int) bool {
	set, _, _ := strings.Cut(c.Args, " ")
	for part := range strings.SplitSeq(set, ",") {
		from, to := 0, 0
		if n, _ := fmt.Sscanf(part, "%d:%d", &from, &to); n == 1 {
			if to = from; strings.HasSuffix(part, ":*") {
				to = 1 << 30
			}
		}
		if from <= uid && uid <= to {
			return true
		}
	}
	return false
}

// message answers a FETCH with what it asks for.
func message(c imaptest.Command, uid int, date string) string {
	header := fmt.Sprintf("Message-ID: <%d@prospect.example>\r\nFrom: ann@prospect.example\r\n\r\n", uid)
	answer := fmt.Sprintf("* %d FETCH (UID %d", uid, uid)
	if strings.Contains(c.Args, "FLAGS") {
		answer += ` FLAGS (\Seen)`
	}
	if strings.Contains(c.Args, "INTERNALDATE") {
		answer += " INTERNALDATE " + date
	}
	if strings.Contains(c.Args, "RFC822.SIZE") {
		answer += " RFC822.SIZE 500"
	}
	if _, section, ok := strings.Cut(c.Args, "BODY.PEEK"); ok {
		section, _, _ = strings.Cut(section, "]")
		answer += fmt.Sprintf(" BODY%s] {%d}\r\n%s", section, len(header), header)
	}
	return answer + ")\r\n"
}

// scripted serves count messages, with what change makes of each connection's answers.
func scripted(t *testing.T, count int, change func(s *imaptest.Script, to map[string]func(imaptest.Command))) imaptest.Account {
	return imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Greet()
		s.Login()
		to := answers(s, count)
		if change != nil {
			change(s, to)
		}
		s.Serve(to)
	})
}

func uidsOf(items []mail.Item) []int {
	var uids []int
	for _, item := range items {
		uids = append(uids, int(item.UID))
	}
	return uids
}

func TestDo_SilentServerIsGivenUpAtEveryPoint(t *testing.T) {
	const limit = 200 * time.Millisecond
	stall := func(s *imaptest.Script) func(imaptest.Command) {
		return func(imaptest.Command) { s.Stall() }
	}
	tests := map[string]func(s *imaptest.Script){
		"greeting": func(s *imaptest.Script) { s.Stall() },
		"login": func(s *imaptest.Script) {
			s.Greet()
			s.Serve(map[string]func(imaptest.Command){"LOGIN": stall(s)})
		},
		"examine": func(s *imaptest.Script) {
			s.Greet()
			to := answers(s, 3)
			to["EXAMINE"] = stall(s)
			s.Serve(to)
		},
		"fetch in a literal": func(s *imaptest.Script) {
			s.Greet()
			to := answers(s, 3)
			to["UID FETCH"] = func(imaptest.Command) {
				s.Raw("* 1 FETCH (UID 1 FLAGS () BODY[HEADER.FIELDS (FROM)] {1000}\r\nFrom: ")
				s.Stall()
			}
			s.Serve(to)
		},
		"append before it asks for the literal": func(s *imaptest.Script) {
			s.Greet()
			to := answers(s, 3)
			for {
				c := s.Line()
				tag, name, _ := strings.Cut(c, " ")
				name, _, _ = strings.Cut(name, " ")
				if name == "APPEND" {
					s.Stall()
				}
				if answer := to[name]; answer != nil {
					answer(imaptest.Command{Tag: tag, Name: name})
					continue
				}
				if name == "CAPABILITY" {
					s.Say("* CAPABILITY IMAP4rev1")
				}
				s.Say(tag + " OK done")
			}
		},
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := forAccount(t, imaptest.Scripted(t, script))
			cfg.Limit = limit
			m := mailbox(t, cfg)
			start := time.Now()
			var err error
			want := 2 * limit // APPEND's is twice as long
			if strings.HasPrefix(name, "append") {
				_, err = m.Append(context.Background(), letter("d", "rep@acme.example", "Re: x"), day)
			} else {
				// A lost connection is opened once more.
				want = 3 * limit
				err = m.Sync(context.Background(), theInbox, mail.Cursor{}, day, new(gather).store)
			}
			if !errors.Is(err, guard.ErrSilent) {
				t.Errorf("error: %v", err)
			}
			if took := time.Since(start); took > want+2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestDo_EndOfContextEndsTheCommand(t *testing.T) {
	a := scripted(t, 3, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["UID FETCH"] = func(imaptest.Command) {
			s.Raw("* 1 FETCH (UID 1 FLAGS () BODY[HEADER.FIELDS (FROM)] {1000}\r\nFrom: ")
			s.Stall()
		}
	})
	m := mailbox(t, forAccount(t, a))
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := m.Sync(ctx, theInbox, mail.Cursor{}, day, new(gather).store)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestDo_ServersLastWordsAreTheReason(t *testing.T) {
	a := scripted(t, 3, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["EXAMINE"] = func(imaptest.Command) {
			s.Say("* BYE going down for maintenance")
			s.Stall()
		}
	})
	cfg := forAccount(t, a)
	cfg.Limit = 200 * time.Millisecond
	err := mailbox(t, cfg).Sync(context.Background(), theInbox, mail.Cursor{}, day, new(gather).store)
	if err == nil || !strings.Contains(err.Error(), "going down for maintenance") {
		t.Errorf("error: %v", err)
	}
}

func TestOpen_AsksForCapabilitiesAfterLoginAndBelievesOnlyWhatIsListed(t *testing.T) {
	var commands []string
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Say("* OK [CAPABILITY IMAP4rev1 IMAP4rev2 ESEARCH LIST-STATUS UIDPLUS LITERAL+] what is said before the login")
		to := answers(s, 2)
		for name, answer := range to {
			to[name] = func(c imaptest.Command) {
				commands = append(commands, c.Name+" "+c.Args)
				answer(c)
			}
		}
		to["CAPABILITY"] = func(c imaptest.Command) {
			s.Say("* CAPABILITY IMAP4rev1 IMAP4rev2 IDLE")
			s.OK(c, "done")
		}
		to["UID SEARCH"] = func(c imaptest.Command) {
			commands = append(commands, c.Name+" "+c.Args)
			s.Say("* SEARCH 1 2")
			s.OK(c, "done")
		}
		to["STATUS"] = func(c imaptest.Command) {
			commands = append(commands, c.Name+" "+c.Args)
			s.Say("* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7)")
			s.OK(c, "done")
		}
		s.Serve(to)
	})
	m := mailbox(t, forAccount(t, a))
	ctx := context.Background()
	if _, err := m.Folders(ctx); err != nil {
		t.Fatal(err)
	}
	var g gather
	if err := m.Sync(ctx, theInbox, mail.Cursor{}, day, g.store); err != nil || len(g.items) != 2 {
		t.Fatalf("%d items, %v", len(g.items), err)
	}
	if changed, err := m.Changed(ctx, []mail.Folder{theInbox}, map[string]mail.Cursor{"INBOX": g.cursor}); err != nil || len(changed) > 0 {
		t.Errorf("changed %v, %v", changed, err)
	}
	all := strings.Join(commands, "\n")
	for _, never := range []string{"RETURN", "ENABLE", "ENVELOPE", "BODYSTRUCTURE", "BODY["} {
		if strings.Contains(all, never) {
			t.Errorf("%s was sent:\n%s", never, all)
		}
	}
	if !strings.Contains(all, "STATUS INBOX") {
		t.Errorf("no STATUS:\n%s", all)
	}
	if err := m.Withdraw(ctx, 7, 1, func([]byte) bool { return true }); !errors.Is(err, ErrCannotRemove) {
		t.Errorf("withdraw without UIDPLUS and MOVE: %v", err)
	}
}

func TestSync_OneMessageThatEndsTheConnectionDoesNotHideTheOthers(t *testing.T) {
	const count, poison = 1000, 500
	tests := map[string]struct {
		bad  func(args string) bool // whether a FETCH of the poison ends the connection
		want func(item mail.Item) bool
	}{
		"its date": {
			bad:  func(args string) bool { return strings.Contains(args, "INTERNALDATE") },
			want: func(item mail.Item) bool { return item.Received.IsZero() && item.Header != nil && item.Size == 500 },
		},
		"its fields": {
			bad:  func(args string) bool { return strings.Contains(args, "HEADER.FIELDS") },
			want: func(item mail.Item) bool { return item.Header != nil },
		},
		"all of it": {
			bad:  func(args string) bool { return strings.Contains(args, "BODY") },
			want: func(item mail.Item) bool { return item.Header == nil && item.Size == 500 },
		},
		"even its UID": {
			bad:  func(args string) bool { return true },
			want: func(item mail.Item) bool { return item.Header == nil },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var logins atomic.Int32
			a := scripted(t, count, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
				logins.Add(1)
				to["UID FETCH"] = func(c imaptest.Command) {
					var out strings.Builder
					for uid := 1; uid <= count; uid++ {
						if !asks(c, uid) {
							continue
						}
						if uid == poison && tt.bad(c.Args) {
							s.Raw(out.String() + "* 500 FETCH (UID 500 FLAGS () BODY[HEADER] {99999999999}\r\n")
							s.Stall()
						}
						out.WriteString(message(c, uid, `"02-Mar-2026 10:00:00 +0000"`))
					}
					s.Raw(out.String())
					s.OK(c, "done")
				}
			})
			m := mailbox(t, forAccount(t, a))
			var g gather
			if err := m.Sync(context.Background(), theInbox, mail.Cursor{}, day, g.store); err != nil {
				t.Fatal(err)
			}
			if len(g.items) != count {
				t.Fatalf("%d of %d arrived", len(g.items), count)
			}
			for _, item := range g.items {
				switch {
				case item.UID == poison:
					if !tt.want(item) {
						t.Errorf("the poison came as %+v", item)
					}
				case item.Received.IsZero() || !bytes.Contains(item.Header, fmt.Appendf(nil, "<%d@", item.UID)):
					t.Fatalf("a good message came as %+v", item)
				}
			}
			if g.cursor.UIDNext != count+1 || logins.Load() > 6 {
				t.Errorf("cursor %+v after %d logins", g.cursor, logins.Load())
			}
		})
	}
}

func TestSync_SearchThatFindsNothingIsNotBelieved(t *testing.T) {
	for name, found := range map[string]string{
		"nothing":          "* ESEARCH (TAG %q) UID",
		"more than exist":  "* ESEARCH (TAG %q) UID ALL 1:1000",
		"all there can be": "* ESEARCH (TAG %q) UID ALL 1:4294967295",
		"no answer at all": "* OK %q",
	} {
		t.Run(name, func(t *testing.T) {
			a := scripted(t, 5, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
				to["UID SEARCH"] = func(c imaptest.Command) {
					s.Say(fmt.Sprintf(found, c.Tag))
					s.OK(c, "done")
				}
				to["FETCH"] = func(c imaptest.Command) {
					for uid := 1; uid <= 5; uid++ {
						date := `"02-Mar-2026 10:00:00 +0000"`
						if uid < 3 {
							date = `"02-Mar-2020 10:00:00 +0000"`
						}
						s.Raw(message(c, uid, date))
					}
					s.OK(c, "done")
				}
			})
			var g gather
			if err := mailbox(t, forAccount(t, a)).Sync(context.Background(), theInbox, mail.Cursor{}, day, g.store); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(uidsOf(g.items)); got != "[3 4 5]" {
				t.Errorf("read %s", got)
			}
		})
	}
}

func TestSync_MessageLeftOutOfTheAnswerIsAskedForAgain(t *testing.T) {
	asked := 0
	a := scripted(t, 5, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["UID FETCH"] = func(c imaptest.Command) {
			left := 0
			if strings.Contains(c.Args, "BODY") {
				if asked++; asked == 1 {
					left = 3
				}
			}
			for uid := 1; uid <= 5; uid++ {
				if asks(c, uid) && uid != left {
					s.Raw(message(c, uid, `"02-Mar-2026 10:00:00 +0000"`))
				}
			}
			s.OK(c, "done")
		}
		to["FETCH"] = func(c imaptest.Command) {
			s.Raw(message(c, 3, `"02-Mar-2026 10:00:00 +0000"`))
			s.OK(c, "done")
		}
	})
	var g gather
	if err := mailbox(t, forAccount(t, a)).Sync(context.Background(), theInbox, mail.Cursor{}, day, g.store); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(uidsOf(g.items)); got != "[1 2 3 4 5]" {
		t.Errorf("read %s", got)
	}
}

func TestAppend_RefusalSaysWhyAndTheWorkerLivesOn(t *testing.T) {
	for _, size := range []int{3 << 10, 6 << 10} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var connections atomic.Int32
			// The draft is to be refused before its bytes come, so the commands are read by hand.
			a := imaptest.Scripted(t, func(s *imaptest.Script) {
				connections.Add(1)
				s.Greet()
				to := answers(s, 0)
				for {
					line := s.Line()
					tag, rest, _ := strings.Cut(line, " ")
					name, _, _ := strings.Cut(rest, " ")
					c := imaptest.Command{Tag: tag, Name: name}
					switch {
					case name == "APPEND":
						if !strings.HasSuffix(line, fmt.Sprintf("{%d}", size)) {
							t.Errorf("not a synchronising literal: %q", line)
						}
						s.No(c, "[OVERQUOTA] the mailbox is full")
					case name == "CAPABILITY":
						s.Say("* CAPABILITY IMAP4rev1 LITERAL+ LITERAL- UIDPLUS")
						s.OK(c, "done")
					case to[name] != nil:
						to[name](c)
					default:
						s.OK(c, "done")
					}
				}
			})
			m := mailbox(t, forAccount(t, a))
			ctx := context.Background()
			_, err := m.Append(ctx, bytes.Repeat([]byte("x"), size), day)
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Code != "OVERQUOTA" || refused.Text != "the mailbox is full" {
				t.Errorf("error: %#v", err)
			}
			if _, _, err := m.Look(ctx, 0); err != nil {
				t.Errorf("look: %v", err)
			}
			if n := connections.Load(); n != 2 {
				t.Errorf("%d connections, want the worker's and the draft's", n)
			}
		})
	}
}

func TestAppend_IsNotTriedAgain(t *testing.T) {
	var appends atomic.Int32
	a := scripted(t, 0, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["APPEND"] = func(c imaptest.Command) {
			appends.Add(1)
			s.Raw("") // the answer is lost
			s.Say("* BYE")
			s.Stall()
		}
	})
	cfg := forAccount(t, a)
	cfg.Limit = 100 * time.Millisecond
	m := mailbox(t, cfg)
	_, err := m.Append(context.Background(), letter("d", "rep@acme.example", "Re: x"), day)
	var refused *RefusedError
	if err == nil || errors.As(err, &refused) || appends.Load() != 1 {
		t.Errorf("%d appends, %v", appends.Load(), err)
	}
}
