package agent

import (
	"slices"

	"followupd/mail"
	"followupd/tracker"
)

// overlayDoubt lays over a due standing, on a server that keeps nothing by which a draft is known again, that nobody can tell
// whether its draft is there: the rep looks, and reopens the thread where it is not.
func (a *Agent) overlayDoubt(st *tracker.Standing, words []tracker.Word) {
	if !a.set.AtMostOnce || st.State != tracker.Due || st.Draft == nil || st.Draft.State != tracker.DraftUnknown {
		return
	}
	about := func(w tracker.Word) bool {
		return w.Thread == st.Thread || slices.ContainsFunc(st.Prospects, func(p mail.Person) bool { return p.Address == w.Address })
	}
	if slices.ContainsFunc(words, func(w tracker.Word) bool {
		return w.Kind == tracker.WordReopen && about(w) && w.At.After(st.Draft.Changed)
	}) {
		return
	}
	st.State = tracker.Review
	st.Reasons = append(st.Reasons, "Whether its draft reached your Drafts cannot be told, for the mail server keeps nothing by which it is "+
		"known again. Look there; where there is none, reopen the thread and it is written again.")
}

// stands says whether a placed draft that bears no witness is still where its APPENDUID said, or whether that cannot be told.
func (a *Agent) stands(d tracker.Draft, state DraftsState, lies []lying) bool {
	if !a.set.AtMostOnce {
		return false
	}
	if d.UID == 0 || d.Validity != state.Validity {
		return true
	}
	return slices.ContainsFunc(lies, func(l lying) bool { return l.UID == d.UID && !l.deleted })
}
