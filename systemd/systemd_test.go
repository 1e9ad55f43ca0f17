package systemd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followupd/systemd"
)

func TestUserUnit_SystemdTakesEveryPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `a b $HOME 50%`) // systemd takes no quotes and backslashes in a program's path
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "followupd")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	unit := systemd.UserUnit([]string{program, "run", "-c", `/home/a "b" $HOME 50% \x/anna.toml`})
	if !strings.HasPrefix(unit, systemd.Mark+"\n\n[Unit]\n") || strings.Count(unit, "ExecStart=") != 1 || !strings.Contains(unit, "50%%") {
		t.Errorf("the unit is\n%s", unit)
	}
	file := filepath.Join(t.TempDir(), "followupd.service")
	if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	out, err := analyze(t, "--user", "--man=no", "--generators=no", "verify", file)
	for line := range strings.Lines(out) {
		if strings.Contains(line, "followupd") {
			t.Error(line)
		}
	}
	if err != nil && !t.Failed() {
		t.Skipf("systemd-analyze does not work here: %v\n%s", err, out)
	}
}
