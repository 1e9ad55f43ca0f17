package agent

import (
	"context"
	"fmt"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// Rest is what a pass notes that left nothing to be done before a moment or a change. It is no fact: without it, or where
// anything it rests on is another, a pass looks at everything.
type Rest struct {
	At     time.Time             `json:"at"`   // when the pass began
	Wake   time.Time             `json:"wake"` // when a thread may stand otherwise by itself; zero: never
	Basis  string                `json:"basis"`
	Counts map[tracker.State]int `json:"counts"`
}

// RestNotes keep a Rest from one run of the program to the next. Read gives false where there is none, or where it was
// written by another program or under another configuration.
type RestNotes interface {
	Read() (Rest, bool)
	Write(r Rest) error
}

// covers says that a moment lies in the time that the note speaks of. After a day a pass looks at everything all the same.
func (r Rest) covers(now time.Time) bool {
	return !now.Before(r.At) && (r.Wake.IsZero() || now.Before(r.Wake)) && now.Sub(r.At) <= mostGap
}

// restful gives what a note is made of. false: a pass may find work though nothing changed, for a model may be asked or the
// rep steers by folders, tags and lines in drafts, of which no cursor is kept.
func (a *Agent) restful(opt Options) (tracker.Based, bool) {
	store, able := a.store.(tracker.Based)
	return store, able && opt.RestNotes != nil && !opt.DryRun && a.set.Adviser == nil && a.set.Steering == nil
}

// undisturbed looks whether anything can have changed since a pass of an earlier run that left nothing to do, at the cost of
// asking the server which folders changed. true: nothing has, and the pass is done; the threads were not even loaded.
//
// It is sure because a pass is a function of what is stored (Basis: messages, how far each folder was read, what was done and
// said), the configuration and program (RestNotes), the server's folders, and the time up to the note's Wake (tracker.Docket).
// Whatever else a pass might do rules it out: see restful and unsettled.
func (a *Agent) undisturbed(ctx context.Context, opt Options) (Result, bool, error) {
	store, able := a.restful(opt)
	if !able || a.loaded {
		return Result{}, false, nil
	}
	note, found := opt.RestNotes.Read()
	now := a.now()
	if !found || !note.covers(now) {
		return Result{}, false, nil
	}
	if err := a.learnOrigin(ctx); err != nil || !a.origin.Recovered.IsZero() && !a.origin.Recovered.Before(note.At) {
		return Result{}, false, err
	}
	if basis, err := store.Basis(ctx); err != nil || basis != note.Basis {
		return Result{}, false, err
	}
	if same, err := a.sameMailbox(ctx, now); err != nil || !same {
		return Result{}, false, err
	}
	return Result{Counts: note.Counts, Wake: note.Wake, Rested: true}, true, nil
}

// sameMailbox asks the server whether every folder is as it was read. They were looked at as a pass looks at them, so where
// they are they count as read. A draft whose outcome is unknown, or that no sweep has seen, makes it another mailbox.
func (a *Agent) sameMailbox(ctx context.Context, now time.Time) (bool, error) {
	folders, err := a.box.Folders(ctx)
	if err != nil {
		return false, err
	}
	a.folders = folders
	reaches, err := a.store.Reaches(ctx)
	if err != nil {
		return false, fmt.Errorf("read how far each folder was read: %w", err)
	}
	watched := a.answering()
	all := watched
	if drafts, ok := a.draftsFolder(); ok {
		all = append(all[:len(all):len(all)], drafts)
		journal, err := a.store.Drafts(ctx)
		if err != nil {
			return false, fmt.Errorf("read the journal of drafts: %w", err)
		}
		if anyOpen(journal) || unswept(journal, reaches[drafts.Name].Cursor.UIDNext) {
			return false, nil
		}
	}
	if !sameFolders(reaches, all) {
		return false, nil
	}
	changed, err := a.box.Changed(ctx, all, cursors(reaches))
	if err != nil || len(changed) > 0 {
		return false, err
	}
	for _, f := range watched {
		if err := a.store.MarkRead(ctx, f.Name, now); err != nil {
			return false, fmt.Errorf("note that %q was read: %w", f.Name, err)
		}
	}
	return true, nil
}

// sameFolders says that the folders with a part in the rep's mail are those that were read, in the same parts.
func sameFolders(reaches map[string]tracker.Reach, now []mail.Folder) bool {
	for _, f := range now {
		if r, known := reaches[f.Name]; !known || r.Folder.Role != f.Role {
			return false
		}
	}
	return len(reaches) == len(now)
}

// noteRest notes that a pass that began at a time left nothing to be done. What waits, for whatever reason, is something.
func (a *Agent) noteRest(ctx context.Context, began time.Time, opt Options, res Result) error {
	store, able := a.restful(opt)
	if !able || len(res.Waiting) > 0 || a.copies || a.desk.atWork() || a.unsettled() {
		return nil
	}
	basis, err := store.Basis(ctx)
	if err != nil {
		return err
	}
	// What was said since the threads were judged is in the basis, and shows in the revision.
	if now, err := a.recall(ctx); err != nil || now != a.judgedBy || now.revision == "" {
		return err
	}
	return opt.RestNotes.Write(Rest{At: began, Wake: res.Wake, Basis: basis, Counts: res.Counts})
}

// unsettled says that the next pass may have something to do though nothing changes: a thread is due, whatever is laid over
// it; a draft was not taken back, or not replaced by another; bodies are to be read that bodyRounds left.
func (a *Agent) unsettled() bool {
	if a.docket.Counts()[tracker.Due] > 0 || len(a.threads.Wanted()) > 0 {
		return true
	}
	for _, st := range a.docket.Open() {
		if st.Draft == nil {
			continue
		}
		if _, asked := tracker.Asked(a.known.words, *st.Draft); asked || st.Withdraw && a.removable(*st.Draft) {
			return true
		}
	}
	return false
}
