package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// steeredDesk is a desk whose rep switched steering on and had the folders made. place gives the name of a gesture's folder.
func steeredDesk(t *testing.T, mailbox imaptest.Account) (d *desk, place func(gesture string) string) {
	t.Helper()
	d = newDesk(t, mailbox)
	d.configure("steering.enabled", "true")
	d.mustRun("check", "--create-folders")
	delim := "/"
	if strings.HasSuffix(mailbox.Prefix, ".") {
		delim = "."
	}
	return d, func(gesture string) string { return mailbox.Prefix + "Followups" + delim + gesture }
}

// only gives the one message of a folder.
func (d *desk) only(folder string) imaptest.Message {
	d.t.Helper()
	all := d.mailbox.Read(folder)
	if len(all) != 1 {
		d.t.Fatalf("%d messages in %q, want 1", len(all), folder)
	}
	return all[0]
}

func (d *desk) stands(who, state, outcome string) {
	d.t.Helper()
	th := d.threads()[who]
	if got := th.State; got != state || outcome != "" && (th.Outcome == nil || *th.Outcome != outcome) {
		d.t.Errorf("the thread with %s is %s (%v), want %s %s: %q", who, got, th.Outcome, state, outcome, th.Reasons)
	}
}

func TestSteering_CheckMakesFoldersOnlyIfAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t, imaptest.Namespace("INBOX.", ".")))
	d.configure("steering.enabled", "true")
	before := d.mailbox.Folders()
	if out := d.mustRun("check"); !strings.Contains(out, "check --create-folders") || len(d.mailbox.Folders()) != len(before) {
		t.Errorf("check made folders, or does not say how to:\n%s", out)
	}
	d.mustRun("once")
	if len(d.mailbox.Folders()) != len(before) {
		t.Error("a pass made folders")
	}
	out := d.mustRun("check", "--create-folders")
	subscribed := d.mailbox.Subscribed()
	for _, name := range []string{"Hold 1 week", "Hold 1 month", "Stop", "Won", "Lost", "Chase"} {
		if full := "INBOX.Followups." + name; !slices.Contains(subscribed, full) || !strings.Contains(out, full) {
			t.Errorf("%q is not subscribed (%q), or not named:\n%s", full, subscribed, out)
		}
	}
	if out := d.mustRun("check"); strings.Contains(out, "--create-folders") {
		t.Errorf("check still misses folders:\n%s", out)
	}
}

func TestSteering_MovedMailIsAWordAndComesBack(t *testing.T) {
	t.Parallel()
	for gesture, want := range map[string][2]string{
		"Stop": {"closed", "stopped"}, "Won": {"closed", "won"}, "Lost": {"closed", "lost"},
		"Hold 1 week": {"held", ""}, "Hold 1 month": {"held", ""},
	} {
		t.Run(gesture, func(t *testing.T) {
			t.Parallel()
			d, place := steeredDesk(t, imaptest.Dovecot(t).User(t, imaptest.Namespace("INBOX.", ".")))
			d.offer(lena)
			d.mustRun("once")
			d.drafted(lena)
			sent := d.mailbox.Prefix + "Sent"
			d.mailbox.Move(sent, d.only(sent).UID, place(gesture))
			d.mustRun("once")
			d.stands(lena, want[0], want[1])
			if back := d.only(sent); !strings.Contains(string(back.Raw), "Message-ID: <offer-") || !slices.Contains(back.Flags, `\Seen`) {
				t.Errorf("another mail came back: %q\n%s", back.Flags, back.Raw)
			}
			if n := len(d.mailbox.Read(place(gesture))); n != 0 {
				t.Errorf("%d mails stay in %q", n, gesture)
			}
			if n := len(d.drafts(lena)); n != 0 {
				t.Errorf("%d drafts are left", n)
			}
			if out := d.mustRun("show", lena); !strings.Contains(out, fmt.Sprintf("you moved a mail of it into %q", gesture)) {
				t.Errorf("show does not tell how it was said:\n%s", out)
			}
		})
	}
}

func TestSteering_ChaseTakesUpWhatIsClosedOrExcluded(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t))
	d.configure("prospects.exclude", `["`+ben+`"]`)
	d.offer(lena)
	d.offer(ben)
	d.mustRun("once")
	d.mustRun("close", lena, "--outcome", "lost")
	d.mustRun("once")
	for _, m := range d.mailbox.Read("Sent") {
		d.mailbox.Move("Sent", m.UID, place("Chase"))
	}
	d.mustRun("once")
	d.drafted(lena)
	d.drafted(ben)
	if n := len(d.mailbox.Read("Sent")); n != 2 {
		t.Errorf("%d mails came back to Sent, want 2", n)
	}
}

