package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"golang.org/x/text/unicode/norm"
)

// Steering names the folders and the tags by which the rep says something in a mail client.
type Steering struct {
	Folder   string   // the folder above those of gestures
	Gestures []string // their names, without parents
	Keywords []string // IMAP keywords
}

// movedAtOnce bounds a command that moves messages: servers bound the length of a line.
const movedAtOnce = 500

// name gives the whole name of a gesture's folder, "" for the folder above them, on a server with this prefix and delimiter.
// Where there is no hierarchy the two names stand side by side.
func (s Steering) name(prefix string, delim rune, gesture string) string {
	switch {
	case gesture == "":
		return prefix + s.Folder
	case delim == 0:
		return prefix + s.Folder + " " + gesture
	}
	return prefix + s.Folder + string(delim) + gesture
}

// among gives the folders of gestures that a LIST holds. Names are compared as they read: Apple's clients write accents in a
// form of their own.
func (s Steering) among(all []listed) map[string]string {
	found := make(map[string]string)
	prefix := commonPrefix(all)
	for _, gesture := range s.Gestures {
		for _, l := range all {
			if !l.selectable() {
				continue
			}
			have := norm.NFC.String(l.name)
			if have == norm.NFC.String(s.name(prefix, l.delim, gesture)) || have == norm.NFC.String(s.name("", l.delim, gesture)) {
				found[gesture] = l.name
				break
			}
		}
	}
	return found
}

// SteeringFolders gives the folders of gestures that are there, by gesture, as Folders last saw them.
func (m *Mailbox) SteeringFolders(ctx context.Context) (map[string]string, error) {
	if m.steering == nil {
		if _, err := m.Folders(ctx); err != nil {
			return nil, err
		}
	}
	return maps.Clone(m.steering), nil
}

// CreateSteering makes the folders of gestures that are missing, subscribes to all of them, so that mail clients show them, and
// gives the names of those that it made.
func (m *Mailbox) CreateSteering(ctx context.Context) (made []string, err error) {
	k, _, err := m.work(ctx)
	if err != nil {
		return nil, err
	}
	all, err := k.list(ctx)
	if err != nil {
		return nil, err
	}
	prefix, delim := commonPrefix(all), rune(0)
	for _, l := range all {
		if l.delim != 0 {
			delim = l.delim
		}
	}
	have := m.cfg.Steering.among(all)
	for _, gesture := range append([]string{""}, m.cfg.Steering.Gestures...) {
		name := m.cfg.Steering.name(prefix, delim, gesture)
		there := slices.ContainsFunc(all, func(l listed) bool { return l.name == name })
		switch {
		case gesture == "" && delim == 0:
			continue // nothing lies above the others here
		case have[gesture] != "":
			name, there = have[gesture], true
		}
		if !there {
			if err := k.do(ctx, "CREATE", k.limit, func(c *imapclient.Client) error { return c.Create(name, nil).Wait() }); err != nil {
				return made, fmt.Errorf("make folder %q: %w", name, err)
			}
			made = append(made, name)
		}
		if err := k.do(ctx, "SUBSCRIBE", k.limit, func(c *imapclient.Client) error { return c.Subscribe(name).Wait() }); err != nil {
			return made, fmt.Errorf("subscribe to %q: %w", name, err)
		}
	}
	m.steering = nil // found anew
	return made, nil
}

// Lying reads the headers of all that lies in a folder. The cursor is what Changed compares with.
func (m *Mailbox) Lying(ctx context.Context, folder string) (mail.Cursor, []mail.Item, error) {
	state, items, err := m.lookInto(ctx, folder, 0)
	return mail.Cursor{UIDValidity: state.Validity, UIDNext: state.Next, Messages: state.Count}, items, err
}

