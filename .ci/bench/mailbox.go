package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"followupd/imapwatch/imaptest"
)

// box is a mailbox and what was put into it.
type box struct {
	imaptest.Account
	messages int
	waiting  []sent // the mails of the rep of the last two days that nobody answered
}

// sent is a mail of the rep's.
type sent struct {
	id, subject, to string
}

func newBox(a imaptest.Account) *box { return &box{Account: a} }

// composition says how many messages a mailbox holds, and how many of them begin a thread with a prospect; half of those
// are answered. The rest is what fills an inbox: newsletters and colleagues.
type composition struct {
	messages, prospects int
}

const (
	fillReach = 60 * 24 * time.Hour // over which the messages are spread
	rep       = "anna@acme.example"
)

// fill puts messages into INBOX and Sent.
func (b *box) fill(ctx context.Context, c composition) error {
	now := time.Now().Truncate(time.Second)
	// spread gives the time of the i-th of n, the newest a minute ago.
	spread := func(i, n int) time.Time {
		return now.Add(-time.Minute - fillReach*time.Duration(n-1-i)/time.Duration(max(n, 1)))
	}
	var inbox, outbox []message
	answers := c.prospects / 2
	for i := range c.prospects {
		at := spread(i, c.prospects)
		s := sent{
			id:      fmt.Sprintf("<offer-%d.%d@mail.acme.example>", i, at.Unix()),
			subject: fmt.Sprintf("Offer %d for the invoice checks at your Gothenburg terminal", 4000+i),
			to:      fmt.Sprintf("erik.holm%d@nordfrakt%d.example", i, i/2),
		}
		outbox = append(outbox, message{at: at, flags: `\Seen`, raw: offer(s, at)})
		switch {
		case i < answers:
			later := at.Add(3 * time.Hour)
			inbox = append(inbox, message{at: later, flags: `\Seen`, raw: answer(s, later)})
		case now.Sub(at) < 48*time.Hour:
			b.waiting = append(b.waiting, s)
		}
	}
	own := c.messages / 20
	for i := range own {
		outbox = append(outbox, message{at: spread(i, own), flags: `\Seen`, raw: internal(i, spread(i, own), true)})
	}
	for i, rest := 0, c.messages-len(outbox)-len(inbox); i < rest; i++ {
		m := message{at: spread(i, rest), flags: `\Seen`}
		if i%5 < 2 {
			m.raw = internal(i, m.at, false)
		} else {
			m.raw = newsletter(i, m.at)
		}
		inbox = append(inbox, m)
	}
	b.messages = len(inbox) + len(outbox)
	w, err := dialLogin(ctx, b.Account)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.appendAll("INBOX", inbox); err != nil {
		return err
	}
	return w.appendAll("Sent", outbox)
}

// message is one to put into a folder.
type message struct {
	at    time.Time
	flags string
	raw   string
}

const dateLayout = "Mon, 2 Jan 2006 15:04:05 -0700"

// travelled is the part of a header that a message has picked up under way, and that nobody fetches.
func travelled(i int, at time.Time) string {
	var s strings.Builder
	for hop := range 4 {
		fmt.Fprintf(&s, "Received: from mx%d.relay.example (mx%d.relay.example [192.0.2.%d]) by in%d.acme.example\r\n"+
			" (Postfix) with ESMTPS id 4T%06dZ%d for <%s>; %s\r\n", hop, hop, i%250+1, hop, i, hop, rep, at.Format(dateLayout))
	}
	fmt.Fprintf(&s, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=relay.example; s=s2026; t=%d;\r\n"+
		" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; h=From:To:Subject:Date:Message-ID:MIME-Version;\r\n"+
		" b=%s\r\n", at.Unix(), strings.Repeat("Zm9sbG93dXBkIGJlbmNo", 14))
	fmt.Fprintf(&s, "X-Spam-Status: No, score=-2.1 required=5.0 tests=BAYES_00,DKIM_VALID,HTML_MESSAGE\r\n")
	return s.String()
}

func offer(s sent, at time.Time) string {
	return fmt.Sprintf("From: Anna Berg <%s>\r\nTo: Erik Holm <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+
		"Hello Erik,\r\n\r\nas agreed on the phone, here is our offer for checking the freight invoices of your terminal.\r\n"+
		"It covers 40 seats and the import from your accounting.\r\n\r\n"+
		"Could you tell me by Friday whether the scope fits?\r\n\r\nBest regards\r\nAnna Berg\r\nAcme\r\n",
		rep, s.to, s.subject, at.Format(dateLayout), s.id)
}

func answer(s sent, at time.Time) string {
	return travelled(len(s.to), at) + fmt.Sprintf("From: Erik Holm <%s>\r\nTo: Anna Berg <%s>\r\nSubject: Re: %s\r\nDate: %s\r\n"+
		"Message-ID: <answer-%s\r\nIn-Reply-To: %s\r\nReferences: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+
		"Hi Anna,\r\n\r\nthe scope looks right. Could you add the Malmo terminal, 12 more seats?\r\n\r\nErik\r\n\r\n"+
		"> Could you tell me by Friday whether the scope fits?\r\n",
		s.to, rep, s.subject, at.Format(dateLayout), strings.TrimPrefix(s.id, "<"), s.id, s.id)
}

func internal(i int, at time.Time, mine bool) string {
	from, to := fmt.Sprintf("Colleague %d <c%d@acme.example>", i%40, i%40), "Anna Berg <"+rep+">"
	if mine {
		from, to = to, from
	}
	return travelled(i, at) + fmt.Sprintf("From: %s\r\nTo: %s\r\nCc: Sales <sales@acme.example>\r\nSubject: Pipeline review, week %d, item %d\r\n"+
		"Date: %s\r\nMessage-ID: <c%d.%d.%t@mail.acme.example>\r\nIn-Reply-To: <c%d.x@mail.acme.example>\r\n"+
		"References: <c%d.y@mail.acme.example> <c%d.x@mail.acme.example>\r\nThread-Topic: Pipeline review\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
		from, to, i%52, i, at.Format(dateLayout), i, at.Unix(), mine, i/6, i/6, i/6,
		strings.Repeat("The numbers of the week are in the sheet; please look at the open items.\r\n", 12))
}

func newsletter(i int, at time.Time) string {
	return travelled(i, at) + fmt.Sprintf("Return-Path: <bounce+%[1]d.4711.anna=acme.example@news%[2]d.example>\r\n"+
		"From: \"Logistics Weekly\" <letter@news%[2]d.example>\r\nReply-To: Editors <editors@news%[2]d.example>\r\n"+
		"To: %[3]s\r\nSubject: =?utf-8?Q?Nytt_f=C3=B6r_veckan?= %[1]d: freight rates, tolls and the new terminal in Malmo\r\nDate: %[4]s\r\n"+
		"Message-ID: <%[1]d.20260302103015.4F1A2B3C4D@mailer.news%[2]d.example>\r\n"+
		"List-Id: Logistics Weekly <weekly.news%[2]d.example>\r\n"+
		"List-Unsubscribe: <https://news%[2]d.example/u/4711/%[1]d>, <mailto:unsubscribe+%[1]d@news%[2]d.example>\r\n"+
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\nFeedback-ID: %[1]d:weekly:news%[2]d\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_part_%[1]d\"\r\n\r\n"+
		"--=_part_%[1]d\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[5]s\r\n--=_part_%[1]d\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>%[5]s</p>\r\n--=_part_%[1]d--\r\n",
		i, i%30, rep, at.Format(dateLayout), strings.Repeat("Freight rates moved again this week, and so did the tolls.\r\n", 10))
}
