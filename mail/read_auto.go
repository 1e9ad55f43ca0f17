package mail

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// enough is how much evidence makes a mail automatic. The weights are set so that one telling header, or a telling
// subject, or an opening that speaks of an absence together with what goes with it reaches it, and no two of the signs
// that people's mail carries too do.
const enough = 2.95

// evidence is one sign for or against a machine.
type evidence struct {
	weight float64
	why    string
}

// isAutoReply weighs the signs of an automatic reply. Only about one real one in ten carries a standard header
// (measured on 1,271 messages), so that subject and text have to do.
func (s *study) isAutoReply() bool {
	s.search()
	signs := append(s.headerSigns(), s.subjectSigns()...)
	signs = append(signs, s.textSigns()...)
	signs = append(signs, s.contextSigns()...)
	if len(signs) == 0 {
		return false
	}
	sum := 0.0
	for _, e := range signs {
		sum += e.weight
	}
	if sum < enough {
		return false
	}
	sub := s.autoSub()
	if sub == SubOther && !s.related && !s.toldToReply() {
		return false // a machine's mail, but no answer to anything: a notice
	}
	s.r.Kind, s.r.Sub = KindAutoReply, sub
	slices.SortStableFunc(signs, func(a, b evidence) int { return cmp.Compare(b.weight, a.weight) })
	for _, e := range signs {
		if e.weight > 0 {
			s.because(e.why)
		}
	}
	switch sub {
	case SubOutOfOffice:
		s.r.Until = s.until(s.subject + "\n\n" + s.top)
	case SubLeftCompany:
		_, name, address, _ := s.opened().LeftCompany()
		s.successor(name, address)
	}
	return true
}

// toldToReply says that a header or the subject calls the mail a reply.
func (s *study) toldToReply() bool {
	auto := strings.ToLower(s.m.sign("Auto-Submitted"))
	return strings.HasPrefix(auto, "auto-replied") || len(s.sections["subject automatic"]) > 0 || len(s.sections["subject out_of_office"]) > 0 || s.has("X-Autoreply", "X-Autorespond", "X-Apple-Action") ||
		strings.Contains(strings.ToLower(s.m.sign("Precedence")), "auto_reply")
}

func (s *study) has(names ...string) bool {
	for _, name := range names {
		if s.m.has(name) {
			return true
		}
	}
	return false
}

func (s *study) headerSigns() (signs []evidence) {
	add := func(weight float64, why string) { signs = append(signs, evidence{weight, why}) }
	switch auto := strings.ToLower(s.m.sign("Auto-Submitted")); {
	case strings.HasPrefix(auto, "auto-replied"):
		add(4, "Auto-Submitted: auto-replied (RFC 3834)")
	case strings.HasPrefix(auto, "auto-generated"), strings.HasPrefix(auto, "auto-notified"):
		if len(s.m.InReplyTo) > 0 {
			add(3, "sent by a program in answer to a mail (Auto-Submitted: "+clip(auto, 40)+")")
		} else {
			add(1.5, "sent by a program (Auto-Submitted: "+clip(auto, 40)+")")
		}
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Apple-Action", "X-MS-Exchange-Inbox-Rules-Loop"} {
		if s.m.has(name) && !strings.EqualFold(s.m.sign(name), "no") {
			add(4, name+" in the header: programs that answer put it there")
			break
		}
	}
	if strings.Contains(strings.ToLower(s.m.sign("X-POST-MessageClass")), "autoresponder") {
		add(4, "X-POST-MessageClass: Autoresponder")
	}
	list := s.has("List-Id", "List-Post")
	switch p := strings.ToLower(s.m.sign("Precedence")); {
	case strings.HasPrefix(p, "auto"):
		add(4, "Precedence: auto_reply")
	case (p == "bulk" || p == "junk") && !list && !s.m.has("List-Unsubscribe"):
		add(1, "Precedence: "+p)
	}
	if s.emptyReturn() && !s.daemon() {
		add(2, "a return path that only automatic mail uses")
	}
	if suppress := strings.ToLower(s.m.sign("X-Auto-Response-Suppress")); strings.Contains(suppress, "all") || strings.Contains(suppress, "oof") {
		add(0.5, "X-Auto-Response-Suppress: "+suppress)
	}
	if s.robot() {
		add(0.5, "the sender's address takes no mail: "+string(s.sender()))
	}
	return signs
}

