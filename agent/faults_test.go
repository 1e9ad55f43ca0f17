package agent

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/mail"
	"followupd/tracker"
)

// These are the rows of docs/faults.md that the loop, the mailbox and the store hold together. Each begins and ends with
// the whole of Drafts; each test's end also looks at everything that was said on the wire.

func TestFault_02_CutAfterFinalCRLF(t *testing.T) {
	each(t, appends(faultserver.AppendAnswerLost, faultserver.AppendByeStored), func(t *testing.T, p *place) {
		p.silent()
		p.passes(1)
		p.calm()
		p.oneEach(person, otherPerson)
	})
}

func TestFault_03_CommitDelayedBeyondSettle(t *testing.T) {
	for name, way := range map[string]faultserver.Append{"cut": faultserver.AppendLate, "OK": faultserver.AppendOKLate} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			p.server.Set(faultserver.Faults{Append: way, Times: 1, Late: 5 * p.settle})
			p.silent()
			p.passes(8) // the same bytes are tried again before the first copy shows
			p.goOn()
			p.oneEach(person, otherPerson)
			if n := p.server.Count("APPEND"); n != 3 {
				t.Errorf("%d APPENDs, want the late one's second try: 3", n)
			}
		})
	}
}

func TestFault_04_TwoDaemonsOverlap(t *testing.T) {
	p := newPlace(t, faultserver.Faults{})
	p.silent()
	other := p.another()
	var begun atomic.Bool
	p.server.OnEach(func(c faultserver.Command) {
		if c.Name == "APPEND" && begun.CompareAndSwap(false, true) {
			if _, err := other.pass(); err != nil { // while the first one's APPEND is under way
				t.Error(err)
			}
		}
	})
	p.passes(1)
	if n := p.server.Count("APPEND"); n < 3 {
		t.Fatalf("%d APPENDs: the two did not overlap", n)
	}
	for range 3 {
		p.wait(p.settle)
		for _, place := range []*place{p, other} {
			if _, err := place.pass(); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.oneEach(person, otherPerson)
}

func TestFault_05_OwnerDeletesEditsOrSends(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(p *place, m faultserver.Message)
		want int // drafts to the person afterwards
	}{
		"deletes": {func(p *place, m faultserver.Message) { p.server.Remove("Drafts", m.UID) }, 0},
		"moves to Trash": {func(p *place, m faultserver.Message) {
			p.server.Remove("Drafts", m.UID)
			p.server.Deliver("Trash", m.Flags, p.now(), m.Raw)
		}, 0},
		"edits": {func(p *place, m faultserver.Message) {
			p.server.Remove("Drafts", m.UID)
			p.server.Deliver("Drafts", m.Flags, p.now(), append(bytes.Clone(m.Raw), "\r\nmine\r\n"...))
		}, 1},
		"edits in a client that keeps no header": {func(p *place, m faultserver.Message) {
			p.server.Remove("Drafts", m.UID)
			p.deliver("Drafts", rep, person, "mine@client.example", "offer@acme.example", "In my own words.", 0)
		}, 1},
		"sends": {func(p *place, m faultserver.Message) {
			p.server.Remove("Drafts", m.UID)
			p.server.Deliver("Sent", []string{`\Seen`}, p.now(), m.Raw)
		}, 0},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			p.silent()
			p.passes(1)
			c.do(p, p.draftsTo(person)[0])
			before := p.draftsTo(person)
			p.calm()
			if got := p.draftsTo(person); len(got) != c.want || len(got) == 1 && !bytes.Equal(got[0].Raw, before[0].Raw) {
				t.Errorf("%d drafts, want %d as the rep left it", len(got), c.want)
			}
			if n := len(p.draftsTo(otherPerson)); n != 1 {
				t.Errorf("%d drafts in the other thread", n)
			}
		})
	}
}

