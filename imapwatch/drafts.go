package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxDraft is how much of a draft is read, in bytes. Ours are a few KiB; one that is larger was changed.
const maxDraft = 1 << 20

// maxDrafts bounds what Look reads: more than any person keeps.
const maxDrafts = 50_000

// DraftsState is what a fresh SELECT of Drafts says.
type DraftsState struct {
	Validity uint32
	Next     mail.UID // 0 unknown
	Count    uint32
}

// Look selects Drafts afresh and reads the header, size and flags of every message from floor on (0: all). It trusts no
// SEARCH.
func (m *Mailbox) Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	folder, err := m.draftsFolder(ctx)
	if err != nil {
		return DraftsState{}, nil, err
	}
	return m.lookInto(ctx, folder, floor)
}

// lookInto is Look for any folder.
func (m *Mailbox) lookInto(ctx context.Context, folder string, floor mail.UID) (DraftsState, []mail.Item, error) {
	var (
		state DraftsState
		found []mail.Item
	)
	err := m.reading(ctx, func(k *conn) error {
		found = nil
		sel, err := k.examine(ctx, folder)
		if err != nil {
			return err
		}
		state = DraftsState{Validity: sel.validity, Next: mail.UID(sel.next), Count: sel.count}
		if sel.count == 0 {
			return nil
		}
		s := newSyncing(m, k, sel, mail.Cursor{}, time.Time{}, nil)
		uids, err := s.uidsFrom(ctx, imap.UID(max(floor, 1)))
		if err != nil {
			return err
		}
		if floor <= 1 && len(uids) < int(sel.count) {
			return fmt.Errorf("%w: %d of %d", errOmits, int(sel.count)-len(uids), sel.count)
		}
		if len(uids) > maxDrafts {
			return fmt.Errorf("it holds more than %d messages", maxDrafts)
		}
		for len(uids) > 0 {
			messages, done, err := s.read(ctx, uids[:min(len(uids), batchSize)])
			if err != nil {
				return err
			}
			found = append(found, items(messages)...)
			uids = uids[done:]
		}
		return nil
	})
	if err != nil {
		return state, nil, fmt.Errorf("look into %q: %w", folder, err)
	}
	return state, found, nil
}

// Append lays source into Drafts with \Draft and \Seen, on a connection of its own, with a synchronising literal: the
// server says that it wants the bytes before they go out, and their last line break, which makes the draft, goes out
// last. uid is what APPENDUID said, a hint, 0 without one. Whatever the error, the message may be there:
// *RefusedError means that the server said NO or BAD.
func (m *Mailbox) Append(ctx context.Context, source []byte, at time.Time) (uid mail.UID, err error) {
	folder, err := m.draftsFolder(ctx)
	if err != nil {
		return 0, err
	}
	if m.ctx.Err() != nil {
		return 0, ErrClosed
	}
	k, err := m.openBeside(ctx)
	if err != nil {
		m.cfg.Traffic.appends.Add(1)
		return 0, fmt.Errorf("append to %q: %w", folder, err)
	}
	defer m.leave(ctx, k)
	err = k.do(ctx, "APPEND", 2*m.cfg.Limit, func(c *imapclient.Client) error {
		cmd := c.Append(folder, int64(len(source)), &imap.AppendOptions{
			Flags: []imap.Flag{imap.FlagDraft, imap.FlagSeen}, Time: at,
		})
		_, writeErr := cmd.Write(source)
		closeErr := cmd.Close()
		data, err := cmd.Wait()
		if err == nil {
			err = errors.Join(writeErr, closeErr)
		}
		uid = mail.UID(data.UID)
		return err
	})
	if err != nil {
		m.cfg.Traffic.appends.Add(1)
		return 0, fmt.Errorf("append to %q: %w", folder, err)
	}
	return uid, nil
}

