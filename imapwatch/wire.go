package imapwatch

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
)

// spoken are the commands that may go out. What removes or marks mail does so by UID, one message at a time: never EXPUNGE,
// which takes with it what the rep marked \Deleted, never CLOSE, which does the same unasked, never DELETE or RENAME.
var spoken = map[string]bool{
	"CAPABILITY": true, "ID": true, "NOOP": true, "STARTTLS": true, "LOGIN": true, "AUTHENTICATE": true, "LOGOUT": true, "ENABLE": true,
	"NAMESPACE": true, "LIST": true, "STATUS": true, "CREATE": true, "SUBSCRIBE": true,
	"SELECT": true, "EXAMINE": true, "UNSELECT": true, "IDLE": true, "NOTIFY": true, "APPEND": true,
	"FETCH": true, "UID FETCH": true, "SEARCH": true, "UID SEARCH": true,
	"UID STORE": true, "UID COPY": true, "UID MOVE": true, "UID EXPUNGE": true,
}

// UnspokenError says that the library was about to send a command that followupd never sends. The connection ends before its
// first byte.
type UnspokenError struct{ Command string }

// Error names the command.
func (e *UnspokenError) Error() string { return "followupd does not send " + e.Command }

// wire is the connection as the library sees it. It counts the commands that go out, lets none out that is not spoken, and
// hides three words of every capability list that comes in, because go-imap acts on them by itself:
//
//   - IMAP4rev2: the library then believes in every extension that RFC 9051 folds in, listed or not, and writes folder
//     names in UTF-8. Some servers advertise it and do it wrong (STRATO, some Exchange tenants). Here an extension
//     counts only when it is listed by its own name.
//   - LITERAL+ and LITERAL-: the library then sends a small APPEND in one go. A server that refuses it after the first
//     line would read the draft as commands; and the draft's last line break, the moment it comes to be, would leave
//     before the server said that it wants it.
//
// A word is hidden by changing its last byte, so no length changes and nothing has to be held back.
type wire struct {
	net.Conn
	commands *atomic.Int64 // of a Traffic
	tag      uint64        // of the last command written

	line lineState
	head []byte // what the line began with, while that still matters
	word []byte // the capability being read
}

type lineState int

const (
	lineStart lineState = iota // reading the first words of a line
	lineCaps                   // in a capability list
	lineRest                   // anything else, up to the line's end
)

// hiddenWords are the capabilities that the library does not get to see.
var hiddenWords = [...]string{"IMAP4REV2", "LITERAL+", "LITERAL-"}

// Write passes p on. go-imap tags its commands T1, T2, … and flushes each at its end, so a buffer that begins with the
// next tag begins the next command.
func (w *wire) Write(p []byte) (int, error) {
	if next := w.tag + 1; len(p) > 2 && p[0] == 'T' {
		digits, _, found := bytes.Cut(p[1:min(len(p), 22)], []byte(" "))
		if n, err := strconv.ParseUint(string(digits), 10, 64); found && err == nil && n == next {
			if name := commandIn(p[len("T")+len(digits)+len(" "):]); !spoken[name] {
				return 0, &UnspokenError{name}
			}
			w.tag = n
			w.commands.Add(1)
		}
	}
	return w.Conn.Write(p)
}

// commandIn gives the name of the command that a line behind its tag begins with, in capitals; "UID …" is one name.
func commandIn(line []byte) string {
	const longest = 40
	words := strings.Fields(strings.ToUpper(string(line[:min(len(line), longest)])))
	switch {
	case len(words) == 0:
		return ""
	case words[0] == "UID" && len(words) > 1:
		return "UID " + words[1]
	}
	return words[0]
}

// Read fills p with what the server sent, less the hidden words.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.hide(p[:n])
	return n, err
}

// hide goes over the stream line by line. It does not know literals: a mail that holds a line like a capability list
// is read with "LITERAL?" in it, which hurts nobody.
func (w *wire) hide(p []byte) {
	for len(p) > 0 {
		if w.line == lineRest {
			end := bytes.IndexByte(p, '\n')
			if end < 0 {
				return
			}
			p = p[end+1:]
			w.line, w.head = lineStart, w.head[:0]
			continue
		}
		b := p[0]
		switch {
		case b == '\n':
			w.line, w.head, w.word = lineStart, w.head[:0], w.word[:0]
		case w.line == lineStart:
			w.start(b)
		case b == ' ' || b == ']' || b == '\r':
			w.word = w.word[:0]
		default:
			if w.word = append(w.word, b); len(w.word) > 16 {
				w.word = w.word[:16]
			}
			for _, hidden := range hiddenWords {
				if strings.EqualFold(string(w.word), hidden) {
					p[0] = '?'
				}
			}
		}
		p = p[1:]
	}
}

// start takes one more byte of a line's beginning: "* CAPABILITY …", "* OK [CAPABILITY …", "T3 OK [CAPABILITY …" are
// capability lists, everything else is left alone.
func (w *wire) start(b byte) {
	if len(w.head) == 0 && b != '*' && b != 'T' {
		w.line = lineRest
		return
	}
	if b != ' ' {
		if w.head = append(w.head, b); len(w.head) > 48 {
			w.line = lineRest
		}
		return
	}
	words := bytes.Fields(w.head)
	last := ""
	if len(words) > 0 {
		last = strings.TrimPrefix(string(words[len(words)-1]), "[")
	}
	switch {
	case strings.EqualFold(last, "CAPABILITY"):
		w.line = lineCaps
	case len(words) >= 3:
		w.line = lineRest
	default:
		w.head = append(w.head, b)
	}
}
