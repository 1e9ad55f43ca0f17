package playbook

import (
	"strings"
	"time"

	"followupd/mail"
	"followupd/mail/language"
	"followupd/playbook/gist"
	"followupd/playbook/hand"
	"followupd/playbook/prose"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// conversation is what the playbook understands of a request: the thread as a writer needs it.
type conversation struct {
	habits hand.Habits // what the rep makes of each text
	rested []string    // texts that stood back for it

	action    tracker.Action
	step      int
	situation tracker.Situation

	language string // of the thread, ISO 639-1; "" unknown
	written  string // of the text: language, or English where there are no texts in it

	ours, theirs, notes []string // new texts of the thread, the newest first; subjects of ours among them
	silence             []sent   // the rep's mails since they last answered, oldest first
	since               time.Time
	answered            time.Time // when they last answered; zero: never
	first               sent      // the mail that gist was found in
	gist                gist.Gist
	subject             string
	ownSubject          bool // the rep began the thread
	prospects           []mail.Person
	talked              bool
	meeting             time.Time // of an accepted invitation

	rep       mail.Person
	signature string
	calendar  tracker.Calendar
	now       time.Time
	placed    []tracker.Draft // Given
	unstocked bool            // the library is empty
	mailed    int             // to how many the rep sent the same text
	excuses   int             // how often they put the rep off without a date
	delayed   bool            // their last answer did
}

// sent is a mail of the rep.
type sent struct {
	at   time.Time
	text string
	tail string // what stands below the text: closing and signature
	to   []mail.Person
	ours bool // it was a draft of ours
}

// understand reads a request.
func (p *Playbook) understand(r Request) *conversation {
	c := &conversation{
		habits: r.Habits,
		action: tracker.FollowUp, situation: r.Standing.Situation, answered: r.Standing.LastInbound, prospects: r.Standing.Prospects,
		rep: r.Rep, signature: strings.TrimSpace(r.Signature), calendar: r.Calendar, now: r.Now.In(zoneOf(r.Calendar)), placed: r.Given, step: r.Standing.Step + 1, unstocked: p.library.Len() == 0,
	}
	if r.Standing.Next != nil {
		c.action, c.step = r.Standing.Next.Action, r.Standing.Next.Step
	}
	for _, w := range r.Notes {
		if w.Kind == tracker.WordNote && w.Text != "" {
			c.notes = append(c.notes, w.Text)
		}
	}
	var all []tracker.Linked
	if r.Thread != nil {
		all = r.Thread.Messages
	}
	votes := map[string]int{}
	subjects := map[string]bool{}
	for i, m := range all {
		if m.Seen == nil {
			continue
		}
		text := newText(m, r.Contents)
		switch m.Direction {
		case tracker.Out:
			s := sent{at: m.Received, text: text, tail: tail(m, r.Contents), to: append(append([]mail.Person{}, m.Message.To...), m.Message.Cc...), ours: c.wrote(m.Message.ID, text)}
			c.silence = append(c.silence, s)
			c.ours = append([]string{text}, c.ours...)
			if i == 0 {
				c.ownSubject = true
			}
			// What the rep writes shows best in which language the two speak.
			if m.Reading.Language != "" {
				votes[m.Reading.Language] += 3 * min(len(text), 600)
			}
		case tracker.In:
			if m.Reading.Kind != mail.KindHuman {
				if m.Reading.Sub == mail.SubAccepted {
					c.talked = true
					if content := r.Contents[m.Row]; content != nil && content.Calendar != nil {
						c.meeting = content.Calendar.Start
					}
				}
				continue
			}
			c.theirs = append([]string{text}, c.theirs...)
			c.silence = nil
			c.since = m.Received
			if c.answered.IsZero() || m.Received.After(c.answered) {
				c.answered = m.Received
			}
			if m.Reading.Language != "" {
				votes[m.Reading.Language] += min(len(text), 600)
			}
		default:
			continue
		}
		if base := mail.BaseSubject(m.Message.Subject); base != "" && !subjects[base] {
			subjects[base] = true
			if m.Direction == tracker.Out || c.ownSubject {
				c.ours = append(c.ours, base)
			} else {
				c.theirs = append(c.theirs, base)
			}
			if c.subject == "" {
				c.subject = base
			}
		}
	}
	if c.subject == "" {
		c.subject = mail.BaseSubject(r.Standing.Subject)
	}
	c.language = mostVoted(votes)
	if c.language == "" {
		c.language, _ = language.Guess(strings.Join(c.ours, "\n"))
	}
	c.written = c.language
	if c.written == "" || !p.texts.speaks(c.written) {
		c.written = "en"
	}
	c.talked = c.talked || c.situation == tracker.Meeting || c.situation == tracker.Voicemail || c.situation == tracker.Conference || len(c.notes) > 0
	c.mailed = r.Mailed
	c.excuses, c.delayed = putOff(r.Thread)
	c.read()
	return c
}

func zoneOf(c tracker.Calendar) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// newText gives what a message newly says: from its reading, else from its content.
func newText(m tracker.Linked, contents map[int64]*mail.Content) string {
	if m.Reading.NewText != "" {
		return m.Reading.NewText
	}
	if c := contents[m.Row]; c != nil && len(c.Text) <= mail.MaxNewText {
		return c.Text
	}
	return ""
}

func mostVoted(votes map[string]int) string {
	best, most := "", 0
	for iso, n := range votes {
		if n > most || n == most && iso < best {
			best, most = iso, n
		}
	}
	return best
}

// read finds the gist: in the newest mail of this silence that the rep wrote by hand and that holds a question, else in
// the one that began the silence.
func (c *conversation) read() {
	for i := len(c.silence) - 1; i >= 0; i-- {
		s := c.silence[i]
		if s.ours {
			continue
		}
		g := c.gistOf(s.text)
		if g.Question != "" || g.Asked != "" || g.AskedOfClaim != "" {
			c.first, c.gist = s, g
			return
		}
	}
	if len(c.silence) > 0 {
		c.first = c.silence[0]
		c.gist = c.gistOf(c.first.text)
	}
}

// gistOf finds the gist of a mail of the rep. Where the text is written in another language than the thread, no sentence of
// the thread may stand in it.
func (c *conversation) gistOf(text string) gist.Gist {
	if c.language != "" && c.language != c.written {
		text = ""
	}
	return gist.Of(gist.Mail{Text: text, Subject: c.subject, Language: c.written, Own: c.ownSubject, Rep: c.oursWithoutSubjects()})
}

func (c *conversation) oursWithoutSubjects() []string {
	var out []string
	for _, s := range c.ours {
		if c.ownSubject || s != c.subject {
			out = append(out, s)
		}
	}
	return out
}

// wrote says whether a mail of the rep was a draft of ours, as it stood or edited.
func (c *conversation) wrote(id mail.MessageID, text string) bool {
	for _, d := range c.placed {
		if id != "" && d.MessageID == id || d.State == tracker.DraftSent && d.Body != "" && strings.HasPrefix(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(d.Body), " ")) {
			return true
		}
	}
	return false
}

