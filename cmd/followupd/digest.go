package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

// day is the rep's working day, as far as its digest goes.
type day struct {
	w       *wired
	working func(time.Time) bool
	put     func(ctx context.Context, source []byte, at time.Time) error
	tasks   func(ctx context.Context, threads []tracker.Standing) ([]playbook.Task, error)
	thread  func(id tracker.ThreadID) *tracker.Thread
	first   time.Time // when the state began; zero: not asked yet
	settled string    // the date whose digest was made, or begun by another
	nothing string    // the revision of the state by which a date had nothing to tell, with the date
}

func newDay(w *wired) *day {
	d := &day{w: w, working: func(time.Time) bool { return false }, put: w.box.AppendInbox}
	d.tasks = func(ctx context.Context, threads []tracker.Standing) ([]playbook.Task, error) {
		return w.agent.Tasks(ctx, threads)
	}
	d.thread = func(id tracker.ThreadID) *tracker.Thread { return w.agent.Thread(id) }
	if policy, err := policy(w.cfg); err == nil { // it was built from the same file before
		d.working = policy.Calendar.Working
	}
	if w.cfg.Digest.To == config.DigestSMTP {
		d.put = d.mail
	}
	return d
}

// at gives the moment of a day's digest on the rep's clock.
func (d *day) at(t time.Time) time.Time {
	y, m, n := t.In(d.w.zone()).Date()
	span := time.Duration(d.w.cfg.Digest.At)
	return time.Date(y, m, n, int(span/time.Hour), int(span%time.Hour/time.Minute), 0, 0, d.w.zone())
}

// before gives the moment of the digest before today's.
func (d *day) before(now time.Time) time.Time {
	const most = 14 // days that nobody works in a row, and still reads
	last := d.at(now).AddDate(0, 0, -1)
	for range most {
		if d.working(last) {
			break
		}
		last = last.AddDate(0, 0, -1)
	}
	return last
}

// bell rings when a digest is to be made.
type bell struct {
	rings <-chan time.Time // nil: never; after each, struck is to be asked
	day   *day
	timer *time.Timer
	next  time.Time
}

// bell gives the bell, wound up.
func (d *day) bell() *bell {
	b := &bell{day: d}
	if d.w.cfg.Digest.To != config.DigestOff {
		b.timer = time.NewTimer(b.wind())
		b.rings = b.timer.C
	}
	return b
}

// wind sets the moment of the next digest, and gives how long to rest until the clock is looked at.
func (b *bell) wind() time.Duration {
	now := b.day.w.now()
	b.next = b.day.at(now)
	if !b.next.After(now) {
		b.next = b.day.at(now.In(b.day.w.zone()).AddDate(0, 0, 1))
	}
	// Not in one rest: the machine may sleep meanwhile, and a timer does not count that.
	return min(b.next.Sub(now), 10*time.Minute)
}

// struck says whether it is time for a digest, and winds the bell up again.
func (b *bell) struck() bool {
	due := !b.day.w.now().Before(b.next)
	b.timer.Reset(b.wind())
	return due
}

func (b *bell) stop() {
	if b.timer != nil {
		b.timer.Stop()
	}
}

// afterPass makes the digest of the day where it is time, by what that pass saw. The day on which followupd was first
// started has none: the rep has just seen it all.
func (d *day) afterPass(ctx context.Context, last agent.Last) {
	now := last.At.In(d.w.zone())
	if d.w.cfg.Digest.To == config.DigestOff || last.Err != nil || now.Before(d.at(now)) || !d.working(now) {
		return
	}
	date := now.Format(time.DateOnly)
	if first, err := d.isFirst(ctx, now); d.settled == date || first && err == nil {
		return
	}
	changed := last.Result.Whole || len(last.Result.Standings)+len(last.Result.Gone) > 0
	revision := date + " " + d.revision(ctx)
	if !changed && d.nothing == revision {
		return
	}
	threads, err := last.Result.Standings, error(nil)
	if !last.Result.Whole {
		threads, err = d.w.agent.Standings(ctx, now)
	}
	if err == nil {
		d.nothing = revision
		err = d.make(ctx, threads, now)
	}
	if err != nil {
		d.nothing = ""
		d.w.log.Warn("no digest", slog.Any("error", err))
	}
}

