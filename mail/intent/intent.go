// Package intent says what a person's mail wants, by rules that are plain tables: one file a language. It is pure and
// linear in the length of the text. Where the rules are not sure it says so: Unclear.
package intent

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

// Of judges the new text of a person's mail: quotes and signature cut off before. language is an ISO 639-1 hint; ""
// tries all languages.
func Of(newText, language string) Result { return Result{Intent: Unclear, Why: "no rule decided"} }

// LeftCompany tells whether a text says that the person has left, and whom it names instead.
func LeftCompany(text, language string) (left bool, successorName, successorAddress, why string) {
	return false, "", "", ""
}

// Absence tells whether a text says that its writer is away, as automatic replies do.
func Absence(text, language string) (absent bool, why string) { return false, "" }

// Asks tells whether a mail that the rep wrote wants an answer. In doubt it does.
func Asks(outboundNewText, language string) (asks bool, why string) { return true, "in doubt" }
