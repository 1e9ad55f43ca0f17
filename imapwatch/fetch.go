package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"followupd/imapwatch/guard"
	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fetched is one message as a FETCH answered it.
type fetched struct {
	uid      imap.UID // 0: this message is gone
	seq      uint32
	flags    []string // shared: not to be changed
	received time.Time
	size     int64
	header   []byte // nil: not sent
	text     []byte // nil: not sent
	form     *form  // what it was asked in
}

// form is what a FETCH asks for. No form asks for ENVELOPE or BODYSTRUCTURE: one malformed one ends the whole
// connection (IMAP.md section 0, finding 3), and all of them PEEK.
type form struct {
	name    string
	options imap.FetchOptions
	header  int // bytes of header kept; 0: none asked for
	text    int // bytes of text kept; 0: none asked for
}

// whole says that f holds what the form asks for. An unsolicited flag update does not.
func (want *form) whole(f *fetched) bool {
	return (want.header == 0 || f.header != nil) && (want.text == 0 || f.text != nil)
}

// The forms in which headers are asked for, each less likely to end a connection than the one before.
var headerForms = []*form{
	{name: "fields and date", header: mail.MaxHeader, options: imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{fieldsSection},
	}},
	{name: "fields", header: mail.MaxHeader, options: imap.FetchOptions{
		UID: true, Flags: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{fieldsSection},
	}},
	{name: "header", header: mail.MaxHeader, options: imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{headerSection},
	}},
	{name: "size", options: imap.FetchOptions{UID: true, RFC822Size: true}},
}

// The forms in which the start of a message is asked for.
var bodyForms = []*form{
	{name: "header and text", header: mail.MaxHeader, text: mail.MaxBody, options: imap.FetchOptions{
		UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{headerSection, textSection},
	}},
	{name: "header", header: mail.MaxHeader, options: imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{headerSection},
	}},
	{name: "size", options: imap.FetchOptions{UID: true, RFC822Size: true}},
}

var (
	fieldsSection = &imap.FetchItemBodySection{
		Specifier: imap.PartSpecifierHeader, HeaderFields: mail.HeaderFields, Peek: true,
	}
	headerSection = &imap.FetchItemBodySection{
		Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: mail.MaxHeader},
	}
	textSection = &imap.FetchItemBodySection{
		Specifier: imap.PartSpecifierText, Peek: true, Partial: &imap.SectionPartial{Size: mail.MaxBody},
	}
)

// arena hands out byte slices cut from pieces that grow with what is asked for: one allocation for some three hundred headers,
// and a small one for a fetch of flags.
type arena struct {
	free  []byte
	used  int
	piece int // bytes of the latest piece
}

const (
	arenaFirst = 4 << 10
	arenaPiece = 256 << 10
)

func (a *arena) take(n int) []byte {
	a.used += n
	if n > arenaPiece/4 {
		return make([]byte, n)
	}
	if n > len(a.free) {
		a.piece = min(max(arenaFirst, 4*a.piece, n), arenaPiece)
		a.free = make([]byte, a.piece)
	}
	b := a.free[:n:n]
	a.free = a.free[n:]
	return b
}

// fetch runs one FETCH and hands each message that is whole to each, which must not keep the pointer and is called by the
// connection's own goroutine, never after fetch has returned. What arrived before an error was handed over.
func (k *conn) fetch(ctx context.Context, set imap.NumSet, want *form, mem *arena, each func(*fetched)) error {
	name := "UID FETCH"
	asked := func(m *guard.Message) bool { return true }
	switch set := set.(type) {
	case imap.SeqSet:
		name = "FETCH"
		asked = func(m *guard.Message) bool { return set.Contains(m.Seq) }
	case imap.UIDSet:
		asked = func(m *guard.Message) bool { return set.Contains(imap.UID(m.UID)) }
	}
	var f fetched
	receiver := &guard.Receiver{Header: int64(want.header), Text: int64(want.text), Memory: mem.take, Each: func(m guard.Message) {
		if !asked(&m) {
			return
		}
		f = fetched{
			uid: imap.UID(m.UID), seq: m.Seq, flags: m.Flags, received: m.Received, size: m.Size,
			header: m.Header, text: m.Text, form: want,
		}
		if want.whole(&f) {
			each(&f)
		}
	}}
	return k.do(ctx, name, k.limit, func(c *imapclient.Client) error {
		k.guard.Receive(receiver)
		err := c.Fetch(set, &want.options).Close()
		var answered *imap.Error
		if err != nil && !errors.As(err, &answered) {
			// The connection ended, perhaps while it was written to: whoever reads it is waited for.
			k.raw.Close()
			<-c.Closed()
		}
		return err
	})
}

