package playbook

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook/prose"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden drafts")

// placed is a text as the journal holds it, sent.
func placed(text Text, r Request) tracker.Draft {
	return tracker.Draft{Approach: text.Approach, Asset: text.Asset, Body: strings.TrimSpace(strings.TrimSuffix(text.Body, r.Signature)), State: tracker.DraftSent, Created: r.Now}
}

// TestWrite_GoldenDrafts keeps a few whole drafts, so that a change of the texts is read by a person.
func TestWrite_GoldenDrafts(t *testing.T) {
	all := threads()
	for _, name := range []string{"01 offer", "02 disputed", "05 conference", "09 was keen", "16 german", "18 break-up"} {
		t.Run(name, func(t *testing.T) {
			text, err := starter(t).Write(all[name])
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(text.Body+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text.Body+"\n"); diff != "" {
				t.Errorf("draft (-want +got), run with -update if it reads better:\n%s", diff)
			}
		})
	}
}

// TestWrite_EveryDraftIsOneARepMaySend holds what every draft must be over all made-up threads, with and without a library,
// for many seeds.
func TestWrite_EveryDraftIsOneARepMaySend(t *testing.T) {
	for library, p := range map[string]*Playbook{"starter": starter(t), "none": bare(t)} {
		for name, r := range threads() {
			for seed := range uint64(4) {
				r.Seed = seed
				text, err := p.Write(r)
				if err != nil {
					t.Errorf("%s, library %s: %v", name, library, err)
					break
				}
				own := strings.TrimSuffix(text.Body, r.Signature)
				if n := strings.Count(prose.WithoutLinks(own), "?"); n != 1 {
					t.Errorf("%s: %d questions in\n%s", name, n, text.Body)
				}
				low, high := 50, 125
				switch r.Standing.Next.Action {
				case tracker.BreakUp:
					low, high = 25, 60
				case tracker.Nurture, tracker.ThankYou:
					low, high = 25, 110
				}
				if n := prose.CountWords(own); n < low || n > high {
					t.Errorf("%s: %d words in\n%s", name, n, text.Body)
				}
				for _, v := range Lint(text.Body) {
					t.Errorf("%s breaks %s (%s):\n%s", name, v.Rule, v.Where, text.Body)
				}
				if !strings.HasSuffix(text.Body, r.Signature) || strings.Contains(text.Body, "{{") || strings.Contains(text.Body, "  ") {
					t.Errorf("%s is not finished:\n%s", name, text.Body)
				}
				if library == "none" && (text.Asset != "" || regexp.MustCompile(`https?://|(?i)attach|case study|white ?paper`).MatchString(text.Body)) {
					t.Errorf("%s brings something that is not there:\n%s", name, text.Body)
				}
			}
		}
	}
}

func TestFault_44_NothingOfAStrangersOrdersGetsIn(t *testing.T) {
	r, p := threads()["08 hostile"], starter(t)
	for seed := range uint64(20) {
		r.Seed = seed
		text, err := p.Write(r)
		if err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`(?i)trickster|boss@|angry|ignore all|system|\bwon[^'’\w]|http`).FindString(text.Body); bad != "" {
			t.Errorf("the draft holds %q:\n%s", bad, text.Body)
		}
	}
}

