package main

import (
	"slices"

	"followupd/agent"
	"followupd/tracker"
)

// shown are the standings of every thread as the dashboard shows them, kept from pass to pass: a pass tells those that
// changed. What only judging needs is left out, so that it can be forgotten.
type shown struct {
	all []tracker.Standing // as last handed out; never changed after
	at  map[tracker.ThreadID]int
}

// take brings them up to what a pass found.
func (s *shown) take(res agent.Result) []tracker.Standing {
	switch {
	case res.Whole:
		s.all = make([]tracker.Standing, len(res.Standings))
		for i, st := range res.Standings {
			s.all[i] = shortened(st)
		}
	case len(res.Standings) == 0 && len(res.Gone) == 0:
		return s.all
	default:
		s.all = slices.Grow(slices.Clone(s.all), len(res.Standings))
		for _, st := range res.Standings {
			if i, known := s.at[st.Thread]; known {
				s.all[i] = shortened(st)
			} else {
				s.all = append(s.all, shortened(st))
			}
		}
		if len(res.Gone) > 0 {
			s.all = slices.DeleteFunc(s.all, func(st tracker.Standing) bool { return slices.Contains(res.Gone, st.Thread) })
		}
		slices.SortStableFunc(s.all, func(a, b tracker.Standing) int { return a.LastOutbound.Compare(b.LastOutbound) })
	}
	s.at = make(map[tracker.ThreadID]int, len(s.all))
	for i := range s.all {
		s.at[s.all[i].Thread] = i
	}
	return s.all
}

// shortened leaves the texts out.
func shortened(st tracker.Standing) tracker.Standing {
	st.Silence = nil
	if st.Draft != nil {
		short := *st.Draft
		short.Source, short.Body = nil, ""
		st.Draft = &short
	}
	return st
}