// reader reads messages of one folder whatever the server does to hinder it: it opens the connection anew where a
// message ends it, finds that message, and asks for it in simpler forms.
type reader struct {
	m        *Mailbox
	k        *conn
	folder   string
	validity uint32
	forms    []*form

	reopened int
	dateless int // messages whose date was what ended a connection
}

const (
	// maxReopened bounds the connections that one reading may cost.
	maxReopened = 24
	// maxDateless is how many messages with an impossible INTERNALDATE a reading looks for one by one; after them it
	// no longer asks for dates.
	maxDateless = 3
	// maxSingly bounds the messages asked for one by one in one batch.
	maxSingly = 64
	// maxBatchBytes ends a batch early: a thousand headers of 64 KiB would be 64 MiB.
	maxBatchBytes = 8 << 20
)

var errOmits = errors.New("the server leaves out messages that it says are there")

// read fetches messages by UID, given in ascending order. It gives one entry for each of the first done UIDs, those
// that are gone with UID 0; done is less than len(uids) where there was an error or a batch grew too big.
func (r *reader) read(ctx context.Context, uids []imap.UID) (messages []fetched, done int, err error) {
	b := &batch{uids: uids, got: make([]fetched, len(uids)), settled: make([]bool, len(uids))}
	err = r.fill(ctx, b, 0, len(uids), r.firstForm(), 0)
	for done < len(uids) && b.settled[done] {
		done++
	}
	if done == 0 && len(uids) > 0 && err == nil {
		err = errOmits
	}
	return b.got[:done], done, err
}

// firstForm is the form to begin with.
func (r *reader) firstForm() int {
	if r.dateless >= maxDateless && len(r.forms) == len(headerForms) {
		return 1
	}
	return 0
}

// batch is what read works on: got[i] is the message of uids[i], settled[i] says that it is read, gone or given up.
type batch struct {
	uids    []imap.UID
	got     []fetched
	settled []bool
	mem     arena
	full    bool // maxBatchBytes is reached
}

func (b *batch) take(f *fetched) {
	i, ok := slices.BinarySearch(b.uids, f.uid)
	if !ok || b.settled[i] {
		return
	}
	if b.mem.used > maxBatchBytes && i > 0 {
		b.full = true
		return
	}
	b.got[i], b.settled[i] = *f, true
}

// missing gives the UIDs of [from, to) that are not settled.
func (b *batch) missing(from, to int) []imap.UID {
	var uids []imap.UID
	for i := from; i < to; i++ {
		if !b.settled[i] {
			uids = append(uids, b.uids[i])
		}
	}
	return uids
}

func (b *batch) index(uid imap.UID) int {
	i, _ := slices.BinarySearch(b.uids, uid)
	return i
}

// fill settles [from, to), asking in the form-th form. tries counts how often a single message was asked for in it.
func (r *reader) fill(ctx context.Context, b *batch, from, to, form, tries int) error {
	missing := b.missing(from, to)
	if len(missing) == 0 || b.full {
		return nil
	}
	form = max(form, r.firstForm())
	want := r.forms[form]
	err := r.k.fetch(ctx, uidSet(missing), want, &b.mem, b.take)
	asked := len(missing)
	missing = b.missing(from, to)
	if b.full {
		return nil
	}
	var lost *LostError
	var refused *RefusedError
	switch {
	case errors.As(err, &lost):
		return r.afterLoss(ctx, b, missing, asked, form, tries, lost)
	case errors.As(err, &refused) && asked > 0 && len(missing) == asked && refused.Bad:
		return err // it does not understand the command, and will not the next time
	case err != nil && !errors.As(err, &refused):
		return err
	case len(missing) == 0:
		return nil
	}
	return r.omitted(ctx, b, missing, form)
}

// afterLoss goes on after the connection ended while messages were read: perhaps by chance, perhaps because of one of
// them. Servers answer in order, so the first that did not come is the suspect; where nothing came, halves are tried.
func (r *reader) afterLoss(ctx context.Context, b *batch, missing []imap.UID, asked, form, tries int, lost *LostError) error {
	if ctx.Err() != nil || isTimeout(lost) || r.reopened >= maxReopened {
		return lost // silence is the server's fault, not a message's
	}
	r.reopened++
	if err := r.reopen(ctx); err != nil {
		return err
	}
	if len(missing) == 0 {
		return nil
	}
	first, end := b.index(missing[0]), b.index(missing[len(missing)-1])+1
	if len(missing) == 1 {
		switch {
		case tries == 0 && asked == 1 && form == r.firstForm():
			return r.fill(ctx, b, first, end, form, 1)
		case form+1 < len(r.forms):
			if r.forms[form].options.InternalDate {
				r.dateless++
			}
			r.m.cfg.Log.Warn("a message ends the connection, asking for less of it",
				"folder", r.folder, "uid", missing[0], "asked", r.forms[form].name, "next", r.forms[form+1].name, "why", lost)
			return r.fill(ctx, b, first, end, form+1, 0)
		}
		works, err := r.works(ctx, b, first)
		if err != nil || !works {
			return errors.Join(err, lost)
		}
		r.giveUp(b, first, lost)
		return nil
	}
	cut := first + 1
	if len(missing) == asked {
		cut = b.index(missing[len(missing)/2])
	}
	tries = 0
	if cut == first+1 {
		tries = 1 // it was asked for once, among others
	}
	if err := r.fill(ctx, b, first, cut, form, tries); err != nil {
		return err
	}
	return r.fill(ctx, b, cut, end, form, 0)
}

