// Package systemd_test holds the units against what systemd says of them, where it is installed.
package systemd_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"followupd/config"
)

var units = []string{"followupd.service", "followupd@.service"}

func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze: what systemd thinks of the units is not tried (Debian: apt-get install systemd)")
	}
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	return string(out), err
}

// directives gives the values of a unit's settings, in order.
func directives(t *testing.T, unit string) map[string][]string {
	t.Helper()
	f, err := os.Open(unit)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string][]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), "="); ok && !strings.HasPrefix(key, "#") {
			all[key] = append(all[key], value)
		}
	}
	return all
}

// The program need not be installed for the units to be right, so that a stand-in takes its place.
func TestUnits_SystemdFindsNothingToSay(t *testing.T) {
	program := regexp.MustCompile(`(?m)^ExecStart=\S+`)
	for unit, flag := range map[string]string{"followupd.service": "--user", "followupd@.service": "--system"} {
		t.Run(unit, func(t *testing.T) {
			text, err := os.ReadFile(unit)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, unit), program.ReplaceAll(text, []byte("ExecStart=/bin/true")), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir()) // the user's manager wants one
			out, err := analyze(t, flag, "--man=no", "--generators=no", "verify", filepath.Join(dir, strings.Replace(unit, "@", "@anna", 1)))
			for line := range strings.Lines(out) {
				if strings.Contains(line, "followupd") { // other units of the machine are not ours to judge
					t.Error(line)
				}
			}
			if err != nil && !t.Failed() {
				t.Skipf("systemd-analyze does not work here, so that the unit is not tried: %v\n%s", err, out)
			}
		})
	}
}

func TestServerUnit_ExposureIsAtMost1Point2(t *testing.T) {
	out, err := analyze(t, "security", "--offline=true", "--threshold=12", "followupd@.service")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestUnits_EverySettingSaysWhy(t *testing.T) {
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		explained := false
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "#"):
				explained = true
			case line == "" || strings.HasPrefix(line, "["):
				explained = false
			case !explained && !plain(line):
				t.Errorf("%s: no comment above %s", unit, line)
			}
		}
	}
}

// plain are settings that every unit has, whose names say it all.
func plain(line string) bool {
	key, _, _ := strings.Cut(line, "=")
	switch key {
	case "Description", "WantedBy", "Wants", "After":
		return true
	}
	return false
}

func TestUnits_FitTheProgram(t *testing.T) {
	for _, unit := range units {
		d := directives(t, unit)
		for key, want := range map[string]string{
			"Type":                     "notify", // notify-reload is unknown to Debian 12
			"ExecReload":               "/bin/kill -HUP $MAINPID",
			"Restart":                  "on-failure",
			"RestartPreventExitStatus": "2", // the contract: wrong configuration
		} {
			if got := strings.Join(d[key], " "); got != want {
				t.Errorf("%s: %s=%s, want %s", unit, key, got, want)
			}
		}
		families := strings.Fields(strings.Join(d["RestrictAddressFamilies"], " "))
		for _, need := range []string{"AF_UNIX", "AF_INET", "AF_INET6"} {
			if !strings.Contains(" "+strings.Join(families, " ")+" ", " "+need+" ") {
				t.Errorf("%s: lacks %s", unit, need)
			}
		}
		if d["WatchdogSec"] == nil {
			t.Errorf("%s: no watchdog", unit)
		}
	}
}

// The credential of the unit is what a configuration without a password uses.
func TestServerUnit_CredentialIsWhatTheConfigurationAsks(t *testing.T) {
	name, source, _ := strings.Cut(strings.Join(directives(t, "followupd@.service")["LoadCredential"], ""), ":")
	if source != "/etc/followupd/%i.password" {
		t.Errorf("the password is read from %q", source)
	}
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("STATE_DIRECTORY", "/var/lib/followupd/anna")
	if err := os.WriteFile(filepath.Join(dir, name), []byte("hunter2\n"), 0o440); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(strings.NewReader("mailbox.address = \"anna@acme.example\"\nimap.host = \"imap.acme.example\"\n"), "/etc/followupd/anna.toml")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := cfg.IMAP.Secret(t.Context())
	if err != nil || secret.Reveal() != "hunter2" {
		t.Errorf("got %q, %v", secret.Reveal(), err)
	}
	if cfg.State.Dir != "/var/lib/followupd/anna" {
		t.Errorf("state goes to %s", cfg.State.Dir)
	}
}
