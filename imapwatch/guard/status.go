package guard

import (
	"bytes"
	"strconv"
	"strings"
)

// status is a status response (RFC 9051 section 7.1) after its OK, NO, BAD, BYE or PREAUTH.
type status struct {
	code string // in upper case, "" none
	args string // the code's arguments as go-imap can read them; "" none
	text string
}

func readStatus(said []byte) status {
	said = bytes.TrimLeft(said, " ")
	var st status
	if rest, ok := bytes.CutPrefix(said, []byte("[")); ok {
		inside, after, closed := bytes.Cut(rest, []byte("]"))
		s := &scan{b: inside, maxDepth: 2}
		code := strings.ToUpper(s.atom())
		if closed && code != "" && (len(s.b) == 0 || s.b[0] == ' ') {
			if args, ok := codeArgs(code, s); ok {
				st.code, st.args = code, args
			}
			said = after
		}
	}
	st.text = harmless(said)
	return st
}

// codeArgs reads the arguments of a response code. ok is false where go-imap needs them and they make no sense.
func codeArgs(code string, s *scan) (args string, ok bool) {
	s.spaces()
	switch code {
	case "CAPABILITY":
		return string(bytes.TrimLeft(words(s.b), " ")), true
	case "PERMANENTFLAGS":
		flags, ok := s.flags()
		return string(flags), ok
	case "UIDNEXT", "UIDVALIDITY":
		n, ok := s.number(32)
		return strconv.FormatUint(n, 10), ok
	case "HIGHESTMODSEQ":
		n, ok := s.number(63)
		return strconv.FormatUint(n, 10), ok
	case "APPENDUID":
		validity, ok1 := s.number(32)
		s.spaces()
		uid, ok2 := s.number(32)
		return strconv.FormatUint(validity, 10) + " " + strconv.FormatUint(uid, 10), ok1 && ok2 && len(s.b) == 0
	case "COPYUID":
		validity, ok := s.number(32)
		if !ok {
			return "", false
		}
		args = strconv.FormatUint(validity, 10)
		sets := strings.Fields(string(s.b))
		if len(sets) != 2 {
			return "", false
		}
		for _, set := range sets {
			if ok, err := validSet(set); !ok || err != nil {
				return "", false
			}
			args += " " + set
		}
		return args, true
	}
	return "", true // go-imap reads no other code's
}

// append writes the response from its kind on.
func (st status) append(out []byte, kind string) []byte {
	out = append(out, kind...)
	text := st.text
	if st.code != "" {
		out = append(append(out, " ["...), st.code...)
		if st.args != "" {
			out = append(append(out, ' '), st.args...)
		}
		out = append(out, ']')
	} else if strings.HasPrefix(text, "[") { // go-imap would read it as a code
		text = "(" + text[1:]
	}
	if text != "" {
		out = append(append(out, ' '), text...)
	}
	return append(out, "\r\n"...)
}
