// Package quote tells what a person newly wrote from what the mail client put below it: quoted mails, attribution
// lines, forwarded blocks, signatures and footers. It is pure and linear in the length of the text.
package quote

// Parts are the pieces of a mail's text, in order of reading. New is what the person wrote this time, trimmed.
type Parts struct {
	New       string
	Signature string
	Quoted    string // with its attribution line; "" where nothing is quoted
	Header    string // the attribution line or block that introduces Quoted ("On … wrote:", "Von: …"), "" if there is none
}

// Cut splits a text. It never loses bytes that a person may have written between quotes: an inline answer below a
// quoted line is part of New.
func Cut(text string) Parts { panic("not built yet") }