func (s *study) subjectSigns() (signs []evidence) {
	weight := 3.0
	if s.reply {
		weight = 1 // an answer to an automatic reply, or our own words
	}
	for _, section := range []struct {
		name  string
		share float64 // of the weight for a phrase inside the subject; at its start all of it
		what  string
	}{
		{"subject automatic", 1, "the subject calls itself an automatic reply"},
		{"subject out_of_office", 0.6, "the subject speaks of an absence"},
		{"subject left_company", 0.6, "the subject speaks of a change of job or address"},
		{"subject challenge", 0.6, "the subject asks to confirm a mail"},
		{"subject acknowledgement", 0.5, "the subject confirms that a mail arrived"},
	} {
		hits := s.sections[section.name]
		if len(hits) == 0 {
			continue
		}
		best := weight * section.share
		for _, h := range hits {
			if h.word == 0 && section.name != "subject acknowledgement" {
				best = weight
			}
		}
		signs = append(signs, evidence{best, fmt.Sprintf("%s: %q", section.what, hits[0].source)})
	}
	return signs
}

func (s *study) textSigns() (signs []evidence) {
	if !s.ok {
		return nil
	}
	add := func(weight float64, why string) { signs = append(signs, evidence{weight, why}) }
	near := func(section string) (hit, bool) {
		if hits := s.inTop[section]; len(hits) > 0 {
			return hits[0], true
		}
		return hit{}, false
	}
	if h, ok := near("text automatic"); ok {
		add(2.5, fmt.Sprintf("it calls itself automatic: %q", s.words(h)))
	}
	away, short := false, len(s.r.NewText) < 700
	if h, ok := near("text away"); ok {
		away = true
		switch {
		case h.word < 25 && short:
			add(2.5, fmt.Sprintf("is short and begins with an absence: %q", s.words(h)))
		case h.word < 40:
			add(2, fmt.Sprintf("begins with an absence: %q", s.words(h)))
		case h.word < 120:
			add(1.2, fmt.Sprintf("speaks of an absence: %q", s.words(h)))
		default:
			add(0.4, fmt.Sprintf("mentions an absence: %q", s.words(h)))
		}
	}
	if h, ok := near("text left_company"); ok {
		switch {
		case h.word < 25 && short:
			add(2.5, fmt.Sprintf("is short and says that the person or address is gone: %q", s.words(h)))
			away = true
		case h.word < 50:
			add(2, fmt.Sprintf("says that the person or address is gone: %q", s.words(h)))
			away = true
		case h.word < 150:
			add(1, fmt.Sprintf("says that the person or address is gone: %q", s.words(h)))
		}
	}
	if away {
		if h, ok := near("text return"); ok {
			add(0.7, fmt.Sprintf("names an end of it: %q", s.words(h)))
		} else if s.numberAfter(s.inTop["text away"]) {
			add(0.5, "a number, as of a date, stands beside it")
		}
		if h, ok := near("text contact"); ok {
			add(0.7, fmt.Sprintf("names another way: %q", s.words(h)))
		}
	}
	if hits := distinct(s.inTop["text acknowledgement"]); len(hits) > 0 {
		add(min(float64(len(hits))*0.8, 3.2), fmt.Sprintf("confirms that a mail arrived: %q", s.words(hits[0])))
	}
	if hits := distinct(s.inTop["text challenge"]); len(hits) > 1 {
		add(min(float64(len(hits))*1.7, 5), fmt.Sprintf("asks to confirm a mail: %q", s.words(hits[0])))
	}
	if len(signs) == 0 {
		return nil
	}
	if number := ticketNumber(s.m.Subject); number != "" && !strings.Contains(s.c.OurSubject, number) {
		add(0.6, fmt.Sprintf("a ticket number stands in the subject: %q", number))
	}
	personal := questions(s.r.NewText) > 0 || s.greetsUs() || len(s.inTop["text person"]) > 0
	if h, ok := near("text away"); ok && h.word < 25 && len(s.r.NewText) < 300 && !personal {
		add(0.5, "it says nothing else")
	} else if hits := distinct(s.inTop["text left_company"]); len(hits) > 0 && hits[0].word < 25 && len(s.r.NewText) < 300 && !personal {
		add(0.5*float64(min(len(hits), 2)), "it says nothing else")
	}
	if hits := distinct(s.inTop["text person"]); len(hits) > 0 {
		add(-min(float64(len(hits))*1.2, 2.4), "")
	}
	if questions(s.r.NewText) > 0 {
		add(-1.2, "")
	}
	if s.greetsUs() {
		add(-1.5, "")
	}
	if len(s.r.NewText) > 2500 {
		add(-1.5, "")
	}
	if s.reply {
		add(-0.2, "")
	}
	if s.r.Quoted {
		add(-0.5, "")
	}
	if len(s.r.Attachments) > 0 {
		add(-0.5, "")
	}
	return signs
}

