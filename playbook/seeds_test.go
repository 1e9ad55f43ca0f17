package playbook

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// TestSeeds goes through what the advice on which followupd rests asks for, line by line, and shows each as behaviour; what
// other rooms do is shown by the tests named there, which must exist.
func TestSeeds(t *testing.T) {
	for _, seed := range []struct {
		advice string
		shown  func(t *testing.T)
	}{
		{"a structured, systematic way is needed", elsewhere("tracker/judge_test.go TestJudge_Stories", "tracker/agenda_test.go TestAgenda", "tracker/grades_test.go TestGrades_ARuleGivesItsCadence")},
		{"never sorry for bothering, just checking in, pinging, touching base, moving this to the top, did you see my last email", func(t *testing.T) {
			for _, s := range []string{"Sorry for bothering you.", "Just checking in.", "I am pinging you on this.", "I wanted to touch base.", "Moving this to the top of your inbox.", "Did you see my last email?"} {
				if len(Lint("Hi Max,\n\n"+s)) == 0 {
					t.Errorf("lint finds nothing in %q", s)
				}
			}
		}},
		{"an article, whitepaper, case study, testimonial; introduce them; something educational; something else than work", func(t *testing.T) {
			p := starter(t)
			kinds := map[string]bool{}
			for _, a := range p.Assets() {
				kinds[a.Kind] = true
			}
			for _, kind := range []string{Article, Whitepaper, CaseStudy, Testimonial, Introduction, Insight, Event} {
				if !kinds[kind] {
					t.Errorf("the starter library holds no %s", kind)
				}
			}
			given := write(t, noted(t, "personal: I hope that the regatta had the wind you were waiting for."))
			if given.Approach != Personal || !strings.Contains(given.Body, "the regatta had the wind") {
				t.Errorf("the personal note was not used: %s\n%s", given.Approach, given.Body)
			}
			// After a meeting the next step comes first, but for a Friday and for the day before a holiday.
			met := threads()["17 meeting"]
			met.Notes = []tracker.Word{{Kind: tracker.WordNote, Text: "personal: I hope that the regatta had the wind you were waiting for."}}
			met.Calendar.Holiday = func(day time.Time) (string, bool) { return "a holiday", day.Month() == time.December && day.Day() == 8 }
			for day, want := range map[int]string{2: Recap, 3: Recap, 4: Personal, 7: Personal} { // of December 2026: Wednesday, Thursday, Friday, Monday
				met.Now = time.Date(2026, 12, day, 9, 0, 0, 0, time.UTC)
				if text := write(t, met); text.Approach != want {
					t.Errorf("on 2026-12-%02d the approach is %s, want %s", day, text.Approach, want)
				}
			}
		}},
		{"suggest another way to help", func(t *testing.T) {
			r, p := threads()["17 meeting"], bare(t)
			ways := map[string]bool{}
			for seed := range uint64(30) {
				r.Seed = seed
				text, err := p.Write(r)
				if err != nil {
					t.Fatal(err)
				}
				for name := range strings.FieldsSeq(text.Template) {
					if strings.HasPrefix(name, "offer") {
						ways[name] = true
					}
				}
			}
			if len(ways) < 5 {
				t.Errorf("%d ways to help in thirty drafts after a meeting, want five or more: half a page, a part of it, a call …", len(ways))
			}
		}},
		{"it is about them: value first, then one clear ask", func(t *testing.T) {
			for name, r := range threads() {
				text := write(t, r)
				if n := strings.Count(strings.TrimSuffix(text.Body, r.Signature), "?"); n != 1 {
					t.Errorf("%s: %d asks in\n%s", name, n, text.Body)
				}
			}
		}},
		{"recap where you left it; say what you and they had agreed", func(t *testing.T) {
			text := write(t, noted(t, "agreed: you ask the harbour office, and I find a second boat"))
			if !strings.Contains(text.Body, "you ask the harbour office, and I find a second boat") {
				t.Errorf("what was agreed is not recalled:\n%s", text.Body)
			}
			r := threads()["02 disputed"]
			if text := write(t, r); !strings.Contains(text.Body, "backlog of disputed freight invoices") {
				t.Errorf("what it was about is not recalled:\n%s", text.Body)
			}
		}},
		{"ask where we stand, what has to happen; commit to a next step with a date", func(t *testing.T) {
			r := threads()["04 proposal"]
			dated := 0
			for seed := range uint64(20) {
				r.Seed = seed
				if text := write(t, r); strings.Contains(text.Body, "November") && strings.Contains(text.Body, "?") {
					dated++
				}
			}
			if dated < 20 {
				t.Errorf("%d of 20 drafts on a proposal name a day", dated)
			}
		}},
		{"get permission to follow up: say what you will send and why", func(t *testing.T) {
			r := threads()["02 disputed"]
			first := write(t, r)
			if !strings.Contains(first.Template, "permission/") || strings.HasSuffix(first.Template, "permission/none") {
				t.Errorf("no leave to write again is asked:\n%s", first.Body)
			}
			r.Given = append(r.Given, placedAs(first, r))
			if second := write(t, r); strings.Contains(second.Template, "permission/") && !strings.Contains(second.Template, "permission/none") {
				t.Errorf("leave is asked a second time:\n%s", second.Body)
			}
		}},
		{"thank-you at once after a meeting", func(t *testing.T) {
			if text := write(t, threads()["20 thank-you"]); text.Approach != ThankYou || !strings.Contains(strings.ToLower(text.Body), "thank") {
				t.Errorf("no thank-you:\n%s", text.Body)
			}
		}},
		{"follow up one week after the thank-you", func(t *testing.T) {
			t.Run("an ordinary one", TestWrite_AfterTheThankYouAnOrdinaryFollowUp)
			t.Run("a week later", elsewhere("tracker/judge_test.go TestJudge_Stories", "config/parse_test.go TestParse_MeetingsHaveAWeekUnlessTheFileSaysOtherwise"))
		}},
		{"call, paper card, social: other channels; ask for referrals later", TestTasks_OtherChannels},
		{"know who follows a link, and write when they think of you; no pixels", elsewhere("tracker/visits_test.go TestJudge_VisitsHurryTheNextFollowUp", "cmd/followupd/signals_test.go TestSignals_WhoFollowsALinkIsDueSoonerAndAProgramIsNot")},
		{"pushed off without a date: ask for one", func(t *testing.T) {
			r := request(person("Nora Quist"), letter{days: 60, subject: "Fuel cards", text: "Hi Nora,\n\nhere is the comparison of the three fuel cards. Which of them does your team use today?\n\nAnna"},
				letter{from: "nora", days: 55, intent: mail.IntentNotNow, text: "Hi Anna, not a good time for us. Nora"},
				letter{days: 50, text: "Hi Nora,\n\nI will keep the comparison up to date. Which of the three cards is the most likely one?\n\nAnna"})
			for seed := range uint64(10) {
				r.Seed = seed
				text := write(t, r)
				if !slices.ContainsFunc([]string{"Which month", "When ", "Which date", "Which of the three is it"}, func(s string) bool { return strings.Contains(text.Body, s) }) {
					t.Errorf("the draft asks for no date:\n%s", text.Body)
				}
			}
		}},
		{"grade: weekly, monthly, quarterly", elsewhere("tracker/grades_test.go TestGrades_RulesGiveThemAndTheRepsWordGoesFirst")},
		{"seven situations, each with its own approaches; the same text to many is noticed", func(t *testing.T) {
			t.Run("situations", TestSituation)
			t.Run("many", TestMailings_TheSameTextToManyIsNoticedWhateverIsFilledIn)
			for _, s := range []tracker.Situation{tracker.ColdEmail, tracker.Proposal, tracker.Meeting, tracker.Voicemail, tracker.Conference, tracker.WasKeen, tracker.General} {
				if len(orders[s]) < 3 {
					t.Errorf("%s has no order of approaches", s)
				}
			}
		}},
		{"too busy, slow, blowing you off: each is different", elsewhere("tracker/judge_test.go TestJudge_Stories")},
		{"walk away: ask, thank them, leave the door open; silence after it is a yes", func(t *testing.T) {
			r := request(person("Carl Voss"), letter{days: 120, subject: "Heat pumps for the warehouse", text: "Hello Carl,\n\ntwo heat pumps would replace the gas heating. Shall I work out what that saves?\n\nAnna"},
				letter{from: "carl", days: 110, intent: mail.IntentNotNow, text: "Too much going on, sorry. Carl"},
				letter{days: 100, text: "Hello Carl,\n\nno problem. What does the gas cost you in a winter?\n\nAnna"},
				letter{from: "carl", days: 70, intent: mail.IntentNotNow, text: "Not now, the audit. Carl"},
				letter{days: 60, text: "Hello Carl,\n\nwhich winter should the heat pumps be ready for?\n\nAnna"})
			r.Standing.Next = &tracker.Next{Action: tracker.BreakUp, Step: 3}
			text := write(t, r)
			if !strings.Contains(text.Template, "break_up.excuses") || !strings.Contains(strings.ToLower(text.Body), "thank") {
				t.Errorf("after repeated excuses there are no thanks:\n%s", text.Body)
			}
			t.Run("silence after it ends the thread", elsewhere("tracker/judge_test.go TestJudge_Stories"))
		}},
		{"stay in view, long after", func(t *testing.T) {
			t.Run("one word", elsewhere("agent/nurture_test.go TestDraft_OneFriendlyWordLongAfterTheGoodbye"))
			t.Run("that promises nobody", TestNurture_PromisesNobodyWhomNothingGrounds)
			t.Run("with the newsletter", TestNurture_OffersTheNewsletterAndNobodyElseGetsIt)
		}},
		{"do not fatigue people; change the approach", func(t *testing.T) {
			r, p := threads()["03 cold"], bare(t)
			var approaches []string
			for step := 1; step <= 3; step++ {
				r.Standing.Next = &tracker.Next{Action: tracker.FollowUp, Step: step}
				text, err := p.Write(r)
				if err != nil {
					t.Fatalf("step %d without a library: %v", step, err)
				}
				if slices.Contains(approaches, text.Approach) {
					t.Errorf("step %d repeats %s", step, text.Approach)
				}
				approaches = append(approaches, text.Approach)
				r.Given = append(r.Given, placedAs(text, r))
			}
			t.Run("limits", elsewhere("tracker/limits_test.go TestAgenda_SparesPeopleAndCompanies", "tracker/coming_test.go TestMailbox_ComingPromisesNothingThatALimitForbids"))
		}},
		{"know where you stand with everyone", elsewhere("tracker/situation_test.go TestSaid_TheNewestWordOnTheSituationCounts", "report/stats_test.go TestStats_GroupsAndPipeline", "tracker/prospects_test.go TestPolicy_IsProspect")},
		{"keep notes and use them", func(t *testing.T) {
			text := write(t, noted(t, "introduction: Mr Adeyemi, who runs the bonded warehouse in Tema, has solved the same problem."))
			if text.Approach != Introduction || !strings.Contains(text.Body, "Mr Adeyemi") {
				t.Errorf("the introduction was not used: %s\n%s", text.Approach, text.Body)
			}
			if text := write(t, noted(t, "stingy, and his boss decides")); strings.Contains(text.Body, "stingy") {
				t.Errorf("a note that was not meant for them is said:\n%s", text.Body)
			}
		}},
	} {
		t.Run(seed.advice, seed.shown)
	}
}