// Withdraw removes one draft: it reads it again, lets same decide on its bytes, and removes that UID only (UID EXPUNGE,
// else UID MOVE to Trash). Errors: ErrGone where it is not there any more, ErrTouched where same says no,
// ErrRenumbered where validity is not that of Drafts, ErrCannotRemove where the server can remove no single message;
// nothing is changed then.
func (m *Mailbox) Withdraw(ctx context.Context, validity uint32, uid mail.UID, same func(source []byte) bool) error {
	folder, err := m.draftsFolder(ctx)
	if err != nil {
		return err
	}
	var k *conn
	err = m.reading(ctx, func(reading *conn) error {
		k = reading
		if !k.has(imap.CapUIDPlus) && (!k.has(imap.CapMove) || m.trash == "") {
			return ErrCannotRemove
		}
		source, err := k.draft(ctx, "SELECT", folder, validity, uid)
		if err == nil && !same(source) {
			return ErrTouched
		}
		return err
	})
	if err == nil {
		err = m.remove(ctx, k, imap.UIDSetNum(imap.UID(uid)))
	}
	if err != nil {
		return fmt.Errorf("withdraw from %q: %w", folder, err)
	}
	return nil
}

// remove takes one message out of the selected folder. Never by EXPUNGE, which would take along what the rep has marked
// \Deleted. It is not tried twice: the connection it failed on is the only one that knows what was selected.
func (m *Mailbox) remove(ctx context.Context, k *conn, one imap.UIDSet) error {
	if !k.has(imap.CapUIDPlus) {
		return k.do(ctx, "UID MOVE", k.limit, func(c *imapclient.Client) error {
			_, err := c.Move(one, m.trash).Wait()
			return err
		})
	}
	mark := func(op imap.StoreFlagsOp) error {
		return k.do(ctx, "UID STORE", k.limit, func(c *imapclient.Client) error {
			return c.Store(one, &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
		})
	}
	if err := mark(imap.StoreFlagsAdd); err != nil {
		return err
	}
	err := k.do(ctx, "UID EXPUNGE", k.limit, func(c *imapclient.Client) error { return c.UIDExpunge(one).Close() })
	var refused *RefusedError
	if errors.As(err, &refused) {
		return errors.Join(err, mark(imap.StoreFlagsDel)) // a mark left behind would let the next EXPUNGE take it
	}
	return err
}

// ReadDraft gives the bytes of one draft, for telling an edited from an untouched one. Errors: ErrGone, ErrRenumbered.
func (m *Mailbox) ReadDraft(ctx context.Context, validity uint32, uid mail.UID) ([]byte, error) {
	folder, err := m.draftsFolder(ctx)
	if err != nil {
		return nil, err
	}
	var source []byte
	err = m.reading(ctx, func(k *conn) (err error) {
		source, err = k.draft(ctx, "EXAMINE", folder, validity, uid)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read a draft in %q: %w", folder, err)
	}
	return source, nil
}

var wholeForm = &form{name: "whole", header: maxDraft, options: imap.FetchOptions{
	UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true, Partial: &imap.SectionPartial{Size: maxDraft}}},
}}

// draft selects Drafts and reads one message of it.
func (k *conn) draft(ctx context.Context, command, folder string, validity uint32, uid mail.UID) ([]byte, error) {
	sel, err := k.open(ctx, command, folder)
	if err != nil {
		return nil, err
	}
	if sel.validity != validity {
		return nil, ErrRenumbered
	}
	var source []byte
	err = k.fetch(ctx, imap.UIDSetNum(imap.UID(uid)), wholeForm, new(arena), func(f *fetched) {
		if f.uid == imap.UID(uid) && f.header != nil {
			source = f.header
		}
	})
	if err == nil && source == nil {
		err = ErrGone
	}
	return source, err
}

// draftsFolder gives the name of Drafts, looked up if need be.
func (m *Mailbox) draftsFolder(ctx context.Context) (string, error) {
	if m.drafts == "" {
		if _, err := m.Folders(ctx); err != nil {
			return "", err
		}
	}
	return m.drafts, nil
}
