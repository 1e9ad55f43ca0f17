package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Abilities is what a server can do, for check.
type Abilities struct {
	Server       string // ID name and version, or the greeting's text
	Capabilities []string
	Notes        []string // plain sentences: "no IDLE: polls every 5m0s"
}

// Abilities logs in and tells.
func (m *Mailbox) Abilities(ctx context.Context) (Abilities, error) {
	var a Abilities
	err := m.reading(ctx, func(k *conn) error {
		a = Abilities{Server: said(k.greeting)}
		for c := range k.caps {
			// The library is not shown some names (see wire); whoever reads this list should be.
			a.Capabilities = append(a.Capabilities, said(string(c)))
		}
		slices.Sort(a.Capabilities)
		a.Notes = m.notes(k)
		if !k.has(imap.CapID) {
			return nil
		}
		err := k.do(ctx, "ID", k.limit, func(c *imapclient.Client) error {
			id, err := c.ID(nil).Wait()
			if err == nil && id.Name != "" {
				a.Server = said(strings.TrimSpace(id.Name + " " + id.Version))
			}
			return err
		})
		var refused *RefusedError
		if errors.As(err, &refused) {
			return nil
		}
		return err
	})
	return a, err
}

// notes says what a server's lacks mean for the rep.
func (m *Mailbox) notes(k *conn) []string {
	var notes []string
	if !k.has(imap.CapIdle) {
		notes = append(notes, fmt.Sprintf("no IDLE: polls every %s", m.cfg.Poll))
	}
	switch {
	case k.has(imap.CapUIDPlus):
	case k.has(imap.CapMove):
		notes = append(notes, "no UIDPLUS: a draft that is overtaken by an answer goes to Trash")
	default:
		notes = append(notes, "neither UIDPLUS nor MOVE: a draft that is overtaken by an answer stays until you remove it")
	}
	if !k.has(imap.CapSpecialUse) {
		notes = append(notes, "no SPECIAL-USE: folders are known by their names")
	}
	return notes
}
