package imapwatch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
)

var errNoStartTLS = errors.New("the server does not offer STARTTLS")

// Bounds on what is read in the clear.
const (
	maxClearLine  = 8 << 10
	maxClearLines = 64
)

// startTLS brings a plain connection to the point where TLS begins (RFC 9051 section 6.2.1) and gives the greeting
// to be read in TLS. The library's own way runs below no guard, keeps what it was told in the clear, and cannot be
// told apart from a server that withholds the offer; so these three lines are spoken by hand, one byte at a time so that
// nothing sent behind the server's OK is taken along (CVE-2011-0411: it would count as said in TLS).
//
// It refuses a server that does not offer STARTTLS, says NO, or greets with PREAUTH (RFC 9051 section 11.1): the
// session would go on in the clear.
func startTLS(conn net.Conn, commands *atomic.Int64) (greeting []byte, err error) {
	line, err := clearLine(conn)
	if err != nil {
		return nil, fmt.Errorf("read the greeting: %w", err)
	}
	switch status, text := cutWord(strings.TrimPrefix(line, "* ")); strings.ToUpper(status) {
	case "OK":
	case "PREAUTH":
		return nil, errors.New("the server logs in before there is TLS (PREAUTH)")
	default:
		if b := busy("", text, 0); b != nil {
			return nil, b
		}
		return nil, fmt.Errorf("the server refuses to talk: %s", said(line))
	}

	capabilities := ""
	if err := exchange(conn, commands, "a CAPABILITY", func(line string) {
		if words, ok := strings.CutPrefix(strings.ToUpper(line), "* CAPABILITY "); ok {
			capabilities = words
		}
	}); err != nil {
		return nil, fmt.Errorf("ask for capabilities: %w", err)
	}
	offered := false
	for word := range strings.FieldsSeq(capabilities) {
		offered = offered || word == "STARTTLS"
	}
	if !offered {
		return nil, errNoStartTLS
	}
	if err := exchange(conn, commands, "b STARTTLS", func(string) {}); err != nil {
		return nil, fmt.Errorf("starttls: %w", err)
	}
	return []byte("* OK in TLS\r\n"), nil
}

// exchange sends a command whose tag is its first word and reads up to its tagged answer.
func exchange(conn net.Conn, commands *atomic.Int64, command string, untagged func(line string)) error {
	commands.Add(1)
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		return err
	}
	tag, _ := cutWord(command)
	for range maxClearLines {
		line, err := clearLine(conn)
		if err != nil {
			return err
		}
		first, rest := cutWord(line)
		if first != tag {
			untagged(line)
			continue
		}
		if status, _ := cutWord(rest); !strings.EqualFold(status, "OK") {
			return fmt.Errorf("the server says: %s", said(rest))
		}
		return nil
	}
	return errors.New("the server does not come to an answer")
}

// clearLine reads one line and not a byte more.
func clearLine(conn net.Conn) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < maxClearLine {
		if _, err := io.ReadFull(conn, one); err != nil {
			return "", err
		}
		if one[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, one[0])
	}
	return "", errors.New("the server's line has no end")
}

func cutWord(s string) (word, rest string) {
	word, rest, _ = strings.Cut(s, " ")
	return word, rest
}
