package mail

import (
	"fmt"
	"strings"
)

// isBulk judges newsletters and advertising. Marks of lists alone prove nothing: people write through lists, and their mail
// carries List-Id, List-Unsubscribe and Precedence.
func (s *study) isBulk() bool {
	score, why := s.bulk()
	if score < 2.5 {
		return false
	}
	s.r.Kind = KindBulk
	s.because(why...)
	return true
}

func (s *study) looksBulk() bool {
	score, _ := s.bulk()
	return score >= 2.5
}

func (s *study) bulk() (score float64, why []string) {
	s.search()
	add := func(weight float64, reason string) {
		score += weight
		if reason != "" {
			why = append(why, reason)
		}
	}
	if s.m.has("List-Unsubscribe") && !s.m.has("List-Post") {
		add(1.5, "mail to many: it says how to unsubscribe in the header (RFC 2369)")
	}
	if s.m.has("Feedback-ID") {
		add(1, "sent through a service for mass mail (Feedback-ID)")
	}
	if p := strings.ToLower(s.m.sign("Precedence")); p == "bulk" || p == "junk" {
		if s.m.has("List-Post") {
			add(0.2, "")
		} else {
			add(0.8, "Precedence: "+p)
		}
	}
	local, _, _ := strings.Cut(string(s.sender()), "@")
	for _, word := range []string{"news", "newsletter", "marketing", "mailing", "promo", "offers", "deals", "announce", "updates", "webinar"} {
		if strings.HasPrefix(local, word) || strings.HasSuffix(local, word) {
			add(1, "sent from a newsletter's address: "+string(s.sender()))
			break
		}
	}
	if s.robot() {
		add(0.7, "")
	}
	if n := len(s.m.To) + len(s.m.Cc); n >= 30 {
		add(2.5, fmt.Sprintf("sent to %d people at once", n))
	}
	if hits := distinct(s.inBulk()); len(hits) > 0 {
		add(min(float64(len(hits))*0.7, 2.1), fmt.Sprintf("the text speaks to many: %q", hits[0].source))
	}
	if s.related {
		score -= 2
	}
	if s.m.has("List-Post") {
		score -= 1
	}
	return score, why
}

// inBulk finds the phrases of newsletters in all of the text: they stand at its end.
func (s *study) inBulk() []hit {
	hits := s.inTop["text bulk"]
	if len(s.top) > maxStudied {
		tail := strings.ToValidUTF8(s.top[max(maxStudied, len(s.top)-2000):], "")
		for _, h := range automatic().find(tokensOf(tail)) {
			if h.section == "text bulk" {
				h.word += maxStudied // not the same place as a hit further up
				h.end += maxStudied
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// isSystem judges notices of programs: parcels, tickets, invoices.
func (s *study) isSystem() bool {
	auto := strings.ToLower(s.m.sign("Auto-Submitted"))
	switch {
	case strings.HasPrefix(auto, "auto-generated"), strings.HasPrefix(auto, "auto-notified"):
		s.because("a notice that a program sent (Auto-Submitted: " + clip(auto, 40) + ")")
	case strings.HasPrefix(auto, "auto-replied"):
		s.because("sent by a program (Auto-Submitted: auto-replied)")
	case s.related:
		return false
	case s.daemon():
		s.because("sent by a mail server: " + s.senderName())
	case s.robot() && (len(s.inTop["text automatic"]) > 0 || s.m.has("List-Unsubscribe") || s.m.has("X-Auto-Response-Suppress") || s.m.has("Feedback-ID") || s.m.has("Precedence")):
		s.because("a notice from an address that nobody reads: " + string(s.sender()))
	case len(s.inTop["text automatic"]) > 0 && s.ok && !s.reply && questions(s.r.NewText) == 0 && !s.greetsUs():
		s.because(fmt.Sprintf("a notice that calls itself automatic: %q", s.words(s.inTop["text automatic"][0])))
	default:
		return false
	}
	s.r.Kind = KindSystem
	return true
}
