package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"followupd/tracker"
)

func TestFault_43_CSVCellIsNoFormula(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"},
		{"+1", "'+1"},
		{"-1+2", "'-1+2"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "' =1"},
		{"\r=1", "' =1"},
		{"\x00=1", "'\\u0000=1"},
		{"  =1", "'  =1"},
		{"＝1", "'＝1"},
		{"a\r\nb", "a  b"},
		{"Offer = 3", "Offer = 3"},
		{"\x1b[31mred", "\\u001b[31mred"},
		{"", ""},
	} {
		if got := cell(c.in); got != c.want {
			t.Errorf("%q gives %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0", "lena@nordbau.example")
	f.Add("a,\"b\"\r\nc", "=x@y")
	f.Add("\xff\u202e\u009b31m", "\x00")
	f.Fuzz(func(t *testing.T, subject, who string) {
		var out bytes.Buffer
		e := Export{Threads: []Thread{{Subject: subject, Prospects: []string{who}, Reasons: []string{subject}}}, Ledger: []Entry{{Asset: subject, Why: []string{who}}}}
		if err := CSV(&out, e); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(out.Bytes())).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, error %v", len(rows), err)
		}
		for _, row := range rows[1:] {
			for i, field := range row {
				if strings.ContainsAny(field[:min(1, len(field))], "=+-@\t\r\x00") {
					t.Errorf("%s begins a formula: %q", columns[i], field)
				}
				for _, r := range field {
					if hidden(r) {
						t.Errorf("%s holds %U", columns[i], r)
					}
				}
			}
		}
	})
}

func FuzzJSON_HoldsNoHiddenCharacter(f *testing.F) {
	f.Add("\u202e\u009b31m\x7f\u2028\\u0041")
	f.Fuzz(func(t *testing.T, subject string) {
		var out bytes.Buffer
		if err := JSON(&out, Thread{Subject: subject}); err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if r != '\n' && hidden(r) {
				t.Errorf("holds %U", r)
			}
		}
		var back Thread
		if err := json.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(subject) && back.Subject != subject {
			t.Errorf("%q became %q", subject, back.Subject)
		}
	})
}

func TestCSV_ThreadsAndLedgerUnderOneHeader(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	outcome := tracker.Declined
	var out bytes.Buffer
	err := CSV(&out, Export{
		Threads: []Thread{{ID: "t1", Subject: "Your audit, \"Lena\"", Prospects: []string{"lena@nordbau.example", "bo@nordbau.example"}, State: tracker.Closed, Outcome: &outcome, LastOutbound: &at}},
		Ledger:  []Entry{{Thread: "t1", Step: 1, Approach: "case_study", Asset: "freight.md", State: tracker.DraftSent, Created: at}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join(columns, ",") + "\r\n" +
		`thread,t1,lena@nordbau.example bo@nordbau.example,,"Your audit, ""Lena""",closed,declined,,,0,2026-03-02T09:30:00Z,,,,,,,,,,,` + "\r\n" +
		`draft,t1,,,,sent,,,,1,,,,,,,,case_study,freight.md,2026-03-02T09:30:00Z,,` + "\r\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
