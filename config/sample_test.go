package config

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write sample.toml and docs/configuration.md anew")

func sampleText(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := Sample(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSample_FilesInTheRepositoryAreUpToDate(t *testing.T) {
	var reference bytes.Buffer
	if err := Reference(&reference); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"sample.toml": sampleText(t), "../docs/configuration.md": reference.String()} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(got), want); d != "" {
			t.Errorf("%s: run go test ./config -update:\n%s", path, d)
		}
	}
}

func TestSample_MeansTheDefaults(t *testing.T) {
	got := mustParse(t, sampleText(t))
	want := Default()
	want.Mailbox.Address = "anna@acme.example"
	want.IMAP.Host = "imap.acme.example"
	want.IMAP.PasswordCommand = []string{"pass", "show", "mail/anna"}
	want.File = "/etc/followupd/anna.toml"
	want = want.complete("/etc/followupd", home)
	if d := cmp.Diff(got, want, sameConfig); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}

// Taking the # from any one line is right: a default changes nothing, an example is accepted.
func TestSample_EveryLineMayBeUncommented(t *testing.T) {
	lines := strings.Split(sampleText(t), "\n")
	as := mustParse(t, sampleText(t))
	table, inRule := "", false
	for i, line := range lines {
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[]")
		}
		if !strings.HasPrefix(line, "#") || strings.HasPrefix(line, "# ") {
			inRule = inRule && line != ""
			continue
		}
		changed := strings.Split(sampleText(t), "\n")
		changed[i] = strings.TrimPrefix(line, "#")
		if strings.HasPrefix(line, "#[[") { // a rule as a whole, and the grade it gives
			for k := i; k < len(lines) && lines[k] != ""; k++ {
				if !strings.HasPrefix(lines[k], "# ") {
					changed[k] = strings.TrimPrefix(lines[k], "#")
				}
			}
			changed = append(changed, "[cadence.grade.hot]", "[imap.folders]", `also = ["Key accounts"]`)
			for k, l := range changed[:len(lines)] {
				if l == "[imap.folders]" {
					changed[k] = ""
				}
			}
			inRule = true
		} else if inRule {
			inRule = line != ""
			continue
		} else if strings.HasPrefix(line, "#[") { // a table, with the key below it
			changed[i+1] = strings.TrimPrefix(lines[i+1], "#")
		} else if i > 0 && strings.HasPrefix(lines[i-1], "#[") {
			continue
		}
		key, _, _ := strings.Cut(changed[i], " ")
		if table == "webhook" && key == "url" { // it wants a secret beside it
			changed[i] += "\nsecret_env = \"S\""
		}
		got, err := parse([]byte(strings.Join(changed, "\n")), as.File, home)
		if table == "imap" && (key == "password_file" || key == "password_env") {
			var all Errors
			if !errors.As(err, &all) || len(all) != 1 || all[0].Problem != "there is already imap.password_command" {
				t.Errorf("%s.%s beside a command: %v", table, key, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("line %d: %v", i+1, err)
			continue
		}
		if hasExample(table, key) {
			continue
		}
		if d := cmp.Diff(got, as, sameConfig); d != "" {
			t.Errorf("line %d is not the default:\n%s", i+1, d)
		}
	}
}

func hasExample(table, key string) bool {
	if strings.HasPrefix(key, "[") {
		return true
	}
	found := false
	walkKeys("", reflect.TypeFor[Config](), func(path string, f field) {
		if path == join(table, key) {
			found = f.tag.Get("example") != ""
		}
	})
	return found
}

func walkKeys(table string, t reflect.Type, visit func(path string, f field)) {
	for _, f := range fieldsOf(t) {
		path := join(table, f.key)
		visit(path, f)
		switch {
		case f.isTable():
			walkKeys(path, f.typ, visit)
		case f.isRules():
			walkKeys(path, f.typ.Elem(), visit)
		}
	}
}

func TestReference_DocumentsEveryKey(t *testing.T) {
	var b bytes.Buffer
	if err := Reference(&b); err != nil {
		t.Fatal(err)
	}
	walkKeys("", reflect.TypeFor[Config](), func(path string, f field) {
		doc := f.tag.Get("doc")
		if !strings.HasSuffix(doc, ".") {
			t.Errorf("%s has no documentation that ends in a full stop: %q", path, doc)
		}
		if !strings.Contains(b.String(), cell(doc)) {
			t.Errorf("the reference lacks %s", path)
		}
	})
}

func TestToml_WrittenTextReadsBack(t *testing.T) {
	for _, s := range []string{"", `a"b\c`, "a\nb\tc\x7f\x01", "Entwürfe 😀"} {
		cfg, err := parse([]byte(least+"mailbox.signature = "+tomlText(s)+"\n"), "f.toml", home)
		if strings.ContainsAny(s, "\x01\x7f") {
			if err == nil || !strings.Contains(err.Error(), "control character") {
				t.Errorf("%q: %v", s, err)
			}
			continue
		}
		if err != nil || cfg.Mailbox.Signature != s {
			t.Errorf("%q is read as %q, %v", s, cfg.Mailbox.Signature, err)
		}
	}
}

func TestCompose_SetsWhatIsGivenAndNothingElse(t *testing.T) {
	text, err := Compose(map[string]any{
		"mailbox.address": "anna@acme.example", "mailbox.name": "Anna \"Bo\" Bj\u00f6rk \\ Co", "imap.host": "imap.acme.example", "imap.port": 1143,
		"imap.security": "starttls", "imap.keyring": true, "imap.folders.sent": "Gesendete Objekte", "prospects.exclude": []string{"@press.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := mustParse(t, string(text))
	want := Default()
	want.Mailbox.Address, want.Mailbox.Name = "anna@acme.example", "Anna \"Bo\" Bj\u00f6rk \\ Co"
	want.IMAP.Host, want.IMAP.Port, want.IMAP.Security, want.IMAP.Keyring = "imap.acme.example", 1143, STARTTLS, true
	want.IMAP.Folders.Sent = "Gesendete Objekte"
	want.Prospects.Exclude = []string{"@press.example"}
	want.File = got.File
	want = want.complete("/etc/followupd", home)
	if d := cmp.Diff(got, want, sameConfig); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
	for key, given := range map[string]bool{"imap.port": true, "imap.poll": false, "imap.password_command": false} {
		if got.Given(key) != given {
			t.Errorf("%s is given: %v, want %v", key, !given, given)
		}
	}
}

func TestCompose_UnknownKey(t *testing.T) {
	if _, err := Compose(map[string]any{"imap.hots": "x"}); err == nil || !strings.Contains(err.Error(), "imap.hots") {
		t.Errorf("got %v, want an error that names imap.hots", err)
	}
}