// TestWrite_NothingComesTwice follows one person through all follow-ups of a silence.
func TestWrite_NothingComesTwice(t *testing.T) {
	r := threads()["02 disputed"]
	p := starter(t)
	approaches, assets, sentences := map[string]bool{}, map[string]bool{}, map[string]string{}
	for step := 1; ; step++ {
		r.Standing.Next = &tracker.Next{Action: tracker.FollowUp, Step: step}
		text, err := p.Write(r)
		if none := (*NoText)(nil); errors.As(err, &none) {
			if step < 5 {
				t.Fatalf("only %d steps before there was nothing left: %v", step-1, err)
			}
			if none.Broken[0].Rule != "something-new" {
				t.Errorf("the thread goes to review with %s, want something-new", none.Broken[0].Rule)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if approaches[text.Approach] || text.Asset != "" && assets[text.Asset] {
			t.Errorf("step %d gives %s %s again", step, text.Approach, text.Asset)
		}
		if got := p.Approach(r); got != text.Approach {
			t.Errorf("step %d: the likely approach was %s, written was %s", step, got, text.Approach)
		}
		approaches[text.Approach], assets[text.Asset] = true, true
		for i, s := range prose.Sentences(strings.TrimSuffix(text.Body, r.Signature)) {
			if before, twice := sentences[s.Text]; twice && i > 0 && prose.CountWords(s.Text) > 3 {
				t.Errorf("step %d says again what %s said: %s", step, before, s.Text)
			}
			sentences[s.Text] = text.Template
		}
		r.Given = append(r.Given, placed(text, r))
	}
}

func TestWrite_AfterAnAnswerOldApproachesMayComeAgainInNewWords(t *testing.T) {
	r := threads()["09 was keen"]
	p := bare(t)
	for _, approach := range []string{Question, Recap, Insight} {
		r.Given = append(r.Given, tracker.Draft{Approach: approach, Body: "Hi Olu,\n\nsomething.", State: tracker.DraftSent, Created: now.AddDate(0, -6, 0)})
	}
	text, err := p.Write(r)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(text.Why, func(s string) bool { return strings.Contains(s, "has been used with them") }) {
		t.Errorf("reasons %q, want one that says that it comes again", text.Why)
	}
}

func TestWrite_AnAssetTheRepSentByHandIsNotSentAgain(t *testing.T) {
	r := threads()["02 disputed"]
	r.Thread.Messages[0].Reading.NewText += "\nhttps://acme.example/cases/nordfrakt"
	text, err := starter(t).Write(r)
	if err != nil {
		t.Fatal(err)
	}
	if text.Asset == "case-nordfrakt.md" {
		t.Error("the draft brings what the rep has sent already")
	}
}

func TestWrite_SameSeedSameText(t *testing.T) {
	first, second := starter(t), starter(t)
	for name, r := range threads() {
		a, errA := first.Write(r)
		b, errB := second.Write(r)
		if diff := cmp.Diff(a, b); diff != "" || errA != nil || errB != nil {
			t.Errorf("%s: two tries differ: %s %v %v", name, diff, errA, errB)
		}
	}
}

// TestWrite_AMorningsDraftsOpenDifferently writes twenty drafts to twenty people about one thing.
func TestWrite_AMorningsDraftsOpenDifferently(t *testing.T) {
	p := starter(t)
	openings := map[string]int{}
	var recent []tracker.Draft
	for i := range 20 {
		r := threads()["02 disputed"]
		r.Seed, r.Recent = uint64(i), recent
		text, err := p.Write(r)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(text.Body, "\n\n")
		openings[opening(body)]++
		recent = append([]tracker.Draft{placed(text, r)}, recent...)
	}
	for o, n := range openings {
		if n > 8 {
			t.Errorf("%d of 20 drafts open with %q: %v", n, o, openings)
		}
	}
}

func TestWrite_ProposesOnlyWorkingDays(t *testing.T) {
	r := threads()["01 offer"]
	r.Calendar.Holiday = func(day time.Time) (string, bool) { return "bridge", day.Month() == 11 && day.Day() < 30 }
	for seed := range uint64(8) {
		r.Seed = seed
		text, err := starter(t).Write(r)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`(\w+day) (2\d) November`).FindString(text.Body); m != "" {
			t.Errorf("the draft proposes %s, a holiday", m)
		}
		if !strings.Contains(text.Body, "December") {
			t.Errorf("no day in December in\n%s", text.Body)
		}
	}
}

func TestWrite_GreetsAsTheRepGreets(t *testing.T) {
	for name, c := range map[string]struct {
		language, text string
		people         []mail.Person
		want           string
	}{
		"as before":             {"en", "Dear Petra,\n\nwould you look at it?", person("Petra Zeman"), "Dear Petra,"},
		"time of day":           {"en", "Good morning Petra,\n\nwould you look at it?", person("Petra Zeman"), "Hello Petra,"},
		"on one line":           {"en", "Hi Petra, would you look at the plan for the gate?", person("Petra Zeman"), "Hi Petra,"},
		"several, as before":    {"en", "Hello all,\n\nwould you look at it?", person("Anne Roux; Luc Roux"), "Hello all,"},
		"several, no greeting":  {"en", "would you look at it?", person("Anne Roux; Luc Roux"), "Hello Anne, hello Luc,"},
		"three, no greeting":    {"en", "would you look at it?", person("Anne Roux; Luc Roux; Paul Petit"), "Hello all,"},
		"no greeting":           {"en", "would you look at it?", person("Zeman, Petra"), "Hello Petra,"},
		"German, formal":        {"de", "Sehr geehrte Frau Zeman,\n\nkönnten Sie es ansehen?", person("Petra Zeman"), "Sehr geehrte Frau Zeman,"},
		"exclamation mark":      {"de", "Hallo Petra!\n\nkannst du es ansehen?", person("Petra Zeman"), "Hallo Petra!"},
		"a link for a greeting": {"en", "Hi https://x.example/,\n\nwould you look at it?", person("Petra Zeman"), "Hello Petra,"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := bare(t).Write(request(c.people, letter{days: 10, subject: "Gate", language: c.language, text: c.text}))
			if err != nil {
				t.Fatal(err)
			}
			if got, _, _ := strings.Cut(text.Body, "\n"); got != c.want {
				t.Errorf("greeting %q, want %q", got, c.want)
			}
		})
	}
}

