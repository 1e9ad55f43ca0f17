package main

import (
	"strings"
	"testing"
	"time"

	"followupd/cmd/followupd/fleetsim"
)

func TestSimulate_Refuses(t *testing.T) {
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"-workers", "0"}, "0 workers"},
		{[]string{"-workers", "3"}, "15:00: a worker is told to stop"},
		{[]string{"-mailboxes", "0"}, "0 mailboxes"},
		{[]string{"-cores", "0"}, "0 cores"},
		{[]string{"-looks", "-1"}, "-1 looks"},
		{[]string{"-hours", "10h"}, "want from-to"},
		{[]string{"-hours", "12h-11h"}, "want from-to"},
		{[]string{"-hours", "23h-25h"}, "want from-to"},
		{[]string{"-shards", "3"}, "not defined"},
	}
	for _, c := range cases {
		var out, problems strings.Builder
		if got := simulate(c.args, &out, &problems); got != 2 || out.Len() > 0 || !strings.Contains(problems.String(), c.want) {
			t.Errorf("%q: status %d, %q, %q; want 2 and %q", c.args, got, out.String(), problems.String(), c.want)
		}
	}
}

func TestSimulate_PlaysThePartThatIsAskedFor(t *testing.T) {
	var out, problems strings.Builder
	if got := simulate([]string{"-mailboxes", "50", "-workers", "2", "-hours", "9h-9h40m"}, &out, &problems); got != 0 {
		t.Errorf("status %d: %s%s", got, out.String(), problems.String())
	}
	for part, want := range map[string]int{"| all workers start |": 2, "| 09:30: a worker is killed |": 2, "| the whole day |": 2, "09:45": 0, "must not be": 0} {
		if got := strings.Count(out.String(), part); got != want {
			t.Errorf("%q is there %d times, want %d:\n%s", part, got, want, out.String())
		}
	}
}

func TestWrite_SaysWhatIsNotEven(t *testing.T) {
	var out strings.Builder
	write(&out, fleetsim.Result{Whole: fleetsim.Stretch{Name: "the whole day"}, Stretches: []fleetsim.Stretch{{Name: "noon", Even: -1}, {Name: "evening", Even: 90 * time.Second}}})
	for _, want := range []string{"| noon | not |", "| evening | 1m30s |", "| the whole day |  | 0s |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}
