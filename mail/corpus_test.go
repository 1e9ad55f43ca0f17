package mail_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// corpus is the folder of labelled messages beside the project; tests that want it skip where it is absent.
const corpus = "../../shared/corpus"

// labelled is one message of the corpus with what it is known to be.
type labelled struct {
	path, label, sub, language, headers, origin string
	source                                      []byte
}

func readCorpus(t testing.TB) []labelled {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		t.Skipf("left out: no labelled messages here (%v)", err)
	}
	var all []labelled
	for line := range strings.Lines(string(manifest)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 10 || f[0] == "path" {
			continue
		}
		source, err := os.ReadFile(filepath.Join(corpus, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, labelled{f[0], f[1], f[2], f[3], f[6], f[9], source})
	}
	return all
}

// class maps a kind to the labels of the corpus.
func class(k mail.Kind) string {
	switch k {
	case mail.KindHuman, mail.KindAutoReply, mail.KindBounce:
		return string(k)
	}
	return "other"
}

func TestRead_KindsOfTheCorpus(t *testing.T) {
	all := readCorpus(t)
	classes := []string{"human", "auto_reply", "bounce", "other"}
	matrix := map[[2]string]int{} // label, class
	// The first reading compiles the rules.
	mail.Read(mail.Message{Content: &mail.Content{Text: "x"}}, mail.Context{})
	start := time.Now()
	for _, m := range all {
		r := mail.Read(mail.Parse(m.source), mail.Context{})
		got := class(r.Kind)
		matrix[[2]string{m.label, got}]++
		if got != m.label {
			t.Logf("%s: %s (%s) read as %s/%s: %s", m.path, m.label, m.sub, r.Kind, r.Sub, strings.Join(r.Reasons, " | "))
		}
	}
	took := time.Since(start)
	// What was reached, less one message of a small class. Of the bounces here one is an "out of the office" (a file called
	// warning-6 in its source) and one an advertisement; they count as labelled.
	floors := map[string][2]float64{ // recall, precision
		"human": {.995, .98}, "auto_reply": {.93, .93}, "bounce": {.985, .995}, "other": {.84, .95},
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "\n%-11s %7s %9s   read as", "label", "recall", "precision")
	for _, c := range classes {
		fmt.Fprintf(&table, " %10s", c)
	}
	for _, label := range classes {
		var n, named int
		for _, c := range classes {
			n += matrix[[2]string{label, c}]
			named += matrix[[2]string{c, label}]
		}
		right := float64(matrix[[2]string{label, label}])
		recall, precision := right/float64(max(n, 1)), right/float64(max(named, 1))
		fmt.Fprintf(&table, "\n%-11s %7.3f %9.3f          ", label, recall, precision)
		for _, c := range classes {
			fmt.Fprintf(&table, " %10d", matrix[[2]string{label, c}])
		}
		if recall < floors[label][0] || precision < floors[label][1] {
			t.Errorf("%s: recall %.3f, precision %.3f, want at least %v", label, recall, precision, floors[label])
		}
	}
	t.Logf("%s\n%d messages, %v each", table.String(), len(all), took/time.Duration(len(all)))
}
