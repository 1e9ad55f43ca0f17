package library

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"followupd/playbook/prose"
	"followupd/playbook/rules"
)

// Bounds of a library. A folder of 5,000 files is fine; a file that is larger than an asset can be is not read.
const (
	MaxFile  = 64 << 10 // bytes of one file
	MaxFiles = 20_000   // files looked at
	MaxWords = 70       // words of an asset's text: with recap and question around it a mail stays under 125
)

// Load reads every *.md below a folder, hidden ones left out, in order of path. Files that are wrong are left out and
// reported. It fails only where the folder itself cannot be read.
func Load(folder fs.FS) ([]Asset, []Problem, error) { return new(Memo).Load(folder, time.Time{}) }

// load is Load with a way to come by the asset of a file.
func load(folder fs.FS, asset func(name string, entry fs.DirEntry) (Asset, *Problem)) ([]Asset, []Problem, error) {
	var assets []Asset
	var problems []Problem
	titles := map[string]string{}
	files := 0
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			if name == "." {
				return err
			}
			problems = append(problems, Problem{File: name, Text: "cannot be read: " + reason(err)})
			return nil
		}
		if name != "." && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() || !strings.EqualFold(path.Ext(name), ".md") {
			return nil
		}
		if files++; files > MaxFiles {
			problems = append(problems, Problem{File: name, Text: fmt.Sprintf("the library has more than %d files: this one and those after it are not read", MaxFiles)})
			return fs.SkipAll
		}
		a, mistake := asset(name, entry)
		if mistake != nil {
			problems = append(problems, *mistake)
			return nil
		}
		key := strings.ToLower(strings.Join(strings.Fields(a.Title), " "))
		if first, twice := titles[key]; twice {
			problems = append(problems, Problem{File: name, Text: fmt.Sprintf("has the same title as %s and is not used: give it a title of its own, or delete one of the two", first)})
			return nil
		}
		titles[key] = name
		assets = append(assets, a)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return assets, problems, nil
}

// reason gives an error without the path, which stands beside it already.
func reason(err error) string {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func read(folder fs.FS, name string) (string, error) {
	f, err := folder.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("is not a regular file")
	}
	source, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return "", err
	}
	if len(source) > MaxFile {
		return "", fmt.Errorf("is larger than %d KiB: an asset is a few lines", MaxFile>>10)
	}
	if !utf8.Valid(source) || strings.ContainsRune(string(source), 0) {
		return "", errors.New("is not text in UTF-8")
	}
	return string(source), nil
}

var (
	iso639 = regexp.MustCompile(`^[a-z]{2}$`)
	mdLink = regexp.MustCompile(`!?\[([^\]]*)\]\(([^)]*)\)`)
	mdMark = regexp.MustCompile(`(^|[\s("'])(?:\*\*|__|\*|_)([^\s*_][^*_]*[^\s*_]|[^\s*_])(?:\*\*|__|\*|_)`)
)

// Parse reads one asset. The Problem names the line that is wrong and what would be right.
func Parse(name, source string) (Asset, *Problem) {
	fail := func(line int, format string, args ...any) (Asset, *Problem) {
		return Asset{}, &Problem{File: name, Line: line, Text: fmt.Sprintf(format, args...)}
	}
	fields, body, mistake := frontMatter(source)
	if mistake != nil {
		return fail(mistake.line, "%s", mistake.text)
	}
	a := Asset{File: name}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		f := fields[key]
		if f.isIt && key != "fits" {
			return fail(f.line, "%s takes one value, not a list", key)
		}
		switch key {
		case "kind":
			a.Kind = f.text
		case "title":
			a.Title = f.text
		case "url":
			a.URL = f.text
		case "use":
			if a.Use = f.text; a.Use != "" && a.Use != ForNurture {
				return fail(f.line, "use: %q is not nurture, the one use that can be named", short(f.text))
			}
		case "language":
			if a.Language = strings.ToLower(f.text); a.Language != "" && !iso639.MatchString(a.Language) {
				return fail(f.line, `language: %q is no language code of two letters, such as en or de`, short(f.text))
			}
		case "expires":
			if f.text == "" {
				break
			}
			day, err := time.Parse(time.DateOnly, f.text)
			if err != nil {
				return fail(f.line, "expires: %q is no date like 2027-01-31", short(f.text))
			}
			a.Expires = day
		case "fits":
			a.Fits = f.list
			if !f.isIt && f.text != "" {
				return fail(f.line, "fits is a list: write fits: [%s]", short(f.text))
			}
		default:
			return fail(f.line, "%q is no key of an asset: kind, title, url, fits, language, expires, use", short(key))
		}
	}
	line := func(key string) int { return max(fields[key].line, 1) }
	switch {
	case a.Kind == "":
		return fail(line("kind"), "kind is missing: one of %s", kindList())
	case !slices.Contains(Kinds, a.Kind):
		return fail(line("kind"), "kind: %q is not one of %s", short(a.Kind), kindList())
	case a.Title == "":
		return fail(line("title"), "title is missing")
	case len(a.Fits) == 0 && a.Use == "":
		return fail(line("fits"), "fits is empty: without a word of what it fits the asset would never be chosen")
	case a.URL == "" && linked[a.Kind]:
		return fail(line("url"), "url is missing: a follow-up with an %s needs its link", a.Kind)
	}
	if a.URL != "" {
		if u, err := url.Parse(a.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(a.URL, " <>\"'") {
			return fail(line("url"), "url: %q is no web address like https://acme.example/page", short(a.URL))
		}
	}
	first := 1 + strings.Count(source, "\n") - strings.Count(strings.TrimLeft(body, " \t\r\n"), "\n")
	a.Text = plain(body)
	switch n := prose.CountWords(a.Text); {
	case n == 0:
		return fail(first, "the text below the front matter is missing: one to three sentences that may stand in a mail")
	case n > MaxWords:
		return fail(first, "the text has %d words: at most %d fit into a mail, so keep one to three sentences", n, MaxWords)
	case strings.ContainsAny(prose.WithoutLinks(a.Text), "?？؟"):
		return fail(first, "the text asks a question: the mail around it asks the only one, so make it a statement")
	}
	if bad := rules.Phrases(a.Text); len(bad) > 0 {
		return fail(first, "the text says %q, which no follow-up may say (%s): %s", bad[0].Where, bad[0].Rule, bad[0].Say)
	}
	return a, nil
}

// plain makes of Markdown what stands in a plain mail: paragraphs on one line each, links as their words and address,
// emphasis and headings without their marks.
func plain(markdown string) string {
	var out []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n\n") {
		p := strings.TrimLeft(strings.Join(strings.Fields(paragraph), " "), "#> ")
		p = mdLink.ReplaceAllString(p, "$1 ($2)")
		p = mdMark.ReplaceAllString(p, "$1$2")
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}
