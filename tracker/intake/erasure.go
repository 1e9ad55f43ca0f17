package intake

import (
	"regexp"
	"slices"
	"strings"

	"followupd/mail"
	"followupd/tracker"
)

// Erasure decides, for one Forget, what of each stored row goes and what stays. A store shows it all messages first, then
// bodies, drafts and words.
type Erasure struct {
	tracker.Forgetting
	Gone Forgotten      // everybody who is forgotten, the person with them
	Done tracker.Erased // what was found to be erased so far

	names    []string         // how the person's full name stood in headers, in lower case
	named    []*regexp.Regexp // finds them in texts
	answered map[string]bool  // Message-IDs of what was erased or reduced
}

// Trace is tracker.TraceOf everybody who is forgotten.
func (x *Erasure) Trace(m mail.Message) tracker.Trace { return tracker.TraceOf(m, x.Gone.Has) }

// Message takes in a message with a trace of somebody forgotten and says whether it goes whole; else it is to be reduced.
// kept are the Message-IDs of what is not theirs.
func (x *Erasure) Message(m mail.Message, trace tracker.Trace, kept map[mail.MessageID]bool) (goes bool) {
	x.learnNames(m)
	if m.ID != "" {
		if x.answered == nil {
			x.answered = make(map[string]bool)
		}
		x.answered[string(m.ID)] = true
	}
	if trace == tracker.Theirs || x.idle(m, kept) {
		x.Done.Messages++
		return true
	}
	return false
}

// idle says that a mail of the person's ties to nothing that stays, so that nobody else's standing needs it.
func (x *Erasure) idle(m mail.Message, kept map[mail.MessageID]bool) bool {
	if len(m.From) == 0 || !x.Gone.Has(m.From[0].Address) {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(m.InReplyTo, m.References), func(id mail.MessageID) bool { return id != m.ID && kept[id] })
}

func (x *Erasure) learnNames(m mail.Message) {
	for _, p := range slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc, m.Bcc) {
		name := strings.ToLower(strings.TrimSpace(p.Name))
		if p.Address == x.Who && strings.Contains(name, " ") && len(name) > 4 && !slices.Contains(x.names, name) {
			x.names = append(x.names, name)
			x.named = append(x.named, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(name)))
		}
	}
}

// Header writes a header anew without forgotten people, and gives the identity under which the message is known from then
// on. What was reduced before is written anew once more, for somebody else may be forgotten now, but keeps its identity.
func (x *Erasure) Header(m mail.Message, id Identity, reduced bool) (Identity, []byte) {
	own := m.ID
	if !reduced {
		id, own = x.Gone.blind(id), x.Gone.ownID(own)
		x.Done.Shared++
	} else if own.String() == "" || mail.Address(own).Domain() != tracker.Forgotten.Domain() {
		own = x.Gone.ownID(own)
	}
	return id, tracker.WithoutTrace(m, x.Gone.Has, own)
}

// Verdict gives what stays of the body of a reduced message.
func (x *Erasure) Verdict(seen tracker.Seen, content *mail.Content) *mail.Content {
	if content.Verdict == nil && x.Reduce != nil {
		content = x.Reduce(seen, content)
	}
	return bare(content)
}

// mask takes the person's address and full name out of a text of somebody else's.
func (x *Erasure) mask(text string) string {
	text = tracker.MaskAddresses(text, x.Gone.Has)
	for _, name := range x.named {
		text = name.ReplaceAllLiteralString(text, mail.Erased)
	}
	return text
}

// Body masks the person in the stored body of another's message: in signatures, quotes, delivery reports, invitations.
func (x *Erasure) Body(body []byte) (masked []byte, changed bool, err error) {
	masked, err = mapStrings(body, x.mask)
	if err != nil || string(masked) == string(body) {
		return body, false, err
	}
	x.Done.Shared++
	return masked, true, nil
}

// Draft is what an Erasure needs to know of a draft whose texts are there still.
type Draft struct {
	Thread  tracker.ThreadID
	Answers string
	State   tracker.DraftState
	Texts   string // body, source, reasons, and what the rep made of it
	Source  []byte
}

// Draft says whether the texts of a draft go, its state from then on, and whether not even its thread may be named. The
// entry stays as a mere key: that keeps a draft which still lies in the mailbox from being taken for somebody's.
func (x *Erasure) Draft(d Draft) (goes bool, state tracker.DraftState, alone bool) {
	alone = slices.Contains(x.Alone, d.Thread)
	if !alone && !slices.Contains(x.Shared, d.Thread) && !x.answered[d.Answers] && !x.Gone.Addressed(d.Source) && x.mask(d.Texts) == d.Texts {
		return false, d.State, false
	}
	x.Done.Drafts++
	state = d.State
	switch state {
	case tracker.DraftPlaced, tracker.DraftEdited:
		x.Done.Waiting++
	case tracker.DraftIntent, tracker.DraftUnknown:
		x.Done.Waiting++
		state = tracker.DraftDiscarded // never tried again
	}
	if alone {
		state = tracker.DraftWithdrawn
	}
	return true, state, alone
}

// WordTexts is what a word of the rep's says in words.
type WordTexts struct{ Text, Source string }

// Word says what becomes of a word of the rep's: it goes, it stays, or it stays with other texts.
func (x *Erasure) Word(thread tracker.ThreadID, address mail.Address, texts WordTexts) (goes bool, to WordTexts) {
	switch {
	case x.Gone.Has(address), slices.Contains(x.Alone, thread):
		x.Done.Words++
		return true, WordTexts{}
	case slices.Contains(x.Shared, thread):
		to = WordTexts{}
	default:
		to = WordTexts{x.mask(texts.Text), x.mask(texts.Source)}
	}
	if to != texts {
		x.Done.Words++
	}
	return false, to
}
