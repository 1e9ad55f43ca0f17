package fleetsim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/tracker/postgres/share"
)

// Whatever befalls it, a fleet lays every draft, none twice, leaves no mailbox without a worker for long, and is even again.
func TestDay_KeepsItsPromises(t *testing.T) {
	setup := Day(500, 5, 1)
	r := Run(setup)
	for _, v := range r.Violations() {
		t.Error(v)
	}
	if r.Whole.Drafts < 1000 {
		t.Errorf("only %d drafts: the day shows nothing", r.Whole.Drafts)
	}
	if r.Whole.OnTime < 0.99 {
		t.Errorf("%.1f %% of the drafts are there within a minute, want 99", 100*r.Whole.OnTime)
	}
	for _, s := range r.Stretches {
		if s.SlowestBeat >= share.Answer/2 {
			t.Errorf("%s: a worker waited %s for an answer, and gives all its mailboxes up after %s", s.Name, s.SlowestBeat, share.Answer)
		}
	}
	if lost := r.Whole.Lost; lost != setup.Workers {
		t.Errorf("%d sessions were lost, want one of each worker, at the database's restart", lost)
	}
}

func TestRun_DependsOnItsSeedAlone(t *testing.T) {
	short := Day(100, 3, 7)
	short.To = 10 * time.Hour
	short.Happenings = short.Happenings[:3]
	first, again := Run(short), Run(short)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error("two runs differ:\n" + diff)
	}
	short.Seed = 8
	if cmp.Equal(first, Run(short)) {
		t.Error("another seed plays the same day")
	}
}

// A database that has far too few cores is slow to share out, and slow to load; nobody loses a session over it, for then
// everything would begin anew, and never end.
func TestRun_SmallDatabaseLosesNoSession(t *testing.T) {
	setup := Day(1000, 20, 1)
	setup.Cores, setup.From, setup.To = 1, 9*time.Hour, 9*time.Hour+5*time.Minute
	setup.Costs.Look = 200 * time.Millisecond // as of five times as many mailboxes as docs/fleet.md speaks of
	setup.Happenings = []Happening{{At: 9*time.Hour + 2*time.Minute, Name: "a worker is killed", What: Kill, Who: 1}}
	r := Run(setup)
	if r.Whole.Lost > 0 {
		t.Errorf("%d sessions were lost", r.Whole.Lost)
	}
	for _, s := range r.Stretches {
		if s.Even < 0 {
			t.Errorf("%s: not even by the end", s.Name)
		}
	}
}
