package mail

import "time"

// ParseHeader reads the header literal of a message (the fields of HeaderFields, or all of them). Content stays nil.
func ParseHeader(header []byte) Message { panic("not built yet") }

// Parse reads a whole message, or the start of one cut at any byte: header and Content.
func Parse(source []byte) Message { panic("not built yet") }

// Read says what a message is. Without Content it judges from the header alone and says so in Reasons.
func Read(m Message, c Context) Reading { panic("not built yet") }

// BaseSubject strips reply and forward prefixes ("Re:", "AW:", "Fwd:", "SV:", "[Re: …]") in the languages known, and
// normalises white space; compare with strings.EqualFold.
func BaseSubject(subject string) string { panic("not built yet") }

// Reply is a draft to be composed: an answer that continues a thread.
type Reply struct {
	Key        string // becomes the KeyHeader and the left side of the Message-ID
	Seal       string // appended to the key header after a space: see agent; "" for none
	From       Person
	To, Cc     []Person
	Subject    string      // of the message answered; Reply sets exactly one "Re: "
	InReplyTo  MessageID   // the rep's last message
	References []MessageID // the chain of that message, without itself
	Date       time.Time
	Text       string // the new text with signature, "\n" lines
	Quote      string // the quoted original with its attribution line, each line already prefixed; "" for none
}

// Compose writes the message: text/plain; charset=utf-8; format=flowed (RFC 3676), 7-bit header, CRLF lines,
// no line over 998 octets. It re-reads what it wrote and returns an error where that is not what was asked:
// exactly one From, To, Subject, Date and Message-ID, no Bcc, the recipients as given.
func Compose(r Reply) ([]byte, error) { panic("not built yet") }

// Quote gives the original text quoted with "> " below an attribution line, in the way the sample (a sent mail of
// the rep that quotes somebody) does it; without a sample, in the way most clients do, in the language given.
func Quote(original string, from Person, at time.Time, language, sample string) string {
	panic("not built yet")
}
