package config

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const wrapAt = 100 // columns of a comment

// needed are the keys that a file cannot do without; the sample shows them set.
func needed(path string) bool {
	return slices.Contains([]string{"mailbox.address", "imap.host", "imap.password_command"}, path)
}

// Sample writes a file with every key: those that a file needs with example values, all others commented out with their
// default, or with an example where the default is empty or follows from other keys. A line "# …" is documentation, a line
// "#key = …" a key.
func Sample(w io.Writer) error {
	_, err := w.Write(sample("followupd: one file like this for each mailbox. Every key has its default but the three that are set here. "+howToChange,
		func(path string, f field, def reflect.Value) (string, bool) { return f.shown(def), needed(path) }))
	return err
}

const howToChange = "To change one, take the # before it away. A changed file takes effect at once; `followupd check` tells what is wrong with it."

// Compose gives the text of a sample file in which the values, by dotted key, are set and everything else is commented
// out. A value is a string, an int, a bool or a []string. An unknown key is an error; whether the file is right, Parse says.
func Compose(values map[string]any) ([]byte, error) {
	used := map[string]bool{}
	text := sample("followupd: one file like this for each mailbox. Written by `followupd init`; every key that is commented out has its default. "+howToChange,
		func(path string, f field, def reflect.Value) (string, bool) {
			v, ok := values[path]
			if !ok {
				return f.shown(def), false
			}
			used[path] = true
			return tomlValue(reflect.ValueOf(v)), true
		})
	for _, path := range slices.Sorted(maps.Keys(values)) {
		if !used[path] {
			return nil, fmt.Errorf("compose a configuration: there is no key %s", path)
		}
	}
	return text, nil
}

// chooser gives what the sample writes for a key, and whether it stands there uncommented.
type chooser func(path string, f field, def reflect.Value) (value string, set bool)

func sample(head string, choose chooser) []byte {
	var b bytes.Buffer
	comment(&b, head)
	for _, f := range fieldsOf(reflect.TypeFor[Config]()) {
		if f.isRules() {
			sampleRule(&b, f)
			continue
		}
		sampleTable(&b, f.key, f.tag.Get("doc"), reflect.ValueOf(Default()).FieldByIndex(f.index), choose)
	}
	return b.Bytes()
}

func sampleTable(b *bytes.Buffer, path, doc string, v reflect.Value, choose chooser) {
	b.WriteByte('\n')
	comment(b, doc)
	fmt.Fprintf(b, "[%s]\n", path)
	var tables []field
	for _, f := range fieldsOf(v.Type()) {
		if f.isTable() || f.isNamed() {
			tables = append(tables, f)
			continue
		}
		comment(b, f.meaning())
		value, set := choose(join(path, f.key), f, v.FieldByIndex(f.index))
		mark := "#"
		if set {
			mark = ""
		}
		fmt.Fprintf(b, "%s%s = %s\n", mark, f.key, value)
	}
	for _, f := range tables {
		at := join(path, f.key)
		if f.isTable() {
			sampleTable(b, at, f.tag.Get("doc"), v.FieldByIndex(f.index), choose)
			continue
		}
		b.WriteByte('\n')
		comment(b, f.tag.Get("doc"))
		fmt.Fprintf(b, "#[%s.%s]\n#follow_up_after = %s\n", at, f.tag.Get("example"), f.tag.Get("pace"))
	}
}

// sampleRule writes a list's first table, commented out as a whole: its keys mean nothing without its header.
func sampleRule(b *bytes.Buffer, f field) {
	b.WriteByte('\n')
	comment(b, f.tag.Get("doc"))
	fmt.Fprintf(b, "#[[%s]]\n", f.key)
	rule := reflect.Zero(f.typ.Elem())
	for _, in := range fieldsOf(f.typ.Elem()) {
		comment(b, in.meaning())
		fmt.Fprintf(b, "#%s = %s\n", in.key, in.shown(rule.FieldByIndex(in.index)))
	}
}

