package tracker

import (
	"time"

	"followupd/mail"
)

// Opinion is what somebody other than the rules made of an answer that the rules call unclear: a language model, if the
// rep has switched it on. It is a fact about the message, asked once. Judge lets it only make the program quieter: a thread
// is left alone until a day, and is the rep's to review after it as before. It never causes a draft.
type Opinion struct {
	Row    int64 // the message's name in the store
	At     time.Time
	Model  string
	Intent mail.Intent // IntentUnclear where the model could not tell either
	Until  time.Time   // the day it was put off to; zero: none
}

// Edit is how the mail that the rep sent differs from the draft it was made of: what the rep's hand did.
type Edit struct {
	Draft string // its key
	At    time.Time
	Kept  float64 // the share of the words of both that stand in both in the same order; 1: as it was
	Diff  string  // the lines taken out and put in, bounded; "" where erased, or nothing changed
}