func TestSteering_AnAnswerComesBackToWhereItLay(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d, place := steeredDesk(t, mailbox)
		d.offer(lena)
		d.answer(lena)
		d.mustRun("once")
		d.mailbox.Move("INBOX", d.only("INBOX").UID, "Archive")
		d.mustRun("once")
		d.mailbox.Move("Archive", d.only("Archive").UID, place("Won"))
		d.mustRun("once")
		d.stands(lena, "closed", "won")
		d.only("Archive")

		d.offer(ben)
		d.mustRun("once")
		d.answer(ben) // and moved before followupd has seen it
		d.mailbox.Move("INBOX", d.only("INBOX").UID, place("Hold 1 week"))
		d.mustRun("once")
		d.only("INBOX")
		d.stands(ben, "held", "")
	})
}

func TestSteering_ACopyIsRemovedAndItsOriginalStays(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d, place := steeredDesk(t, mailbox)
		d.offer(lena)
		d.mustRun("once")
		original := d.only("Sent").UID
		d.mailbox.Copy("Sent", original, place("Stop"))
		d.mustRun("once")
		d.stands(lena, "closed", "stopped")
		if d.only("Sent").UID != original || len(d.mailbox.Read(place("Stop"))) != 0 {
			t.Error("the copy was not simply removed")
		}
	})
}

func TestSteering_AServerThatRemovesNothingLosesNothing(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 SPECIAL-USE IDLE")))
	d.offer(lena)
	d.mustRun("once")
	d.mailbox.Copy("Sent", d.only("Sent").UID, place("Stop"))
	d.mustRun("once")
	d.stands(lena, "closed", "stopped")
	d.only(place("Stop"))
	d.mustRun("reopen", lena)
	for range 2 {
		d.mustRun("once")
	}
	if state := d.stateOf(lena); state == "closed" {
		t.Error("a mail that could not be put back was heard twice")
	}
}

func TestSteering_ADraftOfOursSteersItsThread(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	d.mustRun("once")
	d.mailbox.Move("Drafts", d.drafted(lena).UID, place("Stop"))
	d.mustRun("once")
	d.stands(lena, "closed", "stopped")
	if n := len(d.drafts(lena)) + len(d.mailbox.Read(place("Stop"))); n != 0 {
		t.Errorf("%d copies of the draft are left", n)
	}
}

func TestSteering_TagsAreCarriedOutAndTakenOff(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d, _ := steeredDesk(t, mailbox)
		d.offer(lena)
		d.offer(ben)
		d.answer(ben)
		d.mustRun("once")
		for _, m := range d.mailbox.Read("Sent") {
			if strings.Contains(string(m.Raw), lena) {
				d.mailbox.Store("Sent", m.UID, "$FollowupHold1Week", "$Label1")
			}
		}
		d.mailbox.Store("INBOX", d.only("INBOX").UID, "$FollowupWon")
		d.mustRun("once")
		d.stands(lena, "held", "")
		d.stands(ben, "closed", "won")
		kept := false
		for _, folder := range []string{"Sent", "INBOX"} {
			for _, m := range d.mailbox.Read(folder) {
				flags := strings.ToLower(strings.Join(m.Flags, " "))
				if strings.Contains(flags, "$followup") {
					t.Errorf("a tag stays in %s: %s", folder, flags)
				}
				kept = kept || strings.Contains(flags, "$label1")
			}
		}
		if !kept {
			t.Error("the rep's own tag went, too")
		}
		// The same tag is a new word once it was taken off.
		d.mustRun("reopen", ben)
		d.mailbox.Store("INBOX", d.only("INBOX").UID, "$FollowupWon")
		d.mustRun("once")
		d.stands(ben, "closed", "won")
	})
}

// edit saves a draft anew as mail clients do: another message with the text changed, and the old one removed.
func (d *desk) edit(m imaptest.Message, change func(text string) string) {
	d.t.Helper()
	head, text, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
	d.mailbox.Append("Drafts", []string{`\Draft`, `\Seen`}, time.Now(), []byte(head+"\r\n\r\n"+change(text)))
	d.mailbox.Delete("Drafts", m.UID)
}

