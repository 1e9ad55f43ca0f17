package imapwatch

import (
	"context"
	"errors"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// examine opens a folder for reading only, afresh.
func (k *conn) examine(ctx context.Context, folder string) (selection, error) {
	return k.open(ctx, "EXAMINE", folder)
}

// open selects a folder. Selecting another folder, or the same one again, closes the one before without expunging it
// (RFC 9051 section 6.3.2); CLOSE, which expunges, is never sent.
func (k *conn) open(ctx context.Context, command, folder string) (selection, error) {
	k.selected = selection{}
	err := k.do(ctx, command, k.limit, func(c *imapclient.Client) error {
		data, err := c.Select(folder, &imap.SelectOptions{ReadOnly: command == "EXAMINE"}).Wait()
		if err == nil {
			k.selected = selection{
				folder: folder, validity: data.UIDValidity, next: data.UIDNext,
				count: data.NumMessages, modseq: data.HighestModSeq, flags: data.Flags,
			}
		}
		return err
	})
	return k.selected, err
}

// leave closes the selected folder, so that a STATUS of it is not answered from this session's old view.
func (k *conn) leave(ctx context.Context) error {
	if k.selected.folder == "" {
		return nil
	}
	if k.has(imap.CapUnselect) {
		k.selected = selection{}
		return k.do(ctx, "UNSELECT", k.limit, func(c *imapclient.Client) error { return c.Unselect().Wait() })
	}
	return k.do(ctx, "NOOP", k.limit, func(c *imapclient.Client) error { return c.Noop().Wait() })
}

// Changed gives the folders among those given whose state differs from their cursor: one LIST-STATUS, or a STATUS each.
// A folder whose state cannot be had counts as changed, so that Sync says what is wrong with it.
func (m *Mailbox) Changed(ctx context.Context, folders []mail.Folder, cursors map[string]mail.Cursor) ([]mail.Folder, error) {
	var changed []mail.Folder
	err := m.reading(ctx, func(k *conn) error {
		changed = nil
		if err := k.leave(ctx); err != nil {
			return err
		}
		states, err := k.states(ctx, folders, m.few)
		if err != nil {
			return err
		}
		for _, f := range folders {
			if state, ok := states[f.Name]; !ok || differs(state, cursors[f.Name]) {
				changed = append(changed, f)
			}
		}
		return nil
	})
	return changed, err
}

// differs says whether a folder may hold messages that its cursor has not seen, or lack some that it has. While UIDNEXT
// and the number of messages stand still, the messages are the same ones, and HIGHESTMODSEQ tells only of flags.
func differs(state imap.StatusData, c mail.Cursor) bool {
	if c == (mail.Cursor{}) || state.UIDValidity != c.UIDValidity || state.NumMessages == nil || *state.NumMessages != c.Messages {
		return true
	}
	if state.UIDNext == 0 {
		return state.HighestModSeq == 0 || state.HighestModSeq != c.ModSeq
	}
	return mail.UID(state.UIDNext) != c.UIDNext
}

// fewFolders is how many folders an account may have for one LIST-STATUS of all of them to be cheaper than a STATUS for
// each that matters.
const fewFolders = 60

// states asks for the state of folders. A folder for which the server has no answer is left out.
func (k *conn) states(ctx context.Context, folders []mail.Folder, few bool) (map[string]imap.StatusData, error) {
	items := &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, HighestModSeq: k.has(imap.CapCondStore)}
	states := make(map[string]imap.StatusData, len(folders))
	if few && k.has(imap.CapListStatus) {
		err := k.do(ctx, "LIST", k.limit, func(c *imapclient.Client) error {
			cmd := c.List("", "*", &imap.ListOptions{ReturnStatus: items})
			for data := cmd.Next(); data != nil; data = cmd.Next() {
				if data.Status != nil {
					states[data.Mailbox] = *data.Status
				}
			}
			return cmd.Close()
		})
		var refused *RefusedError
		if err != nil && !errors.As(err, &refused) {
			return nil, err
		}
	}
	for _, f := range folders {
		if _, ok := states[f.Name]; ok {
			continue
		}
		err := k.do(ctx, "STATUS", k.limit, func(c *imapclient.Client) error {
			data, err := c.Status(f.Name, items).Wait()
			if err == nil && data.Mailbox != "" {
				states[f.Name] = *data
			}
			return err
		})
		var refused *RefusedError
		if err != nil && !errors.As(err, &refused) {
			return nil, err
		}
	}
	return states, nil
}
