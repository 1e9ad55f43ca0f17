package main

import (
	"fmt"
	"followupd/playbook"
	"followupd/playbook/prose"
	"followupd/tracker"
	"hash/fnv"
	"os"
	"slices"
	"strings"
)

// written is one draft and where it belongs.
type written struct {
	story story
	step  int
	text  playbook.Text
	runs  map[string]bool
}

// drafts writes to every story, as on one morning, and measures what comes of it.
func (f *floors) drafts(threads, assets string, verbose bool) error {
	stories, err := readStories(threads)
	if err != nil {
		return err
	}
	book, problems, err := playbook.LoadFS(os.DirFS(assets), nil)
	if err != nil || len(problems) > 0 {
		return fmt.Errorf("load the library: %v %w", problems, err)
	}
	empty, _, err := playbook.LoadFS(nil, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%d threads\n", len(stories))
	all, failed := writeAll(book, stories, verbose)
	rightSituation, broken := 0, 0
	for _, s := range stories {
		if got, _ := playbook.Situation(s.request().Thread); got == s.situation {
			rightSituation++
		} else {
			fmt.Printf("  %s (%s): situation %s, want %s\n", s.name, s.language, got, s.situation)
		}
	}
	for _, w := range all {
		for _, v := range playbook.Lint(w.text.Body) {
			broken++
			fmt.Printf("  %s (%s) breaks %s: %s\n", w.story.name, w.story.language, v.Rule, v.Where)
		}
	}
	f.say(fmt.Sprintf("situation found: %d of %d", rightSituation, len(stories)), percent(rightSituation, len(stories)), 95, "")
	f.say(fmt.Sprintf("drafts written: %d of %d", len(all), len(all)+failed), percent(len(all), len(all)+failed), 100, "asked for: every draft passes the house rules")
	f.say(fmt.Sprintf("drafts that lint finds nothing in: %d of %d", len(all)-broken, len(all)), percent(len(all)-broken, len(all)), 100, "")
	f.twins(all)
	f.approaches(all)
	f.variants(book, stories)
	dry, steps := dryWithout(empty, stories)
	f.say(fmt.Sprintf("steps 1 to 3 without a library: %d of %d written", steps-dry, steps), percent(steps-dry, steps), 100, "")
	return nil
}

// writeAll writes every story up to its step. What the steps before said was sent.
func writeAll(book *playbook.Playbook, stories []story, verbose bool) (all []written, failed int) {
	var recent []tracker.Draft
	for _, s := range stories {
		r := s.request()
		for step := 1; step <= s.step; step++ {
			text, err := next(book, &r, s, step, recent)
			if err != nil {
				failed++
				fmt.Printf("  %s (%s), step %d: %v\n", s.name, s.language, step, err)
				break
			}
			if verbose {
				fmt.Printf("\n#### %s (%s, %s), step %d: %s %s\n%s\n-- %s\n", s.name, s.language, s.situation, step, text.Approach, text.Asset, text.Body, strings.Join(text.Why, "; "))
			}
			all = append(all, written{s, step, text, fives(strings.TrimSuffix(text.Body, signature))})
			recent = slices.Insert(recent, 0, r.Given[len(r.Given)-1])
		}
	}
	return all, failed
}

// next writes one step of a story and notes it as sent.
func next(book *playbook.Playbook, r *playbook.Request, s story, step int, recent []tracker.Draft) (playbook.Text, error) {
	r.Standing.Situation, _ = playbook.Situation(r.Thread)
	action := s.action
	if step < s.step {
		action = tracker.FollowUp
	}
	r.Standing.Next = &tracker.Next{Action: action, Step: step}
	r.Recent = recent
	h := fnv.New64a()
	fmt.Fprint(h, s.name, step)
	r.Seed = h.Sum64()
	text, err := book.Write(*r)
	if err != nil {
		return text, err
	}
	body := strings.TrimSpace(strings.TrimSuffix(text.Body, signature))
	r.Given = append(r.Given, tracker.Draft{Approach: text.Approach, Asset: text.Asset, Body: body, State: tracker.DraftSent, Created: r.Now, Action: action, Step: step})
	r.Now = r.Now.AddDate(0, 0, 8)
	return text, nil
}

// twins measures how many runs of five words two drafts of a language share, of the shorter one's.
func (f *floors) twins(all []written) {
	pairs, twins, worst := 0, 0, 0.0
	for i, a := range all {
		for _, b := range all[:i] {
			if a.story.language != b.story.language {
				continue
			}
			shared := 0
			for run := range a.runs {
				if b.runs[run] {
					shared++
				}
			}
			part := percent(shared, min(len(a.runs), len(b.runs)))
			pairs++
			worst = max(worst, part)
			if part > 40 {
				twins++
				fmt.Printf("  twins, %.0f %%: %s %d (%s) and %s %d\n", part, a.story.name, a.step, a.text.Template, b.story.name, b.step)
			}
		}
	}
	f.say(fmt.Sprintf("pairs that share at most 40 %% of their word 5-grams: %d of %d", pairs-twins, pairs), percent(pairs-twins, pairs), 100, fmt.Sprintf("the worst pair shares %.0f %%", worst))
}

// variants measures whether each step can be said in several ways: it writes the first step of every story as often as the
// issue asks for variants (four in English, two elsewhere), each time to somebody else, and counts the stories of whose drafts
// no two are twins.
func (f *floors) variants(book *playbook.Playbook, stories []story) {
	enough := 0
	for _, s := range stories {
		want := 2
		if s.language == "en" {
			want = 4
		}
		s.step = 1
		var recent []tracker.Draft
		var runs []map[string]bool
		worst := 0.0
		for range want {
			r := s.request()
			text, err := next(book, &r, s, 1, recent)
			if err != nil {
				worst = 100
				break
			}
			recent = slices.Insert(recent, 0, r.Given[len(r.Given)-1])
			mine := fives(strings.TrimSuffix(text.Body, signature))
			for _, other := range runs {
				shared := 0
				for run := range mine {
					if other[run] {
						shared++
					}
				}
				worst = max(worst, percent(shared, min(len(mine), len(other))))
			}
			runs = append(runs, mine)
		}
		if worst <= 60 {
			enough++
		} else {
			fmt.Printf("  %s (%s, %s): %d variants share up to %.0f %%\n", s.name, s.language, s.action, want, worst)
		}
	}
	f.say(fmt.Sprintf("threads whose first step has 4 (en) or 2 variants: %d of %d", enough, len(stories)), percent(enough, len(stories)), 95, "two share at most 60 %, the asset's own words included")
}

// approaches prints which approach occurred how often in which language.
func (f *floors) approaches(all []written) {
	languages := []string{"en", "de", "fr", "es", "nl", "sv"}
	fmt.Printf("\n%-14s", "approach")
	for _, l := range languages {
		fmt.Printf("%5s", l)
	}
	fmt.Println()
	seen := 0
	for _, a := range playbook.Approaches() {
		fmt.Printf("%-14s", a)
		sum := 0
		for _, l := range languages {
			n := 0
			for _, w := range all {
				if w.text.Approach == a && w.story.language == l {
					n++
				}
			}
			sum += n
			fmt.Printf("%5d", n)
		}
		fmt.Println()
		if sum > 0 {
			seen++
		}
	}
	fmt.Println()
	f.say(fmt.Sprintf("approaches that occur: %d of %d", seen, len(playbook.Approaches())), percent(seen, len(playbook.Approaches())), 100, "asked for: every one")
}

// dryWithout follows every story that is followed up through three steps with an empty library.
func dryWithout(book *playbook.Playbook, stories []story) (dry, steps int) {
	for _, s := range stories {
		if s.action != tracker.FollowUp {
			continue
		}
		r := s.request()
		s.step = 3
		for step := 1; step <= 3; step++ {
			steps++
			if _, err := next(book, &r, s, step, nil); err != nil {
				dry++
				fmt.Printf("  no library, %s (%s), step %d: %v\n", s.name, s.language, step, err)
			}
		}
	}
	return dry, steps
}

func fives(text string) map[string]bool {
	words := prose.Words(text)
	runs := map[string]bool{}
	for i := range max(0, len(words)-4) {
		runs[strings.Join(words[i:i+5], " ")] = true
	}
	return runs
}
