// Package imapwatch is the mailbox: connecting and logging in, finding the folders, reading what is new at the cost of
// what changed, watching, and laying drafts down. It reports what is there; it concludes nothing.
//
// It guarantees that reading sets no flag, that no command waits for ever, and that at most one message is removed at a
// time, by UID, after its content was checked. It does not guarantee that an APPEND without an answer has not happened:
// callers look (Look) before they try again.
package imapwatch

import (
	"context"
	"log/slog"
	"time"

	"followupd/mail"
)

// Config is how to reach one mailbox.
type Config struct {
	Host     string
	Port     int
	Security string // "tls", "starttls", "none" (loopback only)
	CAFile   string // extra trust root, PEM
	Username string
	// Password gives the secret, read afresh at each login. Never logged.
	Password func(ctx context.Context) (string, error)

	// Folders named by the config; empty: found.
	Inbox, Sent, Drafts string
	Also                []string       // nil: \All, \Archive, \Junk
	Me                  []mail.Address // to confirm a guessed Sent folder

	Poll      time.Duration // safety poll; default 5 min
	IdleRound time.Duration // an IDLE is renewed after it; default and most 9 min
	Limit     time.Duration // of a command; default 60 s (APPEND: twice that)
	Log       *slog.Logger
	Now       func() time.Time
}

// Mailbox is one account. It owns at most three connections: a worker for reading and drafts, a watcher for INBOX and
// one for Sent. Its methods other than Watch are for one goroutine.
type Mailbox struct{}

// New prepares a mailbox; it connects at the first use, and again after every loss.
func New(cfg Config) *Mailbox { panic("not built yet") }

// Folders gives the folders with their roles, found as IMAP.md section 4 and R25 say. Errors: *FolderError where Sent or
// Drafts cannot be told (lists the folders, names the key to set).
func (m *Mailbox) Folders(ctx context.Context) ([]mail.Folder, error) { panic("not built yet") }

// Changed gives the folders among those given whose state differs from their cursor: one LIST-STATUS, or a STATUS each.
func (m *Mailbox) Changed(ctx context.Context, folders []mail.Folder, cursors map[string]mail.Cursor) ([]mail.Folder, error) {
	panic("not built yet")
}

// Sync reads what is new in a folder since the cursor, in batches of at most 1,000, each handed to store before the next
// is fetched. A first reading (zero cursor) reaches back to since by INTERNALDATE. It returns nil only if everything the
// server said is there was read or recorded as unreadable.
func (m *Mailbox) Sync(ctx context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error {
	panic("not built yet")
}

// Bodies reads the start of messages (mail.MaxHeader, mail.MaxBody) without setting \Seen. What is gone is left out.
func (m *Mailbox) Bodies(ctx context.Context, folder string, validity uint32, uids []mail.UID, each func(mail.Body) error) error {
	panic("not built yet")
}

// Search looks in any folder for messages received since a day that come from one of the addresses or name one of the
// ids in References or In-Reply-To, and reads their headers. Finding nothing proves nothing.
func (m *Mailbox) Search(ctx context.Context, f mail.Folder, since time.Time, from []mail.Address, ids []mail.MessageID) ([]mail.Item, error) {
	panic("not built yet")
}

// Tail reads what arrived in a folder since the cursor, on the worker connection, right now: Changed and Sync for one
// folder without trusting anything remembered.
func (m *Mailbox) Tail(ctx context.Context, f mail.Folder, c mail.Cursor, store func(mail.Batch) error) error {
	panic("not built yet")
}

// DraftsState is what a fresh SELECT of Drafts says.
type DraftsState struct {
	Validity uint32
	Next     mail.UID // 0 unknown
	Count    uint32
}

// Look selects Drafts afresh and reads the header, size and flags of every message from floor on (0: all). It trusts no
// SEARCH.
func (m *Mailbox) Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	panic("not built yet")
}

// Append lays source into Drafts with \Draft and \Seen, on a connection of its own, with a synchronising literal. uid is
// what APPENDUID said, a hint, 0 without one. Whatever the error, the message may be there: *RefusedError means that the
// server said NO or BAD.
func (m *Mailbox) Append(ctx context.Context, source []byte, at time.Time) (uid mail.UID, err error) {
	panic("not built yet")
}

// Withdraw removes one draft: it reads it again, lets same decide on its bytes, and removes that UID only (UID EXPUNGE,
// else UID MOVE to Trash). Where the server can do neither it returns ErrCannotRemove and changes nothing.
func (m *Mailbox) Withdraw(ctx context.Context, validity uint32, uid mail.UID, same func(source []byte) bool) error {
	panic("not built yet")
}

// ReadDraft gives the bytes of one draft, for telling an edited from an untouched one.
func (m *Mailbox) ReadDraft(ctx context.Context, validity uint32, uid mail.UID) ([]byte, error) {
	panic("not built yet")
}

// Abilities is what a server can do, for check.
type Abilities struct {
	Server       string // ID name and version, or the greeting's text
	Capabilities []string
	Notes        []string // plain sentences: "no IDLE: polls every 5m0s"
}

// Abilities logs in and tells.
func (m *Mailbox) Abilities(ctx context.Context) (Abilities, error) { panic("not built yet") }

// Event is what a watcher reports. It only wakes the reader; the state comes from Sync.
type Event struct {
	Folder string // "" any
	Why    string // "IDLE EXISTS", "poll", "reconnected", "the clock jumped by 3h12m0s"
}

// Watch keeps IDLE on INBOX and Sent (Drafts by poll) and reports until ctx ends; it reconnects for ever, with backoff and
// jitter. status is told of every change of health. Watch never blocks on events: events are coalesced.
func (m *Mailbox) Watch(ctx context.Context, events chan<- Event, status func(Status)) {
	panic("not built yet")
}

// Status is how a connection fares.
type Status struct {
	OK    bool
	What  string    // "watching INBOX", "login refused: …"
	Retry time.Time // when it is tried again; zero: not planned
}

// Close logs out and waits for every goroutine.
func (m *Mailbox) Close() error { panic("not built yet") }
