// Command faults runs the tests of the fault table, prints the table with their results, and keeps docs/faults.md: it fails
// where a test fails, where a row has no test and no reason, or where the page's rows are not these.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const page = "docs/faults.md"

func main() {
	write := flag.Bool("write", false, "write "+page+" anew instead of holding it against the run")
	check := flag.Bool("check", false, "run nothing; only see that every row has its test and the page its rows")
	flag.Parse()
	if err := run(*write, *check); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// result is what became of a test.
type result struct {
	pkg, test, action string
	measured          []string
	output            []string
}

func run(write, check bool) error {
	listed, err := list()
	if err != nil {
		return err
	}
	if check {
		return errors.Join(everyRowHasATest(listed), sameRows(listed))
	}
	results, err := test(packages(listed))
	if err != nil {
		return err
	}
	table := render(listed, results)
	fmt.Print(table)
	if write {
		if err := os.WriteFile(page, []byte(intro+table), 0o644); err != nil {
			return err
		}
	}
	failed := 0
	for _, r := range results {
		if r.action == "fail" {
			failed++
			fmt.Printf("\n%s.%s fails:\n%s", r.pkg, r.test, strings.Join(r.output, ""))
		}
	}
	err = errors.Join(everyRowHasATest(listed), sameRows(listed))
	if failed > 0 {
		err = errors.Join(err, fmt.Errorf("%d tests fail", failed))
	}
	return err
}

var named = regexp.MustCompile(`^TestFault_(\d\d)_`)

// numberOf gives the row of a test, 0 for none.
func numberOf(test string) int {
	m := named.FindStringSubmatch(test)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}

// list asks go for the tests of the table.
func list() ([]result, error) {
	cmd := exec.Command("go", "test", "-json", "-list", "^TestFault_", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var listed []result
	for line := range strings.SplitSeq(string(out), "\n") {
		var e event
		if json.Unmarshal([]byte(line), &e) == nil && e.Action == "output" && numberOf(strings.TrimSpace(e.Output)) > 0 {
			listed = append(listed, result{pkg: strings.TrimPrefix(e.Package, "followupd/"), test: strings.TrimSpace(e.Output)})
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list the tests: %w\n%s", err, out)
	}
	sort.Slice(listed, func(i, j int) bool { return listed[i].test < listed[j].test })
	return listed, nil
}

func packages(listed []result) []string {
	var all []string
	for _, r := range listed {
		all = append(all, "./"+r.pkg)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

type event struct {
	Action, Package, Test, Output, Key, Value string
}

// test runs them. Failures of tests are results, not errors.
func test(packages []string) (map[string]*result, error) {
	cmd := exec.Command("go", append([]string{"test", "-json", "-count=1", "-timeout=20m", "-run", "^TestFault_"}, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	results := make(map[string]*result)
	broken := read(out, results)
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || broken != "" {
		return nil, errors.Join(err, errors.New(broken))
	}
	return results, nil
}

// read takes in what go test -json says; it gives the words of a package that could not be built or that ended without a test
// having failed.
func read(out io.Reader, results map[string]*result) (broken string) {
	in := bufio.NewScanner(out)
	in.Buffer(nil, 64<<20)
	failedIn, said := make(map[string]bool), make(map[string]string)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			continue
		}
		if e.Test == "" {
			said[e.Package] += e.Output
			if e.Action == "fail" && !failedIn[e.Package] {
				broken += said[e.Package]
			}
			continue
		}
		top, _, sub := strings.Cut(e.Test, "/")
		key := strings.TrimPrefix(e.Package, "followupd/") + "." + top
		r := results[key]
		if r == nil {
			r = &result{pkg: strings.TrimPrefix(e.Package, "followupd/"), test: top}
			results[key] = r
		}
		switch {
		case e.Action == "attr" && e.Key == "measured":
			r.measured = append(r.measured, e.Value)
		case e.Action == "output":
			r.output = append(r.output, e.Output)
		case !sub && slices.Contains([]string{"pass", "fail", "skip"}, e.Action):
			r.action = e.Action
			failedIn[e.Package] = failedIn[e.Package] || e.Action == "fail"
		}
	}
	return broken
}

const intro = `# Faults, and what was seen to hold

The faults that matter for a program that works in somebody else's mailbox, sorted by importance. Each is a test of the same
number (` + "`TestFault_02_CutAfterFinalCRLF`" + `), run through the real parts: the loop, the mailbox and the store against a fault server
that does wrong what it is told to (` + "`imapwatch/faultserver`" + `, by hand ` + "`make faultserver`" + `), or the built program against it or a Dovecot.
"One each" means exactly one draft for each due thread in the end, judged by the whole of Drafts. At the end of every test on
the fault server all that was said on the wire is looked at: no plain EXPUNGE, no DELETE, no flag or removal outside own drafts.

` + "`make test-faults`" + ` runs them and fails where a test fails or this page's rows are not the tests'; with ` + "`ARGS=-write`" + ` it writes this
page. What the results column says is of the last such run.

`

// render gives the table; without results the column is empty.
func render(listed []result, results map[string]*result) string {
	var b strings.Builder
	b.WriteString("| # | fault | what must hold | result |\n| --- | --- | --- | --- |\n")
	for _, row := range rows {
		var said []string
		for _, l := range listed {
			if numberOf(l.test) == row.number {
				said = append(said, verdict(l, results[l.pkg+"."+l.test]))
			}
		}
		if len(said) == 0 {
			said = []string{"no test"}
		}
		expected := row.expected
		if row.note != "" {
			expected += " (" + row.note + ")"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", row.number, row.fault, expected, strings.Join(said, "<br>"))
	}
	return b.String()
}

func verdict(l result, r *result) string {
	text := "`" + l.pkg + "` " + strings.TrimPrefix(l.test, "Test")
	if r == nil {
		return text + ": not run"
	}
	word := map[string]string{"pass": "holds", "fail": "**fails**", "skip": "left out: " + reason(r.output)}[r.action]
	text += ": " + word
	if len(r.measured) > 0 {
		slices.Sort(r.measured)
		text += " (" + strings.Join(r.measured, "; ") + ")"
	}
	return text
}

var place = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// reason is the first line a skipped test itself printed.
func reason(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(place.ReplaceAllString(l, ""))
		if l != "" && !strings.HasPrefix(l, "===") && !strings.HasPrefix(l, "---") {
			return l
		}
	}
	return "no reason given"
}

func everyRowHasATest(listed []result) error {
	var missing []string
	for _, row := range rows {
		if !slices.ContainsFunc(listed, func(l result) bool { return numberOf(l.test) == row.number }) {
			missing = append(missing, strconv.Itoa(row.number))
		}
	}
	if missing != nil {
		return fmt.Errorf("rows without a test: %s", strings.Join(missing, ", "))
	}
	return nil
}

// sameRows holds the page against the table, results aside.
func sameRows(listed []result) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	var results map[string]*result
	bare := func(table string) []string {
		var all []string
		for line := range strings.SplitSeq(table, "\n") {
			cells := strings.Split(line, " | ")
			if len(cells) < 4 || !strings.HasPrefix(line, "| ") {
				continue
			}
			last := cells[3]
			var tests []string
			for one := range strings.SplitSeq(strings.TrimSuffix(last, " |"), "<br>") {
				name, _, _ := strings.Cut(one, ": ")
				tests = append(tests, name)
			}
			all = append(all, strings.Join(cells[:3], " | ")+" | "+strings.Join(tests, ", "))
		}
		return all
	}
	if !slices.Equal(bare(string(text)), bare(render(listed, results))) {
		return fmt.Errorf("%s does not show these rows and tests: run make test-faults ARGS=-write", page)
	}
	return nil
}