func TestFirstName_HostileNamesGreetNobody(t *testing.T) {
	for display, want := range map[string]string{
		"Lena Vogt": "Lena", "Vogt, Lena": "Lena", "Dr. Lena Vogt": "Lena", "LENA VOGT": "Lena", "Lena Vogt (Nordbau)": "Lena", `"Lena Vogt"`: "Lena", "Łukasz Nowak": "Łukasz",
		"O'Brien Tom": "O'Brien", "Jean-Luc Petit": "Jean-Luc", "Ирина Петрова": "Ирина",
		"lena@nordbau.example": "", "": "", strings.Repeat("Lena", 125): "", `"; DROP TABLE`: "", "🚚 Lena": "", "נועה לוי": "", "Sales Team": "", "info": "", "L": "",
		"{{.Name}}": "", "Lena\nBcc: x": "", "\u202eanel": "", "a, b, c": "", "Robert'); --": "",
	} {
		if got := firstName(display); got != want {
			t.Errorf("%q greets %q, want %q", display, got, want)
		}
	}
}

func TestWrite_ClosesAsTheRepCloses(t *testing.T) {
	for name, c := range map[string]struct{ text, signature, want string }{
		"formula and signature":        {"Hi Eva,\n\nwould you look at the plan?\n\nKind regards,\nAnna", "Anna Berg\nAcme", "Kind regards,\nAnna Berg\nAcme"},
		"bare name becomes signature":  {"Hi Eva,\n\nwould you look at the plan?\n\nAnna", "Anna Berg\nAcme", "plan.\n\nAnna Berg\nAcme"},
		"signature that closes itself": {"Hi Eva,\n\nwould you look at the plan?\n\nAnna", "Best regards\nAnna Berg", "\n\nBest regards\nAnna Berg"},
		"no signature":                 {"Hi Eva,\n\nwould you look at the plan?\n\nCheers\nAnna", "", "\n\nCheers\nAnna"},
		"no closing at all":            {"Hi Eva,\n\nwould you look at the plan?", "Anna Berg\nAcme", "\n\nBest regards\nAnna Berg\nAcme"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(person("Eva Novak"), letter{days: 10, subject: "Gate", text: c.text})
			r.Signature = c.signature
			text, err := bare(t).Write(r)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.TrimPrefix(c.want, "plan."); !strings.HasSuffix(text.Body, want) {
				t.Errorf("closing of\n%s\nwant %q", text.Body, want)
			}
		})
	}
}

