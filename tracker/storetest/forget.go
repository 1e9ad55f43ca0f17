package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

const lena = mail.Address("lena@nordbau.example")

// letter is one mail of the correspondence below.
type letter struct {
	folder mail.Folder
	header string
	text   string
}

// correspondence holds a thread with Lena alone, one with Lena and Bo, and one with Bo alone.
func correspondence() []letter {
	return []letter{
		{sent, "Message-ID: <1@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>\r\nSubject: Your audit, Lena", "Hi Lena, about the zebra stripes"},
		{inbox, "Message-ID: <2@nordbau.example>\r\nIn-Reply-To: <1@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: Re: Your audit, Lena", "my quagga is ill"},
		{sent, "Message-ID: <3@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>, Bo Berg <bo@isarlog.example>\r\nSubject: For both, Lena Holm", "Hi Lena and Bo, the okapi"},
		{inbox, "Message-ID: <4@nordbau.example>\r\nIn-Reply-To: <3@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example, Bo Berg <bo@isarlog.example>\r\nSubject: Re: For both", "we want the bongo"},
		{sent, "Message-ID: <5@acme.example>\r\nFrom: anna@acme.example\r\nTo: Bo Berg <bo@isarlog.example>\r\nSubject: For Bo", "Hi Bo, the gnu"},
		{inbox, "Message-ID: <6@isarlog.example>\r\nIn-Reply-To: <5@acme.example>\r\nFrom: Bo Berg <bo@isarlog.example>\r\nTo: anna@acme.example\r\nSubject: Re: For Bo", "The gnu is fine.\n\nAm Montag schrieb Lena Holm <lena@nordbau.example>:\n> ask Bo"},
	}
}

// deliver saves letters as a first reading does: headers of a folder, then bodies.
func deliver(t *testing.T, s tracker.Store, letters []letter) {
	t.Helper()
	for i, l := range letters {
		for _, row := range save(t, s, l.folder, batch(item(mail.UID(i+1), day.AddDate(0, 0, i), []byte(l.header+"\r\n\r\n")))) {
			check(t, s.SaveContent(t.Context(), row, &mail.Content{Version: mail.ContentVersion, Text: l.text}))
		}
	}
}

// hers are the words by which anything of Lena's would be known again.
var hers = []string{"lena@nordbau", "lena holm", "zebra", "quagga", "okapi", "bongo", "giraffe", "impala", "kudu", "oryx"}

// said gives everything that a store gives out, in lower case.
func said(t *testing.T, s tracker.Store) string {
	t.Helper()
	var b strings.Builder
	for _, one := range seen(t, s) {
		fmt.Fprintf(&b, "%+v\n", one)
	}
	check(t, s.Contents(t.Context(), func(_ int64, c *mail.Content) error {
		fmt.Fprintf(&b, "%+v\n", *c)
		return nil
	}))
	for _, d := range loadDrafts(t, s) {
		fmt.Fprintf(&b, "%+v %s\n", d, d.Source)
	}
	words, err := s.Words(t.Context())
	check(t, err)
	fmt.Fprintf(&b, "%+v\n", words)
	return strings.ToLower(b.String())
}

// clean fails where anything of Lena's is given out.
func clean(t *testing.T, s tracker.Store) {
	t.Helper()
	all := said(t, s)
	for _, w := range hers {
		if at := strings.Index(all, w); at >= 0 {
			t.Errorf("%q is still given out: …%s…", w, all[max(0, at-80):min(len(all), at+80)])
		}
	}
}

// about fills a store with the correspondence, and with drafts and words on it.
func about(t *testing.T, s tracker.Store) {
	t.Helper()
	deliver(t, s, correspondence())
	for _, d := range []tracker.Draft{
		{
			Key: "k1", Thread: "alone", Answers: "1@acme.example", State: tracker.DraftPlaced, Body: "Hi Lena, giraffe", Why: []string{"giraffe"},
			Source: []byte("From: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>\r\n\r\nHi Lena, giraffe"), Created: day,
		},
		{Key: "k2", Thread: "both", Answers: "3@acme.example", State: tracker.DraftUnknown, Body: "Hi Lena and Bo, impala", Source: []byte("impala"), Created: day.Add(1 * time.Minute)},
		{Key: "k3", Thread: "bo", Answers: "5@acme.example", State: tracker.DraftPlaced, Body: "Hi Bo", Source: []byte("bo's"), Created: day.Add(2 * time.Minute)},
	} {
		check(t, s.SaveDraft(t.Context(), d))
	}
	for _, w := range []tracker.Word{
		{At: day, Kind: tracker.WordNote, Address: lena, Text: "likes kudu"},
		{At: day, Kind: tracker.WordClose, Thread: "alone", Outcome: tracker.Lost, Text: "oryx"},
		{At: day, Kind: tracker.WordHold, Thread: "both", Until: day, Text: "oryx", Source: "oryx"},
		{At: day, Kind: tracker.WordNote, Address: "bo@isarlog.example", Text: "works for Lena Holm", Source: "with lena@nordbau.example"},
		{At: day, Kind: tracker.WordNote, Address: "bo@isarlog.example", Text: "likes gnus"},
	} {
		check(t, s.AddWord(t.Context(), w))
	}
}

