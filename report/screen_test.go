package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

func TestTable_FitsTheTerminal(t *testing.T) {
	var list []tracker.Standing
	for i, subject := range []string{
		strings.Repeat("Disputed freight invoices ", 8), strings.Repeat("請求書の件", 20), strings.Repeat("🚚 Lieferung 📦 ", 12),
		strings.Repeat("e\u0301", 90), "short",
	} {
		list = append(list, tracker.Standing{
			Thread: tracker.ThreadID(fmt.Sprintf("abcdef%02d", i)), State: tracker.Review, Subject: subject,
			Prospects: []mail.Person{{Address: mail.Address(strings.Repeat("lena.", 9) + "@nordbau.example")}},
		})
	}
	for _, width := range []int{60, 80, 100, 200} {
		var b bytes.Buffer
		if err := Table(&b, list, time.UTC, Screen{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w := span(strings.TrimSuffix(line, "\n")); w > width && width >= 80 {
				t.Errorf("%d columns on a terminal of %d: %s", w, width, line)
			}
			if !strings.Contains(line, "THREAD") && !strings.Contains(line, "review") {
				t.Errorf("the state is not whole: %s", line)
			}
		}
	}
	var whole bytes.Buffer
	if err := Table(&whole, list, time.UTC, Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if !strings.Contains(whole.String(), strings.TrimSpace(s.Subject)) {
			t.Errorf("a file does not get the whole of %q", s.Subject)
		}
	}
	if strings.Contains(whole.String(), "\x1b") {
		t.Error("a file gets colours")
	}
}

func TestTable_ColumnsStandBelowEachOther(t *testing.T) {
	var b bytes.Buffer
	list := []tracker.Standing{
		{Thread: "a1", State: tracker.Review, Subject: "請求書"},
		{Thread: "b2", State: tracker.Answered, Subject: "📦 parcel"},
		{Thread: "c3", State: tracker.Due, Subject: "plain"},
	}
	if err := Table(&b, list, time.UTC, Screen{Width: 100, Colour: true}); err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[31m", "", "\x1b[33m", "", "\x1b[35m", "").Replace(b.String())
	if plain == b.String() {
		t.Error("a terminal with colours gets none")
	}
	end := -1
	for line := range strings.Lines(plain) {
		at := strings.LastIndex(line, "0")
		if strings.Contains(line, "THREAD") {
			at = strings.Index(line, "STEP") + len("STEP") - 1
		}
		if column := span(line[:at]); end < 0 {
			end = column
		} else if column != end {
			t.Errorf("the step stands in column %d, above in %d:\n%s", column, end, plain)
		}
	}
}

func TestSpan_CountsColumnsOfATerminal(t *testing.T) {
	for text, want := range map[string]int{
		"abc": 3, "Lübeck": 6, "e\u0301": 1, "請求": 4, "한글": 4, "ｱ": 1, "Ａ": 2, "🚚": 2, "☎\ufe0f": 1, "": 0, "a\u200db": 2, "…": 1,
	} {
		if got := span(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 4, "abc…"}, {"請求書", 5, "請求…"}, {"請求書", 4, "請…"}, {"🚚🚚", 2, "…"}} {
		if got := clip(c.text, c.most); got != c.want {
			t.Errorf("%q in %d columns is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
