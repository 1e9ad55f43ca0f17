package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

func TestSync_ReadsOnlyWhatIsNew(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		ctx := context.Background()
		a.Append("INBOX", nil, day.AddDate(0, -2, 0), letter("old", "ann@prospect.example", "Long ago"))
		a.Append("INBOX", nil, day, letter("one", "ann@prospect.example", "Offer"))
		m := mailbox(t, forAccount(t, a))
		var g gather
		if err := m.Sync(ctx, theInbox, mail.Cursor{}, day.AddDate(0, 0, -7), g.store); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(uidsOf(g.items)); got != "[2]" {
			t.Errorf("a first reading of a week found %s", got)
		}
		if g.cursor.UIDNext != 3 || g.cursor.Messages != 2 {
			t.Errorf("cursor after it: %+v", g.cursor)
		}

		a.Append("INBOX", nil, day.AddDate(0, -3, 0), letter("late", "ann@prospect.example", "Delivered late"))
		before := m.Commands()
		var again gather
		if err := m.Tail(ctx, theInbox, g.cursor, again.store); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(uidsOf(again.items)); got != "[3]" {
			t.Errorf("then %s", got)
		}
		if n := m.Commands() - before; n != 3 {
			t.Errorf("reading one new message took %d commands", n)
		}
		var none gather
		if err := m.Sync(ctx, theInbox, again.cursor, day, none.store); err != nil || len(none.batches) > 0 {
			t.Errorf("nothing new: %v, %v", none.batches, err)
		}
	})
}

func TestSync_StoresBatchesOfAThousandAndGoesOnWhereItStopped(t *testing.T) {
	a := scripted(t, 2500, nil)
	m := mailbox(t, forAccount(t, a))
	var g gather
	full := errors.New("the disk is full")
	err := m.Sync(context.Background(), theInbox, mail.Cursor{}, day, func(b mail.Batch) error {
		if len(g.batches) == 1 {
			return full
		}
		return g.store(b)
	})
	if !errors.Is(err, full) || len(g.items) != 1000 || g.cursor.UIDNext != 1001 {
		t.Fatalf("%d items, cursor %+v, %v", len(g.items), g.cursor, err)
	}
	if err := m.Sync(context.Background(), theInbox, g.cursor, day, g.store); err != nil {
		t.Fatal(err)
	}
	if len(g.items) != 2500 || len(g.batches) != 3 || g.cursor != (mail.Cursor{UIDValidity: 7, UIDNext: 2501, Messages: 2500}) {
		t.Errorf("%d items in %d batches, cursor %+v", len(g.items), len(g.batches), g.cursor)
	}
}

func TestSync_RenumberedFolderIsReadAnew(t *testing.T) {
	for name, c := range map[string]mail.Cursor{
		"another UIDVALIDITY":                   {UIDValidity: 6, UIDNext: 2, Messages: 1},
		"UIDNEXT went back (restored a backup)": {UIDValidity: 7, UIDNext: 900, Messages: 800},
	} {
		t.Run(name, func(t *testing.T) {
			a := scripted(t, 3, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
				to["FETCH"] = func(c imaptest.Command) {
					s.Raw(message(c, 3, ""))
					s.OK(c, "done")
				}
			})
			m := mailbox(t, forAccount(t, a))
			var g gather
			if err := m.Tail(context.Background(), theInbox, c, g.store); !errors.Is(err, ErrRenumbered) {
				t.Errorf("tail: %v", err)
			}
			if err := m.Sync(context.Background(), theInbox, c, day, g.store); err != nil {
				t.Fatal(err)
			}
			if len(g.batches) != 1 || !g.batches[0].Reset || len(g.items) != 3 || g.cursor.UIDNext != 4 || g.cursor.UIDValidity != 7 {
				t.Errorf("%+v", g.batches)
			}
		})
	}
}

func TestSync_WrongUIDNextIsNoRenumbering(t *testing.T) {
	a := scripted(t, 5, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["EXAMINE"] = func(c imaptest.Command) {
			s.Say("* 5 EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 2] x")
			s.OK(c, "done")
		}
		to["FETCH"] = func(c imaptest.Command) {
			s.Raw(message(c, 5, ""))
			s.OK(c, "done")
		}
	})
	m := mailbox(t, forAccount(t, a))
	var g gather
	if err := m.Sync(context.Background(), theInbox, mail.Cursor{UIDValidity: 7, UIDNext: 5, Messages: 4}, day, g.store); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(uidsOf(g.items)); got != "[5]" || g.batches[0].Reset || g.cursor.UIDNext != 6 {
		t.Errorf("read %s, %+v", got, g.cursor)
	}
}

