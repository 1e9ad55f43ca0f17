// Package mailtest is what tests of every room that reads mail share: mails that a stranger could send to hurt (they cost a
// careless reader minutes or gigabytes, break out of the line they are shown in, or promise far more than they hold), and
// a scale for tables.
package mailtest

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
)

// Hostile is one such mail.
type Hostile struct {
	Name   string
	Source []byte
	// Cut is the bound that a reader of the whole source has to meet; "" where the mail fits into all bounds, or where it
	// does not matter which it meets first.
	Cut string
}

// Mails makes them as answers of one person to a mail of the rep's, given by its Message-ID without brackets. The marked
// header fields come first, so that a reader who stops early still knows who wrote.
func Mails(from, answers string) []Hostile {
	head := "From: " + from + "\r\nTo: anna@acme.example\r\nSubject: x\r\nIn-Reply-To: <" + answers + ">\r\n"
	typed := func(kind, body string) []byte { return []byte(head + "Content-Type: " + kind + "\r\n\r\n" + body) }
	field := func(value string) []byte { return []byte(head + value + "\r\n\r\nhello") }
	text := func(body string) []byte { return []byte(head + "\r\n" + body) }
	encoded := func(encoding, body string) []byte {
		return []byte(head + "Content-Transfer-Encoding: " + encoding + "\r\n\r\n" + body)
	}
	many := strings.Repeat
	mixed := "multipart/mixed; boundary=b"
	report := "multipart/report; report-type=delivery-status; boundary=b"

	return []Hostile{
		// Nesting.
		{"20,000 nested parts", nested(head, 20_000), "size"},
		{"1,000 nested parts", nested(head, 1000), "depth"},
		{"nested messages", typed("message/rfc822", many("Content-Type: message/rfc822\r\n\r\n", 10_000)), ""},
		{"a boundary that begins like its parent's", typed("multipart/mixed; boundary=b", many("--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 3000)), ""},

		// Headers.
		{"100,000 header fields", []byte(head + many("X-A: b\r\nTo: a@b.example\r\n", 50_000) + "\r\nhello"), "header"},
		{"20 MB of header", []byte(head + "X-A: " + many("a", 20<<20) + "\r\n\r\nhello"), "header"},
		{"20 MB part header", typed(mixed, "--b\r\nX-A: "+many("a", 20<<20)+"\r\n\r\nhello\r\n--b--\r\n"), ""},
		{"a header of folds", field("Subject: " + many("\r\n ", 20_000)), ""},
		{"a header that never ends", []byte(head + many("X-A: b\r\n", 100_000)), "header"},
		{"parameters", []byte(head + "Content-Type: text/plain" + many(`;a="b`, 100_000) + "\r\n\r\nhello"), ""},
		{"continued parameters", []byte(head + "Content-Type: text/plain" + continued(3000) + "\r\n\r\nhello"), ""},
		{"colons", append([]byte(head), bytes.Repeat([]byte(":"), 1<<20)...), ""},
		{"NUL in the header", field("X-\x00A: \x00" + many("\x00", 10_000)), ""},

		// Parts.
		{"100,000 parts", typed(mixed, many("--b\r\n\r\nx\r\n", 100_000)), "size"},
		{"1,000 parts", typed(mixed, many("--b\r\n\r\nx\r\n", 1000)), "parts"},
		{"a boundary in every line", typed(mixed, many("--b\r\n", 200_000)), ""},
		{"1,000 attached files", typed(mixed, many("--b\r\nContent-Disposition: attachment; filename=\"offer.pdf\"\r\n\r\nx\r\n", 1000)), "parts"},

		// People, ids, dates.
		{"40,000 addresses", field("Cc: " + many("Eve <eve@trickster.example>, ", 40_000) + "x@y.example"), "header"},
		{"open quotes", field("Cc: " + many(`"a, `, 15_000)), ""},
		{"open comments", field("Cc: " + many("(", 60_000)), ""},
		{"nested comments", field("Cc: " + many("(", 30_000) + many(")", 30_000) + " a@b.example"), ""},
		{"open groups", field("Cc: " + many("a:", 30_000)), ""},
		{"names without address", field("Cc: " + many("a,", 30_000)), ""},
		{"backslashes", field("Cc: \"" + many(`\`, 60_000)), ""},
		{"200,000 references", field("References: " + many("<a@b.example>\r\n ", 200_000)), "header"},
		{"4,000 different references", field("References: " + manyIDs(4000)), "header"},
		{"open brackets", field("References: " + many("<", 60_000)), ""},
		{"a reference of 60 KB", field("References: <" + many("a", 60_000) + "@b.example>"), ""},
		{"a date of digits", field("Date: " + many("9", 60_000)), ""},
		{"a date of no calendar", field("Date: Sat, 99 Foo 99999999999999999999 99:99:99 +9999999999"), ""},
		{"many dates", field(many("Date: Mon, 2 Mar 2026 10:30:15 +0100 (CET)\r\n", 1200) + "X: y"), ""},
		{"dates in the text", text(many("until 3 March, back on 4 April; ", 8000)), ""},
		{"numbers like dates", text(many("1.2.3.4.5.6.", 20_000)), ""},

		// Charsets and encodings.
		{"encoded words", field("Subject: " + many("=?utf-8?Q?a?=", 4500)), ""},
		{"encoded words that never end", field("Subject: " + many("=?utf-8?Q?a", 5000)), ""},
		{"encoded words of many charsets", field("Subject: " + many("=?iso-2022-jp?B?GyRC?= =?utf-7?Q?+AAA-?= =?x-unknown?Q?=80?= ", 1000)), ""},
		{"a charset of 60 KB", []byte(head + "Content-Type: text/plain; charset=\"" + many("x", 60_000) + "\"\r\n\r\nhello"), ""},
		{"iso-2022-jp that only switches", text(many("\x1b$B\x1b(B", 40_000)), ""},
		{"utf-7", typed("text/plain; charset=utf-7", many("+AGEAYgBj-", 25_000)), ""},
		{"utf-16 without its other half", typed("text/plain; charset=utf-16", many("\xd8\x00", 120_000)), ""},
		{"broken utf-8", typed("text/plain; charset=utf-8", many("\xf0\x9f\x80\xc3", 60_000)), ""},
		{"base64 of nothing", encoded("base64", many("=", 250_000)), ""},
		{"base64 of garbage", encoded("base64", many("!@#$%^&*()\x00\xff", 20_000)), ""},
		{"quoted-printable breaks", encoded("quoted-printable", many("=\r\n", 80_000)), ""},
		{"quoted-printable without digits", encoded("quoted-printable", many("=", 250_000)), ""},
		{"uuencode", encoded("x-uuencode", "begin 644 bomb\r\n"+many("M"+many("`", 60)+"\r\n", 4000)+"end\r\n"), ""},
		{"a zip bomb as text", typed("text/plain; name=bomb.gz\r\nContent-Transfer-Encoding: base64\r\nContent-Encoding: gzip", zipped(20<<20)), ""},
		{"an encoding of an encoding", typed("multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(many("--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n", 3000)))), ""},

		// HTML.
		{"deep HTML", typed("text/html", many("<div><blockquote>", 15_000)+"x"), ""},
		{"HTML lists in lists", typed("text/html", many("<ul><li>", 30_000)+"x"), ""},
		{"HTML tables in tables", typed("text/html", many("<table><tr><td>", 15_000)+"x"), ""},
		{"HTML attributes", typed("text/html", "<p "+many("a=b ", 60_000)+">x"), ""},
		{"an HTML attribute of 250 KB", typed("text/html", `<p title="`+many("a", 250_000)+`">x`), ""},
		{"HTML comments", typed("text/html", many("<!--", 60_000)), ""},
		{"HTML style", typed("text/html", "<style>"+many("a{b:c}", 40_000)+"</style>x"), ""},
		{"HTML style that never ends", typed("text/html", many("<style>", 35_000)+"x"), ""},
		{"HTML script that never ends", typed("text/html", many("<script><!--<script>", 12_000)+"x"), ""},
		{"HTML line breaks", typed("text/html", many("<br>", 60_000)), ""},
		{"HTML entities", typed("text/html", many("&amp;", 50_000)), ""},
		{"HTML entities without end", typed("text/html", many("&amp", 60_000)+many("&#", 1000)), ""},
		{"HTML formatting that crosses", typed("text/html", many("<b><i></b></i>", 15_000)+"x"), ""},
		{"HTML forms in SVG in MathML", typed("text/html", many("<math><mi><svg><foreignObject><form>", 6000)), ""},

		// Texts.
		{"quote marks", text(many(">", 250_000)), ""},
		{"flowed", typed("text/plain; format=flowed", many("> a \r\n>", 35_000)), ""},
		{"flowed quote marks", typed("text/plain; format=flowed", many(many(">", 5000)+"\r\n", 50)), ""},
		{"attributions", text(many("On Monday, Anna wrote:\r\n> x\r\n", 8000)), ""},
		{"signatures", text(many("-- \r\n", 50_000)), ""},
		{"out of office, over and over", text(many("i am out of the office until ", 8000)), ""},
		{"one line of 2 MB", text(many("a", 2<<20)), "size"},
		{"question marks", text(many("?", 250_000)), ""},
		{"digits", text(many("5", 250_000)), ""},
		{"spaces", text(many(" ", 250_000) + "x"), ""},
		{"line breaks", text(many("\n", 250_000)), ""},
		{"carriage returns", text(many("\r", 250_000)), ""},
		{"NUL", text(many("\x00", 250_000)), ""},
		{"text turned around", text(many("\u202e\u2066\u200f", 25_000) + "gnp.exe"), ""},
		{"marks over one letter", text("a" + many("\u0301", 100_000)), ""},
		{"text that a terminal obeys", field("Subject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte("\x1b[2J\x1b]0;x\a\u202e\r\nBcc: eve@trickster.example")) + "?="), ""},

		// Reports and invitations.
		{"delivery blocks", typed("message/delivery-status", many("Final-Recipient: rfc822;"+from+"\r\nAction: failed\r\n\r\n", 4000)), ""},
		{"a report of reports", typed(report, many("--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;a@b.example\r\nAction: delayed\r\n\r\n", 1500)), "parts"},
		{"a report's diagnostic of 200 KB", typed(report, "--b\r\n\r\nx\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;"+from+"\r\nAction: failed\r\nDiagnostic-Code: smtp;"+many("5", 200_000)+"\r\n--b--"), ""},
		{"addresses in a bounce", []byte("From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + many("<a@b.example> ", 15_000)), ""},
		{"message-ids in a bounce", []byte("From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + many("Message-ID: \n", 15_000)), ""},
		{"calendar lines", typed("text/calendar; method=REPLY", "BEGIN:VEVENT\r\n"+many("BEGIN:VEVENT\r\nATTENDEE;A=\"b\r\n", 8000)), ""},
		{"calendar parameters", typed("text/calendar; method=REPLY", "BEGIN:VEVENT\r\nDTSTART"+many(";A=b", 60_000)+":x\r\n"), ""},
		{"calendar folds", typed("text/calendar; method=REPLY", "BEGIN:VEVENT\r\nSUMMARY:x"+many("\r\n ", 80_000)+"\r\n"), ""},
		{"a calendar that repeats for ever", typed("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:00010101T000000Z\r\nDTEND:99991231T235959Z\r\nDURATION:P99999999999999999999W\r\n"+many("RRULE:FREQ=SECONDLY\r\n", 10_000)+"END:VEVENT\r\n"), ""},

		// Nothing at all.
		{"nothing but a sender", []byte(head), ""},
		{"a multipart without parts", typed(mixed, ""), ""},
		{"a multipart without a boundary", typed("multipart/mixed", "hello"), ""},
	}
}

// nested makes a mail of n multiparts, each inside the one before.
func nested(head string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(head + "Content-Type: multipart/mixed; boundary=b0\r\n\r\n")
	for i := range n {
		fmt.Fprintf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
	}
	fmt.Fprintf(&b, "--b%d\r\n\r\nhello\r\n", n)
	return b.Bytes()
}

func manyIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<%d@b.example>\r\n ", i)
	}
	return b.String()
}

// continued gives a parameter in n pieces (RFC 2231 section 3).
func continued(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "; name*%d*=%%41", i)
	}
	return b.String()
}

// zipped gives n zeros, packed a thousand to one, in base64.
func zipped(n int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(make([]byte, n))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}