func forgetLena(t *testing.T, s tracker.Store) tracker.Erased {
	t.Helper()
	erased, err := s.Forget(t.Context(), tracker.Forgetting{
		Who: lena, Alone: []tracker.ThreadID{"alone"}, Shared: []tracker.ThreadID{"both"}, At: day,
		Reduce: func(_ tracker.Seen, c *mail.Content) *mail.Content {
			return mail.Reduced(mail.Reading{Kind: mail.KindHuman, Intent: mail.IntentDeclined, NewText: c.Text}, "erased")
		},
	})
	check(t, err)
	return erased
}

func nobodyForgotten(t *testing.T, s tracker.Store) {
	forgot, err := s.Forgot(t.Context(), []mail.Address{lena, ""})
	check(t, err)
	n, err := s.Forgets(t.Context())
	check(t, err)
	if forgot || n != 0 {
		t.Errorf("a new store: forgot %t, %d times", forgot, n)
	}
}

func forgetErases(t *testing.T, s tracker.Store) {
	about(t, s)
	if all := said(t, s); !strings.Contains(all, "zebra") || !strings.Contains(all, "giraffe") || !strings.Contains(all, "kudu") {
		t.Fatal("the test would not find them")
	}
	erased := forgetLena(t, s)
	erased.Copies = 0 // a store's own business
	equal(t, "erased", erased, tracker.Erased{Messages: 2, Shared: 3, Words: 4, Drafts: 2, Waiting: 2})
	clean(t, s)

	// Her answer to both stays as what it was found to be, so that Bo is not chased for it.
	var verdicts []mail.Intent
	for _, one := range seen(t, s) {
		if !one.Reduced {
			continue
		}
		c, err := s.Content(t.Context(), one.Row)
		check(t, err)
		if c == nil || c.Verdict == nil {
			t.Errorf("message %d is reduced without a verdict: %+v", one.Row, c)
			continue
		}
		verdicts = append(verdicts, mail.Read(mail.Message{Content: c}, mail.Context{}).Intent)
	}
	equal(t, "verdicts", verdicts, []mail.Intent{mail.IntentDeclined, mail.IntentDeclined})

	// What she was to be told is never tried again; of hers alone not even the thread is named.
	drafts := loadDrafts(t, s)
	if len(drafts) != 3 || drafts[0].State != tracker.DraftWithdrawn || drafts[0].Thread != "" || drafts[0].MessageID != "" || drafts[1].State != tracker.DraftDiscarded {
		t.Errorf("drafts %+v", drafts)
	}
	words, err := s.Words(t.Context())
	check(t, err)
	if len(words) != 3 || words[0].Kind != tracker.WordHold || words[0].Text != "" || !words[0].Until.Equal(day) || words[2].Text != "likes gnus" {
		t.Errorf("words %+v; want the hold without its text, and the two on Bo", words)
	}
}

func forgetSparesOthers(t *testing.T, s tracker.Store) {
	about(t, s)
	var before []tracker.Seen
	for _, one := range seen(t, s) {
		if strings.Contains(one.Message.Subject, "For Bo") {
			before = append(before, one)
		}
	}
	forgetLena(t, s)
	var after []tracker.Seen
	for _, one := range seen(t, s) {
		if strings.Contains(one.Message.Subject, "For Bo") {
			after = append(after, one)
		}
	}
	equal(t, "Bo's thread", after, before)
	all := said(t, s)
	for _, kept := range []string{"hi bo, the gnu", "the gnu is fine", "hi bo", "bo's", "likes gnus", "bo@isarlog.example"} {
		if !strings.Contains(all, kept) {
			t.Errorf("%q is gone", kept)
		}
	}
}

func forgottenStayOut(t *testing.T, s tracker.Store) {
	about(t, s)
	forgetLena(t, s)
	before := len(seen(t, s))
	for range 2 {
		deliver(t, s, correspondence())
		clean(t, s)
	}
	// Of the thread with her alone her answer may leave a stub (its thread may hold others), and no more.
	if after := len(seen(t, s)); after > before+1 {
		t.Errorf("%d messages, %d after reading again", before, after)
	}
	deliver(t, s, []letter{
		{sent, "Message-ID: <7@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <LENA@nordbau.example>\r\nSubject: zebra", "zebra"},
		{inbox, "Message-ID: <8@nordbau.example>\r\nIn-Reply-To: <5@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: quagga", "quagga"},
		{inbox, "Message-ID: <9@nordbau.example>\r\nFrom: Lena <lena@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: kudu", "kudu"},
	})
	clean(t, s)
}