func TestFault_06_ReplyBetweenDecisionAndAppend(t *testing.T) {
	answer := func(p *place) {
		p.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, let us talk on Monday.", 0)
	}
	t.Run("before_the_last_check", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{})
		p.silent()
		var first atomic.Bool
		p.server.OnEach(func(c faultserver.Command) {
			// Bodies are read after the folders and before the draft: the decision stands, the last check is to come.
			if strings.Contains(c.Args, "BODY.PEEK[TEXT]") && first.CompareAndSwap(false, true) {
				answer(p)
			}
		})
		if _, err := p.pass(); err != nil {
			t.Fatal(err)
		}
		if !first.Load() {
			t.Fatal("no body was read")
		}
		p.oneEach(otherPerson)
		p.goOn()
		p.oneEach(otherPerson)
	})
	t.Run("after_the_last_check", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{})
		p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch, 14*24*time.Hour)
		var first atomic.Bool
		p.server.OnEach(func(c faultserver.Command) {
			if c.Name == "APPEND" && first.CompareAndSwap(false, true) {
				answer(p)
			}
		})
		if _, err := p.pass(); err != nil {
			t.Fatal(err)
		}
		p.oneEach(person)
		if _, err := p.pass(); err != nil {
			t.Fatal(err)
		}
		p.oneEach()
	})
}

// lost has the state go in some way after the program drafted, and a second thread come due that nobody has seen.
func lost(t *testing.T, lose func(p *place)) {
	p := newPlace(t, faultserver.Faults{})
	p.silent()
	p.passes(1)
	p.server.Remove("Drafts", p.draftsTo(otherPerson)[0].UID) // the rep threw it away; no state knows of it any more
	lose(p)
	p.calm()
	p.oneEach(person)
	if st := p.standing(otherPerson); st.State != tracker.Due && st.State != tracker.Review {
		t.Errorf("the thread whose draft may have been thrown away is %s, want it to wait for the rep: %q", st.State, st.Reasons)
	}
}

