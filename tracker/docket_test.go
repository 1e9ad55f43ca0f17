package tracker

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"followupd/mail"
)

// follower keeps every standing up to date by what a docket says, as whoever shows them does.
type follower struct {
	docket    *Docket
	standings map[ThreadID]Standing
}

func (w *follower) update(f Facts, now time.Time) Round {
	judged := make(map[ThreadID]Standing)
	r := w.docket.Update(f, now, func(s Standing) { judged[s.Thread] = s })
	if r.Whole {
		w.standings = judged
		return r
	}
	for _, id := range r.Gone {
		delete(w.standings, id)
	}
	maps.Copy(w.standings, judged)
	return r
}

// told makes a standing comparable: when the step after a draft is due "if it were sent now" is told as of the day.
func told(s Standing) Standing {
	if s.State == Drafted && s.Next != nil {
		next := *s.Next
		next.At = time.Time{}
		s.Next = &next
	}
	return s
}

// agrees holds what a docket says against a judgement of everything.
func (w *follower) agrees(t *rapid.T, m *Mailbox, f Facts, now time.Time, did string) {
	all := m.JudgeAll(f, now)
	counts := make(map[State]int)
	var open, next []string
	for _, s := range all {
		counts[s.State]++
		have, ok := w.standings[s.Thread]
		if !ok {
			t.Fatalf("after %s thread %s is not in the docket", did, s.Thread)
		}
		want := m.Judge(s.Thread, f, now) // without the limits across threads
		if diff := cmp.Diff(told(want), told(have)); diff != "" {
			t.Fatalf("after %s at %s the docket says something else of a thread (-all judged +docket):\n%s", did, now, diff)
		}
		if s.State == Due || s.State == Review || s.Draft != nil {
			open = append(open, fmt.Sprintf("%+v", told(s).Reasons))
		}
		if s.Check.After(now) {
			next = append(next, s.Check.UTC().Format(time.RFC3339Nano))
		}
	}
	if len(w.standings) != len(all) {
		t.Fatalf("after %s the docket has %d threads, want %d", did, len(w.standings), len(all))
	}
	if diff := cmp.Diff(counts, w.docket.Counts()); diff != "" {
		t.Fatalf("after %s it counts otherwise (-all judged +docket):\n%s", did, diff)
	}
	mine := w.docket.Open()
	var saysOpen []string
	for _, s := range mine {
		saysOpen = append(saysOpen, fmt.Sprintf("%+v", told(s).Reasons))
	}
	if diff := cmp.Diff(open, saysOpen); diff != "" {
		t.Fatalf("after %s what is open is said otherwise (-all judged +docket):\n%s", did, diff)
	}
	for _, ignoreHours := range []bool{false, true} {
		wantDue, wantHeld := Agenda(all, f, m.policy, now, ignoreHours)
		due, held := w.docket.Agenda(mine, ignoreHours)
		if diff := cmp.Diff(wantDue, due); diff != "" {
			t.Fatalf("after %s other drafts are due (-all judged +docket):\n%s", did, diff)
		}
		if diff := cmp.Diff(wantHeld, held); diff != "" {
			t.Fatalf("after %s others wait (-all judged +docket):\n%s", did, diff)
		}
	}
	want := ""
	if len(next) > 0 {
		want = slices.Min(next)
	}
	got := ""
	if at := w.docket.Next(); !at.IsZero() {
		got = at.Format(time.RFC3339Nano)
	}
	if got > want && want != "" || got == "" && want != "" {
		t.Fatalf("after %s the next check is %q, want %q or sooner", did, got, want)
	}
}

