package config

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// place is where something stands in a file: line and column from 1, the column in characters.
type place struct{ line, column int }

// document is a parsed file that knows where everything stands. Paths are dotted keys; elements of a list have their
// index behind them: "cadence.follow_up_after[1]".
type document struct {
	data   []byte
	values map[string]any
	keys   map[string]int // offset of the key, or of the table's header
	vals   map[string]int // offset of the value
}

// value gives the offset of the value at path, else of its key, else of the nearest thing around it; -1 for the file as
// a whole.
func (d *document) value(path string) int {
	for p := path; p != ""; p = parent(p) {
		if at, ok := d.vals[p]; ok {
			return at
		}
		if at, ok := d.keys[p]; ok {
			return at
		}
	}
	return -1
}

// key gives the offset of the key at path, or what value gives for one that is not there.
func (d *document) key(path string) int {
	if at, ok := d.keys[path]; ok {
		return at
	}
	return d.value(path)
}

func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

// readDocument parses TOML. The error is a *FieldError without file: only the first mistake in the syntax can be told,
// since what follows it cannot be read with any certainty.
func readDocument(data []byte) (*document, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // Windows editors put a byte order mark before UTF-8
	if at := invalidUTF8(data); at >= 0 {
		p := placeAt(data, at)
		return nil, &FieldError{Line: p.line, Column: p.column, Problem: fmt.Sprintf("byte 0x%02x is not UTF-8", data[at]), Hint: "save the file as UTF-8"}
	}
	d := &document{data: data, values: map[string]any{}, keys: map[string]int{}, vals: map[string]int{}}
	if err := toml.Unmarshal(data, &d.values); err != nil {
		return nil, syntaxError(err)
	}
	if err := d.locate(); err != nil {
		return nil, syntaxError(err)
	}
	return d, nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

func syntaxError(err error) *FieldError {
	f := &FieldError{Problem: strings.TrimPrefix(err.Error(), "toml: "), Hint: "see https://toml.io for how values are written", Err: err}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		f.Line, f.Column = de.Position()
		f.Key = dotted(de.Key()...)
	}
	return f
}

func placeAt(data []byte, offset int) place {
	before := data[:offset]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return place{
		line:   bytes.Count(before, []byte("\n")) + 1,
		column: utf8.RuneCount(before[lineStart:]) + 1,
	}
}

// locate walks the file a second time, for the places alone. go-toml's decoder gives values without them.
func (d *document) locate() error {
	var p unstable.Parser
	p.Reset(d.data)
	table := ""
	lists := map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		path, at := keyOf(e)
		switch e.Kind {
		case unstable.Table:
			table = inLists(lists, path)
			d.keys[table] = at
		case unstable.ArrayTable:
			path = inLists(lists, path)
			if lists[path] == 0 {
				d.keys[path] = at
			}
			table = fmt.Sprintf("%s[%d]", path, lists[path])
			lists[path]++
			d.keys[table] = at
		case unstable.KeyValue:
			d.locatePair(table, e)
		}
	}
	return p.Error()
}

// inLists turns the header [list.table] into list[last].table, where list is one of the lists of tables seen so far.
func inLists(lists map[string]int, path string) string {
	if len(lists) == 0 {
		return path
	}
	out, rest := "", path
	for rest != "" {
		var part string
		part, rest = cutKey(rest)
		out = join(out, part)
		if n := lists[out]; n > 0 && rest != "" {
			out = fmt.Sprintf("%s[%d]", out, n-1)
		}
	}
	return out
}

func (d *document) locatePair(table string, pair *unstable.Node) {
	key, at := keyOf(pair)
	path := join(table, key)
	d.keys[path] = at
	d.locateValue(path, pair.Value(), at)
}

func (d *document) locateValue(path string, v *unstable.Node, at int) {
	if v.Raw.Length > 0 {
		at = int(v.Raw.Offset)
		d.vals[path] = at
	}
	switch v.Kind {
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			d.locateValue(path+"["+strconv.Itoa(i)+"]", it.Node(), at)
			i++
		}
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				d.locatePair(path, it.Node())
			}
		}
	}
}

// keyOf gives the dotted key of a header or a pair, and where it begins.
func keyOf(e *unstable.Node) (key string, offset int) {
	offset = -1
	var parts []string
	for it := e.Key(); it.Next(); {
		if offset < 0 {
			offset = int(it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return dotted(parts...), max(offset, 0)
}

func join(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

// dotted writes a key as TOML does, with quotes round parts that need them.
func dotted(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = p
		if p == "" || strings.IndexFunc(p, notBare) >= 0 {
			quoted[i] = strconv.Quote(p)
		}
	}
	return strings.Join(quoted, ".")
}

func notBare(r rune) bool {
	return !(r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}

// cutKey splits the first part off a dotted key.
func cutKey(path string) (part, rest string) {
	if strings.HasPrefix(path, `"`) {
		if q, err := strconv.QuotedPrefix(path); err == nil {
			return q, strings.TrimPrefix(path[len(q):], ".")
		}
	}
	part, rest, _ = strings.Cut(path, ".")
	return part, rest
}
