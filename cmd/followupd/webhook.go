package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"followupd/agent"
	"followupd/mail"
	"followupd/report"
	"followupd/report/webhook"
	"followupd/tracker"
)

// hook tells the rep's CRM of changes ([webhook]). Off, it forgets what was told, so that switching it on is a beginning.
type hook struct {
	w      *wired
	outbox tracker.Outbox
	record *recorder
	told   map[tracker.ThreadID]tracker.State // nil until it was loaded
	begun  bool
	behind bool // not all of what passes told was put down: all standings are looked at
	wake   chan struct{}
}

// openHook gives the hook of a mailbox; nil where there is nothing to do.
func openHook(ctx context.Context, w *wired, record *recorder) *hook {
	note(w.log, record.webhook(webhook.Health{}))
	if w.cfg.Webhook.On() {
		return &hook{w: w, outbox: w.store, record: record, wake: make(chan struct{}, 1)}
	}
	_, begun, err := w.store.Told(ctx)
	if err == nil && begun {
		err = w.store.TellNobody(ctx)
	}
	note(w.log, err)
	return nil
}

// note logs what went wrong beside the mailbox's own work.
func note(log *slog.Logger, err error) {
	if err != nil {
		log.Warn("the webhook", slog.Any("error", err))
	}
}

// afterPass puts what a pass has changed into the outbox. It is called by the goroutine that owns the mailbox.
func (h *hook) afterPass(ctx context.Context, last agent.Last) {
	if h == nil {
		return
	}
	if last.Err != nil {
		h.behind = true // what a pass could not judge to the end is told after the next
		return
	}
	standings, err := last.Result.Standings, error(nil)
	if !last.Result.Whole && (h.behind || !h.begun) {
		standings, err = h.w.agent.Standings(ctx, h.w.now())
	}
	if err == nil {
		err = h.put(ctx, standings)
	}
	h.behind = err != nil
	if err != nil {
		h.w.log.Warn("what changed is told to the webhook after the next pass", slog.Any("error", err))
	}
}

func (h *hook) put(ctx context.Context, standings []tracker.Standing) error {
	var err error
	if h.told == nil {
		if h.told, h.begun, err = h.outbox.Told(ctx); err != nil {
			h.told = nil
			return err
		}
	}
	now := h.w.now()
	states, notices, err := webhook.Changes(mail.Address(h.w.cfg.Mailbox.Address), standings, h.told, h.begun, now, h.w.zone(), newNoticeID)
	if err != nil || h.begun && len(states) == 0 {
		return err
	}
	unwanted, _, err := h.outbox.UnwantedBy(ctx)
	if err != nil {
		return err
	}
	if unwanted == h.w.cfg.Webhook.URL {
		notices = nil
	}
	lost, err := h.outbox.Tell(ctx, states, notices)
	if err != nil {
		return err
	}
	h.begun = true
	for thread, state := range states {
		h.told[thread] = state
	}
	if lost > 0 {
		h.w.log.Error("the webhook's outbox is full: its oldest notices are lost", slog.Int("lost", lost))
		if err := h.record.trouble(fmt.Sprintf("the webhook's outbox was full: %d notices of changes were lost", lost)); err != nil {
			h.w.log.Warn("status is out of date", slog.Any("error", err))
		}
	}
	select {
	case h.wake <- struct{}{}:
	default: // it is awake
	}
	return nil
}

// newNoticeID names a notice.
func newNoticeID() string { return "msg_" + rand.Text() }

// run tells until ctx ends.
func (h *hook) run(ctx context.Context) {
	if h == nil {
		return
	}
	s := &webhook.Sender{
		URL: h.w.cfg.Webhook.URL, Outbox: h.outbox, Now: h.w.now, Log: h.w.log,
		Secret: func(ctx context.Context) (string, error) {
			secret, err := h.w.cfg.Webhook.Secret(ctx)
			return secret.Reveal(), err
		},
		Fares: func(f webhook.Health) {
			if err := h.record.webhook(f); err != nil {
				h.w.log.Warn("status is out of date", slog.Any("error", err))
			}
		},
	}
	s.Run(ctx, h.wake)
}

// webhook notes how the webhook fares, where that changed.
func (r *recorder) webhook(fares webhook.Health) error {
	r.mu.Lock()
	same := sameHook(r.h.Webhook, fares)
	r.mu.Unlock()
	if same {
		return nil
	}
	return r.change(func(h *health) { h.Webhook = fares })
}

// sameHook compares what is written down; the moments behind the pointers are.
func sameHook(a, b webhook.Health) bool {
	at := func(t *time.Time) time.Time {
		if t == nil {
			return time.Time{}
		}
		return *t
	}
	if !at(a.Since).Equal(at(b.Since)) || !at(a.Next).Equal(at(b.Next)) || !at(a.Unwanted).Equal(at(b.Unwanted)) {
		return false
	}
	a.Since, a.Next, a.Unwanted, b.Since, b.Next, b.Unwanted = nil, nil, nil, nil, nil, nil
	return a == b
}

func noticesWait(n int) string {
	switch n {
	case 0:
		return "no notice waits"
	case 1:
		return "one notice waits"
	}
	return fmt.Sprintf("%d notices wait", n)
}

// hookWrong says in a sentence what is wrong with the webhook; "" nothing.
func hookWrong(f webhook.Health, now time.Time) string {
	switch {
	case f.Unwanted != nil:
		return fmt.Sprintf("The webhook at %s wants nothing more since %s (410 Gone): nothing is told. Set another webhook.url, or take [webhook] out.", report.Clean(f.Host), f.Unwanted.Format(time.RFC3339))
	case f.Error != "" && f.Since != nil:
		return fmt.Sprintf("The webhook at %s is not told since %s (%s): %s; %s%s", report.Clean(f.Host), f.Since.Format(time.RFC3339), ago(now, *f.Since), f.Error, noticesWait(f.Waiting), nextTry(now, f.Next))
	case f.Error != "":
		return "The webhook is not told: " + f.Error
	}
	return ""
}
