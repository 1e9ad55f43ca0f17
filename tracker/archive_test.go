package tracker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"followupd/mail"
)

// post is a message of an archive, told in short. Its text is what was newly written; what begins with ">" below it is quoted.
type post struct {
	id, re, from, to, subject, text string
	day                             int
}

func (p post) seen(row int) Seen {
	written, _, _ := strings.Cut(p.text, ">")
	s := Seen{Row: int64(row), Received: thursday.Add(time.Duration(p.day) * day), HasBody: true, Reading: mail.Reading{
		Kind: mail.KindHuman, NewText: strings.TrimSpace(written), Quoted: strings.Contains(p.text, ">"),
	}}
	s.Message = mail.Message{ID: mail.MessageID(p.id), Subject: p.subject, Date: s.Received, From: []mail.Person{person(p.from)}, Content: &mail.Content{Text: p.text}}
	if p.re != "" {
		s.Message.InReplyTo = []mail.MessageID{mail.MessageID(p.re)}
	}
	if p.to != "" {
		s.Message.To = people(p.to)
	}
	return s
}

func archiveOf(posts []post) *Archive {
	a := NewArchive()
	for i, p := range posts {
		a.Add(p.seen(i + 1))
	}
	return a
}

func TestArchive_TiesByWordsWhatIDsDoNot(t *testing.T) {
	const first = "Which of the two depots in Lyon takes empties on a Sunday?\nThe one in the south was closed when we came by in May."
	start := post{id: "1", from: "ann", subject: "Empties", text: first}
	for name, c := range map[string]struct {
		posts []post // the last one is asked about
		with  int    // which it lies with; 0: alone
	}{
		"it quotes two lines under another subject":    {[]post{start, {from: "bob", subject: "Hello", day: 3, text: "The northern one.\n> " + strings.ReplaceAll(first, "\n", "\n> ")}}, 1},
		"one line under another subject is not enough": {[]post{start, {from: "bob", subject: "Hello", day: 3, text: "The northern one.\n> " + first[:58]}}, 0},
		"one line under the same subject is":           {[]post{start, {from: "bob", subject: "Re: Empties", day: 50, text: "The northern one.\n> " + first[:58]}}, 1},
		"lines of half a year ago are not":             {[]post{start, {from: "bob", subject: "Hello", day: 190, text: "The northern one.\n> " + strings.ReplaceAll(first, "\n", "\n> ")}}, 0},
		"a footer that everybody has ties nothing": {[]post{
			start,
			{id: "2", from: "cy", subject: "Tolls", text: first},
			{id: "3", from: "di", subject: "Rates", text: first},
			{id: "4", from: "eve", subject: "Fuel", text: first},
			{from: "bob", subject: "Hello", day: 3, text: "The northern one.\n> " + strings.ReplaceAll(first, "\n", "\n> ")},
		}, 0},
		"the subject of an answer, within a month": {[]post{start, {from: "bob", subject: "AW: Empties", day: 20, text: "The northern one."}}, 1},
		"not after a month":                        {[]post{start, {from: "bob", subject: "AW: Empties", day: 40, text: "The northern one."}}, 0},
		"a subject that names the old one":         {[]post{start, {from: "bob", subject: "Sundays (was: Empties)", day: 2, text: "The northern one."}}, 1},
		"not among other people": {[]post{
			{id: "1", from: "ann", to: "cy", subject: "Empties", text: first}, {from: "bob", to: "di", subject: "Re: Empties", day: 2, text: "The northern one."},
		}, 0},
		"of two threads under one subject none": {[]post{start, {id: "2", from: "ann", subject: "Empties", text: "I have empties to give away."}, {from: "bob", subject: "Re: Empties", day: 2, text: "Fine."}}, 0},
		"a series of notices is no talk":        {[]post{{id: "1", from: "ann", subject: "Closed roads this week", text: "None."}, {from: "ann", subject: "Closed roads this week", day: 7, text: "The pass is closed."}}, 0},
		"an unknown id does not keep it apart":  {[]post{start, {from: "bob", re: "rewritten", subject: "Re: Empties", day: 2, text: "The northern one."}}, 1},
		"an id beats all words":                 {[]post{start, {id: "2", from: "cy", subject: "Tolls", text: "What do you pay?"}, {from: "bob", re: "2", subject: "Re: Empties", day: 2, text: "Ten.\n> " + first[:58]}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			a := archiveOf(c.posts)
			last := len(c.posts)
			got := 0
			for row := 1; row < last; row++ {
				if a.Of(int64(row)) == a.Of(int64(last)) {
					got = row
				}
			}
			if got != c.with {
				_, why := a.Weak(int64(last))
				t.Errorf("it lies with %d (%s), want %d", got, why, c.with)
			}
		})
	}
}

