package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// errCut is a connection lost at a moment that tells nothing of the outcome.
var errCut = errors.New("connection reset by peer")

// killed ends a pass as kill -9 would: nothing after it runs, nothing is tidied up.
type killed struct{ at string }

// world is a mailbox, a state directory and a clock that outlive the program working on them.
type world struct {
	t       *testing.T
	now     time.Time
	dir     string
	folders map[string]*folder
	settle  time.Duration

	points int    // crash points passed so far
	killAt int    // the point at which the program is killed, 0 for never
	where  string // what the last point was, for messages
	passed []string

	onAppend   func(source []byte) (stored bool, err error) // nil: stored, no error
	late       [][]byte                                     // appended, but not visible yet
	noRemove   bool                                         // a server without UIDPLUS and MOVE
	steering   *Steering                                    // off where nil
	atMostOnce bool                                         // as the self-test found the server
	onTail     func()                                       // what happens in the world right before the last check
}

type folder struct {
	mail.Folder
	validity uint32
	next     mail.UID
	items    []stored
}

type stored struct {
	uid      mail.UID
	flags    []string
	received time.Time
	source   []byte
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), dir: t.TempDir(), settle: 2 * time.Minute, folders: map[string]*folder{}}
	for i, f := range []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}, {Name: "Sent", Role: mail.RoleSent}, {Name: "Drafts", Role: mail.RoleDrafts}, {Name: "Archive", Role: mail.RoleAlso}, {Name: "Customers"}} {
		w.folders[f.Name] = &folder{Folder: f, validity: uint32(100 + i), next: 1}
	}
	return w
}

const (
	rep    = mail.Address("anna@acme.example")
	person = mail.Address("lena@nordbau.example")
)

// deliver lays a message into a folder; an empty answers begins a thread.
func (w *world) deliver(folder string, from, to mail.Address, id, answers, body string, at time.Time) {
	w.folders[folder].add(written(from, to, id, answers, body, at), at, nil)
}

// written gives a mail about a freight audit; an empty answers begins a thread.
func written(from, to mail.Address, id, answers, body string, at time.Time) []byte {
	subject, refs := "Freight audit", ""
	if answers != "" {
		subject = "Re: " + subject
		refs = fmt.Sprintf("In-Reply-To: <%s>\r\nReferences: <%s>\r\n", answers, answers)
	}
	if id != "" {
		id = fmt.Sprintf("Message-ID: <%s>\r\n", id)
	}
	return fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n%s%sDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, to, subject, id, refs, at.Format(time.RFC1123Z), strings.ReplaceAll(body, "\n", "\r\n"))
}

const offered = "Hi Lena,\n\nan audit of your freight invoices takes a week and costs nothing until it finds something. Would a pilot with your two biggest carriers make sense for you?\n\nAnna"

// silent is the plainest thread: an offer of two weeks ago that nobody answered.
func (w *world) silent() {
	w.deliver("Sent", rep, person, "offer@acme.example", "", offered, w.now.AddDate(0, 0, -14))
}

func (f *folder) add(source []byte, at time.Time, flags []string) mail.UID {
	uid := f.next
	f.next++
	f.items = append(f.items, stored{uid, flags, at, source})
	return uid
}

// drafts gives the sources of what lies in Drafts.
func (w *world) drafts() [][]byte {
	var out [][]byte
	for _, s := range w.folders["Drafts"].items {
		out = append(out, s.source)
	}
	return out
}

// point is a moment at which the program may be killed.
func (w *world) point(where string) {
	w.points++
	w.where, w.passed = where, append(w.passed, where)
	if w.points == w.killAt {
		panic(killed{where})
	}
}

// builtIn is the playbook without a library, loaded once.
var builtIn = sync.OnceValues(func() (*playbook.Playbook, error) {
	book, _, err := playbook.Load("", "")
	return book, err
})