func TestWrite_LongThread(t *testing.T) {
	var letters []letter
	for i := range 200 {
		l := letter{days: 300 - i, subject: "Gate slots", text: fmt.Sprintf("Hi Eva,\n\nthe slots for the gate number %d are open. Which of the gates do you use?\n\nAnna", i)}
		if i%2 == 1 {
			l.from, l.intent = "eva", mail.IntentAnswer
		}
		letters = append(letters, l)
	}
	letters = append(letters, letter{days: 20, text: "Hi Eva,\n\nthe night slots are cheaper. How many trucks come at night?\n\nAnna"})
	if _, err := starter(t).Write(request(person("Eva Novak"), letters...)); err != nil {
		t.Fatal(err)
	}
}

func TestWrite_LanguageWithoutTextsFallsBackToEnglishAndSaysSo(t *testing.T) {
	text, err := bare(t).Write(request(person("Ewa Nowak"), letter{days: 10, language: "pl", subject: "Audyt faktur", text: "Dzień dobry Pani Ewo,\n\nczy możemy sprawdzić Pani faktury?\n\nPozdrawiam\nAnna"}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text.Body, "Hello Ewa,") || !slices.ContainsFunc(text.Why, func(s string) bool { return strings.Contains(s, "in English") }) {
		t.Errorf("draft %q, reasons %q", text.Body, text.Why)
	}
}

func TestApproach_EachActionHasItsOwn(t *testing.T) {
	r := threads()["02 disputed"]
	got := map[tracker.Action]string{}
	for _, a := range []tracker.Action{tracker.FollowUp, tracker.BreakUp, tracker.Nurture, tracker.ThankYou} {
		r.Standing.Next = &tracker.Next{Action: a, Step: 1}
		got[a] = starter(t).Approach(r)
	}
	want := map[tracker.Action]string{tracker.FollowUp: CaseStudy, tracker.BreakUp: BreakUp, tracker.Nurture: Nurture, tracker.ThankYou: ThankYou}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("approaches (-want +got):\n%s", diff)
	}
	r.Standing.Next = nil
	if got := starter(t).Approach(r); got != "" {
		t.Errorf("approach %q where nothing comes next", got)
	}
}

func TestSituation(t *testing.T) {
	want := map[string]tracker.Situation{
		"01 offer": tracker.General, "03 cold": tracker.ColdEmail, "04 proposal": tracker.Proposal, "05 conference": tracker.Conference,
		"09 was keen": tracker.WasKeen, "13 voicemail": tracker.Voicemail, "17 meeting": tracker.Meeting, "02 disputed": tracker.General,
	}
	for name, r := range threads() {
		if _, asked := want[name]; !asked {
			continue
		}
		got, why := Situation(r.Thread)
		if got != want[name] {
			t.Errorf("%s: situation %s (%s), want %s", name, got, why, want[name])
		}
		if got != tracker.General && why == "" {
			t.Errorf("%s: no reason given", name)
		}
	}
	for _, c := range []struct {
		language, text string
		want           tracker.Situation
	}{
		{"de", "Guten Tag,\n\nanbei unser Angebot für die drei Depots. Passt der Zeitplan?", tracker.Proposal},
		{"fr", "Bonjour,\n\nveuillez trouver ci-joint notre devis pour les trois dépôts. Le calendrier convient-il ?", tracker.Proposal},
		{"de", "Guten Tag,\n\nschön, dass wir uns auf der Messe getroffen haben. Darf ich den Plan schicken?", tracker.Conference},
		{"sv", "Hej,\n\ntack för mötet i går. Ska jag skicka planen?", tracker.Meeting},
		{"nl", "Beste,\n\nwij controleren vrachtfacturen. Met welke vervoerders werkt u?", tracker.ColdEmail},
	} {
		r := request(person("Eva Novak"), letter{days: 9, subject: "Depots", language: c.language, text: c.text})
		if got, why := Situation(r.Thread); got != c.want {
			t.Errorf("%q: situation %s (%s), want %s", c.text, got, why, c.want)
		}
	}
	if got, _ := Situation(nil); got != tracker.General {
		t.Errorf("no thread has situation %s", got)
	}
}

