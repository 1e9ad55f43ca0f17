package mail_test

import (
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// letter builds a mail from header lines and a text.
func letter(header, text string) []byte {
	h := "From: Jan Petersen <j.petersen@hafenlog.example>\nTo: Anna Berg <anna@acme.example>\nDate: Tue, 10 Mar 2026 10:15:00 +0100\nMessage-ID: <x1@hafenlog.example>\n"
	for line := range strings.SplitSeq(header, "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && (name == "From" || name == "To" || name == "Date") {
			rest := ""
			for old := range strings.Lines(h) {
				if !strings.HasPrefix(old, name+":") {
					rest += old
				}
			}
			h = rest
		}
	}
	if !strings.Contains(header, "Content-Type") {
		header += "\nContent-Type: text/plain; charset=utf-8"
	}
	return []byte(strings.ReplaceAll(h+header+"\n\n"+text, "\n", "\r\n"))
}

var received = mail.Context{Received: time.Date(2026, 3, 10, 9, 15, 40, 0, time.UTC), Me: []mail.Address{"anna@acme.example"}}

func TestRead_WhatASalesPersonMeets(t *testing.T) {
	for name, c := range map[string]struct {
		header, text string
		kind         mail.Kind
		sub          mail.Sub
		intent       mail.Intent
		until        string
	}{
		"answer":                   {"In-Reply-To: <o@acme.example>\nSubject: Re: Route planning", "Hi Anna,\n\nLooks good. Two questions: can you start with the Rotterdam lane?\n\nMaria\n\nOn Tue, 3 Mar 2026 at 10:15, <anna@acme.example> wrote:\n\n> unsubscribe", mail.KindHuman, "", mail.IntentAnswer, ""},
		"away, last day named":     {"Subject: Automatische Antwort: Angebot\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All", "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin bis einschließlich 19.03.2026 nicht im Büro. Ihre E-Mail wird nicht\nweitergeleitet. In dringenden Fällen wenden Sie sich bitte an meine Kollegin Frau Ahlers.", mail.KindAutoReply, mail.SubOutOfOffice, "", "2026-03-20"},
		"away, return day named":   {"Subject: Automatic reply: Pass closures\nAuto-Submitted: auto-replied", "I am out of the office until 16 March 2026 and will read your mail then.", mail.KindAutoReply, mail.SubOutOfOffice, "", "2026-03-16"},
		"away, no date":            {"Subject: Out of office Re: Loading dock schedule\nAuto-Submitted: auto-replied", "Thank you for your mail. I am currently out of the office with limited access to e-mail and will answer when I return.\n\nGrace", mail.KindAutoReply, mail.SubOutOfOffice, "", ""},
		"left the company":         {"Subject: Automatic reply: Customs\nAuto-Submitted: auto-replied", "Hello,\n\nTom Reyes is no longer with Brightway. For anything about customs please contact Sara Lind at sara.lind@brightway.example.\n\nThank you.", mail.KindAutoReply, mail.SubLeftCompany, "", ""},
		"help desk":                {"In-Reply-To: <o@acme.example>\nSubject: [Ticket #88213] Tender 2214: our questions\nAuto-Submitted: auto-generated\nPrecedence: auto_reply", "We have received your request and opened ticket 88213. A member of the team will answer within two working days.\n\nPlease keep the ticket number in the subject.", mail.KindAutoReply, mail.SubAcknowledgement, "", ""},
		"newsletter":               {"From: Cedar Line <news@cedarline.example>\nSubject: Cedar Line in spring\nList-Unsubscribe: <https://cedarline.example/u/1>\nList-Id: <news.cedarline.example>\nPrecedence: bulk", "Dear reader,\n\nthree new routes open in spring. Read more on our site.\n\nYou receive this because you signed up. Unsubscribe here.", mail.KindBulk, "", "", ""},
		"not interested":           {"In-Reply-To: <o@acme.example>\nSubject: Re: Bulk tariffs", "Hi Anna, thanks, but we are not interested. We have just signed with another carrier for three years. Viktor", mail.KindHuman, "", mail.IntentDeclined, ""},
		"remove me":                {"In-Reply-To: <o@acme.example>\nSubject: Re: Diesel", "Please remove me from your list and do not contact me again.", mail.KindHuman, "", mail.IntentOptOut, ""},
		"Apple's unsubscribe":      {"Subject: unsubscribe\nAuto-Submitted: auto-replied", "unsubscribe", mail.KindHuman, "", mail.IntentOptOut, ""},
		"ask me in a month":        {"In-Reply-To: <o@acme.example>\nSubject: Re: Insurance", "Hi Anna, good idea, but our budget is closed for now. Ask me again in June, please. Elif", mail.KindHuman, "", mail.IntentNotNow, "2026-06-01"},
		"back to you by a weekday": {"In-Reply-To: <o@acme.example>\nSubject: Re: Barge", "Hi Anna, I need to ask our planner first. I will get back to you by Friday. Theo", mail.KindHuman, "", mail.IntentWillReply, "2026-03-13"},
		"wrong person":             {"In-Reply-To: <o@acme.example>\nSubject: Re: Ferry", "Hi Anna, I am not the right person for this. Please contact my colleague Mia Babic (mia.babic@adriacargo.example), she handles ferries. Ivo", mail.KindHuman, "", mail.IntentWrongPerson, ""},
		"parcel":                   {"From: Parcel Tracking <no-reply@parcels.example>\nSubject: Your parcel is on its way\nAuto-Submitted: auto-generated", "Your parcel 7731 leaves our depot today. This mailbox is not read.", mail.KindSystem, "", "", ""},
		"a person on a list":       {"Subject: [forum] Who uses digital waybills?\nList-Id: Freight Forum <forum.lists.freightforum.example>\nList-Post: <mailto:forum@lists.freightforum.example>\nPrecedence: list", "Who of you uses digital waybills across the border already?", mail.KindHuman, "", mail.IntentAnswer, ""},
		"suppressed, yet a person": {"In-Reply-To: <o@acme.example>\nSubject: Re: Offer\nX-Auto-Response-Suppress: All\nPrecedence: bulk", "Hi Anna, yes, please send the contract. Max", mail.KindHuman, "", mail.IntentAnswer, ""},
		"nothing but a file":       {"In-Reply-To: <o@acme.example>\nSubject: Re: Offer\nContent-Type: application/pdf; name=\"order.pdf\"\nContent-Transfer-Encoding: base64", "JVBERi0=", mail.KindHuman, "", mail.IntentAnswer, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := mail.Read(mail.Parse(letter(c.header, c.text)), received)
			if r.Kind != c.kind || r.Sub != c.sub || c.intent != "" && r.Intent != c.intent {
				t.Errorf("read as %s/%s/%s: %v", r.Kind, r.Sub, r.Intent, r.Reasons)
			}
			if got := r.Until.Format("2006-01-02"); c.until != "" && got != c.until || c.until == "" && !r.Until.IsZero() {
				t.Errorf("until %v, want %q: %v", r.Until, c.until, r.Reasons)
			}
			if len(r.Reasons) == 0 {
				t.Error("no reason given")
			}
		})
	}
}