func TestFault_07_DatabaseDeleted(t *testing.T) {
	lost(t, func(p *place) {
		if err := errors.Join(os.RemoveAll(p.dir), os.Mkdir(p.dir, 0o700)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFault_08_DatabaseReplacedByAnOlderCopy(t *testing.T) {
	p := newPlace(t, faultserver.Faults{})
	p.deliver("Sent", rep, "cleo@fjordgods.example", "early@acme.example", "", "Hi Cleo,\n\n"+pitch, time.Hour)
	p.passes(1) // nothing is due yet
	old := p.copyState()
	p.silent()
	p.passes(1)
	p.oneEach(person, otherPerson)
	p.dir = old
	p.calm()
	p.oneEach(person, otherPerson)
}

// The database alone is an older copy, as from a backup, while the directory is what it was: drafts that lie there no more
// cannot tell of it.
func TestFault_08_DatabaseAloneReplacedByAnOlderCopy(t *testing.T) {
	p := newPlace(t, faultserver.Faults{})
	p.deliver("Sent", rep, "cleo@fjordgods.example", "early@acme.example", "", "Hi Cleo,\n\n"+pitch, time.Hour)
	p.passes(1) // nothing is due yet
	old := p.copyState()
	p.silent()
	p.passes(1)
	p.oneEach(person, otherPerson)
	for _, who := range []mail.Address{person, otherPerson} {
		p.server.Remove("Drafts", p.draftsTo(who)[0].UID) // the rep threw it away
	}
	text, err := os.ReadFile(filepath.Join(old, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "state.db"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	p.calm()
	p.oneEach()
	for _, who := range []mail.Address{person, otherPerson} {
		if st := p.standing(who); st.State != tracker.Review {
			t.Errorf("a thread whose draft was thrown away is %s, want it to wait for the rep: %q", st.State, st.Reasons)
		}
	}
	p.wait(7 * 24 * time.Hour) // what falls due from now on is drafted
	if _, err := p.pass(); err != nil {
		t.Fatal(err)
	}
	p.oneEach("cleo@fjordgods.example")
}

func TestFault_09_SearchIsStaleEmptyOrRefused(t *testing.T) {
	for _, search := range []faultserver.Search{faultserver.SearchStale, faultserver.SearchEmpty, faultserver.SearchRefused, faultserver.SearchRepeats, faultserver.SearchFloods} {
		for _, way := range []faultserver.Append{faultserver.AppendAnswerLost, faultserver.AppendLate, faultserver.AppendCutBeforeCRLF} {
			t.Run(strings.ReplaceAll(string(search)+"/"+string(way), " ", "_"), func(t *testing.T) {
				p := newPlace(t, faultserver.Faults{})
				p.silent()
				p.server.Set(faultserver.Faults{Search: search, Append: way, Times: 1})
				p.passes(1)
				p.server.Set(faultserver.Faults{Search: search})
				p.server.Arrive()
				p.passes(5)
				p.oneEach(person, otherPerson)
			})
		}
	}
}

func TestFault_11_CutMidLiteral(t *testing.T) {
	each(t, appends(faultserver.AppendCutAtCommand, faultserver.AppendCutInLiteral, faultserver.AppendCutLastByte, faultserver.AppendCutBeforeCRLF),
		func(t *testing.T, p *place) {
			p.silent()
			p.passes(1)
			p.oneEach()
			p.calm()
			p.oneEach(person, otherPerson)
		})
}

func TestFault_12_ReplyNeverComes(t *testing.T) {
	each(t, appends(faultserver.AppendAnswerHeld, faultserver.AppendNeverAnswered), func(t *testing.T, p *place) {
		p.limit = 700 * time.Millisecond
		p.silent()
		p.passes(1)
		p.limit = 5 * time.Second
		p.calm()
		p.oneEach(person, otherPerson)
	})
}

func TestFault_18_OKButNothingStoredAndItsKin(t *testing.T) {
	each(t, appends(faultserver.AppendOKButNothing, faultserver.AppendNoButStored, faultserver.AppendTwice, faultserver.AppendWrongUID, faultserver.AppendRefusedAfter),
		func(t *testing.T, p *place) {
			refused := p.server.Faults().Append == faultserver.AppendRefusedAfter
			p.silent()
			p.passes(1)
			if refused {
				p.wait(mostRest)
			}
			p.calm()
			p.oneEach(person, otherPerson)
		})
}

func TestFault_19_UIDValidityMoves(t *testing.T) {
	folders := map[string]faultserver.Faults{
		"at every SELECT": {ValidityMoves: true}, "is 0": {ValidityZero: true}, "UIDNEXT too low": {NextLow: true},
	}
	for name, f := range folders {
		for _, way := range []faultserver.Append{"", faultserver.AppendAnswerLost, faultserver.AppendCutLastByte} {
			t.Run(strings.ReplaceAll(name+"/"+string(way), " ", "_"), func(t *testing.T) {
				f := f
				f.Append, f.Times = way, 1
				p := newPlace(t, f)
				p.silent()
				p.passes(1)
				f.Append = ""
				p.server.Set(f)
				p.passes(5) // it goes on moving
				if n := len(p.drafts()); n > 2 {
					t.Errorf("%d drafts while it moves", n)
				}
				p.calm()
				p.oneEach(person, otherPerson)
			})
		}
	}
	t.Run("once,_between_unknown_and_look", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{Append: faultserver.AppendAnswerLost, Times: 1})
		p.silent()
		p.passes(1)
		p.server.Renumber("Drafts")
		p.calm()
		p.oneEach(person, otherPerson)
	})
}

func TestFault_20_FetchShuffledRepeatedUnasked(t *testing.T) {
	for name, f := range map[string]faultserver.Faults{
		"shuffled": {FetchShuffled: true}, "repeated": {FetchRepeated: true}, "unasked": {FetchUnasked: true}, "omits": {FetchOmits: true},
		"all": {FetchShuffled: true, FetchRepeated: true, FetchUnasked: true},
	} {
		for _, way := range []faultserver.Append{"", faultserver.AppendTwice, faultserver.AppendAnswerLost} {
			t.Run(strings.ReplaceAll(name+"/"+string(way), " ", "_"), func(t *testing.T) {
				f := f
				f.Append, f.Times = way, 1
				p := newPlace(t, f)
				p.silent()
				p.passes(1)
				f.Append = ""
				p.server.Set(f)
				p.passes(5)
				for _, who := range []mail.Address{person, otherPerson} {
					if n := len(p.draftsTo(who)); n != 1 && !f.FetchOmits { // what is not shown is neither found nor removed
						t.Errorf("%d drafts to %s", n, who)
					}
				}
				p.calm()
				p.oneEach(person, otherPerson)
			})
		}
	}
}

func TestFault_21_ServerStripsHeaders(t *testing.T) {
	for _, strip := range [][]string{{"X-*"}, {"Message-ID"}, {"X-*", "Message-ID"}} {
		for _, way := range []faultserver.Append{"", faultserver.AppendAnswerLost, faultserver.AppendCutInLiteral} {
			t.Run(strings.ReplaceAll(strings.Join(strip, "+")+"/"+string(way), " ", "_"), func(t *testing.T) {
				f := faultserver.Faults{Strip: strip, Append: way, Times: 1}
				p := newPlace(t, f)
				p.silent()
				p.passes(1)
				f.Append = ""
				p.server.Set(f)
				p.passes(6)
				p.oneEach(person, otherPerson)
			})
		}
	}
}

func TestFault_22_NoUIDPlusNoMove(t *testing.T) {
	without := []string{"UIDPLUS", "MOVE"}
	for _, way := range []faultserver.Append{"", faultserver.AppendAnswerLost, faultserver.AppendCutLastByte, faultserver.AppendOKButNothing} {
		t.Run("1/"+strings.ReplaceAll(string(way), " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{Without: without, Append: way, Times: 1})
			p.silent()
			p.passes(1)
			p.server.Set(faultserver.Faults{Without: without})
			p.goOn()
			p.oneEach(person, otherPerson)
		})
	}
	t.Run("two_copies_stay_and_nothing_is_removed", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{Without: without, Append: faultserver.AppendTwice, Times: 1})
		p.silent()
		p.server.Deliver("Drafts", []string{`\Draft`, `\Deleted`}, p.now(), []byte("Subject: the rep's own, marked\r\n\r\nx\r\n"))
		p.passes(4)
		if n := len(p.server.Snapshot()["Drafts"]); n != 4 {
			t.Errorf("%d messages in Drafts, want the marked one, the two copies and the other draft", n)
		}
		p.calm()
		p.oneEach(person, otherPerson) // with UIDPLUS back the second copy goes
	})
}

func TestFault_28_DraftsTakesNothing(t *testing.T) {
	for name, f := range map[string]faultserver.Faults{
		"over quota": {Append: faultserver.AppendRefused, Answer: "NO [OVERQUOTA] the mailbox is full"},
		"read-only":  {Append: faultserver.AppendRefusedAfter, Answer: "NO [NOPERM] permission denied"},
		"unwritable": {Append: faultserver.AppendRefusedAfter, Answer: "NO [SERVERBUG] internal error"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			p := newPlace(t, f)
			p.silent()
			a, stop := p.start()
			defer stop()
			const step, most = time.Minute, 2 * time.Hour
			var tried []time.Time
			for range int(most / step) {
				before := p.server.Count("APPEND")
				_, err := a.Pass(t.Context(), Options{})
				for range p.server.Count("APPEND") - before {
					tried = append(tried, p.now())
				}
				if err == nil && p.server.Count("APPEND") > before {
					t.Error("the refusal is no error")
				}
				p.wait(step)
			}
			for i := 1; i < len(tried); i++ {
				if rest := tried[i].Sub(tried[i-1]); rest < 15*time.Minute {
					t.Errorf("try %d came %s after the one before", i+1, rest)
				}
			}
			if len(tried) < 7 {
				t.Errorf("%d tries in %s", len(tried), most)
			}
			p.server.Heal()
			for range 40 {
				p.wait(step)
				if _, err := a.Pass(t.Context(), Options{}); err != nil {
					t.Fatal(err)
				}
			}
			p.oneEach(person, otherPerson)
		})
	}
	t.Run("missing", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{})
		p.silent()
		var first atomic.Bool
		p.server.OnEach(func(c faultserver.Command) {
			if c.Name == "APPEND" && first.CompareAndSwap(false, true) {
				p.server.RemoveFolder("Drafts")
			}
		})
		if _, err := p.pass(); err == nil || !strings.Contains(err.Error(), "TRYCREATE") {
			t.Errorf("the folder is gone, and the pass says %v", err)
		}
		p.wait(p.settle)
		if _, err := p.pass(); err == nil || !strings.Contains(err.Error(), "imap.folders.drafts") {
			t.Errorf("without Drafts a pass says %v", err)
		}
		p.server.CreateFolder("Drafts", `\Drafts`)
		p.wait(mostRest) // a refusal is one, over restarts too
		p.calm()
		p.oneEach(person, otherPerson)
	})
	t.Run("two_of_them", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{Without: []string{"SPECIAL-USE"}})
		p.silent()
		p.server.CreateFolder("Entwürfe", "")
		if _, err := p.pass(); err == nil || !strings.Contains(err.Error(), "imap.folders.drafts") {
			t.Errorf("with two folders that may be Drafts a pass says %v", err)
		}
		p.oneEach()
		p.server.RemoveFolder("Entwürfe")
		p.goOn()
		p.oneEach(person, otherPerson)
	})
}

