package mail_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// TestRead_NoticesWithoutHeaders reads notices of sixteen languages as list archives keep them: without any telling header.
func TestRead_NoticesWithoutHeaders(t *testing.T) {
	lines, err := os.ReadFile("testdata/notices.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(lines), "\n") {
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(f) != 5 {
			continue
		}
		t.Run(fmt.Sprintf("line %d %s %s", n+1, f[0], f[2]), func(t *testing.T) {
			from := "Max Brenner <max@brennerpass.example>"
			if f[0] == "bounce" {
				from = "Mail Delivery System <MAILER-DAEMON@mx.acme.example>"
			}
			source := "From: " + from + "\r\nTo: Anna Berg <anna@acme.example>\r\nDate: Tue, 10 Mar 2026 10:15:00 +0100\r\nSubject: " + f[3] +
				"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(f[4], `\n`, "\r\n") + "\r\n"
			r := mail.Read(mail.Parse([]byte(source)), mail.Context{Me: []mail.Address{"anna@acme.example"}, Received: time.Date(2026, 3, 10, 9, 15, 30, 0, time.UTC)})
			if string(r.Kind) != f[0] || string(r.Sub) != f[1] {
				t.Errorf("%q read as %s/%s, want %s/%s: %s", f[3]+": "+f[4], r.Kind, r.Sub, f[0], f[1], strings.Join(r.Reasons, " | "))
			}
			if len(r.Reasons) == 0 {
				t.Error("no reason given")
			}
			if f[0] == "bounce" && (len(r.Failed) != 1 || r.Failed[0] != "nils@fjord.example") {
				t.Errorf("failed: %v", r.Failed)
			}
		})
	}
}
