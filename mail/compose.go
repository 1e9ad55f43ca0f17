package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
	"golang.org/x/net/idna"
)

// maxChain bounds the References of a draft: the first id, which names the conversation, and the last ones (RFC 5537 section 3.4.4
// allows a cut in the middle).
const maxChain = 100

// Reply is a draft to be composed: an answer that continues a thread.
type Reply struct {
	Key        string // becomes the KeyHeader and the left side of the Message-ID
	Seal       string // appended to the key header after a space: see agent; "" for none
	From       Person
	To, Cc     []Person
	Subject    string      // of the message answered; Reply sets exactly one "Re: "
	InReplyTo  MessageID   // the rep's last message
	References []MessageID // the chain of that message, without itself
	Date       time.Time   // written in its own location: the rep's zone
	Text       string      // the new text with signature, "\n" lines
	Quote      string      // the quoted original with its attribution line, each line already prefixed; "" for none
}

// Compose writes the message: text/plain; charset=utf-8; format=flowed (RFC 3676), 7-bit header, CRLF lines,
// no line over 998 octets. It re-reads what it wrote and returns an error where that is not what was asked:
// exactly one From, To, Subject, Date and Message-ID, no Bcc, the recipients as given.
//
// A paragraph stays one line of the text and is folded by quoted-printable only. A reader of format=flowed sees the same
// as with soft breaks at 72 columns, and one that does not know it (Outlook, Gmail) wraps it to its window, where soft
// breaks would leave a ragged comb of lines in what the rep is about to send.
func Compose(r Reply) ([]byte, error) {
	h, err := r.header()
	if err != nil {
		return nil, fmt.Errorf("compose draft %q: %w", r.Key, err)
	}
	body := flowedBody(r.Text, r.Quote)
	encoding := "7bit"
	if !fitsSevenBit(body) {
		encoding = "quoted-printable"
	}
	h.Set("MIME-Version", "1.0")
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8", "format": "flowed"})
	h.Set("Content-Transfer-Encoding", encoding)

	var out bytes.Buffer
	if err := textproto.WriteHeader(&out, h.Header.Header); err != nil {
		return nil, fmt.Errorf("compose draft %q: write the header: %w", r.Key, err)
	}
	if encoding == "7bit" {
		out.WriteString(body)
	} else {
		w := quotedprintable.NewWriter(&out)
		if _, err := w.Write([]byte(body)); err != nil {
			return nil, fmt.Errorf("compose draft %q: encode the text: %w", r.Key, err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("compose draft %q: encode the text: %w", r.Key, err)
		}
	}
	if err := r.verify(out.Bytes()); err != nil {
		return nil, fmt.Errorf("compose draft %q: re-read: %w", r.Key, err)
	}
	return out.Bytes(), nil
}

// header sets the fields by go-message's setters alone, which encode or refuse what could begin another field.
func (r Reply) header() (gomail.Header, error) {
	var h gomail.Header
	switch {
	case !isKey(r.Key):
		return h, errors.New("the key is not of letters, digits, hyphens and dots")
	case r.From.Address.Domain() == "":
		return h, errors.New("no sender")
	case len(r.To) == 0:
		return h, errors.New("no recipient")
	case r.Date.IsZero():
		return h, errors.New("no date")
	}
	from, err := addresses([]Person{r.From})
	if err != nil {
		return h, err
	}
	to, err := addresses(r.To)
	if err != nil {
		return h, err
	}
	cc, err := addresses(r.Cc)
	if err != nil {
		return h, err
	}
	key := r.Key
	if r.Seal != "" {
		key += " " + r.Seal
	}
	if !isPlain([]byte(key)) || len(key) > 500 {
		return h, errors.New("the seal is not a short line of ASCII")
	}
	// go-message writes the field set last first.
	h.Set(KeyHeader, key)
	if chain := r.chain(); len(chain) > 0 {
		h.SetMsgIDList("References", chain)
		h.SetMsgIDList("In-Reply-To", chain[len(chain)-1:])
	}
	h.SetMessageID(string(r.messageID()))
	h.SetDate(r.Date)
	h.Set("Subject", encodeSubject(replySubject(r.Subject)))
	h.SetAddressList("Cc", cc)
	h.SetAddressList("To", to)
	h.SetAddressList("From", from)
	return h, nil
}

// encodeSubject writes a subject in encoded words (RFC 2047) where it needs them. They are short, so that the field can be
// folded between them below 76 characters a line, which go-message's own encoding leaves no room for.
func encodeSubject(subject string) string {
	const piece = 36 // bytes of UTF-8 in a word: 48 of base64, 60 with what stands around it
	if isPlain([]byte(subject)) && !strings.Contains(subject, "=?") && len(subject) < 900 {
		return subject
	}
	var words []string
	for subject != "" {
		end := min(piece, len(subject))
		for end < len(subject) && !utf8.RuneStart(subject[end]) {
			end--
		}
		words = append(words, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(subject[:end]))+"?=")
		subject = subject[end:]
	}
	return strings.Join(words, " ")
}

func (r Reply) messageID() MessageID {
	domain, err := idna.Lookup.ToASCII(r.From.Address.Domain())
	if err != nil {
		domain = r.From.Address.Domain()
	}
	return MessageID(r.Key + "@" + domain)
}