// anyDay draws a policy that a rep may have: windows of every kind, hours, holidays, absences, another zone, limits.
func anyDay(t *rapid.T) Policy {
	p := anyPolicy()
	p.Sooner = rapid.SampledFrom([]Window{{}, {BusinessDays: 1}}).Draw(t, "sooner")
	p.Since = rapid.SampledFrom([]time.Duration{10 * day, 120 * day}).Draw(t, "since")
	p.Calendar.Zone = rapid.SampledFrom([]*time.Location{stockholm, time.UTC, time.FixedZone("far", 12*3600)}).Draw(t, "zone")
	if rapid.Bool().Draw(t, "hours") {
		p.Calendar.From, p.Calendar.To = 8*time.Hour, 18*time.Hour
	}
	if rapid.Bool().Draw(t, "away") {
		from := thursday.Add(time.Duration(rapid.IntRange(-4, 12).Draw(t, "away from")) * day)
		p.Calendar.Away = []Span{{from, from.Add(time.Duration(rapid.IntRange(1, 6).Draw(t, "away for")) * day)}}
	}
	if rapid.Bool().Draw(t, "holidays") {
		p.Calendar.Holiday = func(d time.Time) (string, bool) { return "a Tuesday", d.Weekday() == time.Tuesday }
	}
	p.Cadence.FollowUpAfter = rapid.SampledFrom([][]Window{{{BusinessDays: 3}, {BusinessDays: 3}}, {{Duration: 12 * time.Hour}}, {{Days: 5}, {Days: 2}}, nil}).Draw(t, "windows")
	p.Cadence.ThankYouAfter = rapid.SampledFrom([]Window{{}, {Duration: time.Hour}}).Draw(t, "thanks")
	p.DraftsADay = rapid.IntRange(1, 3).Draw(t, "drafts a day")
	p.PeoplePerCompany = rapid.IntRange(0, 2).Draw(t, "people per company")
	p.PerPersonMonth = rapid.IntRange(0, 2).Draw(t, "follow-ups per person")
	if rapid.Bool().Draw(t, "listed") {
		p.Exclude = []string{"sund.example"}
	}
	if rapid.Bool().Draw(t, "paces") {
		fast := p
		fast.Cadence.FollowUpAfter = []Window{{Duration: 6 * time.Hour}}
		p.Paces = func(grade string, _ Situation) Pace {
			if grade == "hot" {
				return Pace{Cadence: fast.Cadence, Calendar: p.Calendar, DraftsADay: 1, Quota: "grade hot"}
			}
			return Pace{Cadence: p.Cadence, Calendar: p.Calendar, DraftsADay: p.DraftsADay}
		}
	}
	return p
}

// life is a mailbox, what was done and said, and a clock, as they change.
type life struct {
	all    []Seen
	facts  Facts
	now    time.Time
	m      *Mailbox
	random *rand.Rand
}

func (l *life) pick(n int) int { return l.random.IntN(n) }

func (l *life) anyThread() ThreadID {
	ids := l.m.Threads()
	if len(ids) == 0 {
		return "nothing"
	}
	return ids[l.pick(len(ids))]
}