func TestFault_31_TooManyConnections(t *testing.T) {
	p := newPlace(t, faultserver.Faults{MaxConnections: 1})
	p.silent()
	if _, err := p.pass(); err != nil {
		t.Fatal(err)
	}
	p.oneEach(person, otherPerson)
}

func TestFault_33_ByeAtAnyCommand(t *testing.T) {
	for _, command := range []string{"greeting", "CAPABILITY", "LOGIN", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "APPEND", "LOGOUT"} {
		for name, f := range map[string]faultserver.Faults{"BYE": {Bye: command}, "dropped": {Drop: command}} {
			t.Run(name+"/"+strings.ReplaceAll(command, " ", "_"), func(t *testing.T) {
				p := newPlace(t, f)
				p.silent()
				p.passes(1)
				p.calm()
				p.oneEach(person, otherPerson)
			})
		}
	}
	for _, command := range []string{"SELECT", "UID STORE", "UID EXPUNGE"} {
		t.Run("removing/"+strings.ReplaceAll(command, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{Append: faultserver.AppendTwice, Times: 1, Bye: command})
			p.silent()
			p.passes(2)
			p.calm()
			p.wait(24 * time.Hour)
			if _, err := p.pass(); err != nil {
				t.Fatal(err)
			}
			p.oneEach(person, otherPerson)
		})
	}
}

