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

// AppendInbox lays a message of our own to the rep, the digest, into INBOX, with no flag, so that it shows as new. Whatever
// the error, the message may be there: *RefusedError means that the server said NO or BAD.
func (m *Mailbox) AppendInbox(ctx context.Context, source []byte, at time.Time) error {
	folders, err := m.Folders(ctx)
	if err != nil {
		return err
	}
	inbox := ""
	for _, f := range folders {
		if f.Role == mail.RoleInbox {
			inbox = f.Name
		}
	}
	if m.ctx.Err() != nil {
		return ErrClosed
	}
	k, err := m.openBeside(ctx)
	if err != nil {
		return fmt.Errorf("append to %q: %w", inbox, err)
	}
	defer m.leave(ctx, k)
	err = k.do(ctx, "APPEND", 2*m.cfg.Limit, func(c *imapclient.Client) error {
		cmd := c.Append(inbox, int64(len(source)), &imap.AppendOptions{Time: at})
		_, writeErr := cmd.Write(source)
		closeErr := cmd.Close()
		_, err := cmd.Wait()
		if err == nil {
			err = errors.Join(writeErr, closeErr)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("append to %q: %w", inbox, err)
	}
	return nil
}
