package mail

import (
	"fmt"
	"strconv"
	"strings"

	"followupd/mail/intent"
)

// Read says what a message is. Without Content it judges from the header alone and says so in Reasons.
//
// The order of the questions decides, because some signs stand on several kinds of mail: first what is machine-readable
// (delivery report, invitation, receipt), then the bounces of old servers by their words, then a wish to be left alone, which
// even a mail marked as automatic may carry, then automatic replies, then mail to many and notices of systems. What is
// left is a person's.
func Read(m Message, c Context) Reading {
	if m.Content != nil && m.Content.Verdict != nil {
		return m.Content.Verdict.reading()
	}
	s := newStudy(m, c)
	if c.Outbound {
		s.r.Kind = KindHuman
		s.r.Asks, s.r.Reasons = s.asks()
		return s.r
	}
	for _, judge := range []func(*study) bool{
		(*study).isReport,
		(*study).isCalendar,
		(*study).isReceipt,
		(*study).isBounce,
		(*study).isOptOut,
		(*study).isAutoReply,
		(*study).isBulk,
		(*study).isSystem,
	} {
		if judge(s) {
			break
		}
	}
	if s.r.Kind == "" {
		s.human()
	}
	if !s.ok {
		s.because("judged from the header alone: the text has not been read")
	} else if cut := m.Content.Cut; cut != "" {
		s.unread(cut)
		s.because(cutReason(cut))
	}
	return s.r
}

// unread takes a mail that no honest program makes (nested too deep, of too many parts, with too large a header) for an
// answer that nobody has read, whatever it says of itself: an automatic reply or a mailing would let the chase go on.
// What ends the chase for good stays what it is. That a mail is long proves nothing: its start was read.
func (s *study) unread(cut string) {
	switch cut {
	case "depth", "parts", "header":
	default:
		return
	}
	switch s.r.Kind {
	case KindBounce:
		if s.r.Sub == SubHard {
			return
		}
	case KindHuman:
		switch s.r.Intent {
		case IntentOptOut, IntentDeclined, IntentWrongPerson:
			return
		}
	}
	s.r = Reading{
		Kind: KindHuman, Intent: IntentUnclear, NewText: s.r.NewText, Attachments: s.r.Attachments, Quoted: s.r.Quoted, Language: s.r.Language,
		Reasons: append([]string{"counts as an answer that nobody has read: it is larger or deeper than any that a person's program makes"}, s.r.Reasons...),
	}
}

func (s *study) asks() (bool, []string) {
	if !s.ok {
		return true, []string{"judged from the header alone: the text has not been read"}
	}
	asks, why := s.opened().Asks()
	return asks, []string{why}
}

// human judges what a person wants.
func (s *study) human() {
	s.r.Kind = KindHuman
	if !s.ok {
		s.r.Intent = IntentUnclear
		s.because("nothing in the header says that a machine wrote it")
		return
	}
	if s.r.NewText == "" {
		s.r.Intent = IntentUnclear
		if len(s.r.Attachments) > 0 {
			s.r.Intent = IntentAnswer
			s.because("a person sent a file without words")
			return
		}
		s.because("a person's mail without new text")
		return
	}
	s.wants(s.intent())
	s.because("nothing says that a machine wrote it")
}

// opened searches the new text once, for all questions about it.
func (s *study) opened() intent.Letter {
	if s.letter == nil {
		letter := intent.Open(s.r.NewText, s.r.Language)
		s.letter = &letter
	}
	return *s.letter
}

// intent asks once what the new text wants.
func (s *study) intent() intent.Result {
	if s.wanted == nil {
		found := s.opened().Wants()
		s.wanted = &found
	}
	return *s.wanted
}

// wants takes over what the text was found to want.
func (s *study) wants(found intent.Result) {
	s.r.Intent = Intent(found.Intent)
	s.because(found.Why)
	if found.Until {
		s.r.Until = s.until(s.r.NewText)
	}
	if s.r.Intent == IntentWrongPerson {
		s.successor(found.SuccessorName, found.SuccessorAddress)
	}
	s.r.Asks, _ = s.opened().Asks()
}

// successor notes whom the writer names instead of themselves.
func (s *study) successor(name, address string) {
	a := Address(address)
	if name == "" && a == "" || a != "" && (a == s.sender() || s.isMe(a)) {
		return
	}
	s.r.Successor = &Person{Name: name, Address: a}
	s.because(fmt.Sprintf("names %s instead", displayed(*s.r.Successor)))
}

func displayed(p Person) string {
	switch {
	case p.Name == "":
		return string(p.Address)
	case p.Address == "":
		return p.Name
	}
	return p.Name + " <" + string(p.Address) + ">"
}

// isOptOut finds a wish to be left alone, before any sign of a machine is weighed: Apple Mail's unsubscribe mails carry
// Auto-Submitted.
func (s *study) isOptOut() bool {
	if !s.ok || s.r.NewText == "" || len(s.r.NewText) > 600 {
		return false
	}
	found := s.intent()
	if found.Intent != intent.OptOut {
		return false
	}
	if s.looksBulk() {
		return false // a newsletter tells how to leave it
	}
	s.r.Kind = KindHuman
	s.wants(found)
	return true
}

func cutReason(cut string) string {
	switch cut {
	case "depth":
		return fmt.Sprintf("read only in part: parts nested deeper than %d", MaxDepth)
	case "parts":
		return fmt.Sprintf("read only in part: more than %d parts", MaxParts)
	case "header":
		return fmt.Sprintf("read only in part: a header over %d KiB", MaxHeader>>10)
	}
	return fmt.Sprintf("read only in part: it is longer than %d KiB, or its text than %d KiB", MaxBody>>10, MaxText>>10)
}

// quoted puts words of a mail into a reason, on one line.
func quoted(words string) string {
	return strconv.Quote(strings.Join(strings.Fields(clip(words, 100)), " "))
}
