// Package language guesses the language of a mail from its commonest words and its letters.
package language

// Guess gives the ISO 639-1 code of the language that text is written in, "" where it is too short or too mixed to
// tell. sure says that a second language is far behind.
func Guess(text string) (iso string, sure bool) { return "", false }
