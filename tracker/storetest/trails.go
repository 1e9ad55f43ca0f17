package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

// TrailStore is a store that keeps links and visits, too.
type TrailStore interface {
	tracker.Store
	tracker.Trails
}

// RunTrails holds a store against the contract of tracker.Trails. open gives a new, empty store.
func RunTrails(t *testing.T, open func(t *testing.T) TrailStore) {
	for _, c := range []struct {
		name string
		test func(*testing.T, TrailStore)
	}{
		{"SaveLink_RoundTrip", linksRoundTrip},
		{"SaveLink_OneForADraftAndItsAsset", linkIsKept},
		{"SaveLink_ThoseFoundAgainAreEachTheirOwn", looseLinks},
		{"AddVisit_InOrderOfTime", visitsInOrder},
		{"AddVisit_ToAnUnknownLinkIsNotKept", visitToNothing},
		{"AddVisit_IsBounded", visitsBounded},
		{"ExpireVisits_LeavesTheYounger", visitsExpire},
		{"Forget_ErasesVisitsAndUntiesLinks", forgetUnties},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func link(n int) tracker.Link {
	return tracker.Link{
		Token: fmt.Sprint("token", n), Draft: fmt.Sprint("draft", n), Thread: tracker.ThreadID(fmt.Sprint("thread", n)),
		Asset: "cases/nordfrakt.md", URL: "https://acme.example/nordfrakt", Created: day.Add(time.Duration(n) * time.Hour),
	}
}

func saveLink(t *testing.T, s TrailStore, l tracker.Link) tracker.Link {
	t.Helper()
	got, err := s.SaveLink(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func addVisits(t *testing.T, s TrailStore, visits ...tracker.Visit) {
	t.Helper()
	for _, v := range visits {
		if err := s.AddVisit(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

func trailsAre(t *testing.T, s TrailStore, links []tracker.Link, visits []tracker.Visit) {
	t.Helper()
	gotLinks, err := s.Links(t.Context())
	gotVisits, err2 := s.Visits(t.Context())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(gotLinks, links); d != "" {
		t.Errorf("links: got (-), want (+):\n%s", d)
	}
	if d := cmp.Diff(gotVisits, visits); d != "" {
		t.Errorf("visits: got (-), want (+):\n%s", d)
	}
}

func linksRoundTrip(t *testing.T, s TrailStore) {
	trailsAre(t, s, nil, nil)
	saveLink(t, s, link(2))
	if got := saveLink(t, s, link(1)); got != link(1) {
		t.Errorf("got %v", got)
	}
	trailsAre(t, s, []tracker.Link{link(1), link(2)}, nil)
}

func linkIsKept(t *testing.T, s TrailStore) {
	first, again := saveLink(t, s, link(1)), link(1)
	again.Token, again.Created = "another", day
	if got := saveLink(t, s, again); got != first {
		t.Errorf("a second link for the draft: %v", got)
	}
	again.URL = "https://acme.example/moved"
	if got := saveLink(t, s, again); got != again {
		t.Errorf("the asset has moved, and the link still leads to the old place: %v", got)
	}
}

func looseLinks(t *testing.T, s TrailStore) {
	a, b := link(1), link(2)
	a.Draft, b.Draft = "", ""
	saveLink(t, s, a)
	saveLink(t, s, b)
	saveLink(t, s, a) // read once more
	trailsAre(t, s, []tracker.Link{a, b}, nil)
}

func visitsInOrder(t *testing.T, s TrailStore) {
	l := saveLink(t, s, link(1))
	early := tracker.Visit{Token: l.Token, At: day, Machine: "it asked for the header only", Network: "abc"}
	late := tracker.Visit{Token: l.Token, At: day.Add(time.Millisecond)}
	addVisits(t, s, late, early)
	trailsAre(t, s, []tracker.Link{l}, []tracker.Visit{early, late})
}

func visitToNothing(t *testing.T, s TrailStore) {
	addVisits(t, s, tracker.Visit{Token: "guessed", At: day})
	trailsAre(t, s, nil, nil)
}

func visitsBounded(t *testing.T, s TrailStore) {
	l := saveLink(t, s, link(1))
	for i := range tracker.VisitsKept + 5 {
		addVisits(t, s, tracker.Visit{Token: l.Token, At: day.Add(time.Duration(i) * time.Second)})
	}
	visits, err := s.Visits(t.Context())
	if err != nil || len(visits) != tracker.VisitsKept || !visits[0].At.Equal(day) {
		t.Errorf("%d visits are kept, error %v; want the first %d", len(visits), err, tracker.VisitsKept)
	}
}

func visitsExpire(t *testing.T, s TrailStore) {
	l := saveLink(t, s, link(1))
	old, young := tracker.Visit{Token: l.Token, At: day}, tracker.Visit{Token: l.Token, At: day.Add(time.Hour)}
	addVisits(t, s, old, young)
	if err := s.ExpireVisits(t.Context(), young.At); err != nil {
		t.Fatal(err)
	}
	trailsAre(t, s, []tracker.Link{l}, []tracker.Visit{young})
}

func forgetUnties(t *testing.T, s TrailStore) {
	var links []tracker.Link
	for i := range 4 {
		links = append(links, saveLink(t, s, link(i)))
		addVisits(t, s, tracker.Visit{Token: links[i].Token, At: day})
	}
	// The texts of the fourth draft fell with its age; that of the third is somebody else's.
	if err := s.SaveDraft(t.Context(), tracker.Draft{Key: links[3].Draft, Thread: links[3].Thread}); err != nil {
		t.Fatal(err)
	}
	if err := s.Expire(context.Background(), nil, []string{links[3].Draft}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Forget(t.Context(), tracker.Forgetting{
		Who: mail.Address("lena@nordbau.example"), At: day, Alone: []tracker.ThreadID{links[0].Thread}, Shared: []tracker.ThreadID{links[1].Thread},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 1, 3} {
		links[i].Draft, links[i].Thread, links[i].Created = "", "", time.Time{}
		addVisits(t, s, tracker.Visit{Token: links[i].Token, At: day.Add(time.Hour)}) // and the link notes nobody any more
	}
	trailsAre(t, s, []tracker.Link{links[0], links[1], links[3], links[2]}, []tracker.Visit{{Token: links[2].Token, At: day}})
}