func TestFault_37_ClockJumps(t *testing.T) {
	const day = 24 * time.Hour
	for name, jumps := range map[string][]time.Duration{
		"+400 days":      {400 * day, 0, 0},
		"-1 day":         {-day, 0, 0},
		"back and forth": {400 * day, -400 * day, 2 * day, -2 * day, -day, day},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			p.silent()
			if _, err := p.pass(); err != nil {
				t.Fatal(err)
			}
			p.oneEach(person, otherPerson)
			keys := make(map[string]int)
			for _, jump := range jumps {
				p.wait(jump)
				res, err := p.pass()
				if err != nil {
					t.Fatal(err)
				}
				byThread := make(map[tracker.ThreadID]int)
				for _, placed := range res.Placed {
					keys[placed.Draft.Key]++
					if byThread[placed.Draft.Thread]++; byThread[placed.Draft.Thread] > 1 {
						t.Errorf("a thread got two steps in one pass")
					}
				}
			}
			for key, n := range keys {
				if n > 1 {
					t.Errorf("step %s was drafted %d times", key, n)
				}
			}
			for _, who := range []mail.Address{person, otherPerson} {
				if n := len(p.draftsTo(who)); n > 1 {
					t.Errorf("%d drafts lie ready for %s", n, who)
				}
			}
		})
	}
}

// The program runs on while its clock is set.
func TestFault_37_PauseAfterAJumpOfTheClock(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		jump  time.Duration
		pause bool
	}{
		"400 days on":    {400 * day, true},
		"two days back":  {-2 * day, true},
		"20 hours on":    {20 * time.Hour, false},
		"20 hours back":  {-20 * time.Hour, false},
		"the usual rest": {5 * time.Minute, false},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			a, stop := p.start()
			defer stop()
			pass := func() Result {
				res, err := a.Pass(t.Context(), Options{})
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			pass()
			p.wait(c.jump)
			p.silent() // due by any clock
			read := p.server.Count("UID FETCH")
			res := pass()
			if p.server.Count("UID FETCH") == read {
				t.Error("nothing was read after the jump")
			}
			if !c.pause {
				p.oneEach(person, otherPerson)
				return
			}
			p.oneEach()
			for _, why := range res.Waiting {
				if !strings.Contains(why, "the clock jumped") {
					t.Errorf("a thread waits because %q", why)
				}
			}
			p.wait(time.Minute)
			pass() // mail came, say
			p.oneEach()
			p.wait(5 * time.Minute)
			pass()
			p.oneEach(person, otherPerson)
		})
	}
}

