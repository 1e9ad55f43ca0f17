package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Steering is what the rep may say in a mail client.
type Steering struct {
	Enabled bool   `key:"enabled" doc:"false switches all of it off in this one line: nothing is moved, no tag is taken away, no folder is looked at."`
	Folder  string `key:"folder" doc:"The folder that holds those of gestures. followupd check --create-folders makes them."`
	// Gestures and Keywords, where a file gives them, replace the default as a whole.
	Gestures Gestures      `key:"gestures" doc:"Folders, by name, and what a mail moved or copied into each says: stop, won, lost, chase, another, or hold with a time as \"1w\", \"5d\", \"3bd\", \"12h\" or \"1mo\". The names are understood in the first line of a draft, too: // Hold 1 week."`
	Keywords Gestures      `key:"keywords" doc:"The same for tags: the IMAP keywords that your mail client sets on a mail in the inbox or in Sent."`
	Glance   time.Duration `key:"glance" doc:"How often to look whether something was moved, beside the server's own news of the inbox and of Sent. One STATUS a folder, or one LIST."`
}

// Gesture is a folder or a tag, and the word behind it.
type Gesture struct{ Name, Word string }

// Gestures are sorted by name.
type Gestures []Gesture

// String gives the table as the file writes it on one line.
func (g Gestures) String() string {
	if len(g) == 0 {
		return "{}"
	}
	pairs := make([]string, len(g))
	for i, one := range g {
		pairs[i] = tomlText(one.Name) + " = " + tomlText(one.Word)
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

func defaultSteering() Steering {
	return Steering{
		Folder: "Followups",
		Gestures: Gestures{
			{"Chase", "chase"},
			{"Hold 1 month", "hold 1mo"},
			{"Hold 1 week", "hold 1w"},
			{"Lost", "lost"},
			{"Stop", "stop"},
			{"Won", "won"},
		},
		Keywords: Gestures{
			{"$FollowupChase", "chase"},
			{"$FollowupHold1Month", "hold 1mo"},
			{"$FollowupHold1Week", "hold 1w"},
			{"$FollowupLost", "lost"},
			{"$FollowupStop", "stop"},
			{"$FollowupWon", "won"},
		},
		Glance: 30 * time.Second,
	}
}

// gestures reads a table of names and words.
func (b *binder) gestures(path string, v any) Gestures {
	table, ok := b.asTable(path, v)
	if !ok {
		return nil
	}
	out := Gestures{}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		word, ok := table[name].(string)
		if !ok {
			b.report(join(path, dotted(name)), "wants text, and this is "+kindOf(table[name]), `write what it says, such as "hold 1w"`)
			continue
		}
		out = append(out, Gesture{name, strings.TrimSpace(word)})
	}
	return out
}

// hold of a word: the time of a window, or months.
var monthsHeld = regexp.MustCompile(`^[1-9][0-9]?mo$`)

func (k *checker) steering(s Steering) {
	if s.Folder == "" {
		k.wrong("steering.folder", "is empty", `write a folder's name, such as "Followups"`)
	}
	k.leaf("steering.folder", s.Folder)
	if s.Glance < 5*time.Second || s.Glance > day {
		k.wrong("steering.glance", fmt.Sprintf("%s is out of bounds", s.Glance), `write a time from "5s" to "1d", such as "30s"`)
	}
	for path, gestures := range map[string]Gestures{"steering.gestures": s.Gestures, "steering.keywords": s.Keywords} {
		seen := make(map[string]bool)
		for _, g := range gestures {
			at := join(path, dotted(g.Name))
			folded := strings.ToLower(strings.Join(strings.Fields(g.Name), " "))
			if seen[folded] {
				k.wrong(at, "differs from another only by case or spaces", "give it another name")
			}
			seen[folded] = true
			if path == "steering.gestures" {
				k.leaf(at, g.Name)
			} else if !isKeyword(g.Name) {
				k.wrong(at, fmt.Sprintf("%q is no IMAP keyword", g.Name), `write letters, digits, "$", "_" and "-", without spaces, such as "$FollowupStop"`)
			}
			k.word(at, g.Word)
		}
	}
}

// word checks what a gesture says.
func (k *checker) word(path, word string) {
	verb, rest, _ := strings.Cut(word, " ")
	switch {
	case rest == "" && slices.Contains([]string{"stop", "won", "lost", "chase", "another"}, verb):
		return
	case verb == "hold":
		if w, err := ParseWindow(strings.TrimSpace(rest)); err == nil && !w.Zero() || monthsHeld.MatchString(rest) {
			return
		}
		k.wrong(path, fmt.Sprintf("%q names no time", word), `write "hold 1w", "hold 5d", "hold 3bd", "hold 12h" or "hold 1mo"`)
		return
	}
	k.wrong(path, fmt.Sprintf("%q is not known", word), `write "stop", "won", "lost", "chase", "another" or "hold 1w"`)
}

// leaf checks the name of a folder without its parents.
func (k *checker) leaf(path, name string) {
	const longest = 80
	switch {
	case strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl) || len(name) > longest:
		k.wrong(path, fmt.Sprintf("%q is no name for a folder", name), "write a short name without spaces at its ends")
	case strings.ContainsAny(name, `/.\*%"`):
		k.wrong(path, fmt.Sprintf("%q holds a character that servers give a meaning", name), `leave out / . \ * % and "`)
	case name == "" && path != "steering.folder":
		k.wrong(path, "is empty", "give the folder a name")
	}
}

// isKeyword says whether a name may be an IMAP keyword: an atom (RFC 9051 section 9, flag-keyword).
func isKeyword(name string) bool {
	const longest = 60
	if name == "" || len(name) > longest {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`(){%*"\]`, r)
	})
}