// Present reads the headers of those of some messages that still lie in a folder; none where it was renumbered or is gone.
func (m *Mailbox) Present(ctx context.Context, folder string, validity uint32, uids []mail.UID) ([]mail.Item, error) {
	var found []mail.Item
	err := m.reading(ctx, func(k *conn) error {
		found = nil
		sel, err := k.examine(ctx, folder)
		var refused *RefusedError
		if errors.As(err, &refused) || err == nil && sel.validity != validity {
			return nil
		}
		if err != nil {
			return err
		}
		r := &reader{m: m, k: k, folder: folder, validity: sel.validity, forms: headerForms}
		for left := ascending(uids); len(left) > 0; {
			messages, done, err := r.read(ctx, left[:min(len(left), batchSize)])
			if err != nil {
				return err
			}
			found = append(found, items(messages)...)
			left = left[done:]
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look into %q: %w", folder, err)
	}
	return found, nil
}

// PutBack moves messages from one folder into another: by MOVE (RFC 6851), else by COPY and UID EXPUNGE of those very
// messages (RFC 4315). Errors: ErrCannotRemove, before anything was done, where the server has neither; ErrRenumbered.
func (m *Mailbox) PutBack(ctx context.Context, from string, validity uint32, uids []mail.UID, to string) error {
	return m.changing(ctx, from, validity, uids, func(k *conn, set imap.UIDSet) error {
		if k.has(imap.CapMove) {
			return k.do(ctx, "UID MOVE", k.limit, func(c *imapclient.Client) error {
				_, err := c.Move(set, to).Wait()
				return err
			})
		}
		if !k.has(imap.CapUIDPlus) {
			return ErrCannotRemove
		}
		// COPY does all or nothing (RFC 9051 section 6.4.7), so what is removed afterwards lies there for sure.
		err := k.do(ctx, "UID COPY", k.limit, func(c *imapclient.Client) error {
			_, err := c.Copy(set, to).Wait()
			return err
		})
		if err != nil {
			return err
		}
		return m.remove(ctx, k, set)
	})
}

// Drop removes messages of which the caller knows another copy: by UID EXPUNGE, else by a MOVE to Trash. Errors as PutBack.
func (m *Mailbox) Drop(ctx context.Context, folder string, validity uint32, uids []mail.UID) error {
	return m.changing(ctx, folder, validity, uids, func(k *conn, set imap.UIDSet) error {
		if !k.has(imap.CapUIDPlus) && (!k.has(imap.CapMove) || m.trash == "") {
			return ErrCannotRemove
		}
		return m.remove(ctx, k, set)
	})
}

// changing selects a folder for writing and runs do on the messages, some at a time. It is not tried twice.
func (m *Mailbox) changing(ctx context.Context, folder string, validity uint32, uids []mail.UID, do func(k *conn, set imap.UIDSet) error) error {
	k, _, err := m.work(ctx)
	if err != nil {
		return err
	}
	defer func() { m.workedAt = time.Now() }()
	sel, err := k.open(ctx, "SELECT", folder)
	if err == nil && sel.validity != validity {
		err = ErrRenumbered
	}
	if err != nil {
		return fmt.Errorf("change %q: %w", folder, err)
	}
	for some := range slices.Chunk(ascending(uids), movedAtOnce) {
		if err := do(k, uidSet(some)); err != nil {
			return fmt.Errorf("change %q: %w", folder, err)
		}
	}
	return nil
}

// Tagged reads the headers and flags of the messages in a folder that bear one of the keywords. Where the server says that
// no message does, or that nothing changed since none did, that costs one EXAMINE; else a SEARCH, too.
func (m *Mailbox) Tagged(ctx context.Context, folder string) (validity uint32, tagged []mail.Item, err error) {
	err = m.reading(ctx, func(k *conn) error {
		tagged = nil
		sel, err := k.examine(ctx, folder)
		if err != nil {
			return err
		}
		validity = sel.validity
		known := sel.modseq != 0 && m.untagged[folder] == sel.modseq
		if known || sel.count == 0 || len(sel.flags) > 0 && len(tagsOf(sel.flags, m.cfg.Steering.Keywords)) == 0 {
			return nil
		}
		terms := make([]imap.SearchCriteria, len(m.cfg.Steering.Keywords))
		for i, keyword := range m.cfg.Steering.Keywords {
			terms[i] = imap.SearchCriteria{Flag: []imap.Flag{imap.Flag(keyword)}}
		}
		if len(terms) == 0 {
			return nil
		}
		var uids []imap.UID
		for some := range slices.Chunk(terms, termsEach) {
			hits, err := k.searchAny(ctx, time.Time{}, some, int(sel.count))
			if err != nil {
				return err
			}
			uids = append(uids, hits...)
		}
		slices.Sort(uids)
		uids = slices.Compact(uids)
		uids = uids[:min(len(uids), maxFound)] // the others in the next round
		r := &reader{m: m, k: k, folder: folder, validity: sel.validity, forms: headerForms}
		for len(uids) > 0 {
			messages, done, err := r.read(ctx, uids)
			if err != nil {
				return err
			}
			tagged = append(tagged, items(messages)...)
			uids = uids[done:]
		}
		if len(tagged) == 0 {
			if m.untagged == nil {
				m.untagged = make(map[string]uint64)
			}
			m.untagged[folder] = sel.modseq
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("look for tags in %q: %w", folder, err)
	}
	return validity, tagged, nil
}

// Untag takes a keyword off messages. Errors: ErrRenumbered.
func (m *Mailbox) Untag(ctx context.Context, folder string, validity uint32, uids []mail.UID, keyword string) error {
	return m.changing(ctx, folder, validity, uids, func(k *conn, set imap.UIDSet) error {
		return k.do(ctx, "UID STORE", k.limit, func(c *imapclient.Client) error {
			return c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsDel, Silent: true, Flags: []imap.Flag{imap.Flag(keyword)}}, nil).Close()
		})
	})
}

// tagsOf gives the keywords among flags; keywords know no case (RFC 9051 section 2.3.2).
func tagsOf(flags []imap.Flag, keywords []string) []string {
	var tags []string
	for _, keyword := range keywords {
		if slices.ContainsFunc(flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), keyword) }) {
			tags = append(tags, keyword)
		}
	}
	return tags
}

func ascending(uids []mail.UID) []imap.UID {
	sorted := make([]imap.UID, len(uids))
	for i, uid := range uids {
		sorted[i] = imap.UID(uid)
	}
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
