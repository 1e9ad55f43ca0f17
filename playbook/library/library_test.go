package library

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"followupd/playbook/samples"

	"github.com/google/go-cmp/cmp"
)

const good = `---
kind: case_study        # article whitepaper case_study
title: How Nordfrakt cut disputes: 40 % in a quarter
url: https://acme.example/cases/nordfrakt
fits: [logistics, invoices, disputes]
language: en
expires: 2027-01-31
---
Nordfrakt had a **backlog** of disputed
freight invoices.
`

func TestParse_ReadsAnAsset(t *testing.T) {
	got, problem := Parse("case.md", good)
	if problem != nil {
		t.Fatal(problem)
	}
	want := Asset{
		File: "case.md", Kind: "case_study", Title: "How Nordfrakt cut disputes: 40 % in a quarter", URL: "https://acme.example/cases/nordfrakt",
		Fits: []string{"logistics", "invoices", "disputes"}, Language: "en", Expires: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
		Text: "Nordfrakt had a backlog of disputed freight invoices.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("asset (-want +got):\n%s", diff)
	}
}

func TestParse_ReadsBlockListsQuotesAndWindowsLines(t *testing.T) {
	got, problem := Parse("a.md", strings.ReplaceAll("\ufeff---\nkind: \"insight\"\ntitle: 'We are #1'\nfits:\n  - fuel   # a comment\n  - 'toll roads'\n\n---\nTolls rise.\n", "\n", "\r\n"))
	if problem != nil {
		t.Fatal(problem)
	}
	if diff := cmp.Diff(Asset{File: "a.md", Kind: "insight", Title: "We are #1", Fits: []string{"fuel", "toll roads"}, Text: "Tolls rise."}, got); diff != "" {
		t.Errorf("asset (-want +got):\n%s", diff)
	}
}

func TestParse_NamesTheLineThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		line   int
		says   string
	}{
		"no front matter":    {"# Title\n\ntext", 1, "must begin"},
		"no end":             {"---\nkind: article\n", 3, "no end"},
		"unknown use":        {strings.Replace(good, "language: en", "use: everywhere", 1), 6, `"everywhere" is not nurture`},
		"unknown key":        {strings.Replace(good, "language:", "lang:", 1), 6, `"lang" is no key`},
		"key twice":          {strings.Replace(good, "language: en", "kind: event", 1), 6, "second time"},
		"unknown kind":       {strings.Replace(good, "case_study  ", "casestudy  ", 1), 2, "is not one of"},
		"no pair":            {strings.Replace(good, "language: en", "language en", 1), 6, "key: value"},
		"open bracket":       {strings.Replace(good, "disputes]", "disputes", 1), 5, `must end with "]"`},
		"open quotation":     {strings.Replace(good, "[logistics", "[\"logistics", 1), 5, "quotation mark"},
		"no date":            {strings.Replace(good, "2027-01-31", "31.1.2027", 1), 7, "no date like"},
		"no language":        {strings.Replace(good, "language: en", "language: English", 1), 6, "no language code"},
		"no address":         {strings.Replace(good, "https://", "", 1), 4, "no web address"},
		"hidden user":        {strings.Replace(good, "https://", "https://anna@", 1), 4, "no web address"},
		"fits is no list":    {strings.Replace(good, "[logistics, invoices, disputes]", "logistics", 1), 5, "fits is a list"},
		"asks a question":    {strings.Replace(good, "invoices.", "invoices?", 1), 9, "asks a question"},
		"breaks house rules": {strings.Replace(good, "Nordfrakt had", "Just checking in: Nordfrakt had", 1), 9, "no-checking-in"},
		"too long":           {strings.Replace(good, "freight invoices", strings.Repeat("freight invoices ", 60), 1), 9, "at most 70"},
		"no text":            {good[:strings.Index(good, "Nordfrakt had")], 9, "text below"},
		"article, no link":   {"---\nkind: article\ntitle: A\nfits: [a]\n---\nText.", 1, "needs its link"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := Parse("x.md", c.source)
			if got == nil {
				t.Fatal("no problem found")
			}
			if got.Line != c.line || !strings.Contains(got.Text, c.says) {
				t.Errorf("problem %d: %s, want line %d and %q", got.Line, got.Text, c.line, c.says)
			}
		})
	}
}

