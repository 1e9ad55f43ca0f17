package imapwatch

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestWire_HidesWhatTheLibraryActsOn(t *testing.T) {
	tests := map[string]string{
		"* CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ IDLE\r\n":                       "* CAPABILITY IMAP4rev1 IMAP4rev? LITERAL? IDLE\r\n",
		"* OK [CAPABILITY IMAP4rev1 literal-] ready\r\n* 1 EXISTS\r\n":             "* OK [CAPABILITY IMAP4rev1 literal?] ready\r\n* 1 EXISTS\r\n",
		"T12 OK [CAPABILITY LITERAL- IMAP4REV2] hi LITERAL+\r\n":                   "T12 OK [CAPABILITY LITERAL? IMAP4REV?] hi LITERAL?\r\n",
		"* OK LITERAL+ is spoken here\r\n":                                         "* OK LITERAL+ is spoken here\r\n",
		"* 1 FETCH (BODY[] {20}\r\nTo: IMAP4rev2 users\r\n)\r\nT3 OK LITERAL+\r\n": "* 1 FETCH (BODY[] {20}\r\nTo: IMAP4rev2 users\r\n)\r\nT3 OK LITERAL+\r\n",
	}
	for said, want := range tests {
		if got := hidden(said, len(said)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// hidden lets text through a wire in pieces of a size.
func hidden(text string, size int) string {
	w := &wire{}
	var out []byte
	for b := []byte(text); len(b) > 0; {
		piece := b[:min(size, len(b))]
		b = b[len(piece):]
		w.hide(piece)
		out = append(out, piece...)
	}
	return string(out)
}

func FuzzWire(f *testing.F) {
	f.Add("* CAPABILITY IMAP4rev2 LITERAL+\r\n* OK [CAPABILITY LITERAL-] x\r\n", 3)
	f.Add("T1 OK done\n\n* \x00", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		if size < 1 {
			return
		}
		whole, pieces := hidden(text, len(text)), hidden(text, size)
		if whole != pieces {
			t.Fatalf("in pieces of %d it is %q, at once %q", size, pieces, whole)
		}
		for i := range text {
			if whole[i] != text[i] && (whole[i] != '?' || !strings.ContainsRune("2+-", rune(text[i]))) {
				t.Fatalf("byte %d of %q became %q", i, text, whole[i])
			}
		}
	})
}

func TestWire_CountsCommandsAndNothingElse(t *testing.T) {
	var commands atomic.Int64
	client, server := net.Pipe()
	defer client.Close()
	go func() {
		defer server.Close()
		_, _ = new(bytes.Buffer).ReadFrom(server)
	}()
	w := &wire{Conn: client, commands: &commands}
	for _, p := range []string{"T1 LOGIN a b\r\n", "T2 APPEND Drafts {20}\r\n", "T2 or not T2\r\nT3 x\r\n", "\r\n", "T3 IDLE\r\n", "DONE\r\n", "T4 LOGOUT\r\n"} {
		if _, err := w.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	if n := commands.Load(); n != 4 {
		t.Errorf("%d commands, want 4", n)
	}
}

// Whatever the library makes of a call, in whatever a server lists or leaves out.
func TestWire_LetsNothingOutThatTakesMoreThanOneMessage(t *testing.T) {
	for command, want := range map[string]string{
		"EXPUNGE\r\n": "EXPUNGE", "CLOSE\r\n": "CLOSE", "close\r\n": "CLOSE", "DELETE Drafts\r\n": "DELETE", "RENAME a b\r\n": "RENAME",
		"STORE 1 +FLAGS (\\Deleted)\r\n": "STORE", "MOVE 1 Trash\r\n": "MOVE", "UID REPLACE 1 Drafts {3}\r\n": "UID REPLACE", "\r\n": "",
		"UID EXPUNGE 7\r\n": "spoken", "UID STORE 7 +FLAGS (\\Deleted)\r\n": "spoken", "uid fetch 1:* (UID)\r\n": "spoken", "NOOP\r\n": "spoken",
	} {
		client, server := net.Pipe()
		sent := make(chan int, 1)
		go func() {
			n, _ := server.Read(make([]byte, 100))
			sent <- n
		}()
		w := &wire{Conn: client, commands: new(atomic.Int64)}
		_, err := w.Write([]byte("T1 " + command))
		client.Close()
		server.Close()
		var unspoken *UnspokenError
		if want == "spoken" {
			if n := <-sent; err != nil || n == 0 {
				t.Errorf("%q: %d bytes were sent, %v", command, n, err)
			}
			continue
		}
		if n := <-sent; !errors.As(err, &unspoken) || unspoken.Command != want || n != 0 {
			t.Errorf("%q: %d bytes were sent, %v", command, n, err)
		}
	}
}

func TestFault_29_NewPasswordIsTriedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, m *Mailbox) {
		password := "old"
		m.cfg.Password = func(context.Context) (string, error) { return password, nil }
		logins := 0
		pipes(m, func(_ int, c net.Conn) {
			speak(c, pipeGreeting, func(tag, command string) (string, bool) {
				if strings.HasPrefix(command, "LOGIN") {
					if logins++; !strings.Contains(command, "new") {
						return tag + " NO [AUTHENTICATIONFAILED] no", true
					}
				}
				return ordinary(tag, command)
			})
		})
		for range 10 { // an eager caller
			_, err := m.Abilities(t.Context())
			var login *LoginError
			if !errors.As(err, &login) {
				t.Fatalf("error: %v", err)
			}
			time.Sleep(30 * time.Second)
		}
		if logins != 1 {
			t.Errorf("%d logins with a password that was refused", logins)
		}
		password = "new"
		if _, err := m.Abilities(t.Context()); err != nil {
			t.Errorf("with another password: %v", err)
		}
	})
}
