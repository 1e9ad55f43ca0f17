package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"followupd/cmd/followupd/inspect"
	"followupd/mail"
	"followupd/mail/dates"
)

// labelled is one message of the corpus and what people know it to be.
type labelled struct{ path, label, sub, back, backKind, origin string }

var labels = []string{"human", "auto_reply", "bounce", "other"}

// readTSV gives the rows of a table under its heading; rows too short are left out.
func readTSV(path string, columns int) ([][]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for i, line := range strings.Split(string(data), "\n") {
		if f := strings.Split(strings.TrimRight(line, "\r"), "\t"); i > 0 && len(f) >= columns {
			rows = append(rows, f)
		}
	}
	return rows, nil
}

func readManifest(corpus string) ([]labelled, error) {
	rows, err := readTSV(filepath.Join(corpus, "manifest.tsv"), 14)
	if err != nil {
		return nil, err
	}
	var all []labelled
	for _, f := range rows {
		all = append(all, labelled{f[0], f[1], f[2], f[4], f[5], f[7]})
	}
	return all, nil
}

// labelOf maps a kind to the labels of the corpus.
func labelOf(k mail.Kind) string {
	switch k {
	case mail.KindHuman, mail.KindAutoReply, mail.KindBounce:
		return string(k)
	}
	return "other"
}

// measureLabelled compares what inspect says of each labelled message with its label.
func measureLabelled(t *table, corpus string, verbose bool) error {
	all, err := readManifest(corpus)
	if err != nil {
		return err
	}
	paths := make([]string, len(all))
	for i, m := range all {
		paths[i] = filepath.Join(corpus, m.path)
	}
	found, err := inspect.Files(paths, nil)
	if err != nil {
		return err
	}
	if len(found) != len(all) {
		return fmt.Errorf("inspect finds %d messages in %d files", len(found), len(all))
	}
	if err := measureKinds(t, all, found, verbose); err != nil {
		return err
	}
	measureReturns(t, all, found, verbose)
	return measureTexts(t, corpus, all, found, verbose)
}

func measureKinds(t *table, all []labelled, found []inspect.Message, verbose bool) error {
	matrix := make(map[[2]string]int)
	for i, m := range all {
		got := labelOf(found[i].Kind)
		matrix[[2]string{m.label, got}]++
		if verbose && got != m.label {
			t.say("%s: %s (%s) read as %s: %s", m.path, m.label, m.sub, found[i].Kind, strings.Join(found[i].Reasons, " | "))
		}
	}
	sum := func(match func(label, got string) bool) (n int) {
		for k, v := range matrix {
			if match(k[0], k[1]) {
				n += v
			}
		}
		return n
	}
	t.say("\n%d labelled messages", len(all))
	tab := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tab, "labelled \\ read as\t"+strings.Join(labels, "\t")+"\t")
	for _, label := range labels {
		fmt.Fprintf(tab, "%s\t", label)
		for _, got := range labels {
			fmt.Fprintf(tab, "%d\t", matrix[[2]string{label, got}])
		}
		fmt.Fprintln(tab)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	t.section("kinds")
	for _, label := range labels {
		right := matrix[[2]string{label, label}]
		t.add(row{what: label + " recall", got: share(right, sum(func(l, _ string) bool { return l == label })), goal: kindGoals[label][0]})
		t.add(row{what: label + " precision", got: share(right, sum(func(_, g string) bool { return g == label })), goal: kindGoals[label][1]})
	}
	people := sum(func(l, _ string) bool { return l == "human" })
	t.add(row{what: "a person called automatic", less: true, goal: personCalledMachine,
		got: share(sum(func(l, g string) bool { return l == "human" && g != "human" }), people)})
	t.add(row{what: "a machine called a person", less: true, goal: machineCalledPerson,
		got: share(sum(func(l, g string) bool { return l != "human" && g == "human" }), len(all)-people)})
	return nil
}

// measureReturns compares the day of return with what the absence mails name. Where the label gives the last day away, the day
// after it is as right.
func measureReturns(t *table, all []labelled, found []inspect.Message, verbose bool) {
	right, named := 0, 0
	for i, m := range all {
		if m.back == "" || found[i].Date == nil {
			continue // nobody knows when a mail without a Date was written: its day has no year
		}
		named++
		ok := false
		if until := found[i].Until; until != nil {
			day := *until
			ok = sameDay(day, m.back) || (strings.Contains(m.backKind, "until") || strings.Contains(m.backKind, "end")) && sameDay(day.AddDate(0, 0, -1), m.back)
		}
		if ok {
			right++
		} else if verbose {
			t.say("%s: back on %s (%s), read as %v: %s", m.path, m.back, m.backKind, found[i].Until, strings.Join(found[i].Reasons, " | "))
		}
	}
	t.section("dates")
	t.add(row{what: fmt.Sprintf("days of return right, of %d", named), got: float64(right), goal: returnsRight, format: "%.0f"})
}

// sameDay compares with YYYY-MM-DD, or --MM-DD where no year is known.
func sameDay(day time.Time, want string) bool {
	if rest, ok := strings.CutPrefix(want, "--"); ok {
		return day.Format("01-02") == rest
	}
	return day.Format(time.DateOnly) == want
}

// measurePhrases asks for the date in each open phrase.
func measurePhrases(t *table, corpus string, verbose bool) error {
	rows, err := readTSV(filepath.Join(corpus, "date_phrases.tsv"), 4)
	if err != nil {
		return err
	}
	right, invented := 0, 0
	for _, f := range rows {
		sent, err := time.Parse(time.DateOnly, f[0])
		if err != nil {
			return fmt.Errorf("read date_phrases.tsv: %w", err)
		}
		got := ""
		if found, ok := dates.Find(f[2], sent.Add(10*time.Hour), f[1]); ok {
			got = found.Day.Format(time.DateOnly)
		}
		switch {
		case got == f[3]:
			right++
		case f[3] == "":
			invented++
		}
		if verbose && got != f[3] {
			t.say("%q: %s, read as %s", f[2], f[3], got)
		}
	}
	t.add(row{what: fmt.Sprintf("open phrases right, of %d", len(rows)), got: float64(right), goal: phrasesRight, format: "%.0f"})
	t.add(row{what: "dates found where there is none", got: float64(invented), goal: phrasesFalse, format: "%.0f", less: true})
	return nil
}