// works says whether a message other than the i-th can be read at this moment: if not, it is not the i-th that is bad.
func (r *reader) works(ctx context.Context, b *batch, i int) (works bool, err error) {
	others := slices.Delete(slices.Clone(b.uids), i, i+1)
	if len(others) == 0 && r.k.selected.count > 1 {
		ends := imap.SeqSetNum(1, r.k.selected.count)
		err := r.k.fetch(ctx, ends, uidOnly, &b.mem, func(f *fetched) {
			if f.uid != 0 && f.uid != b.uids[i] {
				others = append(others, f.uid)
			}
		})
		if err != nil {
			return false, err
		}
	}
	if len(others) == 0 {
		return false, nil
	}
	want, other := r.forms[r.firstForm()], others[max(0, min(i, len(others))-1)]
	err = r.k.fetch(ctx, imap.UIDSetNum(other), want, &b.mem, func(*fetched) { works = true })
	return works, err
}

// omitted settles messages that a FETCH left out although it ended well. Either they are gone, or the server errs and may give
// them by their sequence numbers.
func (r *reader) omitted(ctx context.Context, b *batch, missing []imap.UID, form int) error {
	if err := r.bySequence(ctx, b, missing, r.forms[form]); err != nil {
		return err
	}
	missing = b.missing(b.index(missing[0]), b.index(missing[len(missing)-1])+1)
	if len(missing) > maxSingly {
		return fmt.Errorf("%w: %d in %q", errOmits, len(missing), r.folder)
	}
	for _, uid := range missing {
		i := b.index(uid)
		for f := range r.forms[form:] {
			want := r.forms[form+f]
			err := r.k.fetch(ctx, imap.UIDSetNum(uid), want, &b.mem, b.take)
			var refused *RefusedError
			if err != nil && !errors.As(err, &refused) {
				return err
			}
			if b.settled[i] {
				break
			}
		}
		if !b.settled[i] {
			r.giveUp(b, i, errOmits)
		}
	}
	return nil
}

// bySequence asks for messages by their sequence numbers of this moment, and settles those that have none as gone.
func (r *reader) bySequence(ctx context.Context, b *batch, uids []imap.UID, want *form) error {
	var (
		seqs   imap.SeqSet
		exists = make(map[imap.UID]bool, len(uids))
	)
	err := r.k.fetch(ctx, uidSet(uids), uidOnly, &b.mem, func(f *fetched) {
		if !exists[f.uid] {
			exists[f.uid] = true
			seqs.AddNum(f.seq)
		}
	})
	if err != nil {
		return err
	}
	for _, uid := range uids {
		if !exists[uid] {
			b.settled[b.index(uid)] = true
		}
	}
	if len(seqs) == 0 {
		return nil
	}
	return r.k.fetch(ctx, seqs, want, &b.mem, b.take)
}

var (
	uidOnly  = &form{name: "uid", options: imap.FetchOptions{UID: true}}
	dateForm = &form{name: "date", options: imap.FetchOptions{UID: true, InternalDate: true}}
)

// giveUp records a message as there but unreadable.
func (r *reader) giveUp(b *batch, i int, why error) {
	r.m.cfg.Log.Warn("a message cannot be read", "folder", r.folder, "uid", b.uids[i], "why", why)
	b.got[i], b.settled[i] = fetched{uid: b.uids[i], form: r.forms[len(r.forms)-1]}, true
}

// reopen goes on with a new connection in the same folder.
func (r *reader) reopen(ctx context.Context) error {
	k, err := r.m.reopen(ctx)
	if err != nil {
		return err
	}
	r.k = k
	sel, err := k.examine(ctx, r.folder)
	if err != nil {
		return err
	}
	if sel.validity != r.validity {
		return fmt.Errorf("%q: %w", r.folder, ErrRenumbered)
	}
	return nil
}

// uidSet makes a set of UIDs in ascending order.
func uidSet(uids []imap.UID) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		if n := len(set); n > 0 && set[n-1].Stop+1 == uid {
			set[n-1].Stop = uid
			continue
		}
		set = append(set, imap.UIDRange{Start: uid, Stop: uid})
	}
	return set
}
