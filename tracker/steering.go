package tracker

import (
	"maps"

	"followupd/mail"
)

// Heard is a gesture of the rep in their mail client, carried out: a mail moved into a folder, a tag, a line in a draft.
type Heard struct {
	// Word is what the gesture says. Its kind is WordUnheard where it could not be understood.
	Word Word
	// Place is where the signs stand, such as a folder; Signs name each of them so that no later one has the same name. A
	// sign is remembered as long as it stands: a crash between the word and the sign's removal says no word twice.
	Place string
	Signs []string
}

// steers says that a word changes where a thread stands.
func (w Word) steers() bool {
	return w.Kind == WordHold || w.Kind == WordClose || w.Kind == WordReopen || w.Kind == WordChase
}

// Follow tells which threads the rep wants chased whatever the config says of their people, so that their bodies are wanted.
func (m *Mailbox) Follow(words []Word) {
	before := m.followed
	m.followed = make(map[ThreadID]bool)
	for _, w := range words {
		if w.Kind != WordChase || w.Thread == "" {
			continue
		}
		if root, ok := m.resolve(w.Thread); ok {
			m.followed[m.idOf(root)] = true
		}
	}
	m.sated = m.sated && maps.Equal(before, m.followed)
}

// chased says that the rep wants a thread chased whatever the config says of its people.
func (l *ledger) chased(id ThreadID) bool {
	for _, w := range l.words[id] {
		if w.Kind == WordChase {
			return true
		}
	}
	return false
}

// unlisted is the policy for a thread that the rep wants chased.
func (p Policy) unlisted() Policy {
	p.Exclude, p.Listed = nil, false
	return p
}

// because gives the reason of a word, and how it was said, for the end of a sentence.
func (w Word) because() string {
	text := because(w.Text)
	if w.Source != "" {
		text += " (" + shortened(w.Source) + ")"
	}
	return text
}

// Asked gives the newest word that asks for another draft in place of the one that lies there, if the draft is older; false:
// none does, or it could not be carried out.
func Asked(words []Word, d Draft) (Word, bool) {
	var asked Word
	for _, w := range words {
		if w.Thread != d.Thread || !w.At.After(d.Created) {
			continue
		}
		switch w.Kind {
		case WordAnother:
			asked = w
		case WordUnheard:
			asked = Word{} // said since: it cannot be done
		}
	}
	return asked, asked.Kind == WordAnother
}

// NameOf gives the name that a thread will have of which only this message is known: for a mail of the rep's that has not
// been seen in Sent yet. "" for a message without any id.
func NameOf(m mail.Message) ThreadID {
	switch {
	case len(m.References) > 0:
		return nameOf(string(m.References[0]))
	case len(m.InReplyTo) > 0:
		return nameOf(string(m.InReplyTo[0]))
	case m.ID != "":
		return nameOf(string(m.ID))
	}
	return ""
}