func TestSteering_ALineAtTheTopOfADraft(t *testing.T) {
	t.Parallel()
	line := func(word string) func(string) string {
		return func(text string) string { return "// " + word + "\r\n" + text }
	}
	for word, want := range map[string][2]string{
		"hold 2 weeks": {"held", ""}, "hold until " + time.Now().AddDate(0, 2, 0).Format(time.DateOnly): {"held", ""},
		"stop": {"closed", "stopped"}, "won": {"closed", "won"}, "Hold 1 week": {"held", ""},
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			d, _ := steeredDesk(t, imaptest.Dovecot(t).User(t))
			d.offer(lena)
			d.mustRun("once")
			d.edit(d.drafted(lena), line(word))
			d.mustRun("once")
			d.stands(lena, want[0], want[1])
			if n := len(d.drafts(lena)); n != 0 {
				t.Errorf("%d drafts are left of one that holds nothing new but the line", n)
			}
		})
	}
	t.Run("edited beside", func(t *testing.T) {
		t.Parallel()
		d, _ := steeredDesk(t, imaptest.Dovecot(t).User(t))
		d.offer(lena)
		d.mustRun("once")
		d.edit(d.drafted(lena), func(text string) string { return "// stop\r\nMy own words, Lena.\r\n" + text })
		d.mustRun("once")
		d.stands(lena, "closed", "stopped")
		if left := d.drafts(lena); len(left) != 1 || !strings.Contains(string(left[0].Raw), "My own words") {
			t.Errorf("%d drafts are left, want the rep's", len(left))
		}
	})
	t.Run("not understood", func(t *testing.T) {
		t.Parallel()
		d, _ := steeredDesk(t, imaptest.Dovecot(t).User(t))
		d.offer(lena)
		d.mustRun("once")
		d.edit(d.drafted(lena), line("hold on a second"))
		for range 2 {
			d.mustRun("once")
		}
		d.stands(lena, "drafted", "")
		if left := d.drafts(lena); len(left) != 1 || !strings.Contains(string(left[0].Raw), "// hold on a second") {
			t.Errorf("%d drafts are left, want the rep's as it is", len(left))
		}
		if out := d.mustRun("show", lena); strings.Count(out, "was not understood") != 1 {
			t.Errorf("show tells it not once:\n%s", out)
		}
	})
}

func TestSteering_AnotherDraft(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(d *desk, draft imaptest.Message){
		"by a line": func(d *desk, draft imaptest.Message) {
			d.edit(draft, func(text string) string { return "// another\r\n" + text })
		},
		"by a client that writes its own header": func(d *desk, draft imaptest.Message) {
			own := strings.Join([]string{
				"From: " + repAddress, "To: " + lena, "Subject: " + header(draft.Raw, "Subject"), "Message-ID: <autosave@acme.example>",
				"In-Reply-To: " + header(draft.Raw, "In-Reply-To"), "Content-Type: text/plain; charset=utf-8", "", "// another", "", "Hi Lena,", "",
			}, "\r\n")
			d.mailbox.Append("Drafts", []string{`\Draft`, `\Seen`}, time.Now(), []byte(own))
			d.mailbox.Delete("Drafts", draft.UID)
		},
		"by the command": func(d *desk, _ imaptest.Message) { d.mustRun("another", lena) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := steeredDesk(t, imaptest.Dovecot(t).User(t))
			d.configure("cadence.hours", quoted(otherHours())) // a wish does not wait for the morning
			d.offer(lena)
			d.mustRun("once", "--now")
			first := d.drafted(lena)
			ask(d, first)
			for range 2 {
				d.mustRun("once")
			}
			second := d.drafted(lena)
			text := string(second.Raw)
			if strings.Contains(text, "// another") || header(second.Raw, "Message-ID") == header(first.Raw, "Message-ID") {
				t.Fatalf("the draft was not replaced:\n%s", text)
			}
			if header(second.Raw, "In-Reply-To") != header(first.Raw, "In-Reply-To") || header(second.Raw, "Subject") != header(first.Raw, "Subject") {
				t.Errorf("it does not continue the same mail:\n%s", text)
			}
			d.stands(lena, "drafted", "")
		})
	}
}