// chain gives the ids for References, oldest first, ending with InReplyTo; without one there is no chain. Ids that a
// strict reader would refuse are left out, but for the last, which an answer cannot do without.
func (r Reply) chain() []string {
	if !isWritableID(r.InReplyTo) {
		return nil
	}
	var chain []string
	for _, id := range r.References {
		if isWritableID(id) && id != r.InReplyTo && !slices.Contains(chain, string(id)) && len(chain) < 10*maxChain {
			chain = append(chain, string(id))
		}
	}
	if len(chain) > maxChain-1 {
		chain = append(chain[:1:1], chain[len(chain)-(maxChain-2):]...)
	}
	return append(chain, string(r.InReplyTo))
}

// isWritableID says that an id can stand in a header: printable ASCII without brackets, short enough for a line.
func isWritableID(id MessageID) bool {
	return id != "" && len(id) <= maxID && isPlain([]byte(id)) && !strings.ContainsAny(string(id), " <>")
}

func isKey(key string) bool {
	for _, c := range []byte(key) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '-' || c == '.') {
			return false
		}
	}
	return key != "" && len(key) <= 100
}

// addresses turns people into what go-message writes: names on one line, domains in ASCII (RFC 5891).
func addresses(list []Person) ([]*gomail.Address, error) {
	var out []*gomail.Address
	for _, p := range list {
		local, _, _ := strings.Cut(string(p.Address), "@")
		domain := p.Address.Domain()
		if i := strings.LastIndexByte(string(p.Address), '@'); i > 0 {
			local = string(p.Address)[:i]
		}
		if local == "" || domain == "" {
			return nil, fmt.Errorf("%q is no address", p.Address)
		}
		if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
			domain = ascii
		}
		address := local + "@" + domain
		if !isPlain([]byte(address)) || strings.ContainsAny(address, " <>,") {
			return nil, fmt.Errorf("%q cannot stand in a header", p.Address)
		}
		out = append(out, &gomail.Address{Name: printable(p.Name), Address: address})
	}
	return out, nil
}

// printable takes out of a name what is not shown: line breaks, control characters, marks that turn the direction of writing.
func printable(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, oneLine(strings.ToValidUTF8(name, ""))))
}

// flowedBody gives the text and the quote as format=flowed lines (RFC 3676 section 4): trailing spaces off, so that no
// line flows that should not; lines space-stuffed where their start would mean something else.
func flowedBody(text, quote string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.Trim(normalLines(text), "\n"), "\n") {
		if line != "-- " {
			line = strings.TrimRight(line, " \t")
		}
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "From ") {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	if quote == "" {
		return b.String()
	}
	b.WriteString("\r\n")
	for line := range strings.SplitSeq(strings.Trim(normalLines(quote), "\n"), "\n") {
		line = strings.TrimRight(line, " \t")
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "From ") {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	return b.String()
}

// normalLines makes every line break "\n" and takes out control characters.
func normalLines(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < ' ' || r == 0x7f:
			return -1
		}
		return r
	}, s)
}

// fitsSevenBit says that the body can go out as it is: ASCII, lines of at most 78 characters (RFC 5322 section 2.1.1), no space at the
// end of a line that a server could strip.
func fitsSevenBit(body string) bool {
	for line := range strings.SplitSeq(body, "\r\n") {
		if len(line) > 78 || strings.HasSuffix(line, " ") && line != "-- " {
			return false
		}
		for i := 0; i < len(line); i++ {
			if line[i] >= 0x7f {
				return false
			}
		}
	}
	return true
}

// verify reads the finished message as a stranger would and compares it with what was asked.
func (r Reply) verify(source []byte) error {
	header, _ := splitHeader(source)
	count := map[string]int{}
	for name := range fields(header) {
		count[strings.ToLower(string(name))]++
	}
	for _, name := range []string{"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "x-draft-key"} {
		if count[name] != 1 {
			return fmt.Errorf("%d fields %s", count[name], name)
		}
	}
	if count["bcc"] > 0 || count["cc"] > 1 || count["references"] > 1 || count["in-reply-to"] > 1 {
		return errors.New("a field that must not be there")
	}
	for line := range bytes.SplitSeq(source, []byte("\r\n")) {
		if len(line) > 998 {
			return errors.New("a line over 998 octets")
		}
		if bytes.ContainsAny(line, "\r\n") {
			return errors.New("a bare line break")
		}
	}
	for _, c := range source {
		if c >= 0x80 {
			return errors.New("an 8-bit byte")
		}
	}
	m := ParseHeader(header)
	switch {
	case !sameAddresses(m.From, []Person{r.From}):
		return errors.New("the sender differs")
	case !sameAddresses(m.To, r.To), !sameAddresses(m.Cc, r.Cc):
		return errors.New("the recipients differ")
	case m.ID != r.messageID():
		return errors.New("the Message-ID differs")
	case m.Subject != replySubject(r.Subject) && strings.Join(strings.Fields(m.Subject), " ") != strings.Join(strings.Fields(replySubject(r.Subject)), " "):
		return errors.New("the subject differs")
	case isWritableID(r.InReplyTo) && (firstID(m.InReplyTo) != r.InReplyTo || len(m.References) == 0 || m.References[len(m.References)-1] != r.InReplyTo):
		return errors.New("the thread differs")
	case !m.Date.Equal(r.Date.Truncate(time.Second)):
		return errors.New("the date differs")
	}
	return nil
}

func sameAddresses(got, want []Person) bool {
	list, err := addresses(want)
	if err != nil || len(got) != len(list) {
		return false
	}
	for i := range list {
		if !strings.EqualFold(string(got[i].Address), list[i].Address) {
			return false
		}
	}
	return true
}
