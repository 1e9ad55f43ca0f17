package library

import (
	"fmt"
	"strings"
)

// field is one key of a front matter.
type field struct {
	text string   // of a plain value
	list []string // of a list
	isIt bool     // it is a list
	line int
}

// lineError is a mistake and the line it stands in.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

func wrong(line int, format string, args ...any) *lineError {
	return &lineError{line, fmt.Sprintf(format, args...)}
}

// frontMatter parts a Markdown file into the fields of its front matter and what follows. It reads exactly the part of
// YAML that an asset needs: "key: value", the value plain or quoted, a list in brackets or with a dash on each line, and
// comments. A plain value reaches to the end of the line, colons included, so that a title needs no quotation marks.
func frontMatter(source string) (map[string]field, string, *lineError) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n"), "\n")
	if strings.TrimRight(lines[0], " \t") != "---" {
		return nil, "", wrong(1, `the file must begin with a line "---" and the front matter (kind, title, fits …)`)
	}
	fields := map[string]field{}
	open := "" // the key whose dashed list is being read
	for i := 1; i < len(lines); i++ {
		n, line := i+1, strings.TrimRight(lines[i], " \t")
		if line == "---" {
			return fields, strings.Join(lines[i+1:], "\n"), nil
		}
		trimmed := strings.TrimLeft(line, " \t")
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if item, isItem := strings.CutPrefix(trimmed, "-"); isItem && (item == "" || item[0] == ' ') {
			if open == "" {
				return nil, "", wrong(n, `"-" begins an item of a list, but no key above it waits for one: write "fits:" first`)
			}
			value, err := scalar(item, n)
			if err != nil {
				return nil, "", err
			}
			f := fields[open]
			f.list, f.isIt = append(f.list, value), true
			fields[open] = f
			continue
		}
		open = ""
		if line != trimmed {
			return nil, "", wrong(n, `%q is indented: every key begins at the left edge`, short(trimmed))
		}
		key, rest, isPair := strings.Cut(line, ":")
		if !isPair || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			return nil, "", wrong(n, `%q is no "key: value"`, short(line))
		}
		if _, twice := fields[key]; twice {
			return nil, "", wrong(n, `%q stands here a second time`, short(key))
		}
		f, err := value(strings.TrimSpace(rest), n)
		if err != nil {
			return nil, "", err
		}
		if !f.isIt && f.text == "" {
			open = key
		}
		fields[key] = f
	}
	return nil, "", wrong(len(lines), `the front matter has no end: a line "---" is missing below it`)
}

// value reads what follows a colon: a list in brackets, or one value.
func value(s string, line int) (field, *lineError) {
	if !strings.HasPrefix(s, "[") {
		text, err := scalar(s, line)
		return field{text: text, line: line}, err
	}
	inner, after, closed := strings.Cut(s[1:], "]")
	if after = strings.TrimSpace(after); !closed || after != "" && !strings.HasPrefix(after, "#") {
		return field{}, wrong(line, `a list in brackets must end with "]" on the same line`)
	}
	f := field{isIt: true, line: line}
	for item := range strings.SplitSeq(inner, ",") {
		text, err := scalar(item, line)
		if err != nil {
			return field{}, err
		}
		if text != "" {
			f.list = append(f.list, text)
		}
	}
	return f, nil
}

// scalar reads one value: in quotation marks, or plain up to a comment.
func scalar(s string, line int) (string, *lineError) {
	s = strings.TrimSpace(s)
	if s == "" || s[0] == '#' {
		return "", nil
	}
	if s[0] == '"' || s[0] == '\'' {
		inner, after, closed := strings.Cut(s[1:], s[:1])
		if after = strings.TrimSpace(after); !closed || after != "" && after[0] != '#' {
			return "", wrong(line, `a quotation mark is opened and not closed at the end of the value`)
		}
		return inner, nil
	}
	if strings.ContainsRune("{&*!|>%@`", rune(s[0])) {
		return "", wrong(line, `a value may not begin with %q: put it in quotation marks`, s[:1])
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s), nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