func TestRead_NamesTheSuccessor(t *testing.T) {
	r := mail.Read(mail.Parse(letter("Subject: Automatic reply: Customs\nAuto-Submitted: auto-replied",
		"Hello,\n\nTom Reyes is no longer with Brightway. For anything about customs please contact Sara Lind at sara.lind@brightway.example.")), received)
	if r.Successor == nil || r.Successor.Address != "sara.lind@brightway.example" {
		t.Errorf("successor %v", r.Successor)
	}
}

func TestRead_OutboundSaysWhetherItAsks(t *testing.T) {
	c := received
	c.Outbound = true
	for text, want := range map[string]bool{
		"Hi Hugo,\n\nwould Tuesday at ten suit you for the call?\n\nAnna":                                              true,
		"Perfect, thanks. Talk to you both on Tuesday!\n\nAnna":                                                        false,
		"Hi Wen,\n\njust for your information, our office is closed on the 6th. No need to reply.\n\nAnna":             false,
		"Hi Max,\n\nhere is the offer. Let me know which of the two you prefer.\n\nAnna\n\n> Thanks, talk on Tuesday!": true,
	} {
		r := mail.Read(mail.Parse(letter("Subject: x", text)), c)
		if r.Asks != want || r.Kind != mail.KindHuman || r.Intent != "" {
			t.Errorf("%q: asks %v, kind %q", text, r.Asks, r.Kind)
		}
	}
}

