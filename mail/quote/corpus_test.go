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
func plainText(t *testing.T, path string) string {
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

func firstPlain(t *testing.T, contentType, encoding string, body io.Reader) string {
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

// expected gives the new text of each reply fixture by its line numbers in the plain text, judged by hand against the sources' own
// tests: "1-5" is one segment, "2 5" two. Signatures are no part of it.
var expected = map[string]string{
	"msgs/7ebe999c83a1.eml": "1-5", "msgs/7c9471d54dba.eml": "1 8-34", "msgs/332cba1f3031.eml": "1", "msgs/9bea85f3f7cb.eml": "1",
	"msgs/4af32372dc59.eml": "1-3", "msgs/418773b4e1c1.eml": "1", "msgs/fb692df40f0f.eml": "1-3", "msgs/3fa219ab0bb1.eml": "1",
	"msgs/bf7a424690aa.eml": "1-9", "msgs/a519c8ca53e9.eml": "1", "msgs/1f9f504bda1b.eml": "1-3", "msgs/e21d45c47a16.eml": "1",
	"msgs/cd96fbc6d7d3.eml": "1", "msgs/375bc9c1526b.eml": "1-11", "msgs/6505aad50187.eml": "1", "msgs/bc32671b1f15.eml": "1",
	"msgs/5cd752895824.eml": "1-9", "msgs/b46021de7233.eml": "1", "msgs/ecb740f1fad4.eml": "4 8 12", "msgs/a8b47d1e47f9.eml": "1 7 12",
	"msgs/4b76b201eb40.eml": "1-6", "msgs/d690d52ec2ea.eml": "1-3", "msgs/3559dd1d9977.eml": "1-5", "msgs/c7922f7a6821.eml": "1-7",
	"msgs/dd9ead2b6528.eml": "1-5", "msgs/43a9fc3103f5.eml": "1", "msgs/59a2d6ae1773.eml": "1",
	"msgs/773e8dc72193.eml": "1-5", "msgs/a667a6e02a8c.eml": "1 8-34", "msgs/0d98fcb5249d.eml": "1-3", "msgs/92d28cd372f5.eml": "1",
	"msgs/ccb220be3d49.eml": "1", "msgs/42f724283ddc.eml": "1-7", "msgs/ed9b0d25b1dc.eml": "1-6", "msgs/5588e62e7d10.eml": "1-3",
	"msgs/397974938a2d.eml": "1", "msgs/c10047891f9f.eml": "1", "msgs/60b28bc3752e.eml": "1", "msgs/9ef30ad9b167.eml": "1",
	"msgs/1300bd5c157d.eml": "1", "msgs/2aeea0d48a5b.eml": "1", "msgs/409c1c377183.eml": "2", "msgs/90879c8d1150.eml": "1",
	"msgs/9b7f84f16dc2.eml": "1", "msgs/e4847f31c4c1.eml": "1", "msgs/9b17b516d8f8.eml": "3", "msgs/b814a89bc561.eml": "1",
	"msgs/869457a1f862.eml": "1-2", "msgs/de037e42b328.eml": "1", "msgs/9e085065ea9f.eml": "1", "msgs/c385674709be.eml": "1-6",
}

// latin is how the other fixtures begin: five lines of their own, then a quote of one client or another.
const latin = "Fusce bibendum"

func TestCut_ReplyFixtures(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		t.Skipf("the shared corpus is not there: %v", err)
	}
	judged, right := 0, 0
	for line := range strings.SplitSeq(string(manifest), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 11 || f[1] != "human" || !strings.Contains("crisp-oss/email-reply-parser github/email_reply_parser zapier/email-reply-parser willdurand/EmailReplyParser mailgun/talon", f[7]) {
			continue
		}
		text := plainText(t, f[0])
		ranges := expected[f[0]]
		if strings.HasPrefix(text, latin) {
			ranges = "1-5"
		}
		if ranges == "" {
			continue // templates with placeholders: nothing says what is right
		}
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
