package tracker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Link is the address that stands in the bytes of one draft instead of its asset's own, where the rep wants to know
// whether somebody follows it.
type Link struct {
	Token   string   // what is opaque in the address; nobody can guess one
	Draft   string   // the key of the draft whose bytes bear it; "" where it was found again in Sent after the state was lost
	Thread  ThreadID // as named when the draft was written; "" where everybody it was for was forgotten
	Asset   string   // file name in the library
	URL     string   // the asset's own address when the draft was written: where the link leads, whatever the library says later
	Created time.Time
}

// Visit is a link followed, as it came: what was seen. Whether a person followed it is concluded (Followed).
type Visit struct {
	Token   string
	At      time.Time
	Machine string // what in the request itself shows a machine, in plain words; "" nothing did
	Network string // a salted hash of the visitor's network, which tells visits of one day apart and nothing more; "" unknown
}

// Followed is what a visit comes to.
type Followed struct {
	At      time.Time
	Asset   string
	Machine string // why it does not count as a person's, in plain words; "" it does
}

// Bounds by which the visits of mail filters are told from people's.
const (
	// A filter follows the links of a mail while it is delivered; few people open a mail and follow its link in less time.
	delivering = time.Minute
	// atOnce is how near to each other visits of several links from one network lie where a filter empties a mailbox. A
	// visit waits as long before it counts, for the others may still come.
	atOnce = 10 * time.Second
)

// trail is a link and the visits to it, oldest first.
type trail struct {
	Link
	visits []Visit
}

// trails gathers the visits by link, and finds those that came with visits to other links, at once and from one network.
func trails(f Facts) (all []trail, swept map[Visit]bool) {
	byToken := make(map[string]int, len(f.Links))
	for _, l := range f.Links {
		byToken[l.Token] = len(all)
		all = append(all, trail{Link: l})
	}
	visits := slices.Clone(f.Visits)
	slices.SortStableFunc(visits, func(a, b Visit) int { return cmp.Or(cmp.Compare(a.Network, b.Network), a.At.Compare(b.At)) })
	swept = make(map[Visit]bool)
	near := func(a, b Visit) bool { return a.Network != "" && a.Network == b.Network && b.At.Sub(a.At) <= atOnce }
	for i := 1; i < len(visits); i++ {
		// Neighbours in time are enough: where two links were followed in one burst, somewhere in it one follows the other,
		// and the burst goes on from there.
		if a, b := visits[i-1], visits[i]; near(a, b) && (a.Token != b.Token || swept[a]) {
			swept[a], swept[b] = true, true
		}
	}
	for i := len(visits) - 1; i > 0; i-- {
		if a, b := visits[i-1], visits[i]; near(a, b) && swept[b] {
			swept[a] = true
		}
	}
	slices.SortStableFunc(visits, func(a, b Visit) int { return a.At.Compare(b.At) })
	for _, v := range visits {
		if i, ok := byToken[v.Token]; ok {
			all[i].visits = append(all[i].visits, v)
		}
	}
	return all, swept
}

// trails gives the links that went out, or were to go out, in this thread.
func (q *inquiry) trails() []trail {
	out := slices.Clone(q.ledger.loose[q.thread.ID])
	for _, d := range q.drafts {
		out = append(out, q.ledger.trails[d.Key]...)
	}
	return out
}

// findVisits concludes what the visits to this thread's links come to, oldest first.
func (q *inquiry) findVisits() {
	for _, t := range q.trails() {
		sent := q.sentAt(t.Link)
		for _, v := range t.visits {
			if q.before(v.At) {
				continue // preview --at looks back as well
			}
			q.s.Followed = append(q.s.Followed, Followed{At: v.At, Asset: t.Asset, Machine: q.machine(v, sent)})
		}
	}
	slices.SortStableFunc(q.s.Followed, func(a, b Followed) int { return a.At.Compare(b.At) })
}

// machine says why a visit is not a person's; "" where nothing speaks against it.
func (q *inquiry) machine(v Visit, sent time.Time) string {
	switch {
	case v.Machine != "":
		return v.Machine
	case sent.IsZero() || v.At.Before(sent):
		return "it came before the mail was sent"
	case v.At.Before(sent.Add(delivering)):
		return "it came within a minute of the mail being sent"
	case q.ledger.swept[v]:
		return "several links were followed at once from one network"
	}
	return ""
}

// sentAt gives when the mail that bears a link was sent; zero: it has not been.
func (q *inquiry) sentAt(link Link) time.Time {
	if link.Draft == "" {
		return link.Created
	}
	i := slices.IndexFunc(q.drafts, func(d Draft) bool { return d.Key == link.Draft })
	if i < 0 {
		return time.Time{}
	}
	d := q.drafts[i]
	for _, l := range q.thread.Messages {
		key, _, _ := strings.Cut(l.Message.DraftKey, " ")
		if l.Direction == Out && (key == d.Key || l.Message.ID != "" && l.Message.ID == d.MessageID) {
			return l.Received
		}
	}
	if d.State != DraftSent {
		return time.Time{}
	}
	for _, l := range q.thread.Messages {
		if l.Direction == Out && d.Answers != "" && slices.Contains(l.Message.InReplyTo, d.Answers) {
			return l.Received
		}
	}
	return d.Changed
}

// settle has the thread judged again once the youngest visits have waited for others that may have come with them.
func (q *inquiry) settle() {
	for _, f := range q.s.Followed {
		if f.Machine == "" {
			q.before(f.At.Add(atOnce))
		}
	}
}

// interest gives the first visit of a person in the window that runs, nil where there is none. What came while the thread
// was held is shown and changes nothing: the prospect has said when.
func (q *inquiry) interest() *Followed {
	start := q.start()
	for i, f := range q.s.Followed {
		held := slices.ContainsFunc(q.spans(), func(s Span) bool { return !f.At.Before(s.From) && f.At.Before(s.To) })
		if f.Machine == "" && f.At.After(start) && !held && !q.before(f.At.Add(atOnce)) {
			return &q.s.Followed[i]
		}
	}
	return nil
}

// hurry makes a follow-up due sooner where a person has followed a link, and says so; never later. A goodbye is not
// hurried: nobody is bidden farewell because they read what they were sent.
func (q *inquiry) hurry(next *Next) (why string) {
	f := q.interest()
	if f == nil {
		return ""
	}
	why = fmt.Sprintf("Somebody who has your mail followed the link to %s on %s", shortened(f.Asset), q.on(f.At))
	switch {
	case q.policy.Sooner.IsZero():
		return why + "."
	case next.Action != FollowUp:
		return why + ". That does not hurry the " + inWords(next.Action) + "."
	}
	at := q.cal.Add(f.At, q.policy.Sooner, q.spans())
	if !at.Before(next.At) {
		return why + "; it is due no later than that would make it."
	}
	was := next.At
	next.At = at
	return fmt.Sprintf("%s, so it is due sooner: on %s (%s after that) instead of %s.", why, q.on(at), q.policy.Sooner, q.on(was))
}