func TestSync_ServerWithoutUIDNextOrDateSearch(t *testing.T) {
	a := scripted(t, 4, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["EXAMINE"] = func(c imaptest.Command) {
			s.Say("* 4 EXISTS", "* OK [UIDVALIDITY 7] x")
			s.OK(c, "done")
		}
		to["UID SEARCH"] = func(c imaptest.Command) {
			s.Say(fmt.Sprintf("* ESEARCH (TAG %q) UID ALL 2:3", c.Tag))
			s.OK(c, "done")
		}
		to["FETCH"] = func(c imaptest.Command) {
			s.Raw(message(c, 4, ""))
			s.OK(c, "done")
		}
	})
	m := mailbox(t, forAccount(t, a))
	var g gather
	if err := m.Sync(context.Background(), theInbox, mail.Cursor{}, day, g.store); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(uidsOf(g.items)); got != "[2 3]" || g.cursor.UIDNext != 5 {
		t.Errorf("read %s, cursor %+v: it has to be the folder's end", got, g.cursor)
	}
}

// A folder where all that is looked at is recent is read without asking for dates, and what is older in it is left out all the
// same; one where something old shows is searched.
func TestSync_AsksForDatesOnlyWhereSomethingIsOld(t *testing.T) {
	const count = 1200
	for name, c := range map[string]struct {
		old    int // this message is
		silent bool
		asked  string
	}{
		"beside the sample":  {old: 700, asked: "ALL"},
		"in the sample":      {old: 1, asked: "SINCE"},
		"no dates are given": {old: 700, silent: true, asked: "SINCE"},
	} {
		t.Run(name, func(t *testing.T) {
			var searched []string
			a := scripted(t, count, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
				dated := func(does imaptest.Command) {
					for uid := 1; uid <= count; uid++ {
						if uid == c.old && asks(does, uid) {
							s.Raw(message(does, uid, `"02-Mar-2020 10:00:00 +0000"`))
						} else if asks(does, uid) {
							s.Raw(message(does, uid, `"02-Mar-2026 10:00:00 +0000"`))
						}
					}
					s.OK(does, "done")
				}
				to["UID FETCH"] = dated
				if !c.silent {
					to["FETCH"] = dated
				}
				to["UID SEARCH"] = func(does imaptest.Command) {
					searched = append(searched, does.Args)
					found := "1:1200"
					if strings.Contains(does.Args, "SINCE") {
						found = fmt.Sprintf("1:%d,%d:1200", max(c.old-1, 1), c.old+1)
					}
					if c.old == 1 {
						found = "2:1200"
					}
					s.Say(fmt.Sprintf("* ESEARCH (TAG %q) UID ALL %s", does.Tag, found))
					s.OK(does, "done")
				}
			})
			var g gather
			if err := mailbox(t, forAccount(t, a)).Sync(context.Background(), theInbox, mail.Cursor{}, day.AddDate(0, -1, 0), g.store); err != nil {
				t.Fatal(err)
			}
			if len(g.items) != count-1 || slices.Contains(uidsOf(g.items), c.old) || g.cursor.UIDNext != count+1 {
				t.Errorf("read %d messages, cursor %+v, want all %d but number %d", len(g.items), g.cursor, count, c.old)
			}
			if len(searched) != 1 || !strings.Contains(searched[0], c.asked) {
				t.Errorf("searched for %q, want one search for %s", searched, c.asked)
			}
		})
	}
}

func TestSync_MessageThatComesToLightBelowTheCursorIsRead(t *testing.T) {
	a := scripted(t, 5, func(s *imaptest.Script, to map[string]func(imaptest.Command)) {
		to["FETCH"] = func(c imaptest.Command) {
			for uid := 1; uid <= 5; uid++ {
				s.Raw(message(c, uid, ""))
			}
			s.OK(c, "done")
		}
	})
	m := mailbox(t, forAccount(t, a))
	var g gather
	// All five UIDs were given out when four messages could be seen.
	if err := m.Sync(context.Background(), theInbox, mail.Cursor{UIDValidity: 7, UIDNext: 6, Messages: 4}, day, g.store); err != nil {
		t.Fatal(err)
	}
	if len(g.items) != 5 || g.cursor.UIDNext != 6 || g.cursor.Messages != 5 {
		t.Errorf("read %v, cursor %+v", uidsOf(g.items), g.cursor)
	}
}

