package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Folders gives the folders with their roles, found as IMAP.md section 4 and R25 say, and after them all others that can be
// opened, without a role. Errors: *FolderError where Sent or Drafts cannot be told (lists the folders, names the key to set).
func (m *Mailbox) Folders(ctx context.Context) ([]mail.Folder, error) {
	var folders []mail.Folder
	err := m.reading(ctx, func(k *conn) error {
		all, err := k.list(ctx)
		if err != nil {
			return err
		}
		m.few = len(all) <= fewFolders
		m.steering = m.cfg.Steering.among(all)
		if folders, err = chooseFolders(all, m.cfg); err != nil {
			return err
		}
		if err := m.confirmSent(ctx, k, folders, all); err != nil {
			return err
		}
		folders = append(folders, others(all, folders)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.trash = ""
	for _, f := range folders {
		switch f.Role {
		case mail.RoleDrafts:
			m.drafts = f.Name
		case mail.RoleTrash:
			m.trash = f.Name
		}
	}
	return folders, nil
}

// others gives the folders that were not chosen and can be opened.
func others(all []listed, chosen []mail.Folder) []mail.Folder {
	var rest []mail.Folder
	for _, l := range all {
		closed := slices.Contains(l.attrs, imap.MailboxAttrNoSelect) || slices.Contains(l.attrs, imap.MailboxAttrNonExistent)
		known := slices.ContainsFunc(chosen, func(f mail.Folder) bool { return f.Name == l.name })
		if !closed && !known {
			rest = append(rest, mail.Folder{Name: l.name})
		}
	}
	return rest
}

// list asks for all folders, and what they are for: servers give their special uses (RFC 6154) on a plain LIST too, or
// only if asked, or not at all.
func (k *conn) list(ctx context.Context) ([]listed, error) {
	var options *imap.ListOptions
	if k.has(imap.CapSpecialUse) && k.has(imap.CapListExtended) {
		options = &imap.ListOptions{ReturnSpecialUse: true}
	}
	all, err := k.listWith(ctx, options)
	var refused *RefusedError
	if options != nil && errors.As(err, &refused) {
		return k.listWith(ctx, nil)
	}
	return all, err
}

// What a list of folders may hold. The guard bounds each response; a server without end to its list would fill the memory
// all the same.
const (
	maxFolders     = 20_000
	maxFolderBytes = 4 << 20 // of all their names and attributes
)

var errManyFolders = fmt.Errorf("the server names more than %d folders, or %d MiB of names", maxFolders, maxFolderBytes>>20)

func (k *conn) listWith(ctx context.Context, options *imap.ListOptions) ([]listed, error) {
	var all []listed
	held := 0
	err := k.do(ctx, "LIST", k.limit, func(c *imapclient.Client) error {
		cmd := c.List("", "*", options)
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			held += len(data.Mailbox)
			for _, a := range data.Attrs {
				held += len(a)
			}
			if len(all) >= maxFolders || held > maxFolderBytes {
				k.cut(errManyFolders)
				for data != nil { // what the library has read already
					data = cmd.Next()
				}
				return errManyFolders
			}
			all = append(all, listed{name: data.Mailbox, attrs: data.Attrs, delim: data.Delim})
		}
		return cmd.Close()
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// A Sent folder that was chosen for its name is believed if most of its last messages are from the rep.
const (
	sampleSize  = 50
	sampleLeast = 5 // fewer messages say nothing
)

// confirmSent looks into a Sent folder that is a guess, once in the life of a Mailbox. Errors: *FolderError where what
// lies there is somebody else's.
func (m *Mailbox) confirmSent(ctx context.Context, k *conn, folders []mail.Folder, all []listed) error {
	i := slices.IndexFunc(folders, func(f mail.Folder) bool { return f.Role == mail.RoleSent && f.Why == whyName })
	if i < 0 || len(m.cfg.Me) == 0 {
		return nil
	}
	sent := &folders[i]
	if why, known := m.sure[sent.Name]; known {
		sent.Why = why
		return nil
	}
	sel, err := k.examine(ctx, sent.Name)
	if err != nil {
		return err
	}
	var own, others int
	if sel.count > 0 {
		var last imap.SeqSet
		last.AddRange(sel.count-min(sel.count, sampleSize)+1, sel.count)
		err = k.fetch(ctx, last, headerForms[1], new(arena), func(f *fetched) {
			from := mail.ParseHeader(f.header).From
			if slices.ContainsFunc(from, func(p mail.Person) bool { return slices.Contains(m.cfg.Me, p.Address) }) {
				own++
			} else {
				others++
			}
		})
		if err != nil {
			return err
		}
	}
	switch seen := own + others; {
	case seen < sampleLeast:
		sent.Why = fmt.Sprintf("%s (it holds too little mail to be sure)", whyName)
	case own <= others:
		e := &FolderError{Role: mail.RoleSent, Key: "imap.folders.sent", Candidates: []string{sent.Name}}
		for _, l := range all {
			if l.selectable() {
				e.Folders = append(e.Folders, l.name)
			}
		}
		return e
	default:
		sent.Why = fmt.Sprintf("%s, and %d of its last %d messages are yours", whyName, own, seen)
		if m.sure == nil {
			m.sure = make(map[string]string)
		}
		m.sure[sent.Name] = sent.Why
	}
	return nil
}
