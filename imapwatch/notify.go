package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"followupd/imapwatch/guard"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// capNotify is what a server lists that can tell of folders other than the selected one (RFC 5465): Dovecot does.
const capNotify imap.Cap = "NOTIFY"

// beside is the folder that a watching connection hears of by NOTIFY while it is in IDLE on another. The server sends a
// STATUS when mail comes to it, goes, or changes its flags.
type beside struct {
	folder   string      // "" none
	agreed   atomic.Bool // the server took a NOTIFY on this connection, and said how the folder is
	overflow atomic.Bool // it then gave up

	known guard.Notice // for the goroutine that reads the connection
}

// hear has changed called, in the goroutine that reads the connection, when the folder's mail changed, or the server says
// that it tells no more.
func (b *beside) hear(g *guard.Conn, changed func(why string)) {
	g.Hear(b.folder, func(n guard.Notice) {
		switch before := b.known; {
		case n.Overflow:
			b.overflow.Store(true)
			changed("NOTIFY overflow")
		default:
			if n.UIDNext == 0 { // a change of flags may be told by MODSEQ alone
				n.Messages, n.UIDNext = before.Messages, before.UIDNext
			}
			if n.ModSeq = max(n.ModSeq, before.ModSeq); n == before {
				return
			}
			b.known = n
			if b.agreed.Swap(true) { // else it is what the first NOTIFY is answered with
				changed("NOTIFY STATUS")
			}
		}
	})
}

// ask asks for notices: once before every round of IDLE, so that a server which has gone deaf hears again, and with a
// STATUS at once, so that nothing is lost between two rounds. Errors: *RefusedError, errDeaf, *LostError.
func (b *beside) ask(ctx context.Context, m *Mailbox, k *conn) error {
	// Flags too, for a tag may steer. RFC 5465 section 5: all three, the first two, or none.
	const events = "(MessageNew MessageExpunge FlagChange)"
	command := fmt.Sprintf(`NOTIFY SET STATUS (SELECTED %s) (MAILBOXES "%s" %s)`, events, b.folder, events)
	err := k.do(ctx, "NOTIFY", k.limit, func(*imapclient.Client) error {
		m.cfg.Traffic.commands.Add(1)
		done, err := k.guard.Ask(command)
		if err == nil && done.Kind != "OK" {
			err = &imap.Error{Type: imap.StatusResponseType(done.Kind), Code: imap.ResponseCode(done.Code), Text: done.Text}
		}
		return err
	})
	if err == nil && !b.agreed.Load() {
		return errDeaf
	}
	return err
}

// errDeaf says that a NOTIFY ended well and the STATUS did not come that section 3.1 of the RFC promises.
var errDeaf = errors.New("NOTIFY tells nothing of the folder")

// canNotify says that a folder can be named in a NOTIFY: Dovecot 2.3 takes its names for UTF-8 there, and agrees to a name in
// UTF-7 without ever telling of it. So only a name that is the same in both will do, and needs no escapes.
func canNotify(folder string) bool {
	return isPrintableASCII(folder) && !strings.ContainsAny(folder, "&\"\\")
}
