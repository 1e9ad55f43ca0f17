package mail

import (
	"fmt"
	"strings"
)

// isBounce judges the notices of servers that send no report (RFC 3464 is of 1996, and many still do not keep it), by who
// sent it, what its subject and text say, and what else a server puts into such mail.
func (s *study) isBounce() bool {
	if failed := s.m.sign("X-Failed-Recipients"); failed != "" && len(s.m.InReplyTo) == 0 {
		s.search()
		for _, p := range people([]byte(failed)) {
			s.r.Failed = appendAddress(s.r.Failed, p.Address)
		}
		s.bounced(fmt.Sprintf("the mail server names who could not be reached: %s", clip(failed, 100)))
		return true
	}
	daemon := s.daemon()
	if !daemon && (s.related && len(s.m.InReplyTo) > 0 || isForward(s.m.Subject)) {
		return false
	}
	s.search()
	subject, text := len(s.sections["subject bounce"]), len(distinct(s.inTop["text bounce"]))
	codes := smtpStatus(s.text)
	switch {
	case daemon && (subject > 0 || text > 0 || codes), s.ok && len(s.m.From) == 0 && subject > 0 && text > 0:
		s.bounced(fmt.Sprintf("sent by a mail server (%s), about a mail that could not be delivered", s.senderName()))
	case s.emptyReturn() && subject > 0 && (text > 0 || codes) && !s.reply:
		s.bounced("the words of a mail server, and a return path that only servers use")
	case subject > 0 && (text > 1 || text > 0 && codes) && !s.reply && (s.m.Content != nil && (s.m.Content.Embedded != "" || codes) || text > 2) && !s.answersOurs():
		s.bounced("the subject and text of a mail server's failure notice")
	case codes && text > 2 && !s.related && s.bounceOpening() && (s.carriesOriginal() || s.robot()):
		s.bounced("the text of a mail server's failure notice")
	case !s.ok && subject > 0 && s.emptyReturn() && !s.reply:
		s.bounced("the subject of a mail server's failure notice")
	default:
		return false
	}
	return true
}

func (s *study) bounced(why string) {
	s.r.Kind, s.r.Sub = KindBounce, s.bounceSubByText()
	if s.r.Failed == nil {
		s.r.Failed = s.failedByText()
	}
	s.r.Original = s.originalByText()
	s.because(why)
	if s.r.Sub == SubDelay {
		s.because("it goes on trying: nothing has failed yet")
	}
}

// answersOurs says that the subject is an answer to ours, so that a word in it is ours.
func (s *study) answersOurs() bool {
	return s.reply && s.c.OurSubject != "" && strings.EqualFold(BaseSubject(s.m.Subject), BaseSubject(s.c.OurSubject))
}

// bounceOpening says that the text begins with the words of a failure notice.
func (s *study) bounceOpening() bool {
	for _, h := range s.inTop["text bounce"] {
		if h.word < 40 {
			return true
		}
	}
	return false
}

// carriesOriginal says that the mail holds another one, as a part or as text.
func (s *study) carriesOriginal() bool {
	return s.ok && (s.m.Content.Embedded != "" || s.originalByText() != "")
}

// daemon says that the sender is a mail server.
func (s *study) daemon() bool {
	for _, list := range [][]Person{s.m.From, s.m.Sender} {
		for _, p := range list {
			if isDaemon(p) {
				return true
			}
		}
	}
	if path := people([]byte(s.m.sign("Return-Path"))); len(path) > 0 && isDaemon(path[0]) {
		return true
	}
	return len(s.m.From) == 0 && s.emptyReturn()
}

// withoutMarks joins the words of an address's local part. It is made once: making it cost a seventh of a first reading.
var withoutMarks = strings.NewReplacer("-", "", "_", "", ".", "")

func isDaemon(p Person) bool {
	local, _, _ := strings.Cut(string(p.Address), "@")
	local = withoutMarks.Replace(local)
	switch local {
	case "mailerdaemon", "postmaster", "postmast", "maildaemon", "mailsystem", "maildelivery", "maildeliverysystem", "maildeliverysubsystem", "mdaemon", "mailer",
		"bounce", "bounces", "microsoftexchange", "mailadmin", "mmdf", "smtpd", "mta", "uucp", "mailgateway", "deliverystatus", "ndr":
		return true
	}
	if strings.HasPrefix(local, "microsoftexchange") || strings.HasPrefix(local, "mailerdaemon") || strings.HasPrefix(local, "postmaster") {
		return true
	}
	name := strings.ToLower(p.Name)
	for _, word := range []string{
		"mail delivery", "mailer-daemon", "mailer daemon", "postmaster", "delivery subsystem", "delivery system", "microsoft outlook", "system administrator",
		"mail system", "internet mail delivery", "mail administrator", "mail daemon", "systemadministrator", "administrateur système", "courrier", "mail deliver",
	} {
		if strings.HasPrefix(name, word) {
			return true
		}
	}
	return false
}

// emptyReturn says that the mail went out with the null reverse-path, as notices have to (RFC 5321 section 4.5.5).
func (s *study) emptyReturn() bool {
	values := s.m.Signs["Return-Path"]
	return len(values) > 0 && strings.Trim(values[0], "<> ") == ""
}

func (s *study) senderName() string {
	if len(s.m.From) > 0 {
		return displayed(s.m.From[0])
	}
	return "no sender"
}

// isForward says that somebody passes a mail on.
func isForward(subject string) bool {
	return cutMark(subject, func(mark string) bool { return forwardMarks[mark] }) != subject
}

