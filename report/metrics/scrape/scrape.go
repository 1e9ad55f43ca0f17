// Package scrape reads the text exposition format of Prometheus 0.0.4, as strictly as Prometheus and more: for tests.
package scrape

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Metrics is what was scraped.
type Metrics struct {
	values map[string]float64 // by series, its labels in order
	kinds  map[string]string
}

// Value gives the value of a series, which is written with its labels in alphabetical order: name{a="1",b="2"}.
func (m Metrics) Value(series string) (value float64, ok bool) {
	value, ok = m.values[series]
	return value, ok
}

// All gives every series with its value.
func (m Metrics) All() iter.Seq2[string, float64] { return maps.All(m.values) }

// Kinds gives the TYPE of every metric that has one.
func (m Metrics) Kinds() iter.Seq2[string, string] { return maps.All(m.kinds) }

// Kind gives the TYPE of a metric, "" where it has none.
func (m Metrics) Kind(name string) string { return m.kinds[name] }

var (
	head   = regexp.MustCompile(`^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$`)
	sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	label  = regexp.MustCompile(`^\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)`)
)

// Parse reads a scrape. It is an error where a series comes twice, where what belongs to one metric is not together, where a
// counter has not the name of one, and where a line is not of the format.
func Parse(r io.Reader) (Metrics, error) {
	m := Metrics{values: make(map[string]float64), kinds: make(map[string]string)}
	done := make(map[string]bool) // metrics that were left
	current, helped := "", ""
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		wrong := func(what string) error { return fmt.Errorf("line %d: %s: %s", n, what, line) }
		if h := head.FindStringSubmatch(line); h != nil {
			switch {
			case h[1] == "HELP":
				helped = h[2]
				continue
			case m.kinds[h[2]] != "":
				return m, wrong("a second TYPE")
			case helped != h[2] || h[3] == "":
				return m, wrong("no HELP before it")
			case (h[3] == "counter") != strings.HasSuffix(h[2], "_total"):
				return m, wrong("counters end in _total, and nothing else does")
			}
			m.kinds[h[2]] = h[3]
			continue
		}
		s := sample.FindStringSubmatch(line)
		if s == nil {
			return m, wrong("neither a sample nor HELP or TYPE")
		}
		value, err := strconv.ParseFloat(s[3], 64)
		if err != nil {
			return m, wrong("no number")
		}
		labels, err := parseLabels(s[2])
		if err != nil {
			return m, wrong(err.Error())
		}
		family := s[1]
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			if base, ok := strings.CutSuffix(s[1], part); ok && (m.kinds[base] == "histogram" || m.kinds[base] == "summary") {
				family = base
			}
		}
		if family != current {
			if done[family] && m.kinds[family] != "" {
				return m, wrong("this metric began further above")
			}
			done[current], current = true, family
		}
		series := s[1]
		if len(labels) > 0 {
			series += "{" + strings.Join(labels, ",") + "}"
		}
		if _, twice := m.values[series]; twice {
			return m, wrong("this series came before")
		}
		m.values[series] = value
	}
	return m, lines.Err()
}

// parseLabels gives the labels in alphabetical order, each as it stands.
func parseLabels(text string) ([]string, error) {
	var all []string
	for text != "" {
		l := label.FindStringSubmatch(text)
		if l == nil {
			return nil, fmt.Errorf("labels %q", text)
		}
		all = append(all, l[1]+`="`+l[2]+`"`)
		text = text[len(l[0]):]
	}
	slices.Sort(all)
	return all, nil
}
