package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/agent"
	"followupd/tracker"
)

func TestShown_FollowsWhatPassesTell(t *testing.T) {
	st := func(id string, state tracker.State) tracker.Standing {
		return tracker.Standing{
			Thread: tracker.ThreadID(id), State: state, LastOutbound: monday.AddDate(0, 0, int(id[0])),
			Silence: &tracker.Seen{}, Draft: &tracker.Draft{Key: id, Body: "text", Source: []byte("text")},
		}
	}
	var s shown
	for _, step := range []struct {
		name string
		res  agent.Result
		want string
	}{
		{"the first pass", agent.Result{Whole: true, Standings: []tracker.Standing{st("b", tracker.Waiting), st("c", tracker.Due)}}, "b waiting, c due, "},
		{"nothing", agent.Result{}, "b waiting, c due, "},
		{"a pass that failed", agent.Result{}, "b waiting, c due, "},
		{"one of another state and a new one", agent.Result{Standings: []tracker.Standing{st("c", tracker.Drafted), st("a", tracker.Waiting)}}, "a waiting, b waiting, c drafted, "},
		{"one that became part of another", agent.Result{Standings: []tracker.Standing{st("a", tracker.Answered)}, Gone: []tracker.ThreadID{"b"}}, "a answered, c drafted, "},
		{"everything anew", agent.Result{Whole: true, Standings: []tracker.Standing{st("d", tracker.Closed)}}, "d closed, "},
	} {
		before := s.all
		kept := fmtShown(before)
		got := s.take(step.res)
		if diff := cmp.Diff(step.want, fmtShown(got)); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.name, diff)
		}
		if fmtShown(before) != kept {
			t.Errorf("%s changed what a page may be looking at", step.name)
		}
	}
}

func fmtShown(all []tracker.Standing) string {
	out := ""
	for _, st := range all {
		out += string(st.Thread) + " " + string(st.State)
		if st.Silence != nil || st.Draft.Body != "" || st.Draft.Source != nil {
			out += " with texts"
		}
		out += ", "
	}
	return out
}