func TestLoad_LeavesOutWhatIsWrongAndSaysSo(t *testing.T) {
	assets, problems, err := Load(fstest.MapFS{
		"b/case.md":     {Data: []byte(good)},
		"twin.md":       {Data: []byte(good)},
		"huge.md":       {Data: make([]byte, 1<<20)},
		"binary.md":     {Data: []byte("---\x00\x01")},
		"latin1.md":     {Data: []byte("---\nkind: article\ntitle: K\xf6ln\n")},
		"broken.md":     {Data: []byte("---\nkind article\n---\n")},
		"price.pdf":     {Data: []byte("%PDF")},
		".git/x.md":     {Data: []byte("x")},
		".#case.md":     {Data: []byte("x")},
		"case.md~":      {Data: []byte(good)},
		"folder.md/x.t": {Data: []byte("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(assets) != 1 || assets[0].File != "b/case.md" {
		t.Errorf("assets %v, want b/case.md alone", assets)
	}
	var files []string
	for _, p := range problems {
		files = append(files, p.File)
	}
	if diff := cmp.Diff([]string{"binary.md", "broken.md", "huge.md", "latin1.md", "twin.md"}, files); diff != "" {
		t.Errorf("files with problems (-want +got):\n%s", diff)
	}
}

func TestLoad_FiveThousandFiles(t *testing.T) {
	folder := fstest.MapFS{}
	for i := range 5000 {
		folder[fmt.Sprintf("a%04d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "---\nkind: insight\ntitle: Number %d\nfits: [%s, freight]\n---\nA line on %[2]s.\n", i, topic(i))}
	}
	assets, problems, err := Load(folder)
	if err != nil || len(problems) > 0 || len(assets) != 5000 {
		t.Fatalf("%d assets, problems %v, error %v", len(assets), problems, err)
	}
	got := New(assets).Search(Query{Rep: []string{"We spoke of freight and of " + topic(4711) + "."}})
	if len(got) != 1 || got[0].Asset.File != "a4711.md" {
		t.Errorf("found %d assets, want a4711.md alone", len(got))
	}
}

// TestLoad_FiveThousandFilesOnDisk holds a folder as careless hands leave it to a bound in memory: what is too large is not
// read, and each complaint names its file and, within a file, its line.
func TestLoad_FiveThousandFilesOnDisk(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5000 {
		put(fmt.Sprintf("a%04d.md", i), fmt.Sprintf("---\nkind: insight\ntitle: Number %d\nfits: [%s, freight]\n---\nA line on %[2]s.\n", i, topic(i)))
	}
	put("binary.md", "\x7fELF\x00\x01\x02")
	put("broken.md", "---\nkind: insight\ntitle Slots\n---\nText.\n")
	put("twin.md", "---\nkind: insight\ntitle: number  7\nfits: [freight]\n---\nA line.\n")
	put("big.md", "")
	if err := os.Truncate(filepath.Join(dir, "big.md"), 100<<20); err != nil { // sparse: it takes no room
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	assets, problems, err := Load(os.DirFS(dir))
	runtime.ReadMemStats(&after)
	if err != nil || len(assets) != 5000 {
		t.Fatalf("%d assets, error %v", len(assets), err)
	}
	var named []string
	for _, p := range problems {
		named = append(named, fmt.Sprintf("%s:%d", p.File, p.Line))
	}
	if diff := cmp.Diff([]string{"big.md:0", "binary.md:0", "broken.md:3", "twin.md:0"}, named); diff != "" {
		t.Errorf("files with problems (-want +got):\n%s", diff)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("%d MiB were allocated for 5,000 small files, want at most 64", got>>20)
	}
}

// topic gives a word of its own for each number.
func topic(i int) string {
	return fmt.Sprintf("%c%c%c%cal", 'b'+i/1000, 'a'+i/100%10, 'k'+i/10%10, 'a'+i%10)
}

func starter(t *testing.T) *Library {
	assets, problems, err := Load(samples.Library)
	if err != nil || len(problems) > 0 {
		t.Fatalf("the starter library does not load: %v %v", problems, err)
	}
	return New(assets)
}

// TestSearch_BestFirstOrNone is a small set of threads as reps write them, each with the asset a colleague would hand
// them, or none.
func TestSearch_BestFirstOrNone(t *testing.T) {
	l := starter(t)
	for _, c := range []struct{ rep, prospect, language, want string }{
		{"you mentioned a backlog of disputed freight invoices. We clear such a backlog in about six weeks. Shall we look at your ten oldest cases?", "", "en", "case-nordfrakt.md"},
		{"here is what an audit of your freight invoices would look like: we take three months of invoices, find what was billed wrongly. Would a pilot with your two biggest carriers make sense?", "", "en", "article-five-places.md"},
		{"the trucks wait for hours at the gate of your terminal. Shall I show you what slots would change?", "", "en", "case-yard.md"},
		{"When the software rollout begins, your dispatch people need training. Shall I draft a plan?", "", "en", "article-onboarding.md"},
		{"Damage claims against carriers take your team weeks. Which of the claims are the oldest?", "", "en", "whitepaper-claims.md"},
		{"how do you handle import into Norway today?", "The customs clearance at the border is what costs us days.", "en", "introduction-customs.md"},
		{"the new toll rules make empty trips more expensive from next quarter, and the fuel surcharge comes on top.", "", "en", "insight-surcharge.md"},
		{"die Prüfung der Frachtrechnungen für Köln und Düsseldorf: sollen wir mit einem Quartal beginnen?", "", "de", "fall-nordfracht.md"},
		{"fish meal could go in bulk instead of bags. What do your customers say to that?", "", "en", ""},
		{"the ice class feeder runs until April. Do you want a slot?", "", "en", ""},
		{"Thanks for the chat at the trade breakfast. Shall we talk about sockets for cooled trailers on the night ferry?", "", "en", ""},
		{"the tolls over the mountain pass can be prepaid at a discount. Shall I look into it?", "", "en", ""},
		{"when would the yearly review suit you?", "", "en", ""},
		{"three dental clinics share one schedule now. Would that help your practice?", "", "en", ""},
		{"Ein Termin im Januar wäre gut. Passt Ihnen der Vormittag?", "", "de", ""},
		{"the contract for the milk tankers is ready. When may I send it?", "", "en", ""},
	} {
		got := ""
		if m := l.Search(Query{Rep: []string{c.rep}, Prospects: []string{c.prospect}, Language: c.language, Now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}); len(m) > 0 {
			got = m[0].Asset.File
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.rep, got, c.want)
		}
	}
}

func TestSearch_NeverExpiredNeverGivenNeverForeign(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	l := New([]Asset{
		{File: "old.md", Fits: []string{"freight", "audit"}, Expires: day},
		{File: "swedish.md", Fits: []string{"freight", "audit"}, Language: "sv"},
		{File: "given.md", Fits: []string{"freight", "audit"}},
	})
	find := func(now time.Time, leave string) []string {
		var files []string
		for _, m := range l.Search(Query{Rep: []string{"freight audit"}, Language: "en", Now: now, Leave: func(a Asset) bool { return a.File == leave }}) {
			files = append(files, m.Asset.File)
		}
		slices.Sort(files)
		return files
	}
	stockholm := time.FixedZone("CET", 3600)
	if diff := cmp.Diff([]string{"given.md", "old.md"}, find(time.Date(2027, 1, 31, 23, 30, 0, 0, stockholm), "")); diff != "" {
		t.Errorf("on its last evening (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"given.md"}, find(time.Date(2027, 2, 1, 0, 30, 0, 0, stockholm), "")); diff != "" {
		t.Errorf("after its last day (-want +got):\n%s", diff)
	}
	if got := find(day.AddDate(0, 1, 0), "given.md"); got != nil {
		t.Errorf("found %v, want none", got)
	}
}

func TestSearch_PersonalNeedsTheirWordOrANote(t *testing.T) {
	l := New([]Asset{{File: "trail.md", Kind: "personal", Fits: []string{"hiking", "mountains"}}})
	if got := l.Search(Query{Rep: []string{"the tolls in the mountains, and some hiking"}}); len(got) > 0 {
		t.Error("something personal was tied to the rep's own words")
	}
	if got := l.Search(Query{Notes: []string{"goes hiking in the mountains every autumn"}}); len(got) != 1 {
		t.Error("a note did not bring the personal asset up")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("---\nfits:\n - a\n---\n")
	f.Fuzz(func(t *testing.T, source string) {
		a, problem := Parse("x.md", source)
		if problem == nil && (a.Kind == "" || a.Title == "" || a.Text == "" || len(a.Fits) == 0) {
			t.Errorf("an asset without %+v passed", a)
		}
		if problem != nil && problem.Text == "" {
			t.Error("a problem without a word")
		}
	})
}
