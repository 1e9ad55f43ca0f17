package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"followupd/imapwatch/guard"
	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// batchSize is how many messages one FETCH asks for, and one Batch holds at most.
const batchSize = 1000

// Sync reads what is new in a folder since the cursor, in batches of at most 1,000, handed to store in order, each while the
// next is fetched: store must not use the Mailbox. A first reading (zero cursor), and a reading of a folder that was renumbered (Batch.Reset), reaches back to
// since by INTERNALDATE. It returns nil only if everything the server said is there was read or recorded as unreadable:
// an Item without Header.
func (m *Mailbox) Sync(ctx context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error {
	return m.reading(ctx, func(k *conn) error {
		sel, err := k.examine(ctx, f.Name)
		if err != nil {
			return fmt.Errorf("read %q: %w", f.Name, err)
		}
		if c != (mail.Cursor{}) && sel.modseq != 0 && c == sel.cursor(c.UIDNext) && mail.UID(sel.next) == c.UIDNext {
			return nil
		}
		s := newSyncing(m, k, sel, c, since, store)
		err = s.run(ctx)
		c = s.cursor // where a second try goes on
		if err != nil {
			return fmt.Errorf("read %q: %w", f.Name, err)
		}
		return nil
	})
}

// Tail reads what arrived in a folder since the cursor, on the worker connection, right now: Sync for one folder without
// trusting anything remembered. Where the folder was renumbered it returns ErrRenumbered, and Sync has to come first.
func (m *Mailbox) Tail(ctx context.Context, f mail.Folder, c mail.Cursor, store func(mail.Batch) error) error {
	return m.reading(ctx, func(k *conn) error {
		sel, err := k.examine(ctx, f.Name)
		if err != nil {
			return fmt.Errorf("read the end of %q: %w", f.Name, err)
		}
		s := newSyncing(m, k, sel, c, time.Time{}, store)
		s.tail = true
		err = s.run(ctx)
		c = s.cursor
		if err != nil {
			return fmt.Errorf("read the end of %q: %w", f.Name, err)
		}
		return nil
	})
}

// syncing is one reading of what is new in the folder that is selected.
type syncing struct {
	reader
	sel    selection
	cursor mail.Cursor // how far store was told
	since  time.Time
	cut    time.Time // what was received before it is left out; zero: nothing
	store  func(mail.Batch) error
	tail   bool // a renumbered folder is an error
	reset  bool // to be told with the next batch
}

func newSyncing(m *Mailbox, k *conn, sel selection, c mail.Cursor, since time.Time, store func(mail.Batch) error) *syncing {
	return &syncing{
		reader: reader{m: m, k: k, folder: sel.folder, validity: sel.validity, forms: headerForms},
		sel:    sel, cursor: c, since: since, store: store,
	}
}

// cursor gives the cursor that holds once everything up to next is read.
func (s selection) cursor(next mail.UID) mail.Cursor {
	return mail.Cursor{UIDValidity: s.validity, UIDNext: next, ModSeq: s.modseq, Messages: s.count}
}

func (s *syncing) run(ctx context.Context) error {
	first := s.cursor == (mail.Cursor{})
	if !first {
		renumbered, err := s.renumbered(ctx)
		if err != nil {
			return err
		}
		if renumbered {
			if s.tail {
				return ErrRenumbered
			}
			s.m.cfg.Log.Warn("folder was renumbered, reading it anew", "folder", s.folder)
			s.reset, first, s.cursor = true, true, mail.Cursor{}
		}
	}

	var uids []imap.UID
	var err error
	switch {
	case s.sel.count == 0:
	case first:
		uids, err = s.uidsSince(ctx)
	default:
		if uids, err = s.uidsFrom(ctx, imap.UID(s.cursor.UIDNext)); err == nil && len(uids) == 0 {
			uids, err = s.late(ctx)
		}
	}
	if err != nil {
		return err
	}

	end, err := s.end(ctx, uids)
	if err != nil {
		return err
	}
	return s.readAll(ctx, uids, end)
}

// renumbered says whether the cursor's UIDs mean nothing any more. A UIDVALIDITY that stayed while UIDNEXT went back is
// a server restored from a backup; a UIDNEXT below a message that is there is merely wrong.
func (s *syncing) renumbered(ctx context.Context) (bool, error) {
	if s.sel.validity != s.cursor.UIDValidity {
		return true, nil
	}
	if s.sel.next == 0 || mail.UID(s.sel.next) >= s.cursor.UIDNext {
		return false, nil
	}
	highest, err := s.highest(ctx)
	return mail.UID(highest)+1 < s.cursor.UIDNext, err
}

// highest gives the UID of the folder's last message, 0 in an empty folder.
func (s *syncing) highest(ctx context.Context) (imap.UID, error) {
	if s.sel.count == 0 {
		return 0, nil
	}
	var highest imap.UID
	err := s.k.fetch(ctx, imap.SeqSetNum(s.sel.count), uidOnly, new(arena), func(f *fetched) { highest = max(highest, f.uid) })
	return highest, err
}

// end gives the UIDNEXT that holds once uids are read.
func (s *syncing) end(ctx context.Context, uids []imap.UID) (mail.UID, error) {
	end := max(mail.UID(s.sel.next), s.cursor.UIDNext, 1)
	if len(uids) > 0 {
		end = max(end, mail.UID(uids[len(uids)-1])+1)
	}
	if s.sel.next == 0 && s.cursor.UIDNext == 0 { // a first reading where SELECT has no UIDNEXT (Courier)
		highest, err := s.highest(ctx)
		if err != nil {
			return 0, err
		}
		end = max(end, mail.UID(highest)+1)
	}
	return end, nil
}

// window is how many UIDs one FETCH (UID) may cover: the guard bounds the responses to a command.
const window = 100_000

// uidsFrom lists what lies in the folder from a UID on. It asks FETCH and not SEARCH, which some servers answer from a
// view that is older than the mailbox (RELIABILITY.md section 2.1) or with nothing at all.
func (s *syncing) uidsFrom(ctx context.Context, from imap.UID) ([]imap.UID, error) {
	var uids []imap.UID
	last := s.sel.next
	for ; last > from && last-from > window; from += window {
		set := imap.UIDSet{{Start: from, Stop: from + window - 1}}
		if err := s.k.fetch(ctx, set, uidOnly, new(arena), func(f *fetched) { uids = append(uids, f.uid) }); err != nil {
			return nil, err
		}
	}
	set := imap.UIDSet{{Start: from, Stop: 0}}
	err := s.k.fetch(ctx, set, uidOnly, new(arena), func(f *fetched) {
		if f.uid >= from { // n:* names the last message even if it is below n
			uids = append(uids, f.uid)
		}
	})
	slices.Sort(uids)
	return slices.Compact(uids), err
}

// lateOverlap is how many messages below the cursor are read again where a message came to light there.
const lateOverlap = 200

// late gives the last messages below the cursor where there are more of them than there were: a message with a UID
// that was given out long ago has only now come to light.
func (s *syncing) late(ctx context.Context) ([]imap.UID, error) {
	if s.cursor.Messages == 0 || s.sel.count <= s.cursor.Messages {
		return nil, nil
	}
	var uids []imap.UID
	var set imap.SeqSet
	set.AddRange(s.sel.count-min(s.sel.count, lateOverlap)+1, s.sel.count)
	err := s.k.fetch(ctx, set, uidOnly, new(arena), func(f *fetched) {
		if f.uid != 0 {
			uids = append(uids, f.uid)
		}
	})
	slices.Sort(uids)
	return slices.Compact(uids), err
}

// uidsSince lists what the server received since a day. Where SEARCH finds nothing in a folder that is not empty, or
// more than is there, it is not believed, and dates are looked at one by one.
func (s *syncing) uidsSince(ctx context.Context) ([]imap.UID, error) {
	// SINCE compares days and leaves the zone open (RFC 9051 section 6.4.4): a day more is asked for.
	since := s.since.AddDate(0, 0, -1)
	if !s.since.IsZero() {
		if uids, err := s.allRecent(ctx, since); err != nil || len(uids) > 0 {
			s.cut = since
			return uids, err
		}
		uids, err := s.k.search(ctx, &imap.SearchCriteria{Since: since}, int(s.sel.count))
		var (
			refused *RefusedError
			tooMuch *guard.LimitError
		)
		switch {
		case err == nil && len(uids) > 0:
			return uids, nil
		case errors.As(err, &tooMuch):
			if err := s.reopen(ctx); err != nil {
				return nil, err
			}
		case err != nil && !errors.As(err, &refused) && !errors.Is(err, errSearchLies):
			return nil, err
		}
	}
	var uids []imap.UID
	dated := dateForm
	if s.since.IsZero() {
		dated = uidOnly
	}
	for from := uint32(1); from <= s.sel.count; from += window {
		set := imap.SeqSet{{Start: from, Stop: min(from+window-1, s.sel.count)}}
		err := s.k.fetch(ctx, set, dated, new(arena), func(f *fetched) {
			if f.uid != 0 && (s.since.IsZero() || f.received.After(since)) {
				uids = append(uids, f.uid)
			}
		})
		var lost *LostError
		if errors.As(err, &lost) && ctx.Err() == nil {
			// Perhaps a date that nobody can read: then everything is read, one batch after the other.
			if err := s.reopen(ctx); err != nil {
				return nil, err
			}
			return s.uidsFrom(ctx, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// A folder of more than sampleFrom messages is sampled before the server is asked for dates: it looks them up one by one, a
// third of what it takes Dovecot to answer with the headers (51 of 170 ms for 19,000). Were a fifth of the messages older, one
// in 35 such samples would not show it, and then they are read for nothing.
const (
	sampleFrom = 1000
	samples    = 16
)

// allRecent gives all UIDs of a folder if those that are looked at were all received after since; nil if they were not, or the
// server will not tell.
func (s *syncing) allRecent(ctx context.Context, since time.Time) ([]imap.UID, error) {
	if s.sel.count <= sampleFrom {
		return nil, nil
	}
	var set imap.SeqSet
	for i := range uint64(samples) {
		set.AddNum(uint32(1 + i*uint64(s.sel.count-1)/(samples-1)))
	}
	recent := make(map[uint32]bool)
	err := s.k.fetch(ctx, set, dateForm, new(arena), func(f *fetched) {
		if f.uid != 0 {
			recent[f.seq] = f.received.After(since)
		}
	})
	for _, is := range recent {
		if !is {
			recent = nil
		}
	}
	var uids []imap.UID
	if err == nil && len(recent) == samples {
		if uids, err = s.k.search(ctx, &imap.SearchCriteria{}, int(s.sel.count)); err == nil && len(uids) == int(s.sel.count) {
			return uids, nil
		}
	}
	var (
		refused *RefusedError
		lost    *LostError
	)
	switch {
	case err == nil, errors.As(err, &refused), errors.Is(err, errSearchLies):
		return nil, nil
	case errors.As(err, &lost) && ctx.Err() == nil: // perhaps a date that nobody can read
		return nil, s.reopen(ctx)
	}
	return nil, err
}

// portion is what one batch brought.
type portion struct {
	messages []fetched
	done     int
	err      error
}

// readAll reads uids in batches and stores each, while the next one is fetched. end is the cursor's UIDNEXT after the last
// of them.
func (s *syncing) readAll(ctx context.Context, uids []imap.UID, end mail.UID) error {
	var fetching sync.WaitGroup
	defer fetching.Wait() // whoever comes next wants the connection to itself
	next := make(chan portion, 1)
	begin := func(uids []imap.UID) {
		chunk := uids[:min(len(uids), batchSize)]
		fetching.Go(func() {
			messages, done, err := s.read(ctx, chunk)
			next <- portion{messages, done, err}
		})
	}
	if len(uids) > 0 {
		begin(uids)
	}
	for len(uids) > 0 {
		p := <-next
		read := uids[:p.done]
		uids = uids[p.done:]
		last := len(uids) == 0
		if !last && p.err == nil {
			begin(uids)
		}
		if p.done > 0 {
			cursor := mail.Cursor{UIDValidity: s.validity, UIDNext: max(s.cursor.UIDNext, mail.UID(read[p.done-1])+1)}
			if last {
				cursor = s.sel.cursor(end)
			}
			if err := s.tell(mail.Batch{Items: s.recent(items(p.messages)), Cursor: cursor, Left: len(uids)}); err != nil {
				return err
			}
		}
		if p.err != nil || last {
			return p.err
		}
	}
	if cursor := s.sel.cursor(end); cursor != s.cursor || s.reset {
		return s.tell(mail.Batch{Cursor: cursor})
	}
	return nil
}

// tell hands a batch over and remembers how far it reached.
func (s *syncing) tell(b mail.Batch) error {
	b.Reset = s.reset
	if err := s.store(b); err != nil {
		return err
	}
	s.reset, s.cursor = false, b.Cursor
	return nil
}

// recent leaves out what was received before cut.
func (s *syncing) recent(list []mail.Item) []mail.Item {
	return slices.DeleteFunc(list, func(it mail.Item) bool { return !it.Received.IsZero() && it.Received.Before(s.cut) })
}

// items turns messages into what the daemon knows, leaving out what is gone.
func items(messages []fetched) []mail.Item {
	list := make([]mail.Item, 0, len(messages))
	for i := range messages {
		f := &messages[i]
		if f.uid == 0 {
			continue
		}
		list = append(list, mail.Item{UID: mail.UID(f.uid), Flags: f.flags, Received: f.received, Size: f.size, Header: f.header})
	}
	return list
}

// errSearchLies says that SEARCH found more messages than there are.
var errSearchLies = errors.New("SEARCH finds more messages than there are")

// search gives the UIDs that match, in ascending order. most is how many there can be.
func (k *conn) search(ctx context.Context, criteria *imap.SearchCriteria, most int) ([]imap.UID, error) {
	var options *imap.SearchOptions
	if k.has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	var found imap.UIDSet
	err := k.do(ctx, "UID SEARCH", k.limit, func(c *imapclient.Client) error {
		data, err := c.UIDSearch(criteria, options).Wait()
		if err == nil {
			found, _ = data.All.(imap.UIDSet) // nil where an ESEARCH found nothing
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	// Not found.Nums(): a range up to the largest number there is would never end.
	var uids []imap.UID
	for _, r := range found {
		if r.Start == 0 || r.Stop < r.Start || uint64(r.Stop-r.Start) >= uint64(most-len(uids)) {
			return nil, errSearchLies
		}
		for uid := r.Start; ; uid++ {
			uids = append(uids, uid)
			if uid == r.Stop {
				break
			}
		}
	}
	return uids, nil
}
