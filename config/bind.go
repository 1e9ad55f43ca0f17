package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // slim servers and containers have no zones of their own; 450 KB
)

// finding is a mistake at a path of the document, before it is given a place.
type finding struct {
	path    string // as in document
	problem string
	hint    string
	suggest func() string // the hint, where finding it is work that is done only for mistakes that are shown
	atKey   bool          // the key is to blame, not its value
}

// field is a key of a table, as the struct tags tell it.
type field struct {
	key   string
	typ   reflect.Type
	tag   reflect.StructTag
	index []int
}

// fieldsOf gives the keys of a table in the order of the struct; embedded structs lend theirs.
func fieldsOf(t reflect.Type) []field {
	var fs []field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, in := range fieldsOf(f.Type) {
				in.index = append([]int{i}, in.index...)
				fs = append(fs, in)
			}
			continue
		}
		if key := f.Tag.Get("key"); key != "" {
			fs = append(fs, field{key: key, typ: f.Type, tag: f.Tag, index: []int{i}})
		}
	}
	return fs
}

func (f field) isTable() bool { return f.typ.Kind() == reflect.Struct && !isValue(f.typ) }
func (f field) isNamed() bool { return f.typ.Kind() == reflect.Map }

// isRules says that a key is a list of tables, [[key]].
func (f field) isRules() bool {
	return f.typ.Kind() == reflect.Slice && f.typ.Elem().Kind() == reflect.Struct && len(fieldsOf(f.typ.Elem())) > 0
}

func isValue(t reflect.Type) bool {
	return t == reflect.TypeFor[Window]() || t == reflect.TypeFor[Hours]()
}

// binder lays a document over a Config and gathers everything that is wrong with it.
type binder struct {
	found []finding
	given map[string]bool
}

func (b *binder) report(path, problem, hint string) {
	b.found = append(b.found, finding{path: path, problem: problem, hint: hint})
}

// table fills a struct from a table; maps and lists of tables are left to overrides and rules.
func (b *binder) table(path string, values map[string]any, into reflect.Value) {
	fields := fieldsOf(into.Type())
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := join(path, dotted(name))
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == name })
		if i < 0 {
			b.found = append(b.found, finding{path: at, problem: "unknown key", atKey: true, suggest: func() string { return unknownKey(path, name, into.Type()) }})
			continue
		}
		f, v := fields[i], values[name]
		b.given[at] = true
		switch {
		case f.isNamed(), f.isRules():
		case f.isTable():
			if t, ok := b.asTable(at, v); ok {
				b.table(at, t, into.FieldByIndex(f.index))
			}
		default:
			b.value(at, f, v, into.FieldByIndex(f.index))
		}
	}
}

func (b *binder) asTable(path string, v any) (map[string]any, bool) {
	switch t := v.(type) {
	case map[string]any:
		return t, true
	case []any:
		if len(t) > 0 {
			if _, ok := t[0].(map[string]any); ok {
				b.report(path, "is one table, not a list of them", fmt.Sprintf("write [%s], once", path))
				return nil, false
			}
		}
	}
	b.report(path, fmt.Sprintf("is a table, not %s", kindOf(v)), fmt.Sprintf("write [%s] on a line of its own, its keys below", path))
	return nil, false
}

// overrides fills [path.NAME] tables: each begins as a copy of base, and remembers which keys it gave.
func (b *binder) overrides(path string, v any, base Pace) map[string]Override {
	named, ok := b.asTable(path, v)
	if !ok {
		return nil
	}
	out := map[string]Override{}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		at := join(path, dotted(name))
		keys, ok := b.asTable(at, named[name])
		if !ok {
			continue
		}
		o := Override{Pace: base, Keys: slices.Sorted(maps.Keys(keys))}
		b.table(at, keys, reflect.ValueOf(&o).Elem())
		out[name] = o
	}
	return out
}

// rules fills [[path]] tables, in the order of the file.
func (b *binder) rules(path string, v any) []GradeRule {
	hint := fmt.Sprintf("write [[%s]] on a line of its own, its keys below", path)
	list, ok := v.([]any)
	if !ok {
		b.report(path, "is a list of tables, not "+kindOf(v), hint)
		return nil
	}
	out := make([]GradeRule, len(list))
	for i, e := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		t, ok := e.(map[string]any)
		if !ok {
			b.report(at, "is a list of tables, and this is "+kindOf(e), hint)
			continue
		}
		b.table(at, t, reflect.ValueOf(&out[i]).Elem())
	}
	return out
}