func TestLoad_OverridesOneTextAndKeepsTheRest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := 1; i <= 6; i++ {
		write(fmt.Sprintf("en/break_up-%d.txt", i), "This is my own goodbye about {{.Topic}}, in the words that I use with everybody, and it is long enough to be one. The door stays open.\n\nShall I close the file?\n")
	}
	write("en/recap-1.txt", "line one\n{{.Nmae}}\n")
	write("en/recap-2.txt", "{{part \"recap\"}\n")
	write("en/question-1.txt", "{{part \"nothing\"}}\n")
	write("en/asset-1.txt", "\n\nJust checking in, {{part \"ask\"}}\n")
	write("en/nudge-1.txt", "x")
	write("en/recap-3.txt", "\n{{needs \"Topics\"}}x")
	write("en/recap-4.txt", "{{template \"recap/asked\"}}")
	write("xx/recap-1.txt", "x")
	write("en/parts.txt", "{{define \"recap/mine\"}}{{.Topick}}{{end}}")
	p, problems, err := Load("", dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, problem := range problems {
		got = append(got, fmt.Sprintf("%s:%d", problem.File, problem.Line))
	}
	slices.Sort(got)
	want := []string{"en/asset-1.txt:3", "en/nudge-1.txt:0", "en/parts.txt:1", "en/question-1.txt:1", "en/recap-1.txt:2", "en/recap-2.txt:1", "en/recap-3.txt:2", "en/recap-4.txt:1", "xx/recap-1.txt:0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%+v", diff, problems)
	}
	all := threads()
	for _, name := range []string{"01 offer", "18 break-up"} {
		text, err := p.Write(all[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "18 break-up" && !strings.Contains(text.Body, "my own goodbye about the return loads from Gothenburg") {
			t.Errorf("the rep's own text was not used:\n%s", text.Body)
		}
	}
}

func TestLoad_AFileWhereAFolderShouldBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(file, ""); err == nil || !strings.Contains(err.Error(), "a file where a folder should be") {
		t.Errorf("error %v, want one that says what is wrong", err)
	}
	if _, _, err := Load(filepath.Join(t.TempDir(), "absent"), ""); err != nil {
		t.Errorf("a missing folder is an empty one, not %v", err)
	}
}

// TestBuiltInTexts_EveryLanguageHasEveryApproach holds the catalogue complete.
func TestBuiltInTexts_EveryLanguageHasEveryApproach(t *testing.T) {
	for lang, text := range shipped {
		w := text.Get()
		for _, approach := range []string{assetFor, Recap, Question, BreakUp, Nurture, ThankYou} {
			if len(w.bodies[approach]) == 0 {
				t.Errorf("%s has no text for %s", lang, approach)
			}
		}
	}
	if got := slices.Sorted(maps.Keys(shipped)); !slices.Equal(got, []string{"de", "en", "es", "fr", "nl", "sv"}) {
		t.Errorf("languages %v", got)
	}
}

// TestBuiltInTexts_KeepTheRules holds what a start takes on trust.
func TestBuiltInTexts_KeepTheRules(t *testing.T) {
	inside, err := fs.Sub(builtIn, "texts")
	if err != nil {
		t.Fatal(err)
	}
	strict := &texts{own: map[string]*wording{}}
	problems, err := strict.read(inside, ".", (*wording).wrong)
	if err != nil || len(problems) > 0 {
		t.Errorf("problems %+v, error %v", problems, err)
	}
}

func BenchmarkWrite(b *testing.B) {
	p, r := starter(b), threads()["02 disputed"]
	for b.Loop() {
		if _, err := p.Write(r); err != nil {
			b.Fatal(err)
		}
	}
}
