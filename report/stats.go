package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"followupd/mail"
	"followupd/playbook/hand"
	"followupd/tracker"
)

// What makes a rate worth saying.
const (
	enoughSent = 20                  // below so many follow-ups a rate is chance
	replyTime  = 14 * 24 * time.Hour // a follow-up younger than that may still be answered
	z95        = 1.959964            // the normal quantile of a two-sided 95 % interval
)

// SentDraft is a draft that the rep sent, with the conversation it went into.
type SentDraft struct {
	Draft  tracker.Draft
	Thread *tracker.Thread
}

// Row is one line of `stats`: what came of the follow-ups of a kind, or how many threads stand in a state.
type Row struct {
	// Group is what Name is one of: "all", "step", "approach", "weekday" (on which it was sent) and "asset" count follow-ups,
	// "state" and "outcome" threads.
	Group string `json:"group"`
	Name  string `json:"name"`
	// Count is how many there are: of follow-ups, those answered and those that no answer is expected to any more.
	Count   int      `json:"count"`
	Open    int      `json:"open"` // follow-ups sent so lately that an answer may come; they are in no other number
	Replies *Replies `json:"replies"`
	// Drafts is what the rep made of drafts, in the groups "draft_all", "draft_writer", "draft_approach", "draft_text" and
	// "draft_asset"; Usage, what was used on the day that Name is, in the group "model".
	Drafts *hand.Tally `json:"drafts,omitempty"`
	Usage  *Usage      `json:"usage,omitempty"`
}

// Replies is how many follow-ups a person answered, whatever they said.
type Replies struct {
	Count  int     `json:"count"`
	Rate   float64 `json:"rate"`
	Low    float64 `json:"low"` // the 95 % interval of the rate, after Wilson (1927)
	High   float64 `json:"high"`
	Enough bool    `json:"enough"` // false: so few that the rate says nothing
}

// Stats counts what came of the follow-ups that were sent, and where the threads stand. Weekdays are those of now's zone.
func Stats(sent []SentDraft, threads []tracker.Standing, now time.Time) []Row {
	rows := []Row{{Group: "all", Name: "all"}}
	kinds := make(map[[2]string]*Row)
	replied := make(map[[2]string]int)
	for _, s := range sent {
		of := [][2]string{{"all", "all"}, {"step", strconv.Itoa(s.Draft.Step)}, {"approach", s.Draft.Approach}, {"asset", s.Draft.Asset}}
		fate, at := s.fate(now)
		if fate != unknown {
			of = append(of, [2]string{"weekday", at.In(now.Location()).Weekday().String()})
		}
		for _, k := range of {
			if k[1] == "" {
				continue
			}
			if kinds[k] == nil {
				kinds[k] = &Row{Group: k[0], Name: k[1]}
			}
			switch fate {
			case unanswered:
				kinds[k].Count++
			case answered:
				kinds[k].Count++
				replied[k]++
			case open:
				kinds[k].Open++
			}
		}
	}
	if all := kinds[[2]string{"all", "all"}]; all != nil {
		rows[0] = *all
	}
	for k, r := range kinds {
		if k[0] != "all" {
			rows = append(rows, *r)
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Replies = newReplies(replied[[2]string{r.Group, r.Name}], r.Count)
	}
	rows = append(rows, pipeline(threads)...)
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group)),
			cmp.Compare(place(a), place(b)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

var groups = []string{"all", "step", "approach", "weekday", "asset", "state", "outcome"}

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// place orders steps by number, weekdays from Monday and states as in every listing; the rest goes by what is most.
func place(r Row) int {
	switch r.Group {
	case "step":
		n, err := strconv.Atoi(r.Name)
		if err == nil {
			return n
		}
	case "weekday":
		return slices.Index(weekdays, r.Name)
	case "state":
		return Rank(tracker.State(r.Name))
	}
	return 0
}

// fate is what became of a follow-up.
type fate int

const (
	unknown    fate = iota // the conversation is not known any more
	unanswered             // nobody answered, and the rep wrote on or time passed
	answered
	open
)

// fate tells what became of a follow-up, and when it was sent.
func (s SentDraft) fate(now time.Time) (fate, time.Time) {
	if s.Thread == nil {
		return unknown, time.Time{}
	}
	all := s.Thread.Messages
	at := s.Draft.Changed // where the mail itself is not to be seen: when it was found to be gone from Drafts
	if i := slices.IndexFunc(all, func(l tracker.Linked) bool { return l.Direction == tracker.Out && s.is(&l) }); i >= 0 {
		at, all = all[i].Received, all[i+1:]
	}
	for i := range all {
		l := &all[i]
		switch {
		case l.Received.Before(at):
		case l.Direction == tracker.Out:
			return unanswered, at // the next try gets the credit for what comes now
		case l.Direction == tracker.In && !l.Inside && !l.Doubtful && (l.Reading.Kind == mail.KindHuman || l.Reading.Kind == mail.KindCalendar):
			return answered, at
		}
	}
	if now.Sub(at) < replyTime {
		return open, at
	}
	return unanswered, at
}

// is says that a mail of the rep's is the draft as it was sent.
func (s SentDraft) is(l *tracker.Linked) bool {
	return s.Draft.Key != "" && l.Message.DraftKey == s.Draft.Key || s.Draft.MessageID != "" && l.Message.ID == s.Draft.MessageID
}

func newReplies(k, n int) *Replies {
	r := &Replies{Count: k, Enough: n >= enoughSent, High: 1}
	if n > 0 {
		r.Rate = float64(k) / float64(n)
		r.Low, r.High = wilson(k, n)
	}
	return r
}

// wilson gives the 95 % score interval of k successes in n > 0 tries (E. B. Wilson, JASA 22, 1927), which stays honest where
// k is 0 or n, or n is small.
func wilson(k, n int) (low, high float64) {
	p, m := float64(k)/float64(n), float64(n)
	z2 := z95 * z95
	centre := p + z2/(2*m)
	spread := z95 * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	return max(0, (centre-spread)/(1+z2/m)), min(1, (centre+spread)/(1+z2/m))
}

// pipeline counts the threads by state, and the closed ones by outcome. Ignored threads are none of the rep's.
func pipeline(threads []tracker.Standing) []Row {
	count := make(map[[2]string]int)
	for _, s := range threads {
		if s.State == tracker.Ignored {
			continue
		}
		count[[2]string{"state", string(s.State)}]++
		if s.State == tracker.Closed {
			count[[2]string{"outcome", string(s.Outcome)}]++
		}
	}
	var rows []Row
	for k, n := range count {
		rows = append(rows, Row{Group: k[0], Name: k[1], Count: n})
	}
	return rows
}