// plainSettings are those of a rep who gives a prospect two follow-ups and a goodbye.
func plainSettings(t *testing.T, settle time.Duration) Settings {
	t.Helper()
	book, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return Settings{
		Rep: mail.Person{Name: "Anna Berg", Address: rep}, Signature: "Anna Berg\nAcme",
		Policy: tracker.Policy{
			Me: []mail.Address{rep}, Internal: []string{"acme.example"}, Since: 90 * 24 * time.Hour, DraftsADay: 100,
			Cadence: tracker.Cadence{FollowUpAfter: []tracker.Window{{BusinessDays: 3}, {BusinessDays: 5}}, BreakUpAfter: tracker.Window{BusinessDays: 7}},
		},
		Playbook: book, Settle: settle, Poll: 5 * time.Minute, Reach: 200 * 24 * time.Hour,
	}
}

// start gives a program working on the world, as after a restart.
func (w *world) start() (*Agent, func()) {
	w.t.Helper()
	store, err := sqlite.Open(context.Background(), w.dir, sqlite.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	set := plainSettings(w.t, w.settle)
	set.Steering, set.AtMostOnce = w.steering, w.atMostOnce
	a := New(set, fakeBox{w}, fakeStore{store, w}, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	return a, func() {
		if err := store.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// pass starts a program, lets it pass once and ends it; it says whether it was killed.
func (w *world) pass() (res Result, err error, died bool) {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(killed); !ok {
				panic(p)
			}
			died = true
		}
	}()
	res, err = a.Pass(context.Background(), Options{})
	return res, err, false
}

// calm lets hours go by with a pass every settle time, the clock running, and no more faults.
func (w *world) calm() {
	w.t.Helper()
	w.killAt, w.onAppend = 0, nil
	for range 6 {
		w.now = w.now.Add(w.settle + time.Second)
		w.arrive()
		if _, err, died := w.pass(); err != nil || died {
			w.t.Fatalf("a pass after all faults: err %v, killed %v", err, died)
		}
	}
}

// arrive makes visible what the server took but had not shown.
func (w *world) arrive() {
	for _, source := range w.late {
		w.folders["Drafts"].add(source, w.now, []string{`\Draft`, `\Seen`})
	}
	w.late = nil
}

// fakeBox is the world's mailbox as imapwatch shows it.
type fakeBox struct{ w *world }

var _ Mailbox = fakeBox{}

func (b fakeBox) Folders(context.Context) ([]mail.Folder, error) {
	var out []mail.Folder
	for _, name := range []string{"INBOX", "Sent", "Drafts", "Archive", "Customers"} {
		out = append(out, b.w.folders[name].Folder)
	}
	return out, nil
}

func (b fakeBox) Changed(_ context.Context, folders []mail.Folder, cursors map[string]mail.Cursor) ([]mail.Folder, error) {
	var out []mail.Folder
	for _, f := range folders {
		box := b.w.folders[f.Name]
		now := mail.Cursor{UIDValidity: box.validity, UIDNext: box.next, Messages: uint32(len(box.items))}
		if cursors[f.Name] != now {
			out = append(out, f)
		}
	}
	return out, nil
}

func (b fakeBox) Sync(_ context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error {
	box := b.w.folders[f.Name]
	batch := mail.Batch{Reset: c.UIDValidity != 0 && c.UIDValidity != box.validity}
	if batch.Reset {
		c = mail.Cursor{}
	}
	for _, s := range box.items {
		if s.uid >= c.UIDNext && (c.UIDNext > 0 || s.received.After(since)) {
			batch.Items = append(batch.Items, s.item())
		}
	}
	batch.Cursor = mail.Cursor{UIDValidity: box.validity, UIDNext: box.next, Messages: uint32(len(box.items))}
	return store(batch)
}

func (b fakeBox) Tail(ctx context.Context, f mail.Folder, c mail.Cursor, store func(mail.Batch) error) error {
	if b.w.onTail != nil {
		b.w.onTail()
		b.w.onTail = nil
	}
	return b.Sync(ctx, f, c, time.Time{}, store)
}

func (s stored) item() mail.Item {
	head, _, _ := strings.Cut(string(s.source), "\r\n\r\n")
	return mail.Item{UID: s.uid, Flags: s.flags, Received: s.received, Size: int64(len(s.source)), Header: []byte(head + "\r\n\r\n")}
}

func (b fakeBox) Bodies(_ context.Context, name string, _ uint32, uids []mail.UID, each func(mail.Body) error) error {
	for _, s := range b.w.folders[name].items {
		if slices.Contains(uids, s.uid) {
			if err := each(mail.Body{UID: s.uid, Source: s.source, Size: int64(len(s.source))}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b fakeBox) Search(_ context.Context, f mail.Folder, since time.Time, from []mail.Address, ids []mail.MessageID) (mail.Batch, error) {
	out := mail.Batch{Cursor: mail.Cursor{UIDValidity: b.w.folders[f.Name].validity}}
	for _, s := range b.w.folders[f.Name].items {
		m := mail.ParseHeader(s.item().Header)
		named := slices.ContainsFunc(ids, func(id mail.MessageID) bool { return answersTo(m, id) })
		if s.received.After(since) && (named || len(m.From) > 0 && slices.Contains(from, m.From[0].Address)) {
			out.Items = append(out.Items, s.item())
		}
	}
	return out, nil
}

func (b fakeBox) Look(_ context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	box := b.w.folders["Drafts"]
	var out []mail.Item
	for _, s := range box.items {
		if s.uid >= floor {
			out = append(out, s.item())
		}
	}
	return DraftsState{Validity: box.validity, Next: box.next, Count: uint32(len(box.items))}, out, nil
}

func (b fakeBox) Append(_ context.Context, source []byte, at time.Time) (mail.UID, error) {
	b.w.point("APPEND begins")
	keep, err := true, error(nil)
	if b.w.onAppend != nil {
		keep, err = b.w.onAppend(source)
	}
	var uid mail.UID
	if keep {
		uid = b.w.folders["Drafts"].add(source, at, []string{`\Draft`, `\Seen`})
	}
	b.w.point("APPEND is done")
	return uid, err
}

func (b fakeBox) ReadDraft(_ context.Context, _ uint32, uid mail.UID) ([]byte, error) {
	for _, s := range b.w.folders["Drafts"].items {
		if s.uid == uid {
			return s.source, nil
		}
	}
	return nil, fmt.Errorf("no message %d", uid)
}

func (b fakeBox) Withdraw(_ context.Context, validity uint32, uid mail.UID, same func([]byte) bool) error {
	b.w.point("removal begins")
	if b.w.noRemove {
		return errors.New("the server cannot remove a single message")
	}
	box := b.w.folders["Drafts"]
	for i, s := range box.items {
		if s.uid == uid && box.validity == validity {
			if same(s.source) {
				box.items = slices.Delete(box.items, i, i+1)
			}
			b.w.point("removal is done")
			return nil
		}
	}
	return nil
}

// fakeStore is the real store, with a crash point before and after every write.
type fakeStore struct {
	*sqlite.Store
	w *world
}

func (s fakeStore) SaveBatch(ctx context.Context, f mail.Folder, b mail.Batch, now time.Time) ([]int64, error) {
	s.w.point("before storing a batch of " + f.Name)
	rows, err := s.Store.SaveBatch(ctx, f, b, now)
	s.w.point("after storing a batch of " + f.Name)
	return rows, err
}

func (s fakeStore) MarkRead(ctx context.Context, folder string, at time.Time) error {
	s.w.point("before marking " + folder + " read")
	return s.Store.MarkRead(ctx, folder, at)
}

func (s fakeStore) SaveContent(ctx context.Context, row int64, c *mail.Content) error {
	s.w.point("before storing a body")
	err := s.Store.SaveContent(ctx, row, c)
	s.w.point("after storing a body")
	return err
}

func (s fakeStore) SaveDraft(ctx context.Context, d tracker.Draft) error {
	s.w.point("before writing draft as " + string(d.State))
	err := s.Store.SaveDraft(ctx, d)
	s.w.point("after writing draft as " + string(d.State))
	return err
}
