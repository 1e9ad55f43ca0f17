package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/report"
	"followupd/tracker"
)

func newExport(a *app) *cobra.Command {
	var format, since, of string
	c := &cobra.Command{
		Use:   "export --format csv|json|ics",
		Short: "Gives threads and drafts to a CRM, or everything that is held on a person",
		Long: `export writes every tracked thread and the ledger (each draft, what it brought and what became of it). In CSV both are lines
of one table, told apart by the first column; in JSON they are two arrays, the threads as in threads --json. With --of it
writes everything that is held on one person, bodies included: for somebody who asks what you know of them. ics is a calendar
of what is due and what comes in the next three months.

With --since only what has news is written: threads with a mail, a word of yours, a draft or a followed link since then, or whose
state is another than it was then; and drafts of which something became since then. Give the time of the last export.`,
		Example: "  followupd export --format csv --since 2026-01-01 > followups.csv\n  followupd export --format json --of lena@nordbau.example",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case format != "csv" && format != "json" && format != "ics":
				return usagef("export wants --format csv, json or ics, not %q", format)
			case format == "ics" && since != "":
				return usagef("--since looks back, and a calendar looks ahead: leave it out")
			case of != "" && format != "json":
				return usagef("--of gives everything that is held on a person, messages included; only --format json can hold that")
			}
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			var from time.Time
			if since != "" {
				if from, err = parseMomentAt(since, w.zone()); err != nil {
					return err
				}
			}
			if of != "" {
				who, err := oneAddress(of)
				if err != nil {
					return err
				}
				held, err := w.held(c.Context(), who, from)
				if err != nil {
					return err
				}
				return report.JSON(a.out, held)
			}
			if format == "ics" {
				return w.calendar(c.Context(), a.out)
			}
			all, err := w.export(c.Context(), from)
			if err != nil {
				return err
			}
			if format == "csv" {
				return report.CSV(a.out, all)
			}
			return report.JSON(a.out, all)
		},
	}
	c.Flags().StringVar(&format, "format", "", "`csv|json|ics`")
	c.Flags().StringVar(&since, "since", "", "only threads and drafts with news since this `day` or RFC 3339 time")
	c.Flags().StringVar(&of, "of", "", "everything that is held on the person with this `address`")
	return c
}

// calendar writes what is due and what comes by itself.
func (w *wired) calendar(ctx context.Context, out io.Writer) error {
	now := w.now()
	due, err := w.agent.Standings(ctx, now)
	if err != nil {
		return err
	}
	ahead, err := w.agent.Coming(ctx, now, now.Add(report.CalendarAhead))
	if err != nil {
		return err
	}
	tasks, err := w.agent.Tasks(ctx, due)
	if err != nil {
		return err
	}
	return report.Calendar(out, due, ahead, tasks, now)
}

// parseMomentAt reads --since: a day from its beginning, or an RFC 3339 time.
func parseMomentAt(s string, zone *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation("2006-01-02", s, zone); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, usagef("--since %q is no date; write it as 2026-01-31", s)
	}
	return at, nil
}

// export gathers threads and ledger, what is older than since left out.
func (w *wired) export(ctx context.Context, since time.Time) (report.Export, error) {
	e := report.Export{Threads: []report.Thread{}, Ledger: []report.Entry{}}
	standings, err := w.agent.Standings(ctx, w.now())
	if err != nil {
		return e, err
	}
	standings = slices.DeleteFunc(standings, func(s tracker.Standing) bool { return s.State == tracker.Ignored })
	if err := w.agent.Foresee(ctx, standings); err != nil {
		return e, err
	}
	journal, err := w.store.Drafts(ctx)
	if err != nil {
		return e, err
	}
	changed, err := w.changedSince(ctx, since, journal)
	if err != nil {
		return e, err
	}
	people := make(map[tracker.ThreadID][]string)
	for _, s := range standings {
		t := report.NewThread(s, w.zone())
		people[s.Thread] = t.Prospects
		if changed == nil || changed(s) {
			e.Threads = append(e.Threads, t)
		}
	}
	for _, d := range journal {
		if laid(d) && !d.Changed.Before(since) {
			e.Ledger = append(e.Ledger, report.NewEntry(d, people[d.Thread], w.zone()))
		}
	}
	return e, nil
}