func TestFault_39_ThreeDaysAsleep(t *testing.T) {
	const most = 3
	p := newPlace(t, faultserver.Faults{})
	p.policy = func(policy *tracker.Policy) { policy.DraftsADay = most }
	p.passes(1)
	for i := range 8 {
		who := mail.Address(string(rune('a'+i)) + "@company" + string(rune('a'+i)) + ".example")
		p.deliver("Sent", rep, who, "asleep-"+string(rune('a'+i))+"@acme.example", "", "Hello,\n\n"+pitch, 2*24*time.Hour)
	}
	p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch, 2*24*time.Hour)
	p.wait(3 * 24 * time.Hour)
	p.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, let us talk on Monday.", time.Hour) // came while it slept
	for range 4 {
		if _, err := p.pass(); err != nil {
			t.Fatal(err)
		}
		p.wait(time.Minute)
	}
	if n := len(p.drafts()); n != most {
		t.Errorf("%d drafts on waking, want drafts_per_day: %d", n, most)
	}
	if n := len(p.draftsTo(person)); n != 0 {
		t.Error("who answered while the machine slept was chased")
	}
}

func TestFault_40_AbsurdDates(t *testing.T) {
	for _, date := range []string{"Fri, 01 Jan 2094 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 +0000", "yesterday at noon", "Mon, 99 Foo 99999 99:99:99 +9999"} {
		t.Run(strings.ReplaceAll(date, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			raw := func(id, from, to, answers string) []byte {
				return []byte("From: <" + from + ">\r\nTo: <" + to + ">\r\nSubject: Freight audit\r\nMessage-ID: <" + id + ">\r\nDate: " + date + "\r\n" + answers +
					"Content-Type: text/plain\r\n\r\nHello,\r\n\r\n" + strings.ReplaceAll(pitch, "\n", "\r\n") + "\r\n")
			}
			p.server.Deliver("Sent", nil, p.now().AddDate(0, 0, -14), raw("due@acme.example", string(rep), string(person), ""))
			p.server.Deliver("Sent", nil, p.now().Add(-time.Hour), raw("fresh@acme.example", string(rep), string(otherPerson), ""))
			p.server.Deliver("Sent", nil, p.now().AddDate(0, 0, -14), raw("answered@acme.example", string(rep), "cleo@fjordgods.example", ""))
			p.server.Deliver("INBOX", nil, p.now().AddDate(0, 0, -10), raw("re@fjordgods.example", "cleo@fjordgods.example", string(rep), "In-Reply-To: <answered@acme.example>\r\n"))
			if _, err := p.pass(); err != nil {
				t.Fatal(err)
			}
			p.oneEach(person)
		})
	}
}

func TestFault_41_AutoReplyBounceListCalendar(t *testing.T) {
	for name, c := range map[string]struct {
		from    mail.Address
		headers []string
		body    string
		drafts  int
		want    []tracker.State
		outcome tracker.Outcome
	}{
		"auto-reply without a date": {person, []string{"Auto-Submitted: auto-replied"}, "Thank you for your message. We will be in touch.", 1, []tracker.State{tracker.Drafted}, ""},
		"out of office":             {person, []string{"Auto-Submitted: auto-replied"}, "I am out of the office until 30 November 2026.", 0, []tracker.State{tracker.Held}, ""},
		"bounce": {
			"mailer-daemon@nordbau.example",
			[]string{`Content-Type: multipart/report; report-type=delivery-status; boundary="b"`},
			"--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.nordbau.example\n\n" +
				"Final-Recipient: rfc822; " + string(person) + "\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n" +
				"--b\nContent-Type: message/rfc822-headers\n\nMessage-ID: <offer@acme.example>\nTo: " + string(person) + "\n--b--", 0,
			[]tracker.State{tracker.Closed},
			tracker.Bounced,
		},
		"list mail": {"news@nordbau.example", []string{"List-Id: <news.nordbau.example>", "List-Unsubscribe: <mailto:u@nordbau.example>", "Precedence: bulk"}, "Our newsletter of this week.", 1, []tracker.State{tracker.Drafted}, ""},
		"calendar answer": {
			person,
			[]string{`Content-Type: text/calendar; method=REPLY; charset=utf-8`},
			"BEGIN:VCALENDAR\nMETHOD:REPLY\nVERSION:2.0\nBEGIN:VEVENT\nUID:1@acme.example\nDTSTART:20261130T090000Z\nDTEND:20261130T100000Z\nSUMMARY:Freight audit\n" +
				"ORGANIZER:mailto:" + string(rep) + "\nATTENDEE;PARTSTAT=ACCEPTED:mailto:" + string(person) + "\nEND:VEVENT\nEND:VCALENDAR", 0,
			[]tracker.State{tracker.Held, tracker.Answered},
			"",
		},
		"an answer": {person, nil, "Yes, please send me the details.", 0, []tracker.State{tracker.Answered}, ""},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			p := newPlace(t, faultserver.Faults{})
			p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch, 14*24*time.Hour)
			answers := "offer@acme.example"
			if name == "list mail" {
				answers = ""
			}
			p.deliver("INBOX", c.from, rep, "in@nordbau.example", answers, c.body, 2*24*time.Hour, c.headers...)
			if _, err := p.pass(); err != nil {
				t.Fatal(err)
			}
			st := p.standing(person)
			if n := len(p.drafts()); n != c.drafts || !slices.Contains(c.want, st.State) || c.outcome != "" && st.Outcome != c.outcome {
				t.Errorf("%d drafts, state %s %s, want %d and %v %s; %q", n, st.State, st.Outcome, c.drafts, c.want, c.outcome, st.Reasons)
			}
		})
	}
}