func TestSteering_AnotherUntilNoneIsLeft(t *testing.T) {
	t.Parallel()
	d, _ := steeredDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	d.mustRun("once")
	seen := make(map[string]bool)
	for range 12 {
		m := d.drafted(lena)
		id := header(m.Raw, "Message-ID")
		if seen[id] {
			if out := d.mustRun("show", lena); !strings.Contains(out, "not replaced by another") {
				t.Errorf("show does not say why the draft stays:\n%s", out)
			}
			return
		}
		seen[id] = true
		d.mustRun("another", lena)
		d.mustRun("once")
	}
	t.Error("another draft is found for ever")
}

func TestSteering_TwoHundredAtOnce(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t))
	at := time.Now().AddDate(0, 0, -14)
	var mails []imaptest.Message
	for i := range 200 {
		mails = append(mails, imaptest.Message{Flags: []string{`\Seen`}, Received: at, Raw: letter("From: "+repAddress, fmt.Sprintf("To: p%d@firm%d.example", i, i),
			"Subject: Audit", fmt.Sprintf("Message-ID: <o%d@acme.example>", i), "Date: "+at.Format(time.RFC1123Z), "", "Hello,", "", "which carriers do you mean?")})
	}
	d.mailbox.AppendAll("Sent", mails...)
	d.mailbox.Append("INBOX", nil, at, letter("From: news@press.example", "To: "+repAddress, "Subject: News", "Message-ID: <news@press.example>", "List-Id: <news.press.example>", "", "Read this."))
	d.mustRun("once")
	for _, folder := range []string{"Sent", "INBOX"} {
		for _, m := range d.mailbox.Read(folder) {
			if folder == "INBOX" {
				d.mailbox.Move(folder, m.UID, place("Stop"))
			}
		}
	}
	d.mailbox.MoveAll("Sent", place("Stop"))
	d.mustRun("once")
	if n := len(d.mailbox.Read("Sent")); n != 200 {
		t.Errorf("%d of 200 mails came back", n)
	}
	stopped := 0
	for _, th := range d.threads() {
		if th.State == "closed" && th.Outcome != nil && *th.Outcome == "stopped" {
			stopped++
		}
	}
	if stopped != 200 {
		t.Errorf("%d of 200 threads are stopped", stopped)
	}
	if left := d.only(place("Stop")); !strings.Contains(string(left.Raw), "news@press.example") {
		t.Errorf("left in Stop:\n%s", left.Raw)
	}
	if n := len(d.mailbox.Read("Drafts")); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}

func TestSteering_OffMeansOff(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t))
	d.configure("steering.enabled", "false")
	d.offer(lena)
	d.offer(ben)
	d.mustRun("once")
	for _, m := range d.mailbox.Read("Sent") {
		if strings.Contains(string(m.Raw), ben) {
			d.mailbox.Store("Sent", m.UID, "$FollowupStop")
		} else {
			d.mailbox.Copy("Sent", m.UID, place("Stop"))
		}
	}
	d.edit(d.drafted(lena), func(text string) string { return "// stop\r\n" + text })
	d.mustRun("once")
	d.stands(lena, "drafted", "")
	d.stands(ben, "drafted", "")
	d.only(place("Stop"))
}

// TestRun_HearsAGestureAtOnce holds that a running daemon does not wait for its poll: a mail that leaves Sent is news to
// IDLE, and what is copied or edited is seen at the next glance.
func TestRun_HearsAGestureAtOnce(t *testing.T) {
	t.Parallel()
	d, place := steeredDesk(t, imaptest.Dovecot(t).User(t))
	d.configure("imap.poll", quoted("1h"), "steering.glance", quoted("5s"))
	d.offer(lena)
	d.offer(ben)
	d.start()
	d.drafted(lena)
	draft := d.drafted(ben)
	for _, m := range d.mailbox.Read("Sent") {
		if strings.Contains(string(m.Raw), lena) {
			d.mailbox.Copy("Sent", m.UID, place("Hold 1 week"))
		}
	}
	d.withdrawn(lena)
	d.edit(draft, func(text string) string { return "// stop\r\n" + text })
	d.withdrawn(ben)
	d.mailbox.Append(place("Stop"), nil, time.Now(), letter("From: news@press.example", "To: "+repAddress, "Subject: News", "Message-ID: <news@press.example>", "", "Read this."))
	until(t, "status tells what was not understood", func() bool { return strings.Contains(d.run("status").out, "news@press.example") })
	until(t, "the copy is removed", func() bool { return len(d.mailbox.Read(place("Hold 1 week"))) == 0 })
}