// noted is a thread of which the rep noted something.
func noted(t *testing.T, note string) Request {
	t.Helper()
	r := request(person("Rhea Lambros"), letter{days: 15, subject: "Island deliveries", text: "Dear Rhea,\n\nas promised, I have looked for a second boat, and there are two. Which of the islands comes first?\n\nAnna"})
	r.Notes = []tracker.Word{{Kind: tracker.WordNote, Text: note}}
	return r
}

func write(t *testing.T, r Request) Text {
	t.Helper()
	text, err := starter(t).Write(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func placedAs(text Text, r Request) tracker.Draft {
	d := placed(text, r)
	d.Template = text.Template
	return d
}

// elsewhere holds that tests of other rooms, "file function" below the root, exist.
func elsewhere(tests ...string) func(t *testing.T) {
	return func(t *testing.T) {
		for _, test := range tests {
			file, name, _ := strings.Cut(test, " ")
			source, err := os.ReadFile(filepath.Join("..", file))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(source), "func "+name+"(") {
				t.Errorf("there is no %s in %s", name, file)
			}
		}
	}
}

// TestWrite_NoOpeningInMoreThanATenthOfTheLastFifty writes fifty drafts of one kind, one after the other.
func TestWrite_NoOpeningInMoreThanATenthOfTheLastFifty(t *testing.T) {
	p := bare(t)
	var recent []tracker.Draft
	openings := map[string]int{}
	for i := range 50 {
		r := threads()[[]string{"02 disputed", "03 cold", "06 stale question", "21 ro-ro", "22 ferry"}[i%5]]
		r.Seed, r.Recent = uint64(i), recent
		text, err := p.Write(r)
		if err != nil {
			t.Fatalf("draft %d: %v", i, err)
		}
		_, body, _ := strings.Cut(text.Body, "\n\n")
		openings[opening(body)]++
		recent = append([]tracker.Draft{placed(text, r)}, recent...)
	}
	for o, n := range openings {
		if n > 5 {
			t.Errorf("%d of 50 drafts open with %q", n, o)
		}
	}
}

// TestLoad_AFolderOfEverythingWrong holds a library as a careless hand leaves it.
func TestLoad_AFolderOfEverythingWrong(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const good = "---\nkind: insight\ntitle: Slots %d\nfits: [gate slots, queue %d]\n---\nSlots of half an hour keep the queue short.\n"
	for i := range 500 { // five thousand are read in library's own test
		put(fmt.Sprintf("a%04d.md", i), fmt.Sprintf(good, i, i))
	}
	put("broken.md", "---\nkind: insight\ntitle Slots\n---\nText.\n")
	put("twin.md", fmt.Sprintf(good, 1, 1))
	put("binary.md", "\x7fELF\x00\x01\x02")
	big, err := os.Create(filepath.Join(dir, "big.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(100 << 20); err != nil { // sparse: it takes no room
		t.Fatal(err)
	}
	if err := big.Close(); err != nil {
		t.Fatal(err)
	}
	p, problems, err := Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, problem := range problems {
		named = append(named, problem.File)
	}
	slices.Sort(named)
	if got := strings.Join(named, " "); len(p.Assets()) != 500 || got != "big.md binary.md broken.md twin.md" {
		t.Errorf("%d assets, problems with %s", len(p.Assets()), got)
	}
}

func TestWrite_HostileNamesNeverShowInADraft(t *testing.T) {
	for _, name := range []string{"lena@nordbau.example", `"; DROP TABLE prospects; --`, "🚚🚚", "\u202eaneL", strings.Repeat("Lena ", 100), "{{.Name}}", "<b>Lena</b>", "Lena\r\nBcc: x@y.example", ""} {
		r := threads()["03 cold"]
		r.Thread.Messages[0].Message.To = []mail.Person{{Name: name, Address: "lena@nordbau.example"}}
		r.Thread.Messages[0].Reading.NewText = "the night ferry has thirty sockets for cooled trailers. Is that enough for your fruit?"
		r.Standing.Prospects = r.Thread.Messages[0].Message.To
		text := write(t, r)
		if !strings.HasPrefix(text.Body, "Hello,\n") && !strings.HasPrefix(text.Body, "Hello Lena,\n") {
			t.Errorf("%q is greeted as\n%.80s", name, text.Body)
		}
		if name != "" && len(name) > 6 && strings.Contains(text.Body, name) {
			t.Errorf("%q stands in\n%s", name, text.Body)
		}
	}
}

func TestWrite_AThreadOfTwoHundredMessages(t *testing.T) {
	var letters []letter
	for i := range 200 {
		l := letter{days: 400 - i, subject: "Ferry tickets in bulk", text: fmt.Sprintf("Hi Nora,\n\nhere is quote %d for the ferry. Which week suits you?\n\nAnna", i)}
		if i%2 == 1 {
			l.from, l.text, l.intent = "nora", fmt.Sprintf("Thanks, number %d will do. Nora", i), mail.IntentAnswer
		}
		letters = append(letters, l)
	}
	letters = append(letters, letter{days: 12, text: "Hi Nora,\n\nthe summer tickets are out. How many do you need?\n\nAnna"})
	text := write(t, request(person("Nora Quist"), letters...))
	if !strings.Contains(text.Body, "how many you need") && !strings.Contains(text.Body, "how many do you need") {
		t.Errorf("the draft recalls something else than the newest mail:\n%s", text.Body)
	}
}
