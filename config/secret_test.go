package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

const hunter = "hunter2 über"

func TestSecret_NothingPrintsIt(t *testing.T) {
	s := NewSecret(hunter)
	type holder struct{ hidden Secret }
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("login", "secret", s, "holder", holder{s})
	slog.New(slog.NewTextHandler(&log, nil)).Info("login", "secret", s, "holder", holder{s})
	js, err := json.Marshal(map[string]any{"s": s, "p": &s})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c"} {
		out += fmt.Sprintf(verb+verb+verb+verb, s, &s, holder{s}, []Secret{s})
	}
	for _, leak := range []string{hunter, "hunter2", fmt.Sprintf("%x", hunter), fmt.Sprintf("%X", hunter)} {
		if strings.Contains(out, leak) {
			t.Errorf("%q shows in:\n%s", leak, out)
		}
	}
	if got := s.Reveal(); got != hunter {
		t.Errorf("Reveal gives %q", got)
	}
	if !(Secret{}).Empty() || s.Empty() {
		t.Error("Empty is wrong")
	}
}

func script(t *testing.T, body string) []string {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh: commands are not tried")
	}
	return []string{"/bin/sh", "-c", body}
}

func writeFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestIMAPSecret_FirstLineOfEachSource(t *testing.T) {
	t.Setenv("FOLLOWUPD_TEST_PASSWORD", hunter+"\nuser: anna")
	for _, tc := range []struct {
		name  string
		login Login
	}{
		{"command", Login{PasswordCommand: script(t, "printf '%s\\nuser: anna\\n' 'hunter2 über'")}},
		{"command with CRLF", Login{PasswordCommand: script(t, "printf '%s\\r\\n' 'hunter2 über'")}},
		{"command that prints without end", Login{PasswordCommand: script(t, "echo 'hunter2 über'; yes | head -c 1000000")}},
		{"file", Login{PasswordFile: writeFile(t, hunter+"\nuser: anna\n", 0o600)}},
		{"file without line end", Login{PasswordFile: writeFile(t, hunter, 0o400)}},
		{"variable", Login{PasswordEnv: "FOLLOWUPD_TEST_PASSWORD"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := IMAP{Username: "anna", Login: tc.login}.Secret(t.Context())
			if err != nil || got.Reveal() != hunter {
				t.Errorf("got %q, %v", got.Reveal(), err)
			}
		})
	}
}