// change does one thing that may happen, and says what.
func (l *life) change(t *rapid.T) string {
	was := l.facts
	switch l.pick(12) {
	case 0, 1: // mail comes
		if len(l.all) == 0 {
			return "nothing"
		}
		s := l.all[0]
		l.all = l.all[1:]
		switch l.pick(4) {
		case 0:
			s.Reading.Until = l.now.Add(time.Duration(l.pick(20)-5) * day)
		case 1:
			if s.Reading.Kind == mail.KindHuman && s.Reading.Intent != "" {
				s.Reading.Intent = []mail.Intent{mail.IntentUnclear, mail.IntentWillReply, mail.IntentNotNow}[l.pick(3)]
			}
		}
		if l.pick(8) == 0 {
			s.Received = l.now.Add(time.Duration(l.pick(48)) * time.Hour) // a server whose clock is ahead
		}
		l.m.Add(s)
		return fmt.Sprintf("message %d", s.Row)
	case 2: // time passes
		d := []time.Duration{time.Minute, 3 * time.Hour, day, 5 * day, 40 * day}[l.pick(5)]
		l.now = l.now.Add(d)
		return "a rest of " + d.String()
	case 3: // and is set back
		d := []time.Duration{time.Second, time.Hour, 30 * day}[l.pick(3)]
		l.now = l.now.Add(-d)
		return "setting the clock back by " + d.String()
	case 4:
		kind := []WordKind{WordHold, WordClose, WordReopen, WordGrade, WordChase, WordNote}[l.pick(6)]
		w := Word{ID: int64(len(was.Words) + 1), At: l.now, Kind: kind, Thread: l.anyThread(), Outcome: Won, Text: "hot", Until: l.now.Add(time.Duration(l.pick(100)) * time.Hour)}
		if kind != WordChase && l.pick(2) == 0 {
			w.Thread, w.Address = "", []mail.Address{"lena@nord.example", "bo@sund.example", "cy@gmail.com"}[l.pick(3)]
		}
		l.facts.Words = append(slices.Clone(was.Words), w)
		return fmt.Sprintf("the word %+v", w)
	case 5: // a draft is written
		all := l.m.JudgeAll(l.facts, l.now)
		if len(all) == 0 {
			return "nothing"
		}
		s := all[l.pick(len(all))]
		if s.Silence == nil {
			return "nothing"
		}
		d := Draft{
			Key: fmt.Sprint("draft ", len(was.Drafts)), Thread: s.Thread, Answers: s.Silence.Message.ID, Step: s.Step + 1, Action: FollowUp,
			State: []DraftState{DraftIntent, DraftUnknown, DraftPlaced}[l.pick(3)], Created: l.now, Changed: l.now,
		}
		l.facts.Drafts = append(slices.Clone(was.Drafts), d)
		return "a draft in thread " + string(s.Thread)
	case 6: // and something becomes of it
		if len(was.Drafts) == 0 {
			return "nothing"
		}
		l.facts.Drafts = slices.Clone(was.Drafts)
		d := &l.facts.Drafts[l.pick(len(was.Drafts))]
		d.State = []DraftState{DraftPlaced, DraftEdited, DraftSent, DraftDiscarded, DraftWithdrawn}[l.pick(5)]
		d.Changed = l.now
		return "draft " + d.Key + " is " + string(d.State)
	case 7:
		p := anyDay(t)
		l.m.SetPolicy(p)
		return "another policy"
	case 8:
		l.facts.ReadAt = l.now
		return "reading the mailbox"
	case 9: // an opinion
		row := int64(1 + l.pick(3))
		if l.pick(2) == 0 {
			row += 10
		}
		l.facts.Opinions = append(slices.DeleteFunc(slices.Clone(was.Opinions), func(o Opinion) bool { return o.Row == row }),
			Opinion{Row: row, At: l.now, Model: "m", Intent: mail.IntentNotNow, Until: l.now.Add(time.Duration(l.pick(20)) * day)})
		return fmt.Sprint("an opinion on message ", row)
	case 10: // a link in a draft
		if len(was.Drafts) == 0 {
			return "nothing"
		}
		d := was.Drafts[l.pick(len(was.Drafts))]
		l.facts.Links = append(slices.Clone(was.Links), Link{Token: fmt.Sprint("t", len(was.Links)), Draft: d.Key, Thread: d.Thread, Asset: "a.md", Created: l.now})
		return "a link"
	default: // is followed
		if len(was.Links) == 0 {
			return "nothing"
		}
		v := Visit{Token: was.Links[l.pick(len(was.Links))].Token, At: l.now.Add(time.Duration(l.pick(20)-10) * time.Second), Network: "n"}
		l.facts.Visits = append(slices.Clone(was.Visits), v)
		return "a visit"
	}
}

func TestDocket_SaysWhatAJudgementOfEverythingSays(t *testing.T) {
	drawnFew := 0
	beginnings := [][]Seen{
		nil,
		tell(t, "offer rep writes -6d to=lena\n mumble lena mumbles -1d re=offer").seen,
		tell(t, "offer rep writes -10d to=lena\n other lena writes +1d about=Tolls").seen,
		tell(t, "offer rep writes -6d to=lena\n more rep writes -2d re=offer to=lena\n tolls rep writes -6d to=bo").seen,
	}
	rapid.Check(t, func(t *rapid.T) {
		l := &life{
			now: thursday, random: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)),
			facts: Facts{Origin: Origin{FirstStart: thursday.Add(-30 * day)}, ReadAt: thursday},
		}
		l.all = slices.Clone(rapid.SampledFrom(beginnings).Draw(t, "beginning"))
		if len(l.all) > 0 {
			l.facts.Drafts = []Draft{{Key: "k", Thread: "?", Answers: l.all[0].Message.ID, Step: 1, Action: FollowUp, State: DraftSent, Created: thursday.Add(-3 * day), Changed: thursday.Add(-2 * day)}}
			l.facts.Links = []Link{{Token: "l", Draft: "k", Thread: "?", Asset: "a.md", Created: thursday.Add(-3 * day)}}
		}
		for _, s := range anyMailbox(t) {
			s.Row += 10
			l.all = append(l.all, s)
		}
		l.m = NewMailbox(anyDay(t), nil)
		w := &follower{docket: NewDocket(l.m)}
		did := "the start"
		for range rapid.IntRange(1, 40).Draw(t, "changes") {
			r := w.update(l.facts, l.now)
			if !r.Whole && r.Judged < len(w.standings) {
				drawnFew++
			}
			w.agrees(t, l.m, l.facts, l.now, did)
			did = l.change(t)
			for range l.pick(3) { // what comes together is seen together
				did += " and " + l.change(t)
			}
		}
	})
	if drawnFew == 0 {
		t.Error("the docket always judged everything")
	}
}
