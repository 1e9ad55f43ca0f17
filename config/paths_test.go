package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The documentation says of every key of this kind that it is relative to the file.
func TestParse_EveryPathIsRelativeToTheFile(t *testing.T) {
	set := map[string][]string{}
	walkKeys("", reflect.TypeFor[Config](), func(path string, f field) {
		if f.tag.Get("kind") == "path" {
			at := strings.LastIndexByte(path, '.')
			set[path[:at]] = append(set[path[:at]], path[at+1:])
		}
	})
	if len(set) < 5 {
		t.Fatalf("keys of paths: %v", set)
	}
	for table, keys := range set {
		for _, key := range keys {
			text := least
			if table == "imap" && key == "password_file" {
				text = strings.Replace(text, "imap.password_env = \"PW\"\n", "", 1)
			}
			cfg, err := parse([]byte(text+table+"."+key+" = \"here\"\n"), "/etc/followupd/f.toml", home)
			if err != nil {
				t.Errorf("%s.%s: %v", table, key, err)
				continue
			}
			got := ""
			walkValues("", reflect.ValueOf(cfg), func(path string, v reflect.Value) {
				if path == table+"."+key {
					got = v.String()
				}
			})
			if want := filepath.Join("/etc/followupd", "here"); got != want {
				t.Errorf("%s.%s = \"here\" is taken for %q, want %q", table, key, got, want)
			}
		}
	}
}

// walkValues visits every key of a configuration with its value.
func walkValues(table string, v reflect.Value, visit func(path string, v reflect.Value)) {
	for _, f := range fieldsOf(v.Type()) {
		path, is := join(table, f.key), v.FieldByIndex(f.index)
		if f.isTable() {
			walkValues(path, is, visit)
			continue
		}
		visit(path, is)
	}
}