// changedSince tells of which threads an export since a moment has news: a mail, a word of the rep's, what became of a draft, a
// link that was followed, or another state than at that moment, which the clock alone may have brought about. nil where the
// export is of everything.
func (w *wired) changedSince(ctx context.Context, since time.Time, journal []tracker.Draft) (func(tracker.Standing) bool, error) {
	if since.IsZero() {
		return nil, nil
	}
	words, err := w.store.Words(ctx)
	if err != nil {
		return nil, err
	}
	before, err := w.agent.Standings(ctx, earlier(since, w.now()))
	if err != nil {
		return nil, err
	}
	news := make(map[tracker.ThreadID]bool)
	for _, d := range journal {
		news[d.Thread] = news[d.Thread] || laid(d) && !d.Changed.Before(since)
	}
	states := make(map[tracker.ThreadID]tracker.State, len(before))
	for _, s := range before {
		states[s.Thread] = s.State
	}
	return func(s tracker.Standing) bool {
		if news[s.Thread] || states[s.Thread] != s.State || !s.LastOutbound.Before(since) || !s.LastInbound.Before(since) {
			return true
		}
		if n := len(s.Followed); n > 0 && !s.Followed[n-1].At.Before(since) {
			return true
		}
		return slices.ContainsFunc(about(s, words), func(said tracker.Word) bool { return !said.At.Before(since) })
	}, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// laid says that an entry of the journal is a draft of ours that was laid into Drafts, or may have been: the journal holds
// other notes, too.
func laid(d tracker.Draft) bool {
	switch d.State {
	case tracker.DraftUnknown, tracker.DraftPlaced, tracker.DraftEdited, tracker.DraftSent, tracker.DraftDiscarded, tracker.DraftWithdrawn:
		return true
	}
	return false
}

// held gathers everything that is held on a person.
func (w *wired) held(ctx context.Context, who mail.Address, since time.Time) (report.Held, error) {
	h := report.Held{
		Address: string(who), Threads: []report.Thread{}, Messages: []report.HeldMessage{}, Ledger: []report.Entry{}, Words: []report.HeldWord{},
	}
	standings, err := w.agent.Standings(ctx, w.now())
	if err != nil {
		return h, err
	}
	in := make(map[tracker.ThreadID]bool)
	people := make(map[tracker.ThreadID][]string)
	for _, s := range standings {
		t := w.agent.Thread(s.Thread)
		if t == nil || !slices.ContainsFunc(t.Messages, func(l tracker.Linked) bool { return concerns(l.Message, who) }) {
			continue
		}
		in[s.Thread] = true
		one := report.NewThread(s, w.zone())
		people[s.Thread] = one.Prospects
		h.Threads = append(h.Threads, one)
	}
	var rows []tracker.Seen
	err = w.store.Seen(ctx, 0, func(s tracker.Seen) error {
		if concerns(s.Message, who) && !s.Received.Before(since) {
			rows = append(rows, s)
		}
		return nil
	})
	if err != nil {
		return h, err
	}
	for _, s := range rows {
		content, err := w.store.Content(ctx, s.Row)
		if err != nil {
			return h, err
		}
		var body any
		if content != nil {
			body = content
		}
		h.Messages = append(h.Messages, report.NewHeldMessage(s, body, w.zone()))
	}
	journal, err := w.store.Drafts(ctx)
	if err != nil {
		return h, err
	}
	for _, d := range journal {
		if in[d.Thread] && !d.Changed.Before(since) {
			e := report.NewEntry(d, people[d.Thread], w.zone())
			e.Text = d.Body
			h.Ledger = append(h.Ledger, e)
		}
	}
	words, err := w.store.Words(ctx)
	if err != nil {
		return h, err
	}
	for _, word := range words {
		if !in[word.Thread] && !strings.EqualFold(string(word.Address), string(who)) || word.At.Before(since) {
			continue
		}
		one := report.HeldWord{At: word.At.In(w.zone()), Kind: word.Kind, Thread: word.Thread, Address: string(word.Address), Outcome: word.Outcome, Text: word.Text, Source: word.Source}
		if !word.Until.IsZero() {
			until := word.Until.In(w.zone())
			one.Until = &until
		}
		h.Words = append(h.Words, one)
	}
	return h, nil
}

// concerns says that a message is from or to a person.
func concerns(m mail.Message, who mail.Address) bool {
	for _, p := range slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc, m.Bcc) {
		if p.Address == who {
			return true
		}
	}
	return false
}
