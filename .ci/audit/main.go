// Command audit holds what is linked into followupd to a few promises: Go and the modules that are known to have had holes are
// new enough, every module has a licence that lets us give the program away, and docs/licences.md names them all with their
// texts. -write writes that page anew. It exits 1 where something does not hold.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

const page = "docs/licences.md"

func main() {
	write := flag.Bool("write", false, "write "+page+" anew")
	flag.Parse()
	if err := audit(*write); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

func audit(write bool) error {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	if err := floors(string(text)); err != nil {
		return err
	}
	linked, err := modules()
	if err != nil {
		return err
	}
	if len(linked) > mostModules {
		return fmt.Errorf("%d modules are linked, more than %d: each is code that nobody here has written", len(linked), mostModules)
	}
	want, err := licences(linked)
	if err != nil {
		return err
	}
	if write {
		return os.WriteFile(page, want, 0o644)
	}
	have, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%s does not name what is linked now; run `make licences` and commit it", page)
	}
	fmt.Printf("audit: %d modules, all of licences that let us; %s is up to date\n", len(linked), page)
	return nil
}

// mostModules bounds the modules that are linked. Eight of them came with Prometheus's own library, which writes what we would
// write ourselves otherwise. Whoever needs another makes the case for it.
const mostModules = 33

// floor is the oldest version that may be built with, and why.
type floor struct {
	what, least, why string
}

// Holes in what reads mail; the Go ones are fixed in the standard library.
var leasts = []floor{
	{"go", "1.26.4", "GO-2026-4977 and GO-2026-4986 (net/mail), CVE-2026-42504 (mime.WordDecoder)"},
	{"golang.org/x/text", "0.39.0", "GO-2026-5970 (an endless loop in a decoder)"},
}

// floors says where go.mod lets something too old be built with.
func floors(mod string) error {
	for _, f := range leasts {
		m := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(f.what) + ` v?(\S+)`).FindStringSubmatch(mod)
		switch {
		case m == nil:
			return fmt.Errorf("go.mod does not name %s, of which %s is needed: %s", f.what, f.least, f.why)
		case older(m[1], f.least):
			return fmt.Errorf("go.mod allows %s %s; it must be %s or newer: %s", f.what, m[1], f.least, f.why)
		}
	}
	return nil
}

// older compares versions of numbers and dots; what follows a dash is left out.
func older(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range max(len(x), len(y)) {
		var m, n int
		if i < len(x) {
			m = x[i]
		}
		if i < len(y) {
			n = y[i]
		}
		if m != n {
			return m < n
		}
	}
	return false
}

func numbers(version string) (list []int) {
	version, _, _ = strings.Cut(version, "-")
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return list
		}
		list = append(list, n)
	}
	return list
}

// module is one that is linked.
type module struct{ path, version, dir string }

// modules gives what is linked into the program on Linux, in order.
func modules() ([]module, error) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/followupd")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	known := make(map[string]bool)
	var list []module
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 || known[fields[0]] {
			continue // the standard library, the program itself, or a further package
		}
		known[fields[0]] = true
		list = append(list, module{fields[0], fields[1], fields[2]})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].path < list[j].path })
	return list, nil
}

// known are the licences that let us link and give away, and words that each text has.
var known = []struct{ name, words string }{
	{"Apache-2.0", "Apache License\n Version 2.0"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"BSD-3-Clause", "endorse or promote products derived from this software without specific"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
}

// licenceOf gives the name of a licence by its text.
func licenceOf(text string) string {
	flat := strings.Join(strings.Fields(text), " ")
	for _, l := range known {
		if strings.Contains(flat, strings.Join(strings.Fields(l.words), " ")) {
			return l.name
		}
	}
	return ""
}

// licences writes the page.
func licences(linked []module) ([]byte, error) {
	var table, texts strings.Builder
	for _, m := range linked {
		files, err := filepath.Glob(filepath.Join(m.dir, "LICEN[SC]E*"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s %s has no licence in %s", m.path, m.version, m.dir)
		}
		var names []string
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			name := licenceOf(string(text))
			if name == "" {
				return nil, fmt.Errorf("%s %s: %s is none of the licences that are known to let us", m.path, m.version, filepath.Base(file))
			}
			names = append(names, name)
			writeText(&texts, m.path, text)
		}
		switch notice, err := os.ReadFile(filepath.Join(m.dir, "NOTICE")); {
		case err == nil: // goes with the program, too (Apache-2.0, section 4 d)
			writeText(&texts, m.path+": NOTICE", notice)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", m.path, m.version, strings.Join(names, ", "))
	}
	return []byte("# Licences\n\nWhat is linked into followupd, as `make licences` finds it. Go's own library is BSD-3-Clause; SQLite, which comes with\n" +
		"github.com/mattn/go-sqlite3, is in the public domain.\n\n| module | version | licence |\n| --- | --- | --- |\n" +
		table.String() + texts.String()), nil
}

func writeText(to *strings.Builder, heading string, text []byte) {
	fmt.Fprintf(to, "\n## %s\n\n```text\n%s\n```\n", heading, strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"))
}
