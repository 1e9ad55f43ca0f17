package imapwatch

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"followupd/mail"
)

// Folders gives the folders with their roles, found as IMAP.md section 4 and R25 say. Errors: *FolderError where Sent or
// Drafts cannot be told (lists the folders, names the key to set).
func (m *Mailbox) Folders(ctx context.Context) ([]mail.Folder, error) {
	var folders []mail.Folder
	err := m.reading(ctx, func(k *conn) error {
		all, err := k.list(ctx)
		if err != nil {
			return err
		}
		m.few = len(all) <= fewFolders
		folders, err = chooseFolders(all, m.cfg)
		return err
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

func (k *conn) listWith(ctx context.Context, options *imap.ListOptions) ([]listed, error) {
	var all []listed
	err := k.do(ctx, "LIST", k.limit, func(c *imapclient.Client) error {
		cmd := c.List("", "*", options)
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			all = append(all, listed{name: data.Mailbox, attrs: data.Attrs, delim: data.Delim})
		}
		return cmd.Close()
	})
	return all, err
}
