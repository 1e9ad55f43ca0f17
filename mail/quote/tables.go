package quote

import (
	"slices"
	"strings"
)

// label is a kind of header field.
type label int

const (
	labelFrom label = 1 << iota
	labelSent
	labelTo
	labelCopied
	labelSubject
)

// lookup is what the rows of locales come to, all languages together: a mail quotes in the language of the client,
// which need not be that of the text.
type lookup struct {
	openers  []string
	wrote    []string
	labels   map[string]label
	original map[string]bool
	mobile   []string
	closings map[string]bool
	legal    []string
}

var tables = buildLookup(locales)

func buildLookup(rows []locale) lookup {
	t := lookup{labels: map[string]label{}, original: map[string]bool{}, closings: map[string]bool{}}
	phrases := func(cell string) []string {
		return slices.DeleteFunc(strings.Split(cell, "|"), func(s string) bool { return strings.TrimSpace(s) == "" })
	}
	for _, row := range rows {
		t.openers = append(t.openers, phrases(row.openers)...)
		t.wrote = append(t.wrote, phrases(row.wrote)...)
		t.mobile = append(t.mobile, phrases(row.mobile)...)
		t.legal = append(t.legal, phrases(row.legal)...)
		for _, s := range phrases(row.original) {
			t.original[s] = true
		}
		for _, s := range phrases(row.closings) {
			t.closings[s] = true
		}
		for kind, cell := range map[label]string{labelFrom: row.from, labelSent: row.sent, labelTo: row.to, labelCopied: row.copied, labelSubject: row.subject} {
			for _, s := range phrases(cell) {
				// "A" is To in Italian and nothing else; "De" is From in three languages: no label means two things.
				t.labels[s] = kind
			}
		}
	}
	for _, list := range []*[]string{&t.openers, &t.wrote, &t.mobile, &t.legal} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return t
}
