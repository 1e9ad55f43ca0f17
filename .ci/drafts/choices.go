package main

import (
	"fmt"
	"followupd/playbook/library"
	"os"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// choiceFile is choices.toml.
type choiceFile struct {
	Set []struct {
		Name     string
		Language string
		Assets   []library.Asset
		Case     []struct{ Rep, They, Note, Language, Want string }
	}
}

// choices measures the library's choice.
func (f *floors) choices(file string, verbose bool) error {
	fmt.Println("\nthe library's choice")
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var sets choiceFile
	if err := toml.Unmarshal(data, &sets); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fits, first, unfit, none := 0, 0, 0, 0
	for _, s := range sets.Set {
		l := library.New(s.Assets)
		for _, c := range s.Case {
			q := library.Query{Rep: some(c.Rep), Prospects: some(c.They), Notes: some(c.Note), Language: s.Language, Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
			if c.Language != "" {
				q.Language = c.Language
			}
			got := ""
			if found := l.Search(q); len(found) > 0 {
				got = found[0].Asset.File
			}
			if c.Want == "" {
				unfit++
			} else {
				fits++
			}
			switch {
			case got != c.Want:
				if verbose {
					fmt.Printf("  wrong: %s: %q: got %q, want %q\n", s.Name, c.Rep, got, c.Want)
				}
			case c.Want == "":
				none++
			default:
				first++
			}
		}
	}
	f.say(fmt.Sprintf("the right asset first: %d of %d", first, fits), percent(first, fits), 90, "asked for: 90 %, 40 sets in all")
	f.say(fmt.Sprintf("none where none fits: %d of %d", none, unfit), percent(none, unfit), 90, "asked for: 90 %")
	return nil
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
