package metrics

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The administrator's table names every metric of followupd's own, and no other.
func TestDocs_TableOfMetricsIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../docs/administration.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(followupd_[a-z_]+)").FindAllStringSubmatch(string(text), -1) {
		told = append(told, row[1])
	}
	all := NewRegistry(func(p *Process) { *p = Process{Worker: &Worker{}, Mailboxes: []Mailbox{full("anna")}} }, NewPasses(), time.Now())
	families, err := all.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, f := range families {
		if name := f.GetName(); strings.HasPrefix(name, "followupd_") {
			there = append(there, name)
		}
	}
	slices.Sort(told)
	slices.Sort(there)
	for _, name := range there {
		if !slices.Contains(told, name) {
			t.Errorf("docs/administration.md lacks %s", name)
		}
	}
	for _, name := range told {
		if !slices.Contains(there, name) {
			t.Errorf("docs/administration.md tells of %s, which there is not", name)
		}
	}
}
