package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"followupd/agent"
	"followupd/tracker/sqlite"
)

// upkeep is what the daemon does for its state between passes: it says how it fares, erases what need not be kept any more,
// and makes the day's backup.
type upkeep struct {
	w      *wired
	record *recorder
	log    *slog.Logger
	keep   time.Duration                            // state.keep; 0: for ever
	links  func(ctx context.Context, now time.Time) // looks at the library's links, or has it done
	mode   string                                   // how drafts are laid down; "" until the server was asked
}

// afterPass is called between two passes, by the goroutine that owns the mailbox. After a pass that drafted or failed it only
// records: the disk is left alone while a draft may be on its way.
func (u *upkeep) afterPass(ctx context.Context, last agent.Last) {
	if u.mode == "" && last.Err == nil {
		u.mode = draftMode(ctx, u.w)
	}
	journal, words, unread := u.w.agent.Done(ctx) // on an error the next pass fails for the same reason and says so
	if err := u.record.passed(last, journal, u.mode); err != nil {
		u.log.Warn("status is out of date", slog.Any("error", err))
	}
	err := unread
	if err == nil {
		err = u.record.notUnderstood(words)
	}
	if err != nil {
		u.log.Warn("status is out of date", slog.Any("error", err))
	}
	if last.Err != nil || len(last.Result.Placed) > 0 || len(last.Result.Withdrawn) > 0 {
		return
	}
	u.daily(ctx)
}

// daily does what is done once a day. What was erased must not come back with a backup, so the backup comes last; that it is
// there says that the day's work is done, also to the next process.
func (u *upkeep) daily(ctx context.Context) {
	now := u.w.now()
	done, err := u.w.store.BackedUp(now)
	if err != nil || done {
		if err != nil {
			u.log.Warn("no backup of the state", slog.Any("error", err))
		}
		return
	}
	if u.keep > 0 {
		if _, err := u.w.agent.Expire(ctx, u.keep); err != nil {
			u.log.Warn("texts of ended threads are kept longer than they should", slog.Any("error", err))
			return
		}
	}
	made, err := u.w.store.Backup(ctx, now)
	if err != nil {
		u.log.Warn("no backup of the state", slog.Any("error", err))
	} else if made {
		u.log.Info("state backed up")
	}
	if u.w.cfg.Content.CheckLinks {
		u.links(ctx, now)
	}
}

// draftMode says how sure it is that a draft is laid down exactly once on this server.
func draftMode(ctx context.Context, w *wired) string {
	able, err := w.box.Abilities(ctx)
	if err != nil {
		return ""
	}
	probe, err := readProbe(w.cfg.State.Dir)
	if err != nil {
		return ""
	}
	kept := "each draft " + mode(probe)
	for _, c := range able.Capabilities {
		if c == "UIDPLUS" {
			return kept + "; a second copy would be removed (UIDPLUS)"
		}
	}
	return kept + "; a second copy goes to Trash where the server knows MOVE, and stays where it does not (no UIDPLUS)"
}

// mendFile is openAnew for the state in a directory.
func mendFile(dir string) func(context.Context, *recorder, *slog.Logger) error {
	return func(ctx context.Context, record *recorder, log *slog.Logger) error {
		return openAnew(ctx, dir, record, log)
	}
}

// openAnew opens the state for the daemon, sets a damaged one aside, and says so.
func openAnew(ctx context.Context, stateDir string, record *recorder, log *slog.Logger) error {
	store, aside, err := sqlite.OpenAnew(ctx, stateDir, sqlite.Options{}, time.Now())
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	if aside == nil {
		return nil
	}
	log.Error("the state was damaged: it is set aside, and the mailbox is read again", slog.String("file", aside.File),
		slog.String("words", aside.Words), slog.Int("words_taken_over", aside.Saved), slog.String("from", aside.From))
	what := fmt.Sprintf("the state was damaged and is set aside as %s; the mailbox was read again", filepath.Base(aside.File))
	if aside.Saved > 0 {
		what += fmt.Sprintf("; %d of your words were taken over from %s, see %s", aside.Saved, filepath.Base(aside.From), filepath.Base(aside.Words))
	} else {
		what += "; none of your holds, closes, notes and grades could be read"
	}
	return record.trouble(what)
}