func TestRead_DeliveryReports(t *testing.T) {
	report := func(fields string) []byte {
		return letter("From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
			"--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"+fields+"\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <offer@acme.example>\nSubject: x\n\n--b--\n")
	}
	one := func(address, action, status, diagnostic string) string {
		return "Final-Recipient: rfc822; " + address + "\nAction: " + action + "\nStatus: " + status + "\nDiagnostic-Code: smtp; " + diagnostic
	}
	for name, c := range map[string]struct {
		fields string
		kind   mail.Kind
		sub    mail.Sub
		failed int
	}{
		"unknown user":        {one("a@x.example", "failed", "5.1.1", "550 5.1.1 User unknown"), mail.KindBounce, mail.SubHard, 1},
		"mailbox full":        {one("a@x.example", "failed", "5.2.2", "552 mailbox full"), mail.KindBounce, mail.SubSoft, 1},
		"refused by policy":   {one("a@x.example", "failed", "5.7.1", "550 blocked by policy"), mail.KindBounce, mail.SubPolicy, 1},
		"gave up":             {one("a@x.example", "failed", "4.4.1", "connection timed out"), mail.KindBounce, mail.SubSoft, 1},
		"delayed":             {one("a@x.example", "delayed", "4.4.1", "connection timed out"), mail.KindBounce, mail.SubDelay, 1},
		"delivered":           {one("a@x.example", "delivered", "2.1.5", "ok"), mail.KindReceipt, "", 0},
		"one of two failed":   {one("a@x.example", "delivered", "2.1.5", "ok") + "\n\n" + one("b@x.example", "failed", "5.1.1", "unknown"), mail.KindBounce, mail.SubHard, 1},
		"unknown, 5.0.0":      {one("a@x.example", "failed", "5.0.0", "550 no such user here"), mail.KindBounce, mail.SubHard, 1},
		"both failed":         {one("a@x.example", "failed", "5.1.1", "unknown") + "\n\n" + one("b@x.example", "failed", "5.1.1", "unknown"), mail.KindBounce, mail.SubHard, 2},
		"no per-recipient":    {"X-Odd: 1", mail.KindBounce, mail.SubHard, 0},
		"address by original": {"Original-Recipient: rfc822;a@x.example\n" + one("relay@y.example", "failed", "5.1.1", "unknown"), mail.KindBounce, mail.SubHard, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := mail.Read(mail.Parse(report(c.fields)), received)
			if r.Kind != c.kind || r.Sub != c.sub || len(r.Failed) != c.failed || r.Original != "offer@acme.example" {
				t.Errorf("%s/%s, failed %v, original %q: %v", r.Kind, r.Sub, r.Failed, r.Original, r.Reasons)
			}
		})
	}
}

