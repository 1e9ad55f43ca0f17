package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// DigestHeader marks a digest, so that whoever meets the message knows it for what it is. Its value is the day.
const DigestHeader = "X-Followupd-Digest"

// perSection bounds what a digest lists of a kind: it is read on a phone.
const perSection = 12

// soonHeld is how soon a hold ends that the digest names.
const soonHeld = 7 * 24 * time.Hour

// Digest is the summary of a working day for the rep: what waits for them, and what to do about each. Texts of strangers in it
// are clean.
type Digest struct {
	Day      string // "Monday 23 November 2026"
	Date     string // 2026-11-23
	Subject  string
	Sections []DigestSection
	Figures  []string
	at       time.Time
}

// DigestSection is the threads of one kind.
type DigestSection struct {
	Title string
	Items []DigestItem
	More  int
}

// DigestItem is a thread and what to do.
type DigestItem struct {
	Do, Who, Subject, Why string
}

// NewDigest puts together what the rep should know on a day; now is in the rep's zone. journal is the drafts.
func NewDigest(threads []tracker.Standing, journal []tracker.Draft, now time.Time) Digest {
	d := Digest{Day: now.Format("Monday 2 January 2006"), Date: now.Format(time.DateOnly), at: now}
	zone := now.Location()
	sorted := slices.Clone(threads)
	slices.SortStableFunc(sorted, func(a, b tracker.Standing) int { return latest(a).Compare(latest(b)) })
	section := func(title string, item func(s tracker.Standing) (DigestItem, bool)) int {
		sec := DigestSection{Title: title}
		for _, s := range sorted {
			it, ok := item(s)
			if !ok {
				continue
			}
			if len(sec.Items) == perSection {
				sec.More++
				continue
			}
			it.Who, it.Subject = Cut(digestWho(s), 60), Cut(Clean(s.Subject), 90)
			sec.Items = append(sec.Items, it)
		}
		if len(sec.Items) > 0 {
			d.Sections = append(d.Sections, sec)
		}
		return len(sec.Items) + sec.More
	}
	answers := section("Answers that wait for you", func(s tracker.Standing) (DigestItem, bool) {
		return DigestItem{Do: "Answer", Why: "wrote on " + Day(latest(s), zone)}, s.State == tracker.Answered
	})
	decide := section("Yours to decide", func(s tracker.Standing) (DigestItem, bool) {
		return DigestItem{Do: "Decide: close or reopen it", Why: lastReason(s.Reasons)}, s.State == tracker.Review
	})
	drafts := section("Drafts that wait in Drafts", func(s tracker.Standing) (DigestItem, bool) {
		if s.State != tracker.Drafted || s.Draft == nil {
			return DigestItem{}, false
		}
		why := lastReason(s.Draft.Why)
		if why == "" {
			why = strings.ReplaceAll(s.Draft.Approach, "_", " ")
		}
		return DigestItem{Do: "Read it, then send or delete it", Why: why}, true
	})
	if answers+decide+drafts > 0 {
		section("Held, and soon over", func(s tracker.Standing) (DigestItem, bool) {
			return DigestItem{Do: "Nothing to do", Why: "held until " + Day(s.HeldUntil, zone)}, s.State == tracker.Held && s.HeldUntil.Sub(now) < soonHeld
		})
	}
	d.Subject = digestSubject(answers, decide, drafts)
	d.Figures = figures(threads, journal, now)
	return d
}

// Empty says that nothing waits for the rep: no digest is made of such a day.
func (d Digest) Empty() bool { return len(d.Sections) == 0 }

func latest(s tracker.Standing) time.Time {
	if s.LastInbound.After(s.LastOutbound) {
		return s.LastInbound
	}
	return s.LastOutbound
}

func digestWho(s tracker.Standing) string {
	if len(s.Prospects) == 0 {
		return "nobody"
	}
	if name := strings.TrimSpace(Clean(s.Prospects[0].Name)); name != "" {
		return name
	}
	return Clean(who(s))
}

func lastReason(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return Cut(Clean(reasons[len(reasons)-1]), 200)
}

func digestSubject(answers, decide, drafts int) string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{answers, "answer waits for you", "answers wait for you"}, {decide, "thread to decide", "threads to decide"}, {drafts, "draft to send", "drafts to send"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	return "Follow-ups: " + strings.Join(parts, ", ")
}

