package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
)

// completions asks as a shell does; the descriptions are cut off.
func (d *desk) completions(args ...string) []string {
	d.t.Helper()
	before := args[:len(args)-1]
	all := append([]string{"__complete", "-c", d.file()}, before...)
	o := d.run(append(all, args[len(args)-1])...)
	if o.status != 0 {
		d.t.Fatalf("completion of %v ends with %d: %s", args, o.status, o.err)
	}
	var words []string
	for line := range strings.Lines(o.out) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !strings.HasPrefix(word, ":") && strings.HasPrefix(word, args[len(args)-1]) { // the shells' scripts choose, too
			words = append(words, word)
		}
	}
	return words
}

func TestCompletion_KnowsWhatMayStandWhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.configure("cadence.grade.hot", `{ follow_up_after = ["1bd"] }`)
	d.offer(lena)
	if got := d.completions("show", ""); len(got) != 0 {
		t.Errorf("before anything was read there is %v", got)
	}
	if _, err := os.Stat(d.state()); err == nil {
		t.Error("completing made a state")
	}
	d.mustRun("once")
	before := files(t, d.state())
	id := d.threads()[lena].ID
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"thr"}, []string{"threads"}},
		{[]string{"threads", "--st"}, []string{"--state"}},
		{[]string{"threads", "--state", "w"}, []string{"waiting"}},
		{[]string{"close", lena, "--outcome", ""}, []string{"lost", "stopped", "won"}},
		{[]string{"export", "--format", ""}, []string{"csv", "ics", "json"}},
		{[]string{"show", ""}, []string{lena}},
		{[]string{"hold", lena[:2]}, []string{lena}},
		{[]string{"reopen", "nobody"}, nil},
		{[]string{"show", id[:4]}, []string{id}},
		{[]string{"show", lena, ""}, nil},
		{[]string{"grade", lena, ""}, []string{"hot", "none"}},
		{[]string{"situation", lena, "prop"}, []string{"proposal"}},
		{[]string{"--color", "n"}, []string{"never"}},
	} {
		got := d.completions(c.args...)
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%v completes to %v, want %v", c.args, got, c.want)
		}
	}
	if after := files(t, d.state()); len(after) != len(before) {
		t.Errorf("completing left files in the state: %v, before %v", after, before)
	}
}

func TestCompletion_EachShellTakesItsScript(t *testing.T) {
	t.Parallel()
	for shell, check := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			var out, errs strings.Builder
			if status := run(t.Context(), []string{"completion", shell}, nil, &out, &errs); status != 0 {
				t.Fatalf("completion %s ends with %d: %s", shell, status, errs.String())
			}
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("no %s: whether it takes its script is not tried", shell)
			}
			file := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			if said, err := exec.CommandContext(t.Context(), program, append(check, file)...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}