// distinct keeps one hit of each phrase.
func distinct(hits []hit) []hit {
	var out []hit
next:
	for _, h := range hits {
		for _, have := range out {
			if have.source == h.source || have.word <= h.word && h.word < have.end {
				continue next
			}
		}
		out = append(out, h)
	}
	return out
}

// smtpStatus says that the text holds a reply code or an enhanced status code (RFC 3463) of a failure: "550 5.1.1".
func smtpStatus(text string) bool {
	text = clip(text, 16<<10)
	for i := 0; i+3 <= len(text); i++ {
		if text[i] != '5' && text[i] != '4' || i > 0 && (isDigit(text[i-1]) || text[i-1] == '.') {
			continue
		}
		rest := text[i:]
		switch {
		case len(rest) >= 5 && rest[1] == '.' && isDigit(rest[2]) && rest[3] == '.' && isDigit(rest[4]):
			return true
		case rest[1] == '5' && isDigit(rest[2]) && (len(rest) == 3 || rest[3] == ' ' || rest[3] == '-') && (len(rest) < 5 || !isDigit(rest[4])):
			return true
		case rest[1] == '2' && rest[2] == '1' && len(rest) > 3 && rest[3] == ' ':
			return true
		}
	}
	return false
}

// bounceSub reads a status code (RFC 3463) and what the server said beside it.
func bounceSub(status, diagnostic string) Sub {
	found := automatic().find(tokensOf(clip(diagnostic, 1000)))
	said := func(section string) bool {
		for _, h := range found {
			if h.section == section {
				return true
			}
		}
		return false
	}
	class, detail, _ := strings.Cut(strings.TrimSpace(status), ".")
	switch {
	case strings.HasPrefix(detail, "7.") && !said("text hard"):
		return SubPolicy
	case strings.HasPrefix(detail, "1.") && class == "5" && detail != "1.8" && detail != "1.7":
		if said("text policy") && !said("text hard") && detail != "1.1" && detail != "1.10" {
			return SubPolicy
		}
		return SubHard
	case detail == "2.1" && class == "5":
		return SubHard
	case detail == "2.2", detail == "2.3", detail == "3.1", detail == "3.4":
		return SubSoft
	case class == "4":
		return SubSoft
	}
	switch {
	case said("text hard"):
		return SubHard
	case said("text soft"):
		return SubSoft
	case said("text policy"):
		return SubPolicy
	}
	return SubHard
}

// bounceSubByText judges a notice that only people can read.
func (s *study) bounceSubByText() Sub {
	s.search()
	has := func(section string) bool { return len(s.inTop[section]) > 0 }
	subject := strings.ToLower(s.m.Subject)
	switch {
	case (has("text delay") || strings.Contains(subject, "delay") || strings.HasPrefix(subject, "warning")) && !strings.Contains(subject, "fail") && !strings.Contains(subject, "returned"):
		return SubDelay
	case has("text hard"):
		return SubHard
	case has("text soft"):
		return SubSoft
	case has("text policy"):
		return SubPolicy
	}
	return SubHard
}

// failedByText finds the addresses that a notice speaks of: those at the start of a line, as qmail, Exim and Postfix write them, or
// else those in its first lines.
func (s *study) failedByText() []Address {
	var atStart, elsewhere []Address
	lines := 0
	for line := range strings.SplitSeq(clip(s.text, 8<<10), "\n") {
		line = strings.TrimSpace(line)
		if isCopyLine(line) {
			break
		}
		if line == "" {
			continue
		}
		if lines++; lines > 60 || len(atStart) >= maxRecipients {
			break
		}
		if !strings.Contains(line, "@") {
			continue
		}
		for i, field := range strings.Fields(strings.TrimLeft(line, "<*-> ")) {
			a, ok := addrSpec([]byte(strings.Trim(field, "<>()[]:;,.'\"|")))
			if !ok || s.isMe(a) || isDaemon(Person{Address: a}) || s.addressed(a) || !strings.Contains(a.Domain(), ".") {
				continue
			}
			if i == 0 {
				atStart = appendAddress(atStart, a)
			} else if len(elsewhere) < 5 {
				elsewhere = appendAddress(elsewhere, a)
			}
		}
	}
	if atStart != nil {
		return atStart
	}
	return elsewhere
}

// addressed says that the notice itself went to that address: it is ours then, even where Me is not known.
func (s *study) addressed(a Address) bool {
	for _, p := range s.m.To {
		if p.Address == a {
			return true
		}
	}
	return false
}

// isCopyLine says that below this line stands the mail that came back.
func isCopyLine(line string) bool {
	lower := strings.ToLower(line)
	return strings.HasPrefix(lower, "--- below this line") || strings.HasPrefix(lower, "------ this is a copy") || strings.HasPrefix(lower, "--- original message") ||
		strings.HasPrefix(lower, "received: ") || strings.HasPrefix(lower, "return-path: ") || strings.Contains(lower, "headers of the original message")
}

// originalByText finds the Message-ID of the mail that came back in the text of a notice, or the one of the mail in it.
func (s *study) originalByText() MessageID {
	if !s.ok {
		return ""
	}
	if s.m.Content.Embedded != "" {
		return s.m.Content.Embedded
	}
	text := s.text
	const name = "message-id:"
	for {
		i := indexFold(text, name)
		if i < 0 {
			return ""
		}
		text = text[i+len(name):]
		if ids := msgIDs([]byte(strings.ReplaceAll(clip(text, maxID+10), "\n", " "))); len(ids) > 0 && ids[0] != s.m.ID && strings.Contains(clip(text, 40), "<") {
			return ids[0]
		}
	}
}

// indexFold is strings.Index without regard to the case of ASCII letters; sub is in lower case.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i]|0x20 == sub[0] && strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}
