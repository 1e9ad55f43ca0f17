// Package intent says what a person's mail wants, by rules that are plain text: one file a language in the folder
// rules, each line with its own example. It is pure and linear in the length of the text. Where the rules are not
// sure it says so: Unclear.
package intent

import (
	"fmt"
	"strings"
)

// The intents a text can have. The values are those of the contract (inspect --json).
const (
	Answer      = "answer"
	Declined    = "declined"
	OptOut      = "opt_out"
	WrongPerson = "wrong_person"
	NotNow      = "not_now"
	WillReply   = "will_reply"
	Thanks      = "thanks"
	Unclear     = "unclear"
)

// Result is what a text wants, and the phrase that decided.
type Result struct {
	Intent string
	// Until says that a day named in the text ends the wait: it belongs to a not_now or will_reply, so that package
	// dates should be asked for it.
	Until            bool
	SuccessorName    string // whom the writer names instead, "" for nobody
	SuccessorAddress string // lower case, "" where only a name is given
	Why              string // plain words: `"not interested" says no`
}

// says names the kinds in a sentence for people.
var says = map[string]string{
	Answer:      "answers",
	Declined:    "says no",
	OptOut:      "asks for no more mail",
	WrongPerson: "points to somebody else",
	NotNow:      "says not now",
	kindLater:   "asks to be written to later",
	WillReply:   "promises an answer",
	Thanks:      "only thanks",
	kindLeft:    "says that the person has left",
	kindAbsent:  "says that the person is away",
	kindAuto:    "is what automatic replies say",
	kindAsks:    "asks for something",
	kindNoReply: "wants no answer",
	kindClosing: "ends the conversation",
}

func (h hit) why() string { return fmt.Sprintf("%q %s", h.phrase, says[h.rule.kind]) }

// Lengths that tell a bare thanks from an answer, in words.
const (
	shortThanks = 14 // a thanks with no more words than these around it says nothing else
	statement   = 4  // a sentence of so many words that no rule knows tells something: an answer of some kind
)

// Letter is a text with what the rules found in it: it is searched once, whatever is asked of it.
type Letter struct{ findings }

// Open searches the new text of a person's mail: quotes and signature cut off before. language is an ISO 639-1 hint; ""
// tries all languages.
func Open(newText, language string) Letter { return Letter{find(newText, language)} }

// Of judges a text; see Letter.Wants.
func Of(newText, language string) Result { return Open(newText, language).Wants() }

// Wants judges what the mail wants.
//
// The order matters. Who opts out is heard whatever else the mail says; an invitation to come back later outweighs a
// "not interested"; a question outweighs a promise or a "not now", because the rep has to answer it.
func (f Letter) Wants() Result {
	if len(f.sentences) == 0 {
		return Result{Intent: Unclear, Why: "no text"}
	}
	switch {
	case f.has(OptOut):
		return Result{Intent: OptOut, Why: f.first(OptOut).why()}
	case f.has(Declined) && f.has(kindLater):
		return Result{Intent: NotNow, Until: true, Why: f.first(kindLater).why()}
	case f.has(Declined):
		return Result{Intent: Declined, Why: f.first(Declined).why()}
	case f.has(WrongPerson) || f.saysLeft():
		h := f.firstOf(WrongPerson, kindLeft)
		name, address := f.successor()
		return Result{Intent: WrongPerson, SuccessorName: name, SuccessorAddress: address, Why: h.why()}
	}
	question, asked := f.openQuestion()
	switch {
	case f.has(kindLater) || f.has(NotNow):
		if asked {
			return Result{Intent: Answer, Why: fmt.Sprintf("asks %q", question)}
		}
		return Result{Intent: NotNow, Until: true, Why: f.firstOf(kindLater, NotNow).why()}
	case asked:
		return Result{Intent: Answer, Why: fmt.Sprintf("asks %q", question)}
	case f.has(WillReply):
		return Result{Intent: WillReply, Until: true, Why: f.first(WillReply).why()}
	case f.has(Answer):
		return Result{Intent: Answer, Why: f.first(Answer).why()}
	case f.has(Thanks) && f.words() <= shortThanks:
		return Result{Intent: Thanks, Why: f.first(Thanks).why()}
	}
	if told, ok := f.statement(); ok {
		return Result{Intent: Answer, Why: fmt.Sprintf("tells %q", told)}
	}
	return Result{Intent: Unclear, Why: "no rule decided"}
}

