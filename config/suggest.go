package config

import (
	"reflect"
	"slices"
	"strings"
)

// unknownKey says what the rep may have meant by a key that a table does not know.
func unknownKey(table, name string, t reflect.Type) string {
	if hint := misplaced(table, name); hint != "" {
		return hint
	}
	var known []string
	for _, f := range fieldsOf(t) {
		known = append(known, f.key)
	}
	if k := Nearest(name, known); k != "" {
		return "did you mean " + join(table, k) + "?"
	}
	for _, path := range leaves("", reflect.TypeFor[Config]()) {
		if path != table && strings.HasSuffix(path, "."+name) {
			return "did you mean " + path + "?"
		}
	}
	if table == "" {
		return "the tables are " + strings.Join(known, ", ")
	}
	return "known here are " + strings.Join(known, ", ")
}

// misplaced answers what people write by habit from other programs.
func misplaced(table, name string) string {
	switch {
	case (table == "imap" || table == "smtp") && (name == "password" || name == "pass"):
		return "a password does not belong in this file; use " + table + ".password_command or password_file"
	case (table == "imap" || table == "smtp") && (name == "tls" || name == "ssl" || name == "starttls"):
		return `write security = "tls", "starttls" or "none"`
	case strings.HasPrefix(table, "cadence.") && slices.Contains([]string{"away", "people_per_company", "follow_ups_per_person"}, name):
		return "it is for everybody: write it in [cadence]"
	case table == "llm" && name == "api_key":
		return "a key does not belong in this file; use llm.api_key_command"
	}
	return ""
}

// leaves gives the dotted paths of all keys that hold a value; grades and situations are left out.
func leaves(table string, t reflect.Type) []string {
	var paths []string
	for _, f := range fieldsOf(t) {
		path := join(table, f.key)
		switch {
		case f.isNamed(), f.isRules():
		case f.isTable():
			paths = append(paths, leaves(path, f.typ)...)
		default:
			paths = append(paths, path)
		}
	}
	return paths
}

// Nearest gives the word that a slip of the pen most likely meant, or "".
func Nearest(word string, known []string) string {
	best, bestAt := "", 1+max(len(word), 3)/3
	for _, k := range known {
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if len(word) >= 3 && (strings.HasPrefix(k, word) || strings.HasSuffix(k, "_"+word)) {
			d = 1
		}
		if d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with their neighbour to get from one word to the other
// (Damerau–Levenshtein, each letter touched once).
func distance(a, b string) int {
	const most = 64 // keys are short; what is longer is no slip of the pen
	s, t := []rune(a), []rune(b)
	if len(s) > most || len(t) > most {
		return most
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
