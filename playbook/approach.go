package playbook

import (
	"slices"
	"time"

	"followupd/playbook/library"
	"followupd/tracker"
)

// The approaches: the kind of value a follow-up brings. Values are part of the contract.
const (
	Recap        = "recap"
	Question     = "question"
	Article      = "article"
	Whitepaper   = "whitepaper"
	CaseStudy    = "case_study"
	Testimonial  = "testimonial"
	Introduction = "introduction"
	Insight      = "insight"
	Event        = "event"
	Personal     = "personal"
	ThankYou     = "thank_you"
	BreakUp      = "break_up"
	Nurture      = "nurture"
)

// Approaches gives all of them, in the order of the contract.
func Approaches() []string {
	return []string{Recap, Question, Article, Whitepaper, CaseStudy, Testimonial, Introduction, Insight, Event, Personal, ThankYou, BreakUp, Nurture}
}

// assetFor stands in an order for whatever asset fits best.
const assetFor = "asset"

// orders is the order in which approaches are tried, by situation. The best asset that fits comes where "asset" stands, the
// other assets after it; an approach that was given before is passed over. Recap, question and insight need no asset: an
// insight without one is a way to look at the decision, and claims nothing.
var orders = map[tracker.Situation][]string{
	tracker.General:    {assetFor, Recap, Question, Insight},
	tracker.ColdEmail:  {assetFor, Question, Recap, Insight},
	tracker.Proposal:   {assetFor, Question, Recap, Insight},
	tracker.Meeting:    {Recap, assetFor, Question, Insight},
	tracker.Voicemail:  {assetFor, Recap, Question, Insight},
	tracker.Conference: {assetFor, Recap, Question, Insight},
	// Who was keen and fell silent is asked first what has changed: they know what it is about.
	tracker.WasKeen: {Question, assetFor, Recap, Insight},
}

// leanings says which kinds of asset help more, or less, in a situation; 1 where nothing is said. A proposal is decided
// with the help of others' experience; a stranger reads an article before a case study.
var leanings = map[tracker.Situation]map[string]float64{
	tracker.Proposal:  {Testimonial: 1.5, CaseStudy: 1.3, Event: 0.7},
	tracker.ColdEmail: {Article: 1.2, Insight: 1.3, Testimonial: 0.8, Introduction: 0.7},
	tracker.WasKeen:   {CaseStudy: 1.3, Testimonial: 1.2},
	tracker.Meeting:   {Whitepaper: 1.2, CaseStudy: 1.2},
}

// choice is one way to write a step: an approach, and the asset it brings.
type choice struct {
	approach string
	match    *library.Match // nil: none
	noted    bool           // match is no asset but a note of the rep
	again    time.Time      // it was given to this person then, in an earlier silence; zero: never
}

// letter says that the choice brings what is only for nurture: a newsletter.
func (ch choice) letter() bool { return ch.match != nil && ch.match.Asset.Use == library.ForNurture }

// plan gives the ways to write the next step, best first. It is where "never the same twice" is kept for approaches and
// assets. An approach of an earlier, closed silence may come again once all others are used up; an asset never does.
func (p *Playbook) plan(c *conversation) []choice {
	switch c.action {
	case tracker.BreakUp:
		return []choice{{approach: BreakUp}}
	case tracker.ThankYou:
		return []choice{{approach: ThankYou}}
	case tracker.Nurture:
		var out []choice
		if found := p.assets(c); len(found) > 0 {
			out = append(out, choice{approach: Nurture, match: &found[0]})
		}
		for _, a := range p.library.StayInView(library.Query{Language: c.written, Now: c.now, Leave: c.had}) {
			out = append(out, choice{approach: Nurture, match: &library.Match{Asset: a}})
		}
		return append(out, choice{approach: Nurture})
	}
	found := p.assets(c)
	noted := c.fromNotes()
	order := orders[c.situation]
	if order == nil {
		order = orders[tracker.General]
	}
	var all []choice
	for _, a := range order {
		if a != assetFor {
			all = append(all, choice{approach: a})
			continue
		}
		// What the rep noted for this very person comes before what the library holds for many.
		for i := range noted {
			all = append(all, choice{approach: noted[i].Asset.Kind, match: &noted[i], noted: true})
		}
		for i := range found {
			all = append(all, choice{approach: found[i].Asset.Kind, match: &found[i]})
		}
	}
	if c.beforeDaysOff() {
		slices.SortStableFunc(all, func(a, b choice) int { return rankOn(a) - rankOn(b) })
	}
	var fresh, again []choice
	for _, ch := range all {
		last, inThisSilence := c.given(ch.approach)
		switch {
		case last.IsZero():
			fresh = append(fresh, ch)
		case !inThisSilence:
			ch.again = last
			again = append(again, ch)
		}
	}
	slices.SortStableFunc(again, func(a, b choice) int { return a.again.Compare(b.again) })
	return append(fresh, again...)
}

// rankOn puts a personal word that the rep noted first, for a day before days off.
func rankOn(ch choice) int {
	if ch.noted && ch.approach == Personal {
		return 0
	}
	return 1
}

// assets gives what fits the thread and was not given, best first: how well it matches, weighed by what helps in this
// situation.
func (p *Playbook) assets(c *conversation) []library.Match {
	found := p.library.Search(library.Query{
		Prospects: c.theirs, Rep: c.ours, Notes: c.notes, Language: c.written, Now: c.now, Leave: c.had,
	})
	for i := range found {
		if lean := leanings[c.situation][found[i].Asset.Kind]; lean != 0 {
			found[i].Score *= lean
		}
	}
	slices.SortStableFunc(found, func(a, b library.Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return found
}

// Approach gives the approach that a step would likely take, for Next.Approach, without writing.
func (p *Playbook) Approach(r Request) string {
	if r.Standing.Next == nil {
		return ""
	}
	if plan := p.plan(p.understand(r)); len(plan) > 0 {
		return plan[0].approach
	}
	return ""
}