// statement gives the first sentence that is long enough to tell something.
func (f findings) statement() (told string, ok bool) {
	for _, s := range f.sentences {
		if s.length() >= statement {
			return shorten(s.raw), true
		}
	}
	return "", false
}

// LeftCompany tells whether a text says that the person has left, and whom it names instead.
func (f Letter) LeftCompany() (left bool, successorName, successorAddress, why string) {
	if !f.saysLeft() {
		return false, "", "", ""
	}
	successorName, successorAddress = f.successor()
	return true, successorName, successorAddress, f.first(kindLeft).why()
}

// saysLeft tells whether a text says early on, and without a question to the reader, that somebody has left.
func (f findings) saysLeft() bool {
	if !f.has(kindLeft) || f.first(kindLeft).sentence >= absenceWithin || f.words() > absenceWords {
		return false
	}
	_, asked := f.openQuestion()
	return !asked
}

// Bounds within which an absence must be said: automatic replies say it first and say little else.
const (
	absenceWithin = 6   // sentences
	absenceWords  = 150 // words in all, unless the text says itself that it is automatic
)

// Absence tells whether a text says that its writer is away, as automatic replies do. It is for text without telling
// headers: a question to the rep, or a long letter, is a person's.
func (f Letter) Absence() (absent bool, why string) {
	if !f.has(kindAbsent) || f.first(kindAbsent).sentence >= absenceWithin {
		return false, ""
	}
	if _, asked := f.openQuestion(); asked {
		return false, ""
	}
	if !f.has(kindAuto) && (f.words() > 40 || f.has(Answer) && f.words() > 20) || f.words() > absenceWords*3 {
		return false, ""
	}
	return true, f.first(kindAbsent).why()
}

// Asks tells whether a mail that the rep wrote wants an answer. In doubt it does: a first mail hardly ever is an end.
func (f Letter) Asks() (asks bool, why string) {
	if len(f.sentences) == 0 {
		return false, "no text"
	}
	if f.has(kindNoReply) {
		return false, f.first(kindNoReply).why()
	}
	for _, s := range f.sentences {
		if s.question {
			return true, fmt.Sprintf("asks %q", shorten(s.raw))
		}
	}
	if f.has(kindAsks) {
		return true, f.first(kindAsks).why()
	}
	if f.has(kindClosing) && f.words() <= 40 {
		return false, f.first(kindClosing).why()
	}
	return true, "nothing says that no answer is wanted"
}

// openQuestion gives the first question that no rule explains ("could you ask me again in March?" is one that is).
func (f findings) openQuestion() (question string, ok bool) {
	for i, s := range f.sentences {
		if s.question && !f.explained(i) {
			return shorten(s.raw), true
		}
	}
	return "", false
}

func (f findings) explained(sentence int) bool {
	for _, kind := range []string{kindLater, NotNow, WillReply, kindAuto, kindAbsent} {
		for _, h := range f.byKind[kind] {
			if h.sentence == sentence {
				return true
			}
		}
	}
	return false
}

func (f findings) firstOf(kinds ...string) hit {
	for _, kind := range kinds {
		if f.has(kind) {
			return f.first(kind)
		}
	}
	return hit{}
}

// words counts the words of a text; two signs of an unspaced script count as one.
func (f findings) words() int {
	n := 0
	for _, s := range f.sentences {
		n += s.length()
	}
	return n
}

func (s sentence) length() int {
	if hasUnspacedScript(s.raw) {
		return len([]rune(s.raw)) / 2
	}
	return len(s.words)
}

// maxShown is how much of a sentence a reason quotes, in bytes.
const maxShown = 80

func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	cut := strings.LastIndexByte(s[:maxShown], ' ')
	if cut < maxShown/2 {
		cut = maxShown
	}
	return strings.ToValidUTF8(s[:cut], "") + " …"
}
