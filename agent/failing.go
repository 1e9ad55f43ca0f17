package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"followupd/tracker"
)

// failing counts the APPENDs that came to nothing since the last that did not: the mailbox is full, Drafts may not be
// written to, the line breaks. The zero value is none.
type failing struct {
	tries   int
	last    time.Time
	refused bool // the last one was answered with a refusal, which another try would only repeat
	told    bool // all of it by the journal: this program has not tried yet
}

// rests says whether no draft is to be tried at now, and until when. Somebody who asks for drafts at once has seen what was
// wrong and maybe mended it: for them one try is made, whatever programs before this one heard.
func (f *failing) rests(now time.Time, settle time.Duration, atOnce bool) (until time.Time, rests bool) {
	until = f.until(settle)
	return until, now.Before(until) && !(atOnce && f.told)
}

// note takes in how an APPEND of a time went.
func (f *failing) note(at time.Time, err error) {
	if err == nil {
		*f = failing{}
		return
	}
	f.tries++
	f.last, f.refused, f.told = at, isRefusal(err), false
}

// isRefusal says whether the server answered that it does not take a draft, other than a line that broke.
func isRefusal(err error) bool {
	var answer interface{ Refused() bool }
	return errors.As(err, &answer) && answer.Refused()
}

// failingKey is the key of the note in the journal that holds failing over a restart.
const failingKey = "append"

// noteTry takes in how an APPEND of a time went, durably where it failed or had failed before: a program that ends and is
// started anew must rest as long as one that goes on. A kill inside APPEND leaves no such note, and no cause to rest so long.
func (a *Agent) noteTry(ctx context.Context, at time.Time, appendErr error) error {
	if appendErr == nil && a.failing.tries == 0 {
		return nil
	}
	a.failing.note(at, appendErr)
	d := tracker.Draft{Key: failingKey, State: draftsBroken, Step: a.failing.tries, Created: at, Changed: at}
	if a.failing.refused {
		d.State = draftsRefused
	}
	if err := a.store.SaveDraft(ctx, d); err != nil {
		return fmt.Errorf("note how laying down a draft went: %w", err)
	}
	return nil
}

// failingIn gives what the journal says of it after a restart. Tries that left their outcome open after the last that was
// noted were cut short by the end of the program, which says nothing of the server: one of them changes nothing, and
// several in a row, a program that dies of its drafts maybe, are followed by a rest of one settle time each.
func failingIn(journal []tracker.Draft) failing {
	var f failing
	var done time.Time // when the last draft was laid down
	for _, d := range journal {
		switch d.State {
		case tracker.DraftPlaced:
			done = later(done, d.Changed)
		case draftsBroken, draftsRefused:
			f = failing{tries: d.Step, last: d.Changed, refused: d.State == draftsRefused}
		}
	}
	if f.tries == 0 || done.After(f.last) {
		f = failing{} // drafts are taken, whatever was answered
	}
	var killed time.Time
	kills := 0
	for _, d := range journal {
		if d.State == tracker.DraftUnknown && d.Changed.After(done) && d.Changed.After(f.last) {
			kills++
			killed = later(killed, d.Changed)
		}
	}
	if kills > 1 || kills == 1 && f.tries > 0 {
		f.last, f.refused = killed, false
	}
	f.told = !f.last.IsZero()
	return f
}

// mostRest is the longest rest between two tries, and the only one in a mailbox that says that it is full.
const mostRest = 15 * time.Minute

// until gives when the next draft may be tried, whatever thread it is for: a quarter of an hour after a refusal; else two
// settle times after the first failure, as a single one needs to be looked for, and twice as long after each further one.
func (f *failing) until(settle time.Duration) time.Time {
	if f.refused {
		return f.last.Add(mostRest)
	}
	const steps = 16
	return f.last.Add(min(settle<<min(f.tries, steps), mostRest))
}
