package agent

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mutation takes one rule of the draft protocol (RELIABILITY 2.3) out of the program.
type mutation struct {
	rule, without string
	file          string
	from, to      string // what is replaced in the file, once
	red           string // the test that must notice
}

var mutations = []mutation{
	{"Rule1", "the intent before the first byte", "draft.go", `	d.State = tracker.DraftUnknown
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return nil, fmt.Errorf("write the intent of draft %s: %w", d.Key, err)
	}
`, `	d.State = tracker.DraftUnknown
`, "TestDraft_SameBytesAgainAfterTwoLooksASettleTimeApart"},
	{
		"Rule2", "the look before the APPEND", "draft.go", `!l.deleted && (l.key == d.Key || answersTo(l.message, d.Answers))`,
		`false && (l.key == d.Key || answersTo(l.message, d.Answers))`, "TestDraft_NotBesideOneBegunMeanwhile",
	},
	{"Rule3", "the last check for an answer", "draft.go", `	thrown, err := a.tail(ctx, st)
`, `	thrown, err := map[string]time.Time{}, error(nil)
`, "TestDraft_AnswerBetweenDecisionAndAppend"},
	{"Rule4", "the look after the server's OK", "draft.go", `	case len(ours) == 0 && a.set.AtMostOnce:`, `	case len(ours) == 0:
		return placed, a.mark(ctx, d, tracker.DraftPlaced, state, lying{Item: mail.Item{UID: uid}})
	case len(ours) == 0 && a.set.AtMostOnce:`, "TestDraft_UnknownOutcomeOfAppend"},
	{"Rule5", "two looks a settle time apart", "sweep.go", `	if now.Before(last.Add(a.set.Settle)) {
		return nil
	}
	d.Looks++`, `	_ = last
	d.Looks += 2`, "TestDraft_SameBytesAgainAfterTwoLooksASettleTimeApart"},
	{"Rule6", "the removal of second copies", "sweep.go", `	for _, l := range slices.Concat(ours, doomed) {
		if l.UID == lowest.UID {`, `	for _, l := range slices.Concat(ours, doomed) {
		if l.UID > 0 {`, "TestDraft_UnknownOutcomeOfAppend"},
	{
		"Rule7", "placed is final", "sweep.go", `		return a.mark(ctx, d, tracker.DraftDiscarded, state, lying{})`,
		`		return a.mark(ctx, d, tracker.DraftWithdrawn, state, lying{})`, "TestDraft_DeletedIsNeverWrittenAgain",
	},
	{"Rule8", "the sweep", "sweep.go", `	a.draftsChanged = a.draftsChanged || unswept(journal, a.draftsNext)
`, `	a.draftsChanged = false
`, "TestDraft_CommitLaterThanSettleIsSweptToOne"},
	{"Rule9", "adoption by a state that was lost", "sweep.go", `	return a.adopt(ctx, known, state, lies)
`, `	return nil
`, "TestDraft_LostStateAdoptsItsOwn"},
	{
		"Rule10", "at most once where nothing is kept", "doubt.go", `	if !a.set.AtMostOnce || `, `	if true || `,
		"TestDraft_AtMostOnceWhereNothingIsKeptOfIt",
	},
}

// Each rule is taken out of the program by an overlay of one source file (go help build, -overlay), so that the program
// itself holds no switch; the harness run against it must go red. Only this package is compiled anew.
func TestMutation(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command")
	}
	for i, m := range mutations {
		t.Run(m.rule, func(t *testing.T) {
			if i%3 != 0 && os.Getenv(wholeRun) != "full" {
				t.Skipf("builds the package anew; make test-faults tries all ten")
			}
			said, status := m.run(t, goTool)
			if status == 0 || !strings.Contains(said, "--- FAIL: "+m.red) {
				t.Errorf("without %s %s does not fail (status %d):\n%s", m.without, m.red, status, said)
			}
		})
	}
}

// run builds the package's tests with the mutation and gives what the test that should notice says.
func (m mutation) run(t *testing.T, goTool string) (said string, status int) {
	t.Helper()
	source, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.from); n != 1 {
		t.Fatalf("%s holds %d times what is to be taken out, want it once:\n%s", m.file, n, m.from)
	}
	dir := t.TempDir()
	mutant := filepath.Join(dir, m.file)
	if err := os.WriteFile(mutant, []byte(strings.Replace(string(source), m.from, m.to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	binary := filepath.Join(dir, "mutant.test")
	build := exec.CommandContext(ctx, goTool, "test", "-c", "-vet=off", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the mutant does not build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, binary, "-test.run", "^"+m.red+"$")
	out, _ := cmd.CombinedOutput() // the status says it
	return string(out), cmd.ProcessState.ExitCode()
}