// given says when this person was last given an approach, and whether that was in the silence that still lasts.
func (c *conversation) given(approach string) (last time.Time, inThisSilence bool) {
	for _, d := range c.placed {
		// What was taken back before anybody saw it was not given.
		if d.Approach != approach || d.State == tracker.DraftWithdrawn {
			continue
		}
		if d.Created.After(last) {
			last = d.Created
		}
		if d.Created.After(c.since) {
			inThisSilence = true
		}
	}
	return last, inThisSilence
}

// had says whether this person was given an asset: by a draft, or by the rep's own hand.
func (c *conversation) had(a Asset) bool {
	for _, d := range c.placed {
		if d.Asset == a.File || a.URL != "" && strings.Contains(d.Body, a.URL) {
			return true
		}
	}
	for _, text := range c.ours {
		if a.URL != "" && strings.Contains(text, a.URL) || strings.Contains(text, a.Title) {
			return true
		}
	}
	return false
}

// ground is what a draft's claims may stand on.
func (c *conversation) ground() rules.Ground {
	g := rules.Ground{Rep: c.ours, Prospects: c.theirs, Notes: c.notes, Language: c.written, Talked: c.talked}
	for _, p := range append(append([]mail.Person{}, c.prospects...), c.rep) {
		g.Names = append(g.Names, p.Name, strings.NewReplacer(".", " ", "-", " ").Replace(p.Address.Domain()))
	}
	for _, s := range c.silence {
		for _, p := range s.to {
			g.Names = append(g.Names, p.Name)
		}
	}
	for _, d := range c.placed {
		g.Said = append(g.Said, d.Body)
	}
	// A question of the rep may come again inside another sentence, but no whole sentence comes twice.
	g.Said = append(g.Said, c.ours...)
	return g
}

// familiar says whether the rep and the prospects are on familiar terms, where the language tells (du, tu, tú, je).
func (c *conversation) familiar() bool {
	formal, informal := 0, 0
	for _, text := range c.ours {
		for i, s := range prose.Sentences(text) {
			words := strings.FieldsFunc(s.Text, notLetter)
			for j, w := range words {
				// "Sie" at the beginning of a sentence may be "they".
				mayBeThey := j == 0 && i > 0 && c.written == "de"
				switch {
				case formalWords[c.written][w] && !mayBeThey:
					formal++
				case familiarWords[c.written][strings.ToLower(w)]:
					informal++
				}
			}
		}
	}
	return informal > formal
}

func notLetter(r rune) bool { return !isLetter(r) }
