package mail

import "strings"

// replyMarks and forwardMarks are what mail programs put before the subject of an answer or a forwarded mail, in lower
// case. A mark counts only before a colon, possibly with a number ("Re[2]:", "AW(3):", "Re^2:").
var (
	replyMarks = marks(`re aw antw antwort sv vs vá ref res resp rép rif odp ad atb bls ynt yan σχετ απ отв ответ на השב תשובה رد trả
		回复 回覆 答复 答覆 回信 返信 返 ré r`)
	forwardMarks = marks(`fw fwd wg wtr doorst tr rv enc inoltro vb vl vid videresendt pd fs i:lt ilt yml trs továbbítás пересл הועבר
		转发 轉寄 转寄 転送 i`)
	// automaticMarks are what programs put before the subject of a mail that nobody wrote; the rest is the subject of ours.
	automaticMarks = phraseSet(`automatic reply|auto reply|autoreply|auto-reply|auto|automatic response|out of office|out of the office|ooo|oof|
		out of office autoreply|out of office reply|read|delivered|undeliverable|undelivered|not read|relayed|delivery delayed|failure notice|accepted|declined|tentative|
		automatische antwort|automatische abwesenheitsnotiz|abwesenheitsnotiz|abwesend|abwesenheit|gelesen|übermittelt|unzustellbar|nicht zustellbar|zugesagt|angenommen|abgelehnt|mit vorbehalt|
		réponse automatique|absence du bureau|absent du bureau|lu|non remis|accepté|refusé|provisoire|respuesta automática|fuera de la oficina|fuera de oficina|leído|no se puede entregar|
		aceptado|aceptada|rechazado|rechazada|provisional|resposta automática|ausência temporária|fora do escritório|lida|não entregue|aceito|aceite|recusado|recusada|
		risposta automatica|fuori sede|fuori ufficio|letto|non recapitabile|accettato|accettata|rifiutato|rifiutata|automatisch antwoord|afwezig|afwezigheidsbericht|gelezen|onbestelbaar|
		geaccepteerd|geweigerd|voorlopig|autosvar|automatiskt svar|frånvaro|frånvarande|läst|olevererbart|accepterat|accepterad|avböjd|avböjt|preliminärt|automatisk svar|fravær|fraværende|
		lest|læst|kan ikke leveres|godtatt|avslått|accepteret|afvist|automaattinen vastaus|poissa|poissaoloviesti|luettu|hyväksytty|hylätty|autom. odpowiedź|automatyczna odpowiedź|
		odpowiedź automatyczna|przeczytano|zaakceptowano|odrzucono|automatická odpověď|mimo kancelář|přečteno|přijato|odmítnuto|自動返信|自動応答|開封済み|承諾|辞退|自动回复|自動回覆|自动答复|已读|接受|拒绝`)
)

func marks(list string) map[string]bool {
	set := make(map[string]bool)
	for mark := range strings.FieldsSeq(list) {
		set[mark] = true
	}
	return set
}

func phraseSet(list string) map[string]bool {
	set := make(map[string]bool)
	for phrase := range strings.SplitSeq(list, "|") {
		set[strings.TrimSpace(phrase)] = true
	}
	return set
}

// BaseSubject strips what is put before a subject on its way: reply and forward marks ("Re:", "AW:", "SV:", "Antw:",
// "RE[2]:", "回复：", also without a space behind), marks of automatic mail ("Automatic reply:"), list and ticket tags in
// square brackets ("[External]"), the wrapper "[Fwd: …]" and a trailing "(fwd)" (RFC 5256 section 2.1), and normalises
// white space. Compare the result with strings.EqualFold. A subject that is nothing but marks gives "".
func BaseSubject(subject string) string {
	s := strings.Join(strings.Fields(clip(subject, maxValue)), " ")
	for {
		before := s
		if n := len(s) - len("(fwd)"); n >= 0 && strings.EqualFold(s[n:], "(fwd)") {
			s = strings.TrimSpace(s[:n])
		}
		s = cutMark(s, func(mark string) bool { return replyMarks[mark] || forwardMarks[mark] || automaticMarks[mark] })
		s = cutTag(s)
		if s == before {
			return s
		}
	}
}

// maxSubject bounds the subject of a draft, in bytes: nobody writes a longer one, and no reader shows it.
const maxSubject = 900

// replySubject gives the subject of an answer: exactly one "Re: ". Forward marks and tags stay, as they are part of
// what the other side sees.
func replySubject(subject string) string {
	s := strings.TrimSpace(clip(oneLine(subject), maxSubject))
	for {
		cut := cutMark(s, func(mark string) bool { return replyMarks[mark] })
		if cut == s {
			return strings.TrimSpace("Re: " + s)
		}
		s = cut
	}
}

// isReplySubject says that the subject begins with a reply mark.
func isReplySubject(subject string) bool {
	s := strings.TrimSpace(subject)
	return cutMark(cutTag(s), func(mark string) bool { return replyMarks[mark] }) != cutTag(s)
}

// SaysReply says that a subject calls its mail an answer: it begins with a reply mark, behind a list's tag or before it, or
// it is a new subject that names the old one ("Rates (was: Lanes)", "Rates (Re: Lanes)").
func SaysReply(subject string) bool {
	s := strings.Join(strings.Fields(clip(subject, maxValue)), " ")
	if isReplySubject(s) {
		return true
	}
	_, old, found := strings.Cut(strings.ToLower(s), " (")
	return found && (strings.HasPrefix(old, "was") && len(old) > 3 && (old[3] == ' ' || old[3] == ':') || strings.HasPrefix(old, "re:") || strings.HasPrefix(old, "aw:")) ||
		strings.Contains(strings.ToLower(s), " was re: ")
}

// cutMark strips one mark that wanted knows. A mark of a single letter ("R:", "I:" in Italian) has to be a capital.
func cutMark(s string, wanted func(string) bool) string {
	const longest = 60 // bytes that a mark may have
	end, width := -1, 1
	for i, r := range s {
		if i > longest {
			return s
		}
		if r == ':' || r == '：' || r == '﹕' {
			end, width = i, len(string(r))
			break
		}
	}
	if end <= 0 {
		return s
	}
	mark := strings.TrimSpace(s[:end])
	if i := strings.IndexAny(mark, "[(^*"); i > 0 { // a count: "Re[2]", "Re(3)", "Re^2"
		if strings.Trim(mark[i:], "[]()^*0123456789 ") == "" {
			mark = strings.TrimSpace(mark[:i])
		}
	}
	if len(mark) == 1 && mark[0] >= 'a' {
		return s
	}
	if !wanted(strings.ToLower(mark)) {
		return s
	}
	return strings.TrimSpace(s[end+width:])
}

// cutTag strips a leading tag in square brackets where something follows it, and the wrapper "[Fwd: subject]".
func cutTag(s string) string {
	if !strings.HasPrefix(s, "[") {
		return s
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return s
	}
	if rest := strings.TrimSpace(s[end+1:]); rest != "" {
		return rest
	}
	inner := strings.TrimSpace(s[1:end])
	if cut := cutMark(inner, func(mark string) bool { return replyMarks[mark] || forwardMarks[mark] }); cut != inner {
		return cut
	}
	return s
}