// revision tells whether what was done and said may be another than before; now's, where the store cannot tell.
func (d *day) revision(ctx context.Context) string {
	if store, ok := any(d.w.store).(tracker.Revised); ok {
		if revision, err := store.Revision(ctx); err == nil {
			return revision
		}
	}
	return d.w.now().String()
}

// coach adds what the mails that the rep wrote by hand since the last digest could do better.
func (d *day) coach(digest *report.Digest, threads []tracker.Standing, journal []tracker.Draft, now time.Time) {
	ours := draftedIn(journal)
	for _, s := range threads {
		if s.State != tracker.Ignored && s.LastOutbound.After(d.before(now)) {
			digest.AddCoaching(s, playbook.CoachThread(d.thread(s.Thread), ours))
		}
	}
}

// isFirst says whether the state began on this day, after the time of its digest.
func (d *day) isFirst(ctx context.Context, now time.Time) (bool, error) {
	if d.first.IsZero() {
		origin, err := d.w.store.Origin(ctx, now)
		if err != nil {
			return false, err
		}
		d.first = origin.FirstStart
	}
	return !d.first.Before(d.at(now)), nil
}

func (d *day) make(ctx context.Context, threads []tracker.Standing, now time.Time) error {
	if first, err := d.isFirst(ctx, now); first || err != nil {
		return err
	}
	journal, err := d.w.store.Drafts(ctx)
	if err != nil {
		return err
	}
	words, err := d.w.store.Words(ctx)
	if err != nil {
		return err
	}
	digest := report.NewDigest(threads, journal, now)
	digest.AddUnheard(report.Unheard(words, d.before(now)), threads)
	tasks, err := d.tasks(ctx, threads)
	if err != nil {
		return err
	}
	digest.AddTasks(tasks, threads)
	d.coach(&digest, threads, journal, now)
	if digest.Empty() {
		return nil
	}
	rep := d.rep()
	source, err := digest.Message(rep)
	if err != nil {
		return err
	}
	claimed, err := d.w.store.ClaimDigest(ctx, digest.Date, now)
	if err != nil {
		return err
	}
	d.settled = now.Format(time.DateOnly)
	if !claimed {
		return nil
	}
	err = d.put(ctx, source, now)
	var refused *imapwatch.RefusedError
	var unsent *report.NotSentError
	switch {
	case err == nil:
		d.w.log.Info("digest made", slog.String("to", d.w.cfg.Digest.To))
		return nil
	case errors.As(err, &refused), errors.As(err, &unsent):
		d.settled = ""
		return errors.Join(err, d.w.store.ReleaseDigest(ctx, digest.Date)) // the next pass tries again
	}
	return fmt.Errorf("%w; whether it arrived is unknown, so today's is not tried again", err)
}

// mail sends a digest by SMTP, to the rep.
func (d *day) mail(ctx context.Context, source []byte, _ time.Time) error {
	s := d.w.cfg.SMTP
	secret, err := s.Secret(ctx)
	if err != nil {
		return &report.NotSentError{Err: err}
	}
	server := report.DigestServer{
		Address: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), Security: s.Security, Username: s.Username, Password: secret.Reveal(),
	}
	if s.CAFile != "" {
		if server.TLS, err = trusting(s.CAFile); err != nil {
			return &report.NotSentError{Err: err}
		}
	}
	return server.Mail(ctx, d.rep().Address, source)
}

// trusting trusts the roots of a file beside the system's.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read smtp.ca_file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("smtp.ca_file %s holds no certificate", file)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

func (d *day) rep() mail.Person {
	return mail.Person{Name: d.w.cfg.Mailbox.Name, Address: identities(d.w.cfg)[0]}
}