func TestReading_StaleConnectionIsReplacedUnseen(t *testing.T) {
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Greet()
		s.Login()
		to := answers(s, 2)
		if s.N == 0 { // says goodbye once it has been used
			examine := to["EXAMINE"]
			used := false
			to["EXAMINE"] = func(c imaptest.Command) {
				if used {
					s.Say("* BYE idle for too long")
					s.Stall()
				}
				used = true
				examine(c)
			}
		}
		s.Serve(to)
	})
	cfg := forAccount(t, a)
	cfg.Limit = 300 * time.Millisecond
	m := mailbox(t, cfg)
	for range 2 {
		var g gather
		if err := m.Sync(context.Background(), theInbox, mail.Cursor{}, day, g.store); err != nil || len(g.items) != 2 {
			t.Fatalf("%d items, %v", len(g.items), err)
		}
	}
}

func TestBodies_AreCutWithoutSettingSeen(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		long := letter("long", "ann@prospect.example", "Offer")
		long = append(long, strings.Repeat("All work and no play.\r\n", 20_000)...)
		header := fmt.Appendf(nil, "From: ann@prospect.example\r\nX-Long: %s\r\n\r\nHello\r\n", strings.Repeat("many words\r\n ", 8000))
		a.Append("INBOX", nil, day, long)
		a.Append("INBOX", nil, day, header)
		m := mailbox(t, forAccount(t, a))
		var got []mail.Body
		validity := uint32(0)
		err := m.Sync(context.Background(), theInbox, mail.Cursor{}, day, func(b mail.Batch) error {
			validity = b.Cursor.UIDValidity
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = m.Bodies(context.Background(), "INBOX", validity, []mail.UID{1, 2}, func(b mail.Body) error {
			got = append(got, b)
			return nil
		})
		if err != nil || len(got) != 2 {
			t.Fatalf("%d bodies, %v", len(got), err)
		}
		if n := len(got[0].Source); n < mail.MaxBody || n > mail.MaxBody+1000 || got[0].Size != int64(len(long)) {
			t.Errorf("a body of %d bytes came with %d, size %d", len(long), n, got[0].Size)
		}
		if s := string(got[1].Source); !strings.HasSuffix(s, "\r\n\r\nHello\r\n") || len(s) > mail.MaxHeader+100 {
			t.Errorf("a header of %d bytes came with %d, ending in %q", len(header), len(s), s[len(s)-40:])
		}
		if got[0].CutHeader || !got[1].CutHeader {
			t.Errorf("the header was cut: %t of the long text, %t of the long header", got[0].CutHeader, got[1].CutHeader)
		}
		if err := m.Bodies(context.Background(), "INBOX", validity+1, []mail.UID{1}, nil); !errors.Is(err, ErrRenumbered) {
			t.Errorf("bodies of another UIDVALIDITY: %v", err)
		}
		for _, m := range a.Read("INBOX") {
			if strings.Contains(strings.Join(m.Flags, " "), `\Seen`) {
				t.Errorf("%d was marked as seen", m.UID)
			}
		}
	})
}

func TestSearch_FindsBySenderAndByReference(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		a.Append("Archive", nil, day, letter("one", "ann@prospect.example", "Offer"))
		a.Append("Archive", nil, day, letter("two", "bob@elsewhere.example", "News"))
		reply := strings.Replace(string(letter("three", "assistant@other.example", "Re: Offer")), "X-Noise", "References: <root@acme.example>\r\nX-Noise", 1)
		a.Append("Archive", nil, day, []byte(reply))
		m := mailbox(t, forAccount(t, a))
		var ids []mail.MessageID
		for i := range 15 {
			ids = append(ids, mail.MessageID(fmt.Sprintf("other%d@acme.example", i)))
		}
		ids = append(ids, "root@acme.example", "", "bös\"e@acme.example")
		found, err := m.Search(context.Background(), mail.Folder{Name: "Archive"}, day.AddDate(0, 0, -3), []mail.Address{"ann@prospect.example"}, ids)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(uidsOf(found.Items)); got != "[1 3]" {
			t.Errorf("found %s", got)
		}
	})
}
