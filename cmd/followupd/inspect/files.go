package inspect

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// fileMost bounds how much of one message is read from a file, in bytes; the rest is passed over, as on a server.
const fileMost = 1 << 20

// PathError says that a path holds no mail that can be read.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return fmt.Sprintf("read mail from %s: %v", e.Path, e.Err) }
func (e *PathError) Unwrap() error { return e.Err }

// eachMessage reads the messages of a path: a file with one message, an mbox (its first line begins with "From "), a
// Maildir, or a folder of .eml files. name is the path, with #n for the n-th message of an mbox.
func eachMessage(path string, each func(name string, source []byte) error) error {
	info, err := os.Stat(path)
	if err != nil {
		return &PathError{Path: path, Err: err}
	}
	if info.IsDir() {
		return eachInFolder(path, each)
	}
	f, err := os.Open(path)
	if err != nil {
		return &PathError{Path: path, Err: err}
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	start, err := r.Peek(5)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if bytes.Equal(start, []byte("From ")) {
		if strings.EqualFold(filepath.Ext(path), ".eml") { // one message, saved with the line of the mbox it came from
			if _, err := readLine(r); err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("read %s: %w", path, err)
			}
		} else {
			return eachInMbox(path, r, each)
		}
	}
	source, err := io.ReadAll(io.LimitReader(r, fileMost))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return each(path, source)
}

// eachInFolder reads a Maildir (its cur and new), or else the .eml files of a folder, in order of name.
func eachInFolder(path string, each func(string, []byte) error) error {
	var files []string
	for _, pattern := range []string{"cur/*", "new/*"} {
		found, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil {
			return err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		found, err := filepath.Glob(filepath.Join(path, "*.eml"))
		if err != nil {
			return err
		}
		files = found
	}
	if len(files) == 0 {
		return &PathError{Path: path, Err: errors.New("neither a Maildir nor a folder of .eml files")}
	}
	sort.Strings(files)
	for _, f := range files {
		if err := eachMessage(f, each); err != nil {
			return err
		}
	}
	return nil
}

// separates says that a line parts two messages of an mbox: "From ADDRESS DATE", where the date has a time of day. What
// people begin a sentence with has not.
func separates(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("From "))
	return ok && timeOfDay.Match(rest)
}

var timeOfDay = regexp.MustCompile(`\s\d\d?:\d\d`)

// eachInMbox reads an mboxrd file (RFC 4155): messages begin at a "From " line after an empty one, ">From " is unquoted.
func eachInMbox(path string, r *bufio.Reader, each func(string, []byte) error) error {
	var message []byte
	n, empty := 0, true
	flush := func() error {
		if n == 0 {
			return nil
		}
		return each(fmt.Sprintf("%s#%d", path, n), message)
	}
	for {
		line, err := readLine(r)
		if len(line) > 0 {
			if empty && separates(line) || n == 0 {
				if err := flush(); err != nil {
					return err
				}
				n++
				message = nil
			} else if len(message)+len(line) <= fileMost {
				if rest := bytes.TrimLeft(line, ">"); len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From ")) {
					line = line[1:]
				}
				message = append(message, line...)
			}
			empty = len(bytes.TrimRight(line, "\r\n")) == 0
		}
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
}

// readLine reads a line with its end; of an overlong one it keeps the start.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	kept := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		if len(kept) < fileMost {
			kept = append(kept, line...)
		}
	}
	return kept, err
}
