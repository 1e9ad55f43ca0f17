package dates

import (
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The absence mails of the shared corpus with a known return date, read as plain text.
func TestFind_RealNotices(t *testing.T) {
	const corpus = "../../../shared/corpus"
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		t.Skipf("the shared corpus is not there: %v", err)
	}
	for line := range strings.SplitSeq(string(manifest), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 6 || !strings.HasPrefix(f[4], "20") {
			continue
		}
		file, err := os.Open(filepath.Join(corpus, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(file)
		if err != nil {
			t.Fatal(err)
		}
		body := m.Body
		if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		text, _ := io.ReadAll(body)
		file.Close()
		base, err := m.Header.Date()
		if err != nil {
			t.Fatal(err)
		}
		found, ok := Find(string(text), base, f[3])
		if got := found.Day.Format(time.DateOnly); !ok || got != f[4] {
			t.Errorf("%s (%s): %v %q from %q, want %s", f[0], f[5], ok, got, found.Phrase, f[4])
		}
	}
}
