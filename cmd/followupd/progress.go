package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"followupd/imapwatch"
	"followupd/mail"
	"followupd/report"
)

// meter counts how far something that takes long has come. Its zero value has begun nothing.
type meter struct {
	mu         sync.Mutex
	what       string // in hand
	since      time.Time
	done, left int // messages
}

// begin says that something new is in hand, of which left messages are to come; 0: nobody knows.
func (m *meter) begin(what string, left int, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.what, m.since, m.done, m.left = what, now, 0, left
}

// count says that n further messages are done, and how many are left.
func (m *meter) count(n, left int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done, m.left = m.done+n, left
}

// line says in one line where it stands: how many of how many, how fast, how long still. It promises a time only once a
// second has shown the rate.
func (m *meter) line(now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	spent := now.Sub(m.since)
	if m.done == 0 || m.done+m.left == 0 {
		return fmt.Sprintf("%s … %d s", m.what, int(spent.Seconds()))
	}
	text := fmt.Sprintf("%s: %d of %d messages", m.what, m.done, m.done+m.left)
	if spent < time.Second {
		return text
	}
	rate := float64(m.done) / spent.Seconds()
	text += fmt.Sprintf(", %.0f a second", rate)
	if m.left > 0 {
		left := time.Duration(float64(m.left) / rate * float64(time.Second))
		text += fmt.Sprintf(", %s left", max(left, time.Second).Round(time.Second))
	}
	return text
}

// patienceBeforeProgress is how long something may take without a word of how far it is.
const patienceBeforeProgress = time.Second

// progress shows on a terminal how far a meter is, from its second second on and until done is called, after which the line is
// empty again. Elsewhere it shows nothing.
func (a *app) progress(m *meter, what string) (done func()) {
	f, ok := asTerminal(a.errs)
	if !ok || a.verbose { // a log stands between the lines
		return func() {}
	}
	begun := time.Now()
	m.begin(what, 0, begun)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-end:
				if shown {
					fmt.Fprint(f, "\r\x1b[K")
				}
				return
			case now := <-tick.C:
				if now.Sub(begun) >= patienceBeforeProgress {
					shown = true
					fmt.Fprint(f, "\r"+fit(m.line(now), terminalWidth(f))+"\x1b[K")
				}
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(end)
		<-ended
	})
}

// fit keeps a line of ASCII and an ellipsis from wrapping, which \r could not take back.
func fit(line string, width int) string {
	if r := []rune(line); width > 0 && len(r) >= width {
		return string(r[:width-1])
	}
	return line
}

// mailboxAdapter makes an imapwatch.Mailbox the agent's: the name of one result differs, and a meter counts what is read.
type mailboxAdapter struct {
	*imapwatch.Mailbox
	meter *meter
}

// Sync implements agent.Mailbox.
func (m mailboxAdapter) Sync(ctx context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error {
	m.meter.begin("Reading the folder "+report.Clean(f.Name), 0, time.Now())
	return m.Mailbox.Sync(ctx, f, c, since, func(b mail.Batch) error {
		m.meter.count(len(b.Items), b.Left)
		return store(b)
	})
}

// Bodies implements agent.Mailbox.
func (m mailboxAdapter) Bodies(ctx context.Context, folder string, validity uint32, uids []mail.UID, each func(mail.Body) error) error {
	m.meter.begin("Reading what was written in "+report.Clean(folder), len(uids), time.Now())
	left := len(uids)
	return m.Mailbox.Bodies(ctx, folder, validity, uids, func(b mail.Body) error {
		left--
		m.meter.count(1, max(left, 0))
		return each(b)
	})
}
