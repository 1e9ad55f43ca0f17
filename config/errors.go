package config

import (
	"fmt"
	"strings"
)

// FieldError is one mistake in a file, or a file that cannot be read at all, or a secret that cannot be had.
type FieldError struct {
	File         string // as the caller named it; "" for a config made in code
	Line, Column int    // 1-based, column in characters; 0: the mistake has no place, such as a key that is missing
	Key          string // dotted, "" where no key is to blame
	Problem      string // what is wrong
	Hint         string // what would be right
	Err          error  // the cause, where another error was it
}

// Error gives one line: `followupd.toml:12:3: cadence.follow_up_after: "3 days" is no window; write "3bd", …`.
func (e *FieldError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap gives the cause, so that errors.Is(err, fs.ErrNotExist) works.
func (e *FieldError) Unwrap() error { return e.Err }

// Errors are all mistakes of a file, in the order of their places; those without a place come first. It is what Parse and
// Load return.
type Errors []*FieldError

// Error gives a line for each mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives them one by one.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}

// mistake is a value that cannot be read, before it is known where it stands.
type mistake struct{ problem, hint string }

func (m mistake) Error() string { return m.problem + "; " + m.hint }