func TestArchive_SaysWhatAMailAnswersAndWhy(t *testing.T) {
	a := archiveOf([]post{
		{id: "1", from: "ann", subject: "Empties", text: "Which of the two depots in Lyon takes empties on a Sunday?"},
		{id: "2", re: "1", from: "cy", subject: "Re: Empties", day: 1, text: "I would ask the harbour office first of all."},
		{from: "bob", subject: "Re: Empties", day: 2, text: "They said no.\n> I would ask the harbour office first of all."},
	})
	if parent, why := a.Weak(3); parent != "2" || !strings.Contains(why, "quotes") {
		t.Errorf("it answers %q: %s", parent, why)
	}
	if parent, why := a.Weak(2); parent != "" || why != "" {
		t.Errorf("a mail tied by its ids is called weak: %q, %s", parent, why)
	}
}

func TestArchive_IsTheSameForAnyOrderOfArrival(t *testing.T) {
	lines := []string{
		"Which of the two depots takes empties on a Sunday?", "I would ask the harbour office first of all.", "The pass is closed for trailers until the spring.",
	}
	rapid.Check(t, func(t *rapid.T) {
		var posts []post
		for i := range rapid.IntRange(2, 9).Draw(t, "messages") {
			p := post{
				id:      fmt.Sprint(i),
				from:    rapid.SampledFrom([]string{"ann", "bob", "cy"}).Draw(t, "from"),
				subject: rapid.SampledFrom([]string{"Empties in Lyon", "Re: Empties in Lyon", "Tolls", "Sundays (was: Tolls)", ""}).Draw(t, "subject"),
				text:    rapid.SampledFrom(lines).Draw(t, "text"),
				re:      rapid.SampledFrom([]string{"", "", "0", "1", "ghost"}).Draw(t, "re"),
				day:     rapid.IntRange(0, 40).Draw(t, "day"),
			}
			if rapid.Bool().Draw(t, "quotes") {
				p.text += "\n> " + rapid.SampledFrom(lines).Draw(t, "quoted") + "\n> " + rapid.SampledFrom(lines).Draw(t, "quoted too")
			}
			posts = append(posts, p)
		}
		want := archiveOf(posts)
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Perm(len(posts))
		got := NewArchive()
		for _, i := range order {
			got.Add(posts[i].seen(i + 1))
			if i%3 == 0 {
				got.Of(1)
			}
		}
		if diff := cmp.Diff(threadsByRow(want, len(posts)), threadsByRow(got, len(posts))); diff != "" {
			t.Fatalf("shuffled it says something else (-in order +shuffled):\n%s", diff)
		}
	})
}

func threadsByRow(a *Archive, rows int) []string {
	var all []string
	for row := range rows {
		parent, why := a.Weak(int64(row + 1))
		all = append(all, fmt.Sprintf("%d %s %s %s", row+1, a.Of(int64(row+1)), parent, why))
	}
	return all
}

func TestQuotedLines_AreWhatTheWriterDidNotWrite(t *testing.T) {
	const quoted, own = "Shall we send you the closure calendar for the pass?", "Yes please, and the one for the ferry as well, Anna."
	want := writtenLines(quoted)
	for name, text := range map[string]string{
		"marked":            own + "\n> " + quoted,
		"without any marks": own + "\n-----Original Message-----\n" + quoted,
	} {
		if got := quotedLines(text, own); !slices.Contains(got, want[0]) || slices.Contains(got, writtenLines(own)[0]) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
