package playbook

import (
	"strings"

	"followupd/mail/language"
	"followupd/playbook/library"
)

// A note that begins with one of these words may stand in a draft, as it is. Every other note only steers the choice: it is
// the rep's own and not meant for the prospect.
var (
	introduceWords = []string{"introduction", "introduce", "intro"}
	personalWords  = []string{"personal"}
	agreedWords    = []string{"agreed", "we agreed"}
)

// marked gives what stands behind "word:" in a note, "" where it does not begin so.
func marked(note string, words []string) string {
	head, rest, ok := strings.Cut(note, ":")
	if !ok {
		return ""
	}
	head = strings.ToLower(strings.TrimSpace(head))
	for _, w := range words {
		if head == w {
			return strings.Join(strings.Fields(rest), " ")
		}
	}
	return ""
}

// maxNote bounds the words of a note that may stand in a draft.
const maxNote = 60

// fromNotes gives what the rep noted for this person to be said: an introduction, something personal. A note in another
// language than the mail's is left out, and so is one that they have had.
func (c *conversation) fromNotes() []library.Match {
	var out []library.Match
	for _, note := range c.notes {
		for _, k := range []struct {
			kind  string
			words []string
		}{{Introduction, introduceWords}, {Personal, personalWords}} {
			text := marked(note, k.words)
			if text == "" || len(strings.Fields(text)) > maxNote || !c.speaks(text) || c.wasSaid(text) {
				continue
			}
			if !strings.ContainsAny(text[len(text)-1:], ".!?") {
				text += "."
			}
			out = append(out, library.Match{Asset: Asset{Kind: k.kind, Title: "your note", Text: capital(text)}})
		}
	}
	return out
}

// agreed gives what the rep noted as agreed, the newest note first, as it stands after a colon; "" none.
func (c *conversation) agreed() string {
	for i := len(c.notes) - 1; i >= 0; i-- {
		text := strings.TrimRight(marked(c.notes[i], agreedWords), ".")
		if text != "" && len(strings.Fields(text)) <= 30 && !strings.Contains(text, "?") && c.speaks(text) && !c.wasSaid(text) {
			return text
		}
	}
	return ""
}

// speaks says whether a note may stand in a mail by its language; one too short to tell may.
func (c *conversation) speaks(text string) bool {
	iso, _ := language.Guess(text)
	return iso == "" || iso == c.written
}

// wasSaid says whether a draft to them held a text.
func (c *conversation) wasSaid(text string) bool {
	for _, d := range c.placed {
		if strings.Contains(strings.Join(strings.Fields(d.Body), " "), strings.TrimRight(text, ".")) {
			return true
		}
	}
	return false
}
