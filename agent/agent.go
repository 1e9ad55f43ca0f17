// Package agent is the loop: it reads the mailbox, decides, and drafts. One goroutine owns a mailbox and does everything
// to it in order. Only while it reads does another thread what it has stored, and that has ended before anything is judged.
//
// It guarantees that nothing is drafted on an unread mailbox, that a draft's intent is durable before its first byte goes
// out, and that a step of a thread gets one draft whatever crashes (RELIABILITY 2.3). It has no way to send mail.
package agent

import (
	"context"
	"log/slog"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// Mailbox is what the agent needs of an IMAP account; imapwatch satisfies it. Each method either did what it says or
// returns an error; after an error of Append nobody knows whether the message is there.
type Mailbox interface {
	Folders(ctx context.Context) ([]mail.Folder, error)
	Changed(ctx context.Context, folders []mail.Folder, cursors map[string]mail.Cursor) ([]mail.Folder, error)
	Sync(ctx context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error
	Tail(ctx context.Context, f mail.Folder, c mail.Cursor, store func(mail.Batch) error) error
	Bodies(ctx context.Context, folder string, validity uint32, uids []mail.UID, each func(mail.Body) error) error
	Search(ctx context.Context, f mail.Folder, since time.Time, from []mail.Address, ids []mail.MessageID) (mail.Batch, error)

	Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error)
	Append(ctx context.Context, source []byte, at time.Time) (mail.UID, error)
	ReadDraft(ctx context.Context, validity uint32, uid mail.UID) ([]byte, error)
	Withdraw(ctx context.Context, validity uint32, uid mail.UID, same func(source []byte) bool) error
}

// DraftsState is what a fresh SELECT of Drafts says.
type DraftsState struct {
	Validity uint32
	Next     mail.UID // 0 unknown
	Count    uint32
}

// Settings is what the config says, as far as the loop needs it. It is replaced whole on reload.
type Settings struct {
	Rep         mail.Person
	Signature   string // "" = as in the rep's own sent mail
	NoSignature bool   // none at all
	Policy      tracker.Policy
	Playbook    *playbook.Playbook
	Writer      Writer        // nil: Playbook
	Adviser     Adviser       // of answers that the rules call unclear; nil: nobody is asked, and what was said counts nothing
	Poll        time.Duration // how often the mailbox is read when nothing wakes the loop
	Settle      time.Duration // rest after an APPEND of unknown outcome before it is looked for again
	AtMostOnce  bool          // the server keeps nothing by which a draft can be known again (Probe): what is unknown is left to the rep
	Reach       time.Duration // how far back a first reading goes
	Steering    *Steering     // what the rep may say in a mail client; nil: nothing
	Signals     *Signals      // links that tell whether they were followed; nil: a draft bears its asset's own
}

// writer gives the writer in force.
func (s Settings) writer() Writer {
	if s.Writer != nil {
		return s.Writer
	}
	return s.Playbook
}

// Agent works one mailbox. Its methods are for one goroutine.
type Agent struct {
	set     Settings
	box     Mailbox
	store   tracker.Store
	log     *slog.Logger
	now     func() time.Time
	threads *tracker.Mailbox
	docket  *tracker.Docket // what of threads is to be judged
	tidings tidings
	known   *known

	judgedBy *known            // what the docket was last brought up to
	mailed   playbook.Mailings // which texts of the rep went to many

	loaded  bool
	forgets int64   // the store's count of forgettings when it was loaded
	stored  bool    // messages above taken were stored that are not in the threads
	taken   int64   // the last row that was taken in
	again   []int64 // rows at or below it that changed since
	bodied  []int64 // rows at or below it whose bodies are to be taken in, after all headers
	origin  tracker.Origin
	states  map[tracker.ThreadID]tracker.State // as last judged, to tell what changed
	failing failing                            // APPENDs that came to nothing, one after the other
	pause   pause                              // drafting rests after a jump of the clock
	refused map[string]string                  // writers' refusals by draft key, so that one is logged once

	folders []mail.Folder // of the pass under way
	reading reading

	outdated      bool        // the state is older than what was written here, and Drafts was not looked through since
	draftsChanged bool        // Drafts differs from what the last sweep saw
	draftsNext    mail.UID    // UIDNEXT of Drafts as the last sweep stored it; 0: none has
	drafts        DraftsState // Drafts as the last sweep saw it
	copies        bool        // a second copy of a draft could not be removed
	swept         bool        // Drafts was looked through once in this run

	steering steering // what was seen of the folders and tags by which the rep steers
	signals  signals  // what is known of the links in the rep's mail

	desk      *desk               // texts and opinions on their way
	compared  map[string]bool     // drafts of which the store keeps what was sent in their place, by key
	unadvised map[int64]time.Time // answers on which no opinion came, and when it may be asked for again

	last  Last        // what the latest pass of Run came to
	asked chan func() // questions of others, run between two passes
}

// New gives an agent over a mailbox and a store. now is the clock.
func New(set Settings, box Mailbox, store tracker.Store, now func() time.Time, log *slog.Logger) *Agent {
	threads := tracker.NewMailbox(set.Policy, playbook.Situation)
	return &Agent{
		set: set, box: box, store: store, log: log, now: now,
		threads: threads, docket: tracker.NewDocket(threads),
		states:  make(map[tracker.ThreadID]tracker.State),
		refused: make(map[string]string),
		asked:   make(chan func()),
		desk:    newDesk(log), unadvised: make(map[int64]time.Time),
	}
}

// SetSettings puts an edited config in force; the next pass judges everything by it. Texts on their way are dropped.
func (a *Agent) SetSettings(set Settings) {
	a.desk.clear()
	a.set, a.known = set, nil
	a.threads.SetPolicy(set.Policy)
}

// Options are how a single pass is done.
type Options struct {
	IgnoreHours bool      // once --now
	DryRun      bool      // read and decide, but write nothing to the mailbox
	RestNotes   RestNotes // of Once, where the program is started for each; nil: every pass looks at everything
}

// Result is what a pass did and found.
type Result struct {
	// Standings are those of every thread where Whole, else of those that were judged anew or that a pass may act on. Gone
	// are names that no thread goes by any more. Whoever keeps standings brings them up to date by these.
	Standings []tracker.Standing
	Whole     bool
	Gone      []tracker.ThreadID
	Counts    map[tracker.State]int // of every thread; nil: the pass did not come so far
	Rested    bool                  // nothing has changed since an earlier pass: Standings are left out
	exact     bool                  // Standings are of one moment
	Placed    []Placed
	Withdrawn []tracker.Draft
	Waiting   map[tracker.ThreadID]string // due threads that get no draft now, and why
	Wake      time.Time                   // when the next pass is due without any event; zero: no reason to
}

// Placed is a draft that now lies in Drafts, or in a dry run would.
type Placed struct {
	Standing tracker.Standing
	Draft    tracker.Draft
	Text     playbook.Text
}

// Pass reads, decides and drafts once, and gives the standings of every thread.
func (a *Agent) Pass(ctx context.Context, opt Options) (Result, error) {
	res, err := a.pass(ctx, opt)
	if res.Counts == nil {
		return res, err
	}
	if failed := a.everything(ctx, &res); err == nil {
		err = failed
	}
	return res, err
}

// pass is Pass at the cost of what changed.
func (a *Agent) pass(ctx context.Context, opt Options) (Result, error) {
	a.pause.pass(a.now(), a.set.Poll)
	if err := a.Load(ctx); err != nil {
		return Result{}, err
	}
	if err := a.read(ctx); err != nil {
		return Result{}, err
	}
	if err := a.steer(ctx, opt); err != nil {
		return Result{}, err
	}
	if err := a.sweep(ctx, opt); err != nil {
		return Result{}, err
	}
	if err := a.keepLinks(ctx, opt); err != nil {
		return Result{}, err
	}
	if err := a.steerDrafts(ctx, opt); err != nil {
		return Result{}, err
	}
	return a.decide(ctx, opt)
}

// settleAtOnce is the longest settle time for which a single pass waits itself, instead of leaving the question to the next.
const settleAtOnce = 10 * time.Second

// roundsAtOnce bounds how often a single pass waits for texts, should each find another to be written.
const roundsAtOnce = 5

// Once is a pass for those who will not come back soon (cron): it waits for the texts that are being written, and where the
// outcome of a draft is unknown and the settle time is short, it rests and looks until it is known.
func (a *Agent) Once(ctx context.Context, opt Options) (Result, error) {
	defer a.desk.close()
	began := a.now()
	if res, rested, err := a.undisturbed(ctx, opt); rested || err != nil {
		return res, err
	}
	res, err := a.once(ctx, opt)
	if err != nil {
		return res, err
	}
	return res, a.noteRest(ctx, began, opt, res)
}

// once passes until nothing is under way any more.
func (a *Agent) once(ctx context.Context, opt Options) (Result, error) {
	res, err := a.Pass(ctx, opt)
	for range roundsAtOnce {
		if err != nil || !a.desk.await(ctx) {
			break
		}
		res, err = a.more(ctx, opt, res)
	}
	// Two looks a settle time apart, then the try itself: three more passes know.
	for range 3 {
		if a.set.Settle > settleAtOnce || opt.DryRun || !a.unknown(ctx) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return res, ctx.Err()
		case <-time.After(a.set.Settle):
		}
		res, err = a.more(ctx, opt, res)
	}
	return res, err
}

// more passes once more, and gives what both passes did.
func (a *Agent) more(ctx context.Context, opt Options, before Result) (Result, error) {
	res, err := a.Pass(ctx, opt)
	res.Placed = append(before.Placed, res.Placed...)
	res.Withdrawn = append(before.Withdrawn, res.Withdrawn...)
	return res, err
}

// unknown says whether the journal holds a draft whose outcome nobody knows.
func (a *Agent) unknown(ctx context.Context) bool {
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return false // the pass before it has failed for the same reason and says so
	}
	for _, d := range journal {
		if d.State == tracker.DraftUnknown {
			return true
		}
	}
	return false
}

// Thread gives a conversation as loaded; nil if there is none of that id.
func (a *Agent) Thread(id tracker.ThreadID) *tracker.Thread { return a.threads.Thread(id) }
