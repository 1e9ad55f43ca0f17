package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
)

// quietFor is how long a warning that says the same again is only counted.
const quietFor = time.Hour

// repeats is a slog.Handler that says a warning or an error once, and, while it goes on, once an hour with how often it came.
// A server that is away for a night is then a dozen lines, not a thousand.
type repeats struct {
	slog.Handler
	with string // what WithAttrs and WithGroup added, for telling lines apart
	seen *seenLines
}

type seenLines struct {
	mu    sync.Mutex
	lines map[string]*seenLine
}

type seenLine struct {
	first, said time.Time
	count       int // since it was last said
}

// linesKept bounds what is remembered; beyond it everything is forgotten, and said again.
const linesKept = 500

func newRepeats(h slog.Handler) slog.Handler {
	return &repeats{Handler: h, seen: &seenLines{lines: make(map[string]*seenLine)}}
}

// Handle implements slog.Handler.
func (r *repeats) Handle(ctx context.Context, rec slog.Record) error {
	if rec.Level < slog.LevelWarn {
		return r.Handler.Handle(ctx, rec)
	}
	count, since := r.seen.note(r.key(rec), rec.Time)
	switch {
	case count == 0:
		return nil
	case count > 1:
		rec = rec.Clone()
		rec.AddAttrs(slog.Int("repeated", count), slog.Time("since", since))
	}
	return r.Handler.Handle(ctx, rec)
}

// note counts a line. count is 0 where it is not to be said now, else how often it came since it was last said.
func (s *seenLines) note(key string, at time.Time) (count int, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, known := s.lines[key]
	if known && at.Sub(line.said) >= 2*quietFor && line.count == 0 {
		known = false // it had stopped; this is another trouble of the same kind
	}
	if !known {
		if len(s.lines) >= linesKept {
			clear(s.lines)
		}
		s.lines[key] = &seenLine{first: at, said: at}
		return 1, at
	}
	line.count++
	if at.Sub(line.said) < quietFor {
		return 0, line.first
	}
	count = line.count
	line.said, line.count = at, 0
	return count, line.first
}

// key tells a line from others: its message and attributes, without times and numbers, which differ from try to try. That
// the next try is minutes away and no longer seconds is worth a line.
func (r *repeats) key(rec slog.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s", rec.Level, r.with, rec.Message)
	rec.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindTime {
			fmt.Fprintf(&b, " %s=%s", a.Key, distance(a.Value.Time().Sub(rec.Time)))
		} else {
			fmt.Fprintf(&b, " %s=%s", a.Key, a.Value)
		}
		return true
	})
	return strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return '#'
		}
		return c
	}, b.String())
}

// WithAttrs implements slog.Handler.
func (r *repeats) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &repeats{Handler: r.Handler.WithAttrs(attrs), with: fmt.Sprint(r.with, attrs), seen: r.seen}
}

// WithGroup implements slog.Handler.
func (r *repeats) WithGroup(name string) slog.Handler {
	return &repeats{Handler: r.Handler.WithGroup(name), with: r.with + name + ".", seen: r.seen}
}

func distance(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "soon"
	case d < 10*time.Minute:
		return "minutes"
	}
	return "later"
}
