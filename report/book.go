package report

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// Book is the library and what came of it.
type Book struct {
	Assets   []BookAsset `json:"assets"`
	Problems []BookFile  `json:"problems"` // files that are not used
}

// BookAsset is one asset, to whom it went and what came of it.
type BookAsset struct {
	File     string      `json:"file"`
	Kind     string      `json:"kind"`
	Title    string      `json:"title"`
	URL      string      `json:"url"`
	Language string      `json:"language"`
	Fits     []string    `json:"fits"`
	Expires  string      `json:"expires"` // the last day of use, YYYY-MM-DD; "" never
	Expired  bool        `json:"expired"`
	Missing  bool        `json:"missing"` // it was given, and is no longer in the library
	Given    []BookGiven `json:"given"`
}

// BookGiven is one draft that brought an asset.
type BookGiven struct {
	To     []string         `json:"to"`
	Thread tracker.ThreadID `json:"thread"`
	At     time.Time        `json:"at"`
	Step   int              `json:"step"`
	// Came is what came of it: draft (it waits in Drafts), discarded, withdrawn, open (sent, an answer may come), answered, silence,
	// unknown.
	Came string `json:"came"`
}

// BookFile is a file of the library that is not used, and why.
type BookFile struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// NewBook puts the library and its ledger together. threads gives the conversation of a draft, nil where it is not known.
func NewBook(assets []playbook.Asset, problems []playbook.Problem, journal []tracker.Draft, thread func(tracker.ThreadID) *tracker.Thread, now time.Time) Book {
	b := Book{Assets: []BookAsset{}, Problems: []BookFile{}}
	at := make(map[string]int)
	for _, a := range assets {
		at[a.File] = len(b.Assets)
		entry := BookAsset{File: a.File, Kind: a.Kind, Title: a.Title, URL: a.URL, Language: a.Language, Fits: a.Fits, Expired: a.Expired(now), Given: []BookGiven{}}
		if !a.Expires.IsZero() {
			entry.Expires = a.Expires.Format(time.DateOnly)
		}
		b.Assets = append(b.Assets, entry)
	}
	for _, p := range problems {
		b.Problems = append(b.Problems, BookFile{File: p.File, Line: p.Line, Text: p.Text})
	}
	for _, d := range journal {
		if d.Asset == "" || d.Body == "" && d.State != tracker.DraftSent {
			continue
		}
		i, known := at[d.Asset]
		if !known {
			i = len(b.Assets)
			at[d.Asset] = i
			b.Assets = append(b.Assets, BookAsset{File: d.Asset, Kind: d.Approach, Missing: true, Fits: []string{}, Given: []BookGiven{}})
		}
		t := thread(d.Thread)
		b.Assets[i].Given = append(b.Assets[i].Given, BookGiven{To: addressees(t, d), Thread: d.Thread, At: d.Created, Step: d.Step, Came: came(d, t, now)})
	}
	for i := range b.Assets {
		slices.SortStableFunc(b.Assets[i].Given, func(x, y BookGiven) int { return cmp.Compare(y.At.Unix(), x.At.Unix()) })
	}
	return b
}

// addressees gives whom the mail that a draft continues went to.
func addressees(t *tracker.Thread, d tracker.Draft) []string {
	to := []string{}
	if t == nil {
		return to
	}
	for _, l := range t.Messages {
		if l.Direction == tracker.Out && (l.Message.ID == d.Answers || len(to) == 0) {
			to = to[:0]
			for _, p := range l.Message.To {
				to = append(to, string(p.Address))
			}
			if l.Message.ID == d.Answers {
				break
			}
		}
	}
	return to
}

func came(d tracker.Draft, t *tracker.Thread, now time.Time) string {
	switch d.State {
	case tracker.DraftSent:
		switch what, _ := (SentDraft{Draft: d, Thread: t}).fate(now); what {
		case answered:
			return "answered"
		case unanswered:
			return "silence"
		case open:
			return "open"
		}
		return "unknown"
	case tracker.DraftDiscarded:
		return "discarded"
	case tracker.DraftWithdrawn:
		return "withdrawn"
	}
	return "draft"
}

// BookTable prints a book: every asset, below it whom it went to.
func BookTable(w io.Writer, b Book, zone *time.Location, screen Screen) error {
	p := &printer{w: w}
	if len(b.Assets) == 0 {
		p.line("The library is empty: follow-ups recap, ask and offer, but bring nothing. docs/writing.md shows how to write an asset.")
	}
	g := &grid{least: []int{16, 0, 0, 0, 0, 0, 20}}
	if len(b.Assets) > 0 {
		g.head("FILE", "KIND", "LANG", "UNTIL", "GIVEN", "ANSWERED", "TITLE")
	}
	for _, a := range b.Assets {
		until := orDash(a.Expires)
		switch {
		case a.Missing:
			until = "not in the library"
		case a.Expired:
			until += " (over)"
		}
		given, replies := 0, 0
		for _, g := range a.Given {
			if g.Came == "answered" {
				replies++
			}
			if g.Came == "answered" || g.Came == "silence" || g.Came == "open" {
				given++
			}
		}
		g.row(text(Clean(a.File)), text(Clean(a.Kind)), text(orDash(a.Language)), text(until), number(given), number(replies), text(Clean(a.Title)))
	}
	if p.err == nil {
		p.err = g.print(w, screen)
	}
	for _, a := range b.Assets {
		if len(a.Given) > 0 {
			p.line("")
			p.line("%s", Clean(a.File))
		}
		for _, g := range a.Given {
			p.line("  %s  %-9s  %s", Moment(g.At, zone), g.Came, Clean(orDash(strings.Join(g.To, ", "))))
		}
	}
	if len(b.Problems) > 0 {
		p.line("")
		p.line("Not used")
	}
	for _, f := range b.Problems {
		p.line("  %s:%d: %s", Clean(f.File), f.Line, Clean(f.Text))
	}
	return p.err
}

// For gives a book that holds only what went to a person, or only one asset.
func (b Book) For(who mail.Address, file string) Book {
	out := Book{Assets: []BookAsset{}, Problems: []BookFile{}}
	for _, a := range b.Assets {
		if file != "" && a.File != file {
			continue
		}
		if who != "" {
			a.Given = slices.DeleteFunc(slices.Clone(a.Given), func(g BookGiven) bool { return !slices.Contains(g.To, string(who)) })
			if len(a.Given) == 0 {
				continue
			}
		}
		out.Assets = append(out.Assets, a)
	}
	return out
}