func forgottenAreRefused(t *testing.T, s tracker.Store) {
	forgetLena(t, s)
	if err := s.AddWord(t.Context(), tracker.Word{At: day, Kind: tracker.WordNote, Address: "Lena@nordbau.example", Text: "kudu"}); !errors.Is(err, tracker.ErrForgotten) {
		t.Errorf("a note on her: error %v, want ErrForgotten", err)
	}
	d := tracker.Draft{Key: "k9", State: tracker.DraftIntent, Source: []byte("From: anna@acme.example\r\nTo: bo@isarlog.example\r\nCc: lena@nordbau.example\r\n\r\n")}
	if err := s.SaveDraft(t.Context(), d); !errors.Is(err, tracker.ErrForgotten) {
		t.Errorf("the intent of a draft to her: error %v, want ErrForgotten", err)
	}
	clean(t, s)
	check(t, s.AddWord(t.Context(), tracker.Word{At: day, Kind: tracker.WordNote, Address: "bo@isarlog.example", Text: "likes gnus"}))
}

func forgottenTextsStayGone(t *testing.T, s tracker.Store) {
	d := tracker.Draft{Key: "k", Thread: "both", State: tracker.DraftPlaced, Body: "Hi Lena, giraffe", Why: []string{"oryx"}, Source: []byte("Subject: impala\r\n\r\n"), Created: day}
	check(t, s.SaveDraft(t.Context(), d))
	forgetLena(t, s)
	d.State = tracker.DraftSent
	check(t, s.SaveDraft(t.Context(), d))
	if list := loadDrafts(t, s); len(list) != 1 || list[0].State != tracker.DraftSent {
		t.Errorf("drafts %+v, want the one, sent", list)
	}
	clean(t, s)
}

func forgetIsHeard(t *testing.T, s tracker.Store) {
	var last int64
	for range 2 { // the same person once more, too
		forgetLena(t, s)
		n, err := s.Forgets(t.Context())
		check(t, err)
		if n <= last {
			t.Errorf("Forgets is %d after a Forget, and was %d before", n, last)
		}
		last = n
	}
	for _, c := range []struct {
		people []mail.Address
		want   bool
	}{
		{[]mail.Address{lena}, true},
		{[]mail.Address{"bo@isarlog.example", "LENA@Nordbau.example"}, true},
		{[]mail.Address{"bo@isarlog.example"}, false},
		{nil, false},
	} {
		got, err := s.Forgot(t.Context(), c.people)
		check(t, err)
		if got != c.want {
			t.Errorf("forgot one of %v: %t, want %t", c.people, got, c.want)
		}
	}
}

func forgetFirst(t *testing.T, s tracker.Store) {
	equal(t, "erased", forgetLena(t, s), tracker.Erased{})
	deliver(t, s, correspondence()[:5]) // the sixth names her without her address: a hash of the address cannot tell
	clean(t, s)
}

func expireDrops(t *testing.T, s tracker.Store) {
	rows := saveMany(t, s, 3)
	for _, row := range rows[:2] {
		check(t, s.SaveContent(t.Context(), row, fullContent()))
	}
	gone, kept := fullDraft("gone"), fullDraft("kept")
	for _, d := range []tracker.Draft{gone, kept} {
		check(t, s.SaveDraft(t.Context(), d))
	}
	reduced := mail.Reduced(mail.Reading{Kind: mail.KindHuman, Intent: mail.IntentOptOut}, "expired")
	check(t, s.Expire(t.Context(), map[int64]*mail.Content{rows[0]: reduced, rows[1]: nil}, []string{"gone"}))
	for row, want := range map[int64]*mail.Content{rows[0]: reduced, rows[1]: fullContent(), rows[2]: nil} {
		got, err := s.Content(t.Context(), row)
		check(t, err)
		equal(t, "content", got, want)
	}
	for round := range 2 {
		list := loadDrafts(t, s)
		if len(list) != 2 || list[0].Body != "" || len(list[0].Source) > 0 || len(list[0].Why) > 0 || list[0].State != gone.State || list[0].MessageID != gone.MessageID {
			t.Errorf("round %d: drafts %+v, want the first without its texts", round, list)
		}
		equal(t, "the other draft", list[1], kept)
		check(t, s.SaveDraft(t.Context(), gone)) // a pass under way does not bring the text back
	}
}

func expireUnknown(t *testing.T, s tracker.Store) {
	check(t, s.Expire(t.Context(), nil, nil))
	check(t, s.Expire(t.Context(), map[int64]*mail.Content{4711: fullContent()}, []string{"unknown"}))
	if n := len(loadDrafts(t, s)); n != 0 {
		t.Errorf("%d drafts made", n)
	}
	check(t, s.Contents(t.Context(), func(row int64, _ *mail.Content) error {
		t.Errorf("content of message %d made", row)
		return nil
	}))
}

func closed(t *testing.T, s tracker.Store) {
	saveMany(t, s, 1)
	check(t, s.Close())
	if _, err := s.SaveBatch(t.Context(), inbox, batch(item(2, day, header("b@x.example", "ann@x.example", "B"))), day); err == nil {
		t.Error("a closed store takes messages")
	}
	if err := s.AddWord(t.Context(), tracker.Word{At: day, Kind: tracker.WordNote}); err == nil {
		t.Error("a closed store takes words")
	}
	check(t, s.Close()) // whoever opened it may close it again
}