// numberAfter says that a number stands within ten words of the first hit.
func (s *study) numberAfter(hits []hit) bool {
	if len(hits) == 0 {
		return false
	}
	for _, t := range s.tokens[hits[0].end:min(len(s.tokens), hits[0].end+10)] {
		if t.word != "" && isDigit(t.word[0]) {
			return true
		}
	}
	return false
}

// contextSigns weighs what the mailbox knows: how soon the mail came, and whether it came before.
func (s *study) contextSigns() (signs []evidence) {
	if s.c.AfterOurs > 0 && s.c.AfterOurs <= 2*time.Minute {
		signs = append(signs, evidence{1.2, fmt.Sprintf("it came %d seconds after our mail", int(s.c.AfterOurs.Seconds()))})
	}
	if s.c.SameAsBefore && len(s.r.NewText) > 40 {
		signs = append(signs, evidence{2, "the same text came from this sender before"})
	}
	return signs
}

// autoSub says which kind of automatic reply it is. Who is gone for good is heard before who is away.
func (s *study) autoSub() Sub {
	text := func(section string) int { return len(distinct(s.inTop[section])) }
	subject := func(section string) bool { return len(s.sections[section]) > 0 }
	switch {
	case subject("subject left_company"), s.saysGone():
		return SubLeftCompany
	case s.challenges():
		return SubChallenge
	case subject("subject out_of_office"), text("text away") > 0:
		return SubOutOfOffice
	case subject("subject acknowledgement"), text("text acknowledgement") > 0:
		return SubAcknowledgement
	}
	return SubOther
}

// saysGone says that the text begins with the end of a job or an address, before any absence that will pass.
func (s *study) saysGone() bool {
	gone, away := s.inTop["text left_company"], s.inTop["text away"]
	return len(gone) > 0 && gone[0].word < 80 && (len(away) == 0 || gone[0].word <= away[0].word)
}

// challenges says that the mail asks its reader to prove to be a person.
func (s *study) challenges() bool {
	s.search()
	return len(s.sections["subject challenge"]) > 0 && len(s.inTop["text challenge"]) > 0 || len(distinct(s.inTop["text challenge"])) > 1
}

// ticketNumber finds a number that a help desk puts into subjects: "[#4711]", "[Ticket 4711]", "(Case: 00123)", "##4711##".
func ticketNumber(subject string) string {
	for i := 0; i < len(subject); i++ {
		if !isDigit(subject[i]) {
			continue
		}
		end := i
		for end < len(subject) && (isDigit(subject[end]) || subject[end] == '-') {
			end++
		}
		before := strings.ToLower(strings.TrimRight(subject[:i], " :.-"))
		if end-i >= 3 && (strings.HasSuffix(before, "#") || strings.HasSuffix(before, "ticket") || strings.HasSuffix(before, "case") || strings.HasSuffix(before, "request") ||
			strings.HasSuffix(before, "vorgang") || strings.HasSuffix(before, "ref")) {
			return subject[i:end]
		}
		i = end
	}
	return ""
}

// questions counts the question marks that end a sentence; those in links do not count.
func questions(text string) int {
	n := strings.Count(text, "？")
	for word := range strings.FieldsSeq(text) {
		if len(word) > 1 && strings.HasSuffix(strings.TrimRight(word, `")'!`), "?") && !strings.Contains(word, "://") {
			n++
		}
	}
	return n
}

// greetsUs says that the first line calls the reader by the name that stands in To: automatic replies hardly ever do.
func (s *study) greetsUs() bool {
	first, _, _ := strings.Cut(strings.TrimSpace(s.r.NewText), "\n")
	words := tokensOf(clip(first, 80))
	if len(words) > 6 {
		words = words[:6]
	}
	for _, p := range s.m.To {
		if len(s.c.Me) > 0 && !s.isMe(p.Address) {
			continue
		}
		for _, name := range tokensOf(p.Name) {
			if len(name.word) < 3 {
				continue
			}
			for _, w := range words {
				if w.word == name.word {
					return true
				}
			}
		}
	}
	return false
}

var withoutMarksOrPlus = strings.NewReplacer("-", "", "_", "", ".", "", "+", "")

// robot says that the sender's address says of itself that nobody reads it.
func (s *study) robot() bool {
	local, _, _ := strings.Cut(string(s.sender()), "@")
	local = withoutMarksOrPlus.Replace(local)
	for _, word := range []string{"noreply", "donotreply", "dontreply", "noresponse", "nepasrepondre", "noresponder", "keineantwort", "autoreply", "autoresponder", "autoresponse", "nichtantworten"} {
		if strings.Contains(local, word) {
			return true
		}
	}
	return false
}
