package mail_test

import (
	"strings"
	"testing"

	"followupd/mail"
)

// TestMayReport_MissesNothingThatReadFinds crosses everything by which a header alone can look like a report.
func TestMayReport_MissesNothingThatReadFinds(t *testing.T) {
	var headers []string
	for _, from := range []string{"Lena <lena@nord.example>", "MAILER-DAEMON@mx.example", "Mail Delivery Subsystem <x@mx.example>", "noreply@nord.example", ""} {
		for _, subject := range []string{"Freight audit", "Undelivered Mail Returned to Sender", "Re: Delivery Status Notification (Failure)", "Read: Freight audit", "Fwd: Undeliverable"} {
			for _, more := range []string{
				"", "Return-Path: <>\n", "Return-Path: <postmaster@mx.example>\n", "X-Failed-Recipients: lena@nord.example\n",
				"Content-Type: Multipart/REPORT; report-type=delivery-status\n", "Content-Type: multipart/report; report-type=disposition-notification\n",
				"Content-Type: multipart/report; report-type=feedback-report\n", "In-Reply-To: <offer@acme.example>\n", "Auto-Submitted: auto-replied\n", "Sender: postmaster@mx.example\n",
			} {
				headers = append(headers, "From: "+from+"\nSubject: "+subject+"\nMessage-ID: <a@mx.example>\n"+more+"\n")
			}
		}
	}
	reports, others := 0, 0
	for _, header := range headers {
		m := mail.ParseHeader([]byte(header))
		r := mail.Read(m, mail.Context{})
		may := mail.MayReport(m)
		switch {
		case r.Kind == mail.KindBounce || len(r.Failed) > 0 || r.Original != "":
			reports++
			if !may {
				t.Errorf("%s, and it may be no report:\n%s", r.Kind, strings.TrimSpace(header))
			}
		case !may:
			others++
		}
	}
	if reports == 0 || others == 0 {
		t.Errorf("%d reports, %d surely none; want some of each", reports, others)
	}
}