// Reference writes the same as Markdown, for the documentation.
func Reference(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# Configuration\n\nOne TOML file per mailbox. Everything has a default except `mailbox.address`, `imap.host` and a source of the\n" +
		"password. An unknown key, a wrong type or an impossible value is an error that names file, line, key and what\n" +
		"would be right. Relative paths are relative to the file; `~/` is the home folder.\n")
	for _, f := range fieldsOf(reflect.TypeFor[Config]()) {
		if f.isRules() {
			referenceRule(&b, f)
			continue
		}
		referenceTable(&b, f.key, f.tag.Get("doc"), reflect.ValueOf(Default()).FieldByIndex(f.index))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func referenceTable(b *bytes.Buffer, path, doc string, v reflect.Value) {
	fmt.Fprintf(b, "\n## [%s]\n\n%s\n\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n", path, cell(doc))
	var tables []field
	for _, f := range fieldsOf(v.Type()) {
		if f.isTable() || f.isNamed() {
			tables = append(tables, f)
			continue
		}
		def := "`" + tomlValue(v.FieldByIndex(f.index)) + "`"
		if f.tag.Get("example") != "" {
			def = "e.g. `" + f.shown(v.FieldByIndex(f.index)) + "`"
		}
		if needed(join(path, f.key)) && f.key != "password_command" {
			def = "needed, " + def
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.key, f.typeName(), cell(def), cell(f.meaning()))
	}
	for _, f := range tables {
		at := join(path, f.key)
		if f.isTable() {
			referenceTable(b, at, f.tag.Get("doc"), v.FieldByIndex(f.index))
			continue
		}
		fmt.Fprintf(b, "\n## [%s.NAME]\n\n%s\n\n```toml\n[%s.%s]\nfollow_up_after = %s\n```\n", at, cell(f.tag.Get("doc")), at, f.tag.Get("example"), f.tag.Get("pace"))
	}
}

func referenceRule(b *bytes.Buffer, f field) {
	fmt.Fprintf(b, "\n## [[%s]]\n\n%s\n\n| key | type | meaning | example |\n| --- | --- | --- | --- |\n", f.key, cell(f.tag.Get("doc")))
	rule := reflect.Zero(f.typ.Elem())
	for _, in := range fieldsOf(f.typ.Elem()) {
		fmt.Fprintf(b, "| `%s` | %s | %s | `%s` |\n", in.key, in.typeName(), cell(in.meaning()), cell(in.shown(rule.FieldByIndex(in.index))))
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// meaning is the documentation of a key, its values in front.
func (f field) meaning() string {
	doc := f.tag.Get("doc")
	if values := strings.Fields(f.tag.Get("values")); len(values) > 0 {
		doc = strings.TrimSpace(strings.Join(values, " | ") + ". " + doc)
	}
	return doc
}

// shown is the value that the sample gives a key.
func (f field) shown(def reflect.Value) string {
	example := f.tag.Get("example")
	switch {
	case example == "":
		return tomlValue(def)
	case f.typ.Kind() == reflect.Slice:
		return example
	default:
		return `"` + example + `"`
	}
}

// typeName names the type of a key in the reader's words.
func (f field) typeName() string {
	switch f.typ {
	case reflect.TypeFor[Window]():
		return "window"
	case reflect.TypeFor[[]Window]():
		return "list of windows"
	case reflect.TypeFor[[]Days]():
		return "list of days"
	case reflect.TypeFor[Gestures]():
		return "table of words"
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[Hours]():
		return "hours"
	case reflect.TypeFor[TimeOfDay]():
		return "time of day"
	case reflect.TypeFor[*time.Location]():
		return "time zone"
	}
	switch f.typ.Kind() {
	case reflect.Slice:
		return "list of texts"
	case reflect.Int, reflect.Float64:
		return "number"
	case reflect.Bool:
		return "true or false"
	}
	if f.tag.Get("kind") == "path" {
		return "path"
	}
	return "text"
}

// tomlValue writes a value as the file would.
func tomlValue(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case string:
		return tomlText(x)
	case int:
		return strconv.Itoa(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	case []string:
		return tomlList(x)
	case []Days:
		var words []string
		for _, d := range x {
			words = append(words, d.String())
		}
		return tomlList(words)
	case []Window:
		var words []string
		for _, w := range x {
			words = append(words, w.String())
		}
		return tomlList(words)
	case time.Duration:
		return tomlText(formatDuration(x))
	case *time.Location:
		return tomlText("")
	case Gestures:
		return x.String()
	case fmt.Stringer: // Window, Hours, TimeOfDay
		return tomlText(x.String())
	}
	panic("config: no way to write a " + v.Type().String())
}

func tomlList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = tomlText(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// tomlText writes a basic string of TOML, which knows fewer escapes than Go.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func comment(b *bytes.Buffer, text string) {
	line := "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > wrapAt {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