func TestRead_Calendar(t *testing.T) {
	invite := func(method, partstat string) []byte {
		return letter("In-Reply-To: <i@acme.example>\nSubject: Accepted: walk through\nContent-Type: multipart/mixed; boundary=b",
			"--b\nContent-Type: text/plain\n\n\n--b\nContent-Type: text/calendar; charset=utf-8; method="+method+"\n\nBEGIN:VCALENDAR\nMETHOD:"+method+"\nBEGIN:VEVENT\nUID:walk@acme.example\n"+
				"DTSTART;TZID=\"W. Europe Standard Time\":20260402T140000\nDTEND;TZID=Europe/Berlin:20260402T150000\nSUMMARY:Walk through\\, audit\nATTENDEE;CN=\"Ruth: Cohen\";PARTSTAT="+partstat+
				":mailto:ruth@galil\n shipping.example\nBEGIN:VALARM\nDTSTART:19990101T000000Z\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n--b--\n")
	}
	for _, c := range []struct {
		method, partstat string
		sub              mail.Sub
		until            string
	}{
		{"REPLY", "ACCEPTED", mail.SubAccepted, "2026-04-02T13:00:00Z"},
		{"REPLY", "DECLINED", mail.SubDeclined, "0001-01-01T00:00:00Z"},
		{"REPLY", "TENTATIVE", mail.SubTentative, "2026-04-02T13:00:00Z"},
		{"REQUEST", "NEEDS-ACTION", mail.SubRequest, "0001-01-01T00:00:00Z"},
		{"CANCEL", "ACCEPTED", mail.SubCancelled, "0001-01-01T00:00:00Z"},
	} {
		m := mail.Parse(invite(c.method, c.partstat))
		r := mail.Read(m, received)
		if r.Kind != mail.KindCalendar || r.Sub != c.sub || r.Until.UTC().Format(time.RFC3339) != c.until {
			t.Errorf("%s %s: %s/%s until %v", c.method, c.partstat, r.Kind, r.Sub, r.Until)
		}
		if cal := m.Content.Calendar; cal.UID != "walk@acme.example" || cal.Summary != "Walk through, audit" || cal.Attendee != "ruth@galilshipping.example" || cal.Start.UTC().Hour() != 12 {
			t.Errorf("calendar %+v", cal)
		}
	}
}

func TestRead_Receipt(t *testing.T) {
	r := mail.Read(mail.Parse(letter("Subject: Read: Pallet pool\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b",
		"--b\nContent-Type: text/plain\n\nYour message was read.\n--b\nContent-Type: message/disposition-notification\n\nReporting-UA: x\nFinal-Recipient: rfc822;karl@moorwerk.example\nOriginal-Message-ID: <offer@acme.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n")), received)
	if r.Kind != mail.KindReceipt || r.Original != "offer@acme.example" || len(r.Failed) > 0 {
		t.Errorf("%s, original %q, failed %v: %v", r.Kind, r.Original, r.Failed, r.Reasons)
	}
}

func TestRead_ContextTurnsTheScales(t *testing.T) {
	c := received
	c.AfterOurs, c.SameAsBefore = 20*time.Second, true
	source := letter("Subject: Re: Offer", "Thank you for writing to the purchasing department. Your offer is with us and somebody looks at it.")
	if r := mail.Read(mail.Parse(source), c); r.Kind != mail.KindAutoReply {
		t.Errorf("seconds after our mail, and the same as before: %s %v", r.Kind, r.Reasons)
	}
	if r := mail.Read(mail.Parse(source), received); r.Kind != mail.KindHuman {
		t.Errorf("without context: %s %v", r.Kind, r.Reasons)
	}
}

func TestRead_HeaderAloneSaysSo(t *testing.T) {
	for header, want := range map[string]mail.Kind{
		"Subject: Re: Offer": mail.KindHuman,
		"Subject: Re: Offer\nAuto-Submitted: auto-replied":                                  mail.KindAutoReply,
		"Subject: Offer\nContent-Type: multipart/report; report-type=delivery-status":       mail.KindBounce,
		"Subject: x\nContent-Type: multipart/report; report-type=disposition-notification":  mail.KindReceipt,
		"Subject: Undelivered Mail Returned to Sender\nFrom: MAILER-DAEMON@mx.acme.example": mail.KindBounce,
	} {
		r := mail.Read(mail.ParseHeader(letter(header, "")), received)
		if r.Kind != want || !strings.Contains(strings.Join(r.Reasons, " "), "header alone") {
			t.Errorf("%q: %s %v", header, r.Kind, r.Reasons)
		}
	}
}