func TestIMAPSecret_IsReadAfreshEachTime(t *testing.T) {
	path := writeFile(t, "old\n", 0o600)
	i := IMAP{Login: Login{PasswordFile: path}}
	if s, err := i.Secret(t.Context()); err != nil || s.Reveal() != "old" {
		t.Fatal(s.Reveal(), err)
	}
	if err := os.WriteFile(path, []byte("new\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := i.Secret(t.Context()); err != nil || s.Reveal() != "new" {
		t.Fatal(s.Reveal(), err)
	}
}

func TestIMAPSecret_Mistakes(t *testing.T) {
	t.Setenv("FOLLOWUPD_TEST_EMPTY", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	dir := t.TempDir()
	open := writeFile(t, hunter+"\n", 0o644)
	group := writeFile(t, hunter+"\n", 0o640)
	for _, tc := range []struct {
		name  string
		login Login
		want  string
	}{
		{"program missing", Login{PasswordCommand: []string{"no-such-program-here"}}, `imap.password_command: "no-such-program-here" is not installed, or not in the PATH of this service; write its whole path`},
		{"program fails", Login{PasswordCommand: script(t, "echo 'gpg: no secret key' >&2; exit 2")}, `imap.password_command: "/bin/sh" failed (exit status 2): gpg: no secret key; run it by hand, as the same user, to see why`},
		{"program tells it on stderr too", Login{PasswordCommand: script(t, "echo 'hunter2 über'; echo 'is hunter2 über' >&2; exit 1")}, `imap.password_command: "/bin/sh" failed (exit status 1): is ***; run it by hand, as the same user, to see why`},
		{"program prints controls", Login{PasswordCommand: script(t, `printf 'a\033[2J\nb' >&2; exit 1`)}, `imap.password_command: "/bin/sh" failed (exit status 1): a, [2J, b; run it by hand, as the same user, to see why`},
		{"program prints nothing", Login{PasswordCommand: script(t, "echo; echo second")}, `imap.password_command: "/bin/sh" printed nothing on its first line; run it by hand, as the same user: the first line must be the secret`},
		{"no file", Login{PasswordFile: filepath.Join(dir, "x")}, `imap.password_file: ` + filepath.Join(dir, "x") + ` does not exist; write the password into it, mode 0600`},
		{"folder", Login{PasswordFile: dir}, `imap.password_file: ` + dir + ` is a folder; name the file in it`},
		{"device", Login{PasswordFile: os.DevNull}, `imap.password_file: ` + os.DevNull + ` is no regular file; for a pipe or device use password_command`},
		{"file for all", Login{PasswordFile: open}, `imap.password_file: ` + open + ` is open to other users (mode 0644); run chmod 600 ` + open},
		{"file for a group", Login{PasswordFile: group}, `imap.password_file: ` + group + ` is open to other users (mode 0640); run chmod 600 ` + group},
		{"variable not set", Login{PasswordEnv: "FOLLOWUPD_TEST_NONE"}, `imap.password_env: the environment variable FOLLOWUPD_TEST_NONE is not set; set it where the service is started`},
		{"variable empty", Login{PasswordEnv: "FOLLOWUPD_TEST_EMPTY"}, `imap.password_env: the environment variable FOLLOWUPD_TEST_EMPTY is empty; set it where the service is started`},
		{"keyring without desktop", Login{Keyring: true}, `imap.keyring: there is no desktop session, hence no keyring; use password_command, password_file or a systemd credential`},
		{"none", Login{}, `imap: no source of the password is given; set one of password_command, password_file, password_env or keyring in [imap], or pass the systemd credential imap-password`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := IMAP{Login: tc.login}.Secret(t.Context())
			if err == nil || err.Error() != tc.want || !got.Empty() {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
	empty := writeFile(t, "\n"+hunter, 0o600)
	if _, err := (IMAP{Login: Login{PasswordFile: empty}}).Secret(t.Context()); err == nil || strings.Contains(err.Error(), hunter) {
		t.Errorf("empty first line: %v", err)
	}
}

func TestIMAPSecret_Keyring(t *testing.T) {
	keyring.MockInit() // the library's own stand-in, for the rest of this process
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	if err := keyring.Set("followupd", "anna", hunter); err != nil {
		t.Fatal(err)
	}
	if s, err := (IMAP{Username: "anna", Login: Login{Keyring: true}}).Secret(t.Context()); err != nil || s.Reveal() != hunter {
		t.Error(s.Reveal(), err)
	}
	_, err := IMAP{Username: "bo", Login: Login{Keyring: true}}.Secret(t.Context())
	if !errors.Is(err, keyring.ErrNotFound) || !strings.Contains(err.Error(), `for service "followupd" and user "bo"; store it with: `) {
		t.Errorf("got %v", err)
	}
	keyring.MockInitWithError(errors.New("failed to unlock correct collection"))
	_, err = IMAP{Username: "anna", Login: Login{Keyring: true}}.Secret(t.Context())
	if err == nil || !strings.Contains(err.Error(), "unlock it, or use password_command") {
		t.Errorf("got %v", err)
	}
}

func TestIMAPSecret_CommandThatWaitsIsEnded(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	// The child of the shell keeps the pipes open after the shell was killed.
	_, err := IMAP{Login: Login{PasswordCommand: script(t, "sleep 20; echo late")}}.Secret(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "unlock the password store") {
		t.Errorf("got %v", err)
	}
}

func TestSecret_SystemdCredential(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	// systemd hands them out with an access list, whose mask shows as the group's bits.
	if err := os.WriteFile(filepath.Join(dir, "imap-password"), []byte("of-imap\n"), 0o440); err != nil {
		t.Fatal(err)
	}
	if s, err := (IMAP{}).Secret(t.Context()); err != nil || s.Reveal() != "of-imap" {
		t.Error("imap:", s.Reveal(), err)
	}
	if s, err := (SMTP{}).Secret(t.Context()); err != nil || s.Reveal() != "of-imap" {
		t.Error("smtp without its own:", s.Reveal(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "smtp-password"), []byte("of-smtp\n"), 0o440); err != nil {
		t.Fatal(err)
	}
	if s, err := (SMTP{}).Secret(t.Context()); err != nil || s.Reveal() != "of-smtp" {
		t.Error("smtp:", s.Reveal(), err)
	}
	named := IMAP{Login: Login{PasswordFile: filepath.Join(dir, "imap-password")}}
	if s, err := named.Secret(t.Context()); err != nil || s.Reveal() != "of-imap" {
		t.Error("named as a file:", s.Reveal(), err)
	}
}

func TestLLMSecret_NoCommandIsNoKey(t *testing.T) {
	if s, err := (LLM{}).Secret(t.Context()); err != nil || !s.Empty() {
		t.Error(s.Reveal(), err)
	}
	if s, err := (LLM{APIKeyCommand: script(t, "echo key")}).Secret(t.Context()); err != nil || s.Reveal() != "key" {
		t.Error(s.Reveal(), err)
	}
}
