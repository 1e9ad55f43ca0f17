package quote

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const corpus = "../../../shared/corpus"

// plainText gives the first text/plain of a fixture; these mails are small and well formed.
func plainText(t testing.TB, path string) string {
	t.Helper()
	file, err := os.Open(filepath.Join(corpus, path))
	if err != nil {
		t.Skipf("the shared corpus is not there: %v", err)
	}
	defer file.Close()
	m, err := netmail.ReadMessage(file)
	if err != nil {
		t.Fatal(err)
	}
	return firstPlain(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func firstPlain(t testing.TB, contentType, encoding string, body io.Reader) string {
	t.Helper()
	media, params, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return ""
			}
			if text := firstPlain(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); text != "" {
				return text
			}
		}
	}
	if media != "" && media != "text/plain" {
		return ""
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newLines gives the new text of each reply fixture by its line numbers in the plain text, judged by hand against the sources' own
// tests: "1-5" is one segment, "2 5" two. Signatures are no part of it. Fixtures that are templates with placeholders are
// not in it: nothing says what is right.
func newLines(t testing.TB) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/replies.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[string]string)
	for row := range strings.Lines(string(data)) {
		path, ranges, _ := strings.Cut(strings.TrimSpace(row), "\t")
		lines[path] = ranges
	}
	return lines
}

func TestCut_ReplyFixtures(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		t.Skipf("the shared corpus is not there: %v", err)
	}
	expected := newLines(t)
	judged, right := 0, 0
	for line := range strings.SplitSeq(string(manifest), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 11 || f[1] != "human" || !strings.Contains("crisp-oss/email-reply-parser github/email_reply_parser zapier/email-reply-parser willdurand/EmailReplyParser mailgun/talon", f[7]) {
			continue
		}
		ranges := expected[f[0]]
		if ranges == "" {
			continue
		}
		text := plainText(t, f[0])
		judged++
		if got, want := bare(Cut(text).New), bare(pick(text, ranges)); got == want {
			right++
		} else {
			t.Logf("%s %s:\n got %q\nwant %q", f[0], f[9], got, want)
		}
	}
	t.Logf("%d of %d right", right, judged)
	if judged == 0 || float64(right) < .97*float64(judged) {
		t.Errorf("%d of %d reply fixtures are cut right, want 97 %%", right, judged)
	}
}

// pick joins the lines named by ranges.
func pick(text, ranges string) string {
	lines := splitLines(text)
	var segments []string
	for r := range strings.FieldsSeq(ranges) {
		from, to, ok := strings.Cut(r, "-")
		if !ok {
			to = from
		}
		a, _ := strconv.Atoi(from)
		b, _ := strconv.Atoi(to)
		segments = append(segments, strings.Join(lines[a-1:min(b, len(lines))], "\n"))
	}
	return strings.Join(segments, "\n\n")
}

// bare is the text with its white space normalised.
func bare(s string) string { return strings.Join(strings.Fields(s), " ") }
