package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

// wire is a raw IMAP connection: it sends lines and looks at as little as it can of what comes back.
type wire struct {
	conn net.Conn
	r    *bufio.Reader
}

// dialLogin connects and logs in.
func dialLogin(ctx context.Context, a imaptest.Account) (*wire, error) {
	conn, err := a.Dial(ctx)
	if err != nil {
		return nil, err
	}
	w := &wire{conn: conn, r: bufio.NewReaderSize(conn, 256<<10)}
	if _, err = w.r.ReadString('\n'); err == nil {
		err = w.command("LOGIN " + a.Username + " " + a.Password)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *wire) close() { _ = w.conn.Close() }

// command sends one and reads to its end, line by line: for answers without literals.
func (w *wire) command(line string) error {
	if _, err := io.WriteString(w.conn, "x "+line+"\r\n"); err != nil {
		return err
	}
	return w.answer(line)
}

func (w *wire) answer(what string) error {
	for {
		got, err := w.r.ReadString('\n')
		if err != nil {
			return err
		}
		if rest, ok := strings.CutPrefix(got, "x "); ok {
			if !strings.HasPrefix(rest, "OK") {
				return fmt.Errorf("%.40s: %s", what, strings.TrimSpace(rest))
			}
			return nil
		}
	}
}

// appendAll lays messages into a folder, many in each command (RFC 3502) and without waiting for leave (RFC 7888).
func (w *wire) appendAll(folder string, all []message) error {
	const together = 500
	for len(all) > 0 {
		some := all[:min(len(all), together)]
		all = all[len(some):]
		out := bufio.NewWriterSize(w.conn, 256<<10)
		fmt.Fprintf(out, "x APPEND %s", folder)
		for _, m := range some {
			fmt.Fprintf(out, " (%s) \"%s\" {%d+}\r\n%s", m.flags, m.at.Format("02-Jan-2006 15:04:05 -0700"), len(m.raw), m.raw)
		}
		out.WriteString("\r\n")
		if err := out.Flush(); err != nil {
			return err
		}
		if err := w.answer("APPEND"); err != nil {
			return err
		}
	}
	return nil
}

// countHeaders asks for what a first reading asks for, in one FETCH, and counts the bytes that come.
func (w *wire) countHeaders(folder string) (int64, error) {
	if err := w.command("EXAMINE " + folder); err != nil {
		return 0, err
	}
	_, err := fmt.Fprintf(w.conn, "f UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (%s)])\r\n",
		strings.Join(mail.HeaderFields, " "))
	if err != nil {
		return 0, err
	}
	var total int64
	buffer := make([]byte, 256<<10)
	tail := []byte("\n") // the end of what came, for the line that ends the answer may come in pieces
	for {
		n, err := w.r.Read(buffer)
		if err != nil {
			return total, err
		}
		total += int64(n)
		tail = append(tail, buffer[max(0, n-256):n]...)
		tail = tail[max(0, len(tail)-256):]
		if bytes.HasSuffix(tail, []byte("\r\n")) && bytes.Contains(tail, []byte("\nf OK ")) {
			return total, nil
		}
	}
}

// idle begins an IDLE; until gives back the line with which the server says what a caller waits for.
func (w *wire) idle() error {
	if _, err := io.WriteString(w.conn, "x IDLE\r\n"); err != nil {
		return err
	}
	return w.until("+ ")
}

func (w *wire) until(part string) error {
	for {
		line, err := w.r.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.Contains(line, part) {
			return nil
		}
	}
}

// done ends the IDLE.
func (w *wire) done() error {
	if _, err := io.WriteString(w.conn, "DONE\r\n"); err != nil {
		return err
	}
	return w.answer("IDLE")
}
