package agent

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// Why a message has no text any more, as `show` says it.
const (
	whyForgotten = "its text was erased because it named somebody who was to be forgotten; this is what it was found to be"
	whyExpired   = "its text was erased some time after the thread had ended (state.keep); this is what it was found to be"
)

// Forget erases what is stored of a person. A draft to them that lies in the mailbox stays there: it is the rep's.
func (a *Agent) Forget(ctx context.Context, who mail.Address) (tracker.Erased, error) {
	if err := a.Load(ctx); err != nil {
		return tracker.Erased{}, err
	}
	f := tracker.Forgetting{Who: who, At: a.now(), Reduce: func(s tracker.Seen, c *mail.Content) *mail.Content {
		return mail.Reduced(a.judge(s, c), whyForgotten)
	}}
	for _, id := range a.threads.Threads() {
		t := a.threads.Thread(id)
		theirs, others := false, false
		for _, l := range t.Messages {
			for _, p := range everybody(l.Message) {
				theirs = theirs || p.Address == who
				others = others || p.Address != who && !slices.Contains(a.set.Policy.Me, p.Address)
			}
		}
		switch {
		case theirs && others:
			f.Shared = append(f.Shared, id)
		case theirs:
			f.Alone = append(f.Alone, id)
		}
	}
	erased, err := a.store.Forget(ctx, f)
	if err != nil {
		return erased, err
	}
	return erased, a.Load(ctx)
}

// forgetAll drops what is held in memory, to be loaded anew.
func (a *Agent) forgetAll() {
	a.loaded = false
	a.threads, a.mailed = tracker.NewMailbox(a.set.Policy, playbook.Situation), playbook.Mailings{}
	a.docket, a.tidings, a.known = tracker.NewDocket(a.threads), tidings{}, nil
	a.states = make(map[tracker.ThreadID]tracker.State)
	a.log.Info("somebody was forgotten: the threads are loaded anew")
}

// Expire erases the texts of threads that ended longer ago than keep: bodies but for their verdicts, and the texts of drafts.
// It says how many bodies it erased.
func (a *Agent) Expire(ctx context.Context, keep time.Duration) (int, error) {
	now := a.now()
	all, _, err := a.judgeAll(ctx, now)
	if err != nil {
		return 0, err
	}
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the journal of drafts: %w", err)
	}
	words, err := a.store.Words(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the rep's words: %w", err)
	}
	latest := make(map[tracker.ThreadID]time.Time)
	for _, d := range journal {
		latest[d.Thread] = later(latest[d.Thread], d.Changed)
	}
	for _, w := range words {
		latest[w.Thread] = later(latest[w.Thread], w.At)
	}
	ended, alive := make(map[tracker.ThreadID]bool), make(map[int64]bool) // by thread; by row
	var candidates []int64
	for _, st := range all {
		t := a.threads.Thread(st.Thread)
		if t == nil {
			continue
		}
		end := latest[st.Thread]
		for _, l := range t.Messages {
			end = later(end, l.Received)
		}
		over := (st.State == tracker.Closed || st.State == tracker.Answered || st.State == tracker.Ignored) && now.Sub(end) > keep
		ended[st.Thread] = over
		for _, l := range t.Messages {
			switch {
			case !over:
				alive[l.Row] = true // one message may lie in two threads
			case l.HasBody:
				candidates = append(candidates, l.Row)
			}
		}
	}
	if a.set.Signals != nil {
		if err := a.set.Signals.Trails.ExpireVisits(ctx, now.Add(-keep)); err != nil {
			return 0, err
		}
	}
	erased := 0
	for rows := range slices.Chunk(candidates, bodiesAtOnce) {
		n, err := a.expireBodies(ctx, rows, alive)
		if err != nil {
			return erased, err
		}
		erased += n
	}
	a.known = nil // it holds texts
	var keys []string
	for _, d := range journal {
		if ended[d.Thread] && (d.Body != "" || len(d.Source) > 0) {
			keys = append(keys, d.Key)
		}
	}
	if len(keys) > 0 {
		if err := a.store.Expire(ctx, nil, keys); err != nil {
			return erased, err
		}
	}
	if erased > 0 {
		a.log.Info("texts of ended threads erased", slog.Int("bodies", erased), slog.Int("drafts", len(keys)))
	}
	return erased, nil
}

func (a *Agent) expireBodies(ctx context.Context, rows []int64, alive map[int64]bool) (int, error) {
	seen, err := a.store.SeenRows(ctx, rows)
	if err != nil {
		return 0, fmt.Errorf("read messages of ended threads: %w", err)
	}
	contents := make(map[int64]*mail.Content)
	for _, s := range seen {
		if alive[s.Row] {
			continue
		}
		c, err := a.store.Content(ctx, s.Row)
		if err != nil {
			return 0, fmt.Errorf("read a stored body: %w", err)
		}
		if c == nil || c.Verdict != nil || c.Text == "" && c.Calendar == nil && c.Report == nil && len(c.Attachments) == 0 {
			continue
		}
		contents[s.Row] = mail.Reduced(a.judge(s, c), whyExpired)
	}
	if len(contents) == 0 {
		return 0, nil
	}
	return len(contents), a.store.Expire(ctx, contents, nil)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// everybody gives all people on a message.
func everybody(m mail.Message) []mail.Person {
	return slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc, m.Bcc)
}

// addressed gives whom a message goes to.
func addressed(m mail.Message) []mail.Address {
	var out []mail.Address
	for _, p := range slices.Concat(m.To, m.Cc, m.Bcc) {
		out = append(out, p.Address)
	}
	return out
}