func TestFault_42_OptOutInTextOrQuote(t *testing.T) {
	t.Run("in_the_new_text", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{})
		p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch, 30*24*time.Hour)
		p.deliver("INBOX", person, rep, "in@nordbau.example", "offer@acme.example", "Please remove me from your list and do not write to me again.", 20*24*time.Hour)
		p.deliver("Sent", rep, person, "again@acme.example", "", "Hi Lena,\n\n"+pitch, 14*24*time.Hour)
		p.passes(2)
		p.oneEach()
	})
	t.Run("only_in_the_quote", func(t *testing.T) {
		p := newPlace(t, faultserver.Faults{})
		p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch+"\n\nIf you do not want mail from me, reply with unsubscribe.", 30*24*time.Hour)
		p.deliver("INBOX", person, rep, "in@nordbau.example", "offer@acme.example",
			"That sounds good, what would it cost?\n\nOn Mon, 26 Oct 2026, Anna wrote:\n> If you do not want mail from me, reply with unsubscribe.\n> Please remove me from your list.", 20*24*time.Hour)
		p.deliver("Sent", rep, person, "cost@acme.example", "in@nordbau.example", "Hi Lena,\n\nit costs a tenth of what we find. Shall we begin in December?\n\nAnna", 14*24*time.Hour)
		p.passes(2)
		p.oneEach(person)
	})
}

// quick are the faults that a pass is through with soon; those that take long are held by tests of their own.
func quick() []faultserver.Named {
	return slices.DeleteFunc(faultserver.Names(), func(n faultserver.Named) bool {
		return strings.HasPrefix(n.Name, "bomb-") || strings.HasPrefix(n.Name, "stall-") || n.Name == "drip" || n.Name == "search-finds-two-million"
	})
}

// FuzzFaults plays a script on the fault server: two bytes a pass, which two faults are on. Whatever it is, once they are over
// there is one draft each.
func FuzzFaults(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 1, 1})
	f.Add([]byte{7, 30, 12, 44, 3, 60})
	names := quick()
	f.Fuzz(func(t *testing.T, script []byte) {
		const mostPasses = 6
		p := newPlace(t, faultserver.Faults{})
		p.limit = 300 * time.Millisecond
		p.silent()
		for pass := range slices.Chunk(script[:min(len(script), 2*mostPasses)], 2) {
			var f faultserver.Faults
			for _, b := range pass {
				names[int(b)%len(names)].Set(&f)
			}
			p.server.Set(f)
			p.passes(1)
		}
		p.limit = 5 * time.Second
		p.calm()
		p.oneEachLies()
	})
}

func TestFault_50_RandomFaults(t *testing.T) {
	const rounds = 40
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	p := newPlace(t, faultserver.Faults{})
	p.limit = 300 * time.Millisecond
	names := quick()
	p.silent()
	for range rounds {
		var f faultserver.Faults
		for range 1 + chance.IntN(3) {
			names[chance.IntN(len(names))].Set(&f)
		}
		f.Times = chance.IntN(3)
		p.server.Set(f)
		_, _ = p.pass()
		p.wait(time.Duration(chance.Int64N(int64(2 * p.settle))))
	}
	p.limit = 5 * time.Second
	p.calm()
	p.oneEachLies()
}

// oneEachLies is oneEach for both, whatever else a fault left in Drafts.
func (p *place) oneEachLies() {
	p.t.Helper()
	for _, who := range []mail.Address{person, otherPerson} {
		if n := len(p.draftsTo(who)); n != 1 {
			p.t.Errorf("%d drafts to %s, want exactly 1", n, who)
		}
	}
}
