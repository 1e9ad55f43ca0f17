package config

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

const (
	// A longer file is not a configuration; go-toml takes time by the square of the keys in a table, here a second at most.
	maxSize     = 256 << 10
	maxMistakes = 50 // shown at once
)

// Load reads a mailbox's file. Its error is Errors, also where the file cannot be read at all. With one the Config says no
// more than where the state lies, as far as that can be read, so that one can look what became of the mailbox.
func Load(path string) (Config, error) {
	data, err := readFile(path)
	if err != nil {
		return Config{}, Errors{err}
	}
	return parse(data, path, os.Getenv)
}

// Parse reads a file's text. name is what errors call it, and relative paths in it are relative to its folder. Its error
// is Errors, with every mistake; the Config is as Load's.
func Parse(r io.Reader, name string) (Config, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return Config{}, Errors{{File: name, Problem: "cannot be read: " + err.Error(), Err: err}}
	}
	return parse(data, name, os.Getenv)
}

func readFile(path string) ([]byte, *FieldError) {
	unreadable := func(err error, problem, hint string) *FieldError {
		return &FieldError{File: path, Problem: problem, Hint: hint, Err: err}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unreadable(err, "no such file", "`followupd init` writes one; name yours with -c")
	case err == nil && info.IsDir():
		return nil, unreadable(nil, "is a folder, not a file", "name the file in it")
	case err == nil && !info.Mode().IsRegular():
		return nil, unreadable(nil, "is no regular file", "name a text file")
	}
	var data []byte
	if err == nil {
		data, err = readBounded(path)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, unreadable(err, "may not be read by this user", "check owner and mode of the file and its folders")
	}
	if err != nil {
		return nil, unreadable(err, "cannot be read: "+err.Error(), "")
	}
	return data, nil
}

// readBounded reads a file as far as parse wants to see it.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

func parse(data []byte, name string, getenv func(string) string) (Config, error) {
	if len(data) > maxSize {
		return Config{}, Errors{{File: name, Problem: "is longer than 256 KiB", Hint: "name the configuration, not another file"}}
	}
	doc, err := readDocument(data)
	if err != nil {
		var f *FieldError
		if !errors.As(err, &f) {
			f = &FieldError{Problem: err.Error(), Err: err}
		}
		f.File = name
		return Config{}, Errors{f}
	}
	cfg, b := bind(doc)
	file, err := filepath.Abs(name)
	if err != nil {
		return Config{}, Errors{{File: name, Problem: err.Error(), Err: err}}
	}
	cfg.File = file
	cfg.given = b.given
	cfg.sum = sha256.Sum256(data)
	cfg = cfg.complete(filepath.Dir(file), getenv)

	found := b.found
	unread := blame(b.found)
	for _, f := range cfg.findings(getenv) {
		if !unread.covers(f.path) {
			found = append(found, f)
		}
	}
	if len(found) > 0 {
		some := Config{File: file, State: cfg.State}
		some.Mailbox.Address, some.Mailbox.Timezone = cfg.Mailbox.Address, cfg.Mailbox.Timezone
		return some, locate(doc, name, found)
	}
	return cfg, nil
}

// bind lays the document over the defaults.
func bind(doc *document) (Config, *binder) {
	cfg := Default()
	cfg.Cadence.Situation = nil // what the file says of everybody decides on followupd's own
	b := &binder{given: map[string]bool{}}
	b.table("", doc.values, reflect.ValueOf(&cfg).Elem())
	if v, ok := doc.values["grade"]; ok {
		cfg.Grades = b.rules("grade", v)
	}
	if cadence, ok := doc.values["cadence"].(map[string]any); ok {
		if v, ok := cadence["grade"]; ok {
			cfg.Cadence.Grade = b.overrides("cadence.grade", v, cfg.Cadence.Pace)
		}
		if v, ok := cadence["situation"]; ok {
			cfg.Cadence.Situation = b.overrides("cadence.situation", v, cfg.Cadence.Pace)
		}
	}
	if slices.Equal(cfg.Cadence.FollowUpAfter, Default().Cadence.FollowUpAfter) { // written out or not, it means the same
		cfg.Cadence = cfg.Cadence.withMeetings()
	}
	return cfg, b
}

// blamed holds the paths whose values could not be read: what stands there in their stead says nothing.
type blamed map[string]bool

func blame(found []finding) blamed {
	b := blamed{}
	for _, f := range found {
		b[f.path] = true
		if strings.HasSuffix(f.path, "]") {
			b[parent(f.path)] = true // a list that lacks elements
		}
	}
	return b
}

// covers says whether the path, or something around it, is blamed.
func (b blamed) covers(path string) bool {
	for ; path != ""; path = parent(path) {
		if b[path] {
			return true
		}
	}
	return false
}

// locate gives findings their places, in the order of the file.
func locate(doc *document, name string, found []finding) Errors {
	at := func(f finding) int {
		if f.atKey {
			return doc.key(f.path)
		}
		return doc.value(f.path)
	}
	slices.SortStableFunc(found, func(a, b finding) int { return cmp.Compare(at(a), at(b)) })
	errs := make(Errors, 0, min(len(found), maxMistakes+1))
	for i, f := range found {
		if i == maxMistakes {
			errs = append(errs, &FieldError{File: name, Problem: fmt.Sprintf("and %d more mistakes", len(found)-i)})
			break
		}
		e := f.fieldError()
		e.File = name
		if offset := at(f); offset >= 0 {
			p := placeAt(doc.data, offset)
			e.Line, e.Column = p.line, p.column
		}
		errs = append(errs, e)
	}
	return errs
}

func (f finding) fieldError() *FieldError {
	key := f.path
	if strings.HasSuffix(key, "]") { // the place says which element
		key = parent(key)
	}
	hint := f.hint
	if f.suggest != nil {
		hint = f.suggest()
	}
	return &FieldError{Key: key, Problem: f.problem, Hint: hint}
}

// Validate checks what a Config says, wherever it comes from, and gives all that is impossible. A Config from Load or
// Parse has passed it.
func (c Config) Validate() []*FieldError {
	var errs []*FieldError
	for _, f := range c.findings(os.Getenv) {
		errs = append(errs, f.fieldError())
	}
	return errs
}

// Complete fills in what follows from the rest, as Parse does: user name, colleagues, ports, state folder, absolute paths
// (relative ones are taken from dir). It is for a Config made in code.
func (c Config) Complete(dir string) Config { return c.complete(dir, os.Getenv) }
