package mail

import "strings"

// isCalendar judges invitations and the answers to them (RFC 5546).
func (s *study) isCalendar() bool {
	if !s.ok {
		kind, params := mediaType([]byte(s.m.sign("Content-Type")))
		if kind != "text/calendar" || params["method"] == "" {
			return false
		}
		s.calendarKind(&Calendar{Method: strings.ToUpper(params["method"])})
		return true
	}
	if c := s.m.Content.Calendar; c != nil {
		s.calendarKind(c)
		return true
	}
	// Exchange sends answers without words as mail with nothing but a subject where the calendar part was dropped.
	if s.text == "" && s.related {
		if sub := answerBySubject(s.m.Subject); sub != "" {
			s.r.Kind, s.r.Sub = KindCalendar, sub
			s.because("an answer to an invitation, by its subject: there is no text")
			return true
		}
	}
	return false
}

func (s *study) calendarKind(c *Calendar) {
	s.r.Kind = KindCalendar
	switch c.Method {
	case "REPLY":
		switch c.PartStat {
		case "ACCEPTED":
			s.r.Sub = SubAccepted
		case "DECLINED":
			s.r.Sub = SubDeclined
		case "TENTATIVE":
			s.r.Sub = SubTentative
		default:
			s.r.Sub = answerBySubject(s.m.Subject)
		}
	case "COUNTER":
		s.r.Sub = SubTentative
	case "CANCEL":
		s.r.Sub = SubCancelled
	default:
		s.r.Sub = SubRequest
	}
	if s.r.Sub == SubAccepted || s.r.Sub == SubTentative {
		s.r.Until = c.End
		if c.End.IsZero() {
			s.r.Until = c.Start
		}
	}
	switch s.r.Sub {
	case SubRequest:
		s.because("an invitation to a meeting (METHOD:" + c.Method + ")")
	case SubCancelled:
		s.because("a meeting was called off (METHOD:CANCEL)")
	default:
		s.because("an answer to an invitation: " + orWord(string(s.r.Sub), "unclear") + " (METHOD:" + c.Method + ")")
	}
}

// answerBySubject reads the mark that calendars put before the subject of an answer.
func answerBySubject(subject string) Sub {
	mark, _, ok := strings.Cut(strings.ToLower(subject), ":")
	if !ok {
		return ""
	}
	switch strings.TrimSpace(mark) {
	case "accepted", "zugesagt", "angenommen", "accepté", "aceptado", "aceptada", "aceito", "aceite", "accettato", "accettata", "geaccepteerd", "accepterat", "accepterad",
		"godtatt", "accepteret", "hyväksytty", "zaakceptowano", "přijato", "承諾", "接受", "已接受":
		return SubAccepted
	case "declined", "abgelehnt", "refusé", "rechazado", "rechazada", "recusado", "recusada", "rifiutato", "rifiutata", "geweigerd", "avböjt", "avböjd", "avslått", "afvist",
		"hylätty", "odrzucono", "odmítnuto", "辞退", "拒绝", "已拒绝":
		return SubDeclined
	case "tentative", "tentatively accepted", "mit vorbehalt", "provisoire", "provisional", "provisorisch", "con riserva", "voorlopig", "preliminärt", "foreløpig", "alustava", "仮承諾", "暂定":
		return SubTentative
	}
	return ""
}