// value reads one value into its field, in the type that the field has.
func (b *binder) value(path string, f field, v any, into reflect.Value) {
	switch p := into.Addr().Interface().(type) {
	case *string:
		if s, ok := b.text(path, f, v); ok {
			*p = s
		}
	case *int:
		if n, ok := v.(int64); ok && int64(int(n)) == n {
			*p = int(n)
		} else {
			b.wrongType(path, f, v)
		}
	case *float64:
		switch n := v.(type) {
		case float64:
			*p = n
		case int64:
			*p = float64(n)
		default:
			b.wrongType(path, f, v)
		}
	case *bool:
		if t, ok := v.(bool); ok {
			*p = t
		} else {
			b.wrongType(path, f, v)
		}
	case *[]string:
		*p = elements(b, path, f, v, func(s string) (string, error) { return s, nil })
	case *Gestures:
		*p = b.gestures(path, v)
	case *[]Days:
		*p = elements(b, path, f, v, ParseDays)
	case *[]Window:
		*p = elements(b, path, f, v, ParseWindow)
	case *Window:
		parsed(b, path, f, v, p, ParseWindow)
	case *Hours:
		parsed(b, path, f, v, p, ParseHours)
	case *TimeOfDay:
		parsed(b, path, f, v, p, ParseTimeOfDay)
	case *time.Duration:
		parsed(b, path, f, v, p, ParseDuration)
	case **time.Location:
		parsed(b, path, f, v, p, parseZone)
	default:
		panic("config: no way to read a " + into.Type().String()) // a field of a new type: its test fails at once
	}
}

func (b *binder) text(path string, f field, v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		b.wrongType(path, f, v)
	}
	return s, ok
}

func parsed[T any](b *binder, path string, f field, v any, into *T, parse func(string) (T, error)) {
	s, ok := b.text(path, f, v)
	if !ok {
		return
	}
	t, err := parse(s)
	if err != nil {
		b.mistake(path, err)
		return
	}
	*into = t
}

// elements reads a list; where an element is wrong, all such elements are reported. An empty list is not nil: it was
// written.
func elements[T any](b *binder, path string, f field, v any, parse func(string) (T, error)) []T {
	list, ok := v.([]any)
	if !ok {
		b.wrongType(path, f, v)
		return nil
	}
	out := make([]T, 0, len(list))
	for i, e := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		s, ok := e.(string)
		if !ok {
			b.report(at, fmt.Sprintf("is a list of texts, and this is %s", kindOf(e)), "put each in quotes")
			continue
		}
		t, err := parse(s)
		if err != nil {
			b.mistake(at, err)
			continue
		}
		out = append(out, t)
	}
	return out
}

func (b *binder) mistake(path string, err error) {
	if m, ok := err.(mistake); ok { //nolint:errorlint // the parsers of this package return it bare
		b.report(path, m.problem, m.hint)
		return
	}
	b.report(path, err.Error(), "")
}

func (b *binder) wrongType(path string, f field, v any) {
	want, hint := "text", "put it in quotes"
	switch f.typ {
	case reflect.TypeFor[Window](), reflect.TypeFor[[]Window]():
		hint = `write "3bd", "5d", "12h" or "2w", in quotes`
	case reflect.TypeFor[time.Duration]():
		hint = `write "120s", "5m", "12h" or "30d", in quotes`
	}
	switch f.typ.Kind() {
	case reflect.Int:
		want, hint = "a whole number", "write it without quotes"
	case reflect.Float64:
		want, hint = "a number", "write it without quotes"
	case reflect.Bool:
		want, hint = "true or false", "write one of the two, without quotes"
	case reflect.Slice:
		want = "a list"
		hint = listHint(path, v)
	}
	b.report(path, fmt.Sprintf("wants %s, and this is %s", want, kindOf(v)), hint)
}

// listHint shows how the text that was given looks as a list.
func listHint(path string, v any) string {
	s, ok := v.(string)
	if !ok {
		return `write it in brackets, such as ["…"]`
	}
	words := []string{s}
	if strings.HasSuffix(path, "_command") {
		words = strings.Fields(s)
	}
	return "write " + tomlList(words)
}

// kindOf names a TOML value in the rep's words.
func kindOf(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case int64:
		return "a number"
	case float64:
		return "a number with a point"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	default:
		return fmt.Sprintf("a date or time without quotes (%v)", v)
	}
}

// parseZone knows "" and "local" as the machine's own zone.
func parseZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, mistake{fmt.Sprintf("unknown time zone %q", name), `write an IANA name such as "Europe/Stockholm", or leave it out for the machine's`}
	}
	return zone, nil
}
