package inspect

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/mail"
	"followupd/tracker"
)

const (
	offer = "From: Anna Berg <anna@acme.example>\nTo: Max <max@pass.example>\nSubject: Closures\nDate: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <offer@acme.example>\n\nShall we send you the calendar?\n"
	yes   = "From: Max <max@pass.example>\nTo: anna@acme.example\nSubject: Re: Closures\nDate: Tue, 3 Mar 2026 10:00:00 +0100\nMessage-ID: <yes@pass.example>\nIn-Reply-To: <offer@acme.example>\n\nYes please.\n\nFrom Monday on we drive the other way.\n"
	fresh = "From: Max <max@pass.example>\nTo: anna@acme.example\nSubject: One more thing\nDate: Wed, 4 Mar 2026 10:00:00 +0100\nMessage-ID: <fresh@pass.example>\n\nThe ferry as well, please.\n"
	line  = "From max@pass.example Tue Mar  3 10:00:00 2026\n"
)

// write makes files under a new folder and gives its path.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFiles_ReadsEveryKindOfMailFile(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		path  string
	}{
		"an mbox":                            {map[string]string{"box": line + offer + "\n" + line + yes}, "box"},
		"an mbox with lines begun by From":   {map[string]string{"box": line + strings.Replace(offer, "Shall", "\n>From here on: shall", 1) + "\n" + line + yes}, "box"},
		"a folder":                           {map[string]string{"1.eml": offer, "2.eml": yes}, "."},
		"a folder of mails cut from an mbox": {map[string]string{"1.eml": line + offer, "2.eml": line + yes}, "."},
		"a Maildir":                          {map[string]string{"cur/1": offer, "new/2": yes, "tmp/3": fresh}, "."},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Files([]string{filepath.Join(write(t, c.files), c.path)}, []mail.Address{"anna@acme.example"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range found {
				got = append(got, *m.MessageID)
			}
			if diff := cmp.Diff([]string{"<offer@acme.example>", "<yes@pass.example>"}, got); diff != "" {
				t.Fatalf("messages (-want +got):\n%s", diff)
			}
			if found[0].Direction != tracker.Out || found[1].Direction != tracker.In || found[0].Thread != found[1].Thread || *found[1].Parent != "<offer@acme.example>" {
				t.Errorf("%+v\n%+v", found[0], found[1])
			}
			if !strings.Contains(found[1].Text, "From Monday on") {
				t.Errorf("text %q", found[1].Text)
			}
		})
	}
}

func TestFiles_NamesAPathThatHoldsNoMail(t *testing.T) {
	for _, path := range []string{"nothing", "empty"} {
		dir := write(t, map[string]string{"empty/note.txt": "no mail"})
		_, err := Files([]string{filepath.Join(dir, path)}, nil)
		var wrong *PathError
		if !errors.As(err, &wrong) || !strings.HasSuffix(wrong.Path, path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestFiles_SaysWhatTiedAMailWeakly(t *testing.T) {
	dir := write(t, map[string]string{"1.eml": offer, "2.eml": fresh})
	found, err := Files([]string{dir}, []mail.Address{"anna@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	if found[0].Thread != found[1].Thread || !strings.Contains(strings.Join(found[1].Reasons, "\n"), "somebody you wrote to") {
		t.Errorf("%+v", found[1])
	}
	found, err = Files([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found[0].Thread == found[1].Thread || found[0].Direction != tracker.Unknown {
		t.Errorf("nobody's mail is tied as the rep's is: %+v", found[1])
	}
}

func TestFiles_SaysWhereItCutAMail(t *testing.T) {
	header, body, _ := strings.Cut(yes, "\n\n")
	nested := header + "\nContent-Type: multipart/mixed; boundary=b0\n\n"
	for i := range 1000 {
		nested += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	for name, c := range map[string]struct{ source, says string }{
		"50 MB":                 {yes + strings.Repeat("The pass is closed for trailers.\n", 50<<20/33), "longer than"},
		"100,000 header fields": {header + strings.Repeat("\nX-A: b", 100000) + "\n\n" + body, "header over"},
		"1,000 nested parts":    {nested, "nested deeper"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Files([]string{write(t, map[string]string{"1.eml": c.source})}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if reasons := strings.Join(found[0].Reasons, "\n"); !strings.Contains(reasons, "read only in part") || !strings.Contains(reasons, c.says) {
				t.Errorf("reasons: %s", reasons)
			}
		})
	}
}

func FuzzEachInMbox(f *testing.F) {
	f.Add([]byte(line + offer + "\n" + line + yes))
	f.Add([]byte("From \n\nFrom x 1:11\n>From y 2:22\n\nFrom z"))
	f.Fuzz(func(t *testing.T, source []byte) {
		path := filepath.Join(t.TempDir(), "box")
		if err := os.WriteFile(path, append([]byte("From "), source...), 0o600); err != nil {
			t.Fatal(err)
		}
		kept := 0
		err := eachMessage(path, func(_ string, message []byte) error {
			kept += len(message)
			return nil
		})
		if err != nil || kept > len(source)+len("From ") {
			t.Errorf("%d bytes of %d: %v", kept, len(source), err)
		}
	})
}
