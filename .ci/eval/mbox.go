package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"followupd/cmd/followupd/inspect"
	"followupd/mail"
)

func itoa(n int) string { return strconv.Itoa(n) }

// errLeftOut says that something the measure needs is not there; the reason is its text.
var errLeftOut = errors.New("left out")

// readMbox gives the messages of an mbox packed with xz.
func readMbox(path string) ([]source, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %w", errLeftOut, err)
	}
	unpack, err := exec.LookPath("xz")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLeftOut, err)
	}
	data, err := exec.Command(unpack, "-dc", path).Output()
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", path, err)
	}
	var all []source
	for _, part := range bytes.Split(append([]byte("\n\n"), data...), []byte("\n\nFrom "))[1:] {
		_, s, _ := bytes.Cut(part, []byte("\n"))
		all = append(all, append(s, "\n\n"...))
	}
	return all, nil
}

// writeMbox writes messages as inspect reads them.
func writeMbox(path string, all []source) error {
	var b bytes.Buffer
	for _, s := range all {
		b.WriteString("From eval@corpus.example Thu Jan  1 00:00:00 1970\n")
		b.Write(bytes.ReplaceAll(s, []byte("\nFrom "), []byte("\n>From ")))
		b.WriteString("\n")
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// inspected gives what the program says of messages, in their order.
func inspected(dir string, all []source, me ...mail.Address) ([]inspect.Message, error) {
	path := filepath.Join(dir, "box.mbox")
	if err := writeMbox(path, all); err != nil {
		return nil, err
	}
	found, err := inspect.Files([]string{path}, me)
	if err != nil {
		return nil, err
	}
	if len(found) != len(all) {
		return nil, fmt.Errorf("inspect %s: %d messages of %d", path, len(found), len(all))
	}
	return found, nil
}

func threadsOf(found []inspect.Message) groups {
	g := make(groups, len(found))
	for i, m := range found {
		g[i] = string(m.Thread)
	}
	return g
}
