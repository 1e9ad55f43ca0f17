package mail

import (
	"strings"
	"time"

	"followupd/mail/intent"
	"followupd/mail/language"
	"followupd/mail/quote"
)

// maxStudied bounds how much of a text the rules look at, in bytes; what a machine has to say stands at the start.
const maxStudied = 6 << 10

// study is a message prepared for judging: its text cut, its words found.
type study struct {
	m  Message
	c  Context
	r  Reading
	ok bool // the content was read

	text     string // all readable text
	top      string // new text and what stands below it as signature: all that the sender's side wrote
	subject  string // without list tags and without our own subject in it
	sections map[string][]hit
	inTop    map[string][]hit
	tokens   []token        // of top
	reply    bool           // the subject begins with a reply mark
	letter   *intent.Letter // see opened
	wanted   *intent.Result // see intent
	related  bool           // it answers something: In-Reply-To, References or a reply mark
}

func newStudy(m Message, c Context) *study {
	s := &study{m: m, c: c}
	if m.Content != nil {
		s.ok = true
		s.text = m.Content.Text
		s.r.Attachments = m.Content.Attachments
	}
	parts := quote.Cut(s.text)
	s.r.NewText = clip(parts.New, MaxNewText)
	s.r.Quoted = strings.TrimSpace(parts.Quoted) != ""
	s.top = parts.New
	if parts.Signature != "" {
		s.top += "\n\n" + parts.Signature
	}
	s.r.Language, _ = language.Guess(s.r.NewText)
	s.reply = isReplySubject(m.Subject)
	s.related = s.reply || len(m.InReplyTo) > 0 || len(m.References) > 0
	return s
}

// search finds the phrases of the rules, once they are needed.
func (s *study) search() {
	if s.sections != nil {
		return
	}
	s.subject = cutTag(s.m.Subject)
	if ours := BaseSubject(s.c.OurSubject); len(ours) > 3 {
		if i := strings.Index(strings.ToLower(s.subject), strings.ToLower(ours)); i >= 0 && i+len(ours) <= len(s.subject) {
			s.subject = s.subject[:i] + s.subject[i+len(ours):]
		}
	}
	s.tokens = tokensOf(clip(s.top, maxStudied))
	s.sections = make(map[string][]hit)
	s.inTop = make(map[string][]hit)
	for _, h := range automatic().find(tokensOf(clip(s.subject, 500))) {
		if strings.HasPrefix(h.section, "subject ") {
			s.sections[h.section] = append(s.sections[h.section], h)
		}
	}
	for _, h := range automatic().find(s.tokens) {
		if strings.HasPrefix(h.section, "text ") {
			s.inTop[h.section] = append(s.inTop[h.section], h)
		}
	}
}

// words gives the words of the text that a phrase was found in, for a reason.
func (s *study) words(h hit) string {
	from, to := s.tokens[h.word].at, len(clip(s.top, maxStudied))
	if h.end < len(s.tokens) {
		to = s.tokens[h.end].at
	}
	return strings.Join(strings.Fields(clip(s.top[from:min(to, len(s.top))], 80)), " ")
}

// base is the time against which dates in the text are read: the sender's Date, unless it is missing or more than two
// days away from the server's time; then the server's.
func (s *study) base() time.Time {
	const trusted = 48 * time.Hour
	d := s.m.Date
	switch {
	case d.IsZero():
		return s.c.Received
	case s.c.Received.IsZero():
		return d
	case d.Sub(s.c.Received).Abs() > trusted:
		return s.c.Received.In(d.Location())
	}
	return d
}

// sender is the address that the message says it comes from.
func (s *study) sender() Address {
	for _, list := range [][]Person{s.m.From, s.m.Sender, s.m.ReplyTo} {
		if len(list) > 0 {
			return list[0].Address
		}
	}
	return ""
}

// isMe says that an address is one of the rep's.
func (s *study) isMe(a Address) bool {
	for _, me := range s.c.Me {
		if strings.EqualFold(string(me), string(a)) {
			return true
		}
	}
	return false
}

func (s *study) because(reasons ...string) { s.r.Reasons = append(s.r.Reasons, reasons...) }