// figures are two lines of numbers: where the threads stand, and what was sent in the week before.
func figures(threads []tracker.Standing, journal []tracker.Draft, now time.Time) []string {
	var parts []string
	open := 0
	for _, row := range pipeline(threads) {
		if row.Group == "state" && row.Name != string(tracker.Closed) {
			open += row.Count
		}
	}
	for _, state := range order {
		n := 0
		for _, s := range threads {
			if s.State == state {
				n++
			}
		}
		if n > 0 && state != tracker.Ignored && state != tracker.Closed {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	sent := 0
	for _, d := range journal {
		if d.State == tracker.DraftSent && now.Sub(d.Changed) < 7*24*time.Hour {
			sent++
		}
	}
	return []string{fmt.Sprintf("Open threads: %d (%s).", open, strings.Join(parts, ", ")), fmt.Sprintf("Follow-ups you sent in the last seven days: %d.", sent)}
}

// Text is the digest for a reader of plain text.
func (d Digest) Text() string {
	var b strings.Builder
	b.WriteString(d.Day + "\n")
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(s.Title))
		for _, i := range s.Items {
			fmt.Fprintf(&b, "\n- %s: %s\n  %s", i.Who, i.Subject, i.Do)
			if i.Why != "" {
				b.WriteString(" (" + i.Why + ")")
			}
			b.WriteString("\n")
		}
		if s.More > 0 {
			fmt.Fprintf(&b, "\n  and %d more\n", s.More)
		}
	}
	b.WriteString("\n-- \n")
	for _, f := range d.Figures {
		b.WriteString(f + "\n")
	}
	return b.String()
}

// digestPage is the digest in HTML: one column, no image, nothing fetched, styles on the elements as mail clients want them.
var digestPage = template.Must(template.New("digest").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:16px;font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;">
<div style="max-width:600px;margin:0 auto;">
<p style="margin:0 0 12px;opacity:.75;">{{.Day}}</p>
{{range .Sections}}<h2 style="font-size:18px;margin:20px 0 4px;">{{.Title}}</h2>
{{range .Items}}<div style="border-top:1px solid #9aa3b255;padding:10px 0;"><strong>{{.Who}}</strong><br>{{.Subject}}<br><span style="color:#2f6fed;font-weight:600;">{{.Do}}</span>{{if .Why}}<br><span style="opacity:.75;">{{.Why}}</span>{{end}}</div>
{{end}}{{if .More}}<p style="opacity:.75;margin:4px 0;">and {{.More}} more</p>{{end}}
{{end}}<p style="border-top:1px solid #9aa3b255;margin-top:20px;padding-top:10px;opacity:.75;font-size:14px;">{{range $i, $f := .Figures}}{{if $i}}<br>{{end}}{{$f}}{{end}}</p>
</div></body></html>
`))

// HTML is the digest for a reader of HTML.
func (d Digest) HTML() (string, error) {
	var b strings.Builder
	if err := digestPage.Execute(&b, d); err != nil {
		return "", fmt.Errorf("write the digest: %w", err)
	}
	return b.String(), nil
}

// Message is the digest as a mail from the rep to the rep. It continues no conversation, says of itself that a machine made
// it (RFC 3834), and has one id a day, so that copies of it are one message.
func (d Digest) Message(rep mail.Person) ([]byte, error) {
	page, err := d.HTML()
	if err != nil {
		return nil, err
	}
	me := (&netmail.Address{Name: rep.Name, Address: string(rep.Address)}).String()
	sum := sha256.Sum256([]byte("digest/1\x00" + string(rep.Address) + "\x00" + d.Date))
	id := hex.EncodeToString(sum[:16])
	var out bytes.Buffer
	body := multipart.NewWriter(&out)
	if err := body.SetBoundary("digest-" + id); err != nil {
		return nil, fmt.Errorf("write the digest: %w", err)
	}
	for _, h := range [][2]string{
		{"From", me},
		{"To", me},
		{"Subject", d.Subject},
		{"Date", d.at.Format(time.RFC1123Z)},
		{"Message-ID", "<" + id + "@" + rep.Address.Domain() + ">"},
		{"Auto-Submitted", "auto-generated"},
		{DigestHeader, d.Date},
		{"MIME-Version", "1.0"},
		{"Content-Type", `multipart/alternative; boundary="` + body.Boundary() + `"`},
	} {
		if strings.ContainsAny(h[1], "\r\n") {
			return nil, fmt.Errorf("write the digest: the field %s would hold a line break", h[0])
		}
		fmt.Fprintf(&out, "%s: %s\r\n", h[0], h[1])
	}
	out.WriteString("\r\n")
	for _, part := range [][2]string{{"text/plain", d.Text()}, {"text/html", page}} {
		w, err := body.CreatePart(textproto.MIMEHeader{"Content-Type": {part[0] + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, fmt.Errorf("write the digest: %w", err)
		}
		q := quotedprintable.NewWriter(w)
		if _, err := q.Write([]byte(part[1])); err != nil {
			return nil, fmt.Errorf("write the digest: %w", err)
		}
		if err := q.Close(); err != nil {
			return nil, fmt.Errorf("write the digest: %w", err)
		}
	}
	if err := body.Close(); err != nil {
		return nil, fmt.Errorf("write the digest: %w", err)
	}
	return out.Bytes(), nil
}
