package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/report"
)

func newForget(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "forget ADDRESS",
		Short: "Erases what is stored of a person, and never writes to them again",
		Long: `forget erases what followupd stores of a person: their messages, what is theirs in messages of others, the texts of drafts
to them, your notes, in the state, its journal and its backups. Only a salted hash of the address stays: by it their mail,
which the mailbox still holds, is left out from now on, and nothing is drafted to them. It cannot be undone.

Your mailbox is yours: nothing is erased there. A draft to the person that already lies in Drafts stays until you delete it.`,
		Example: "  followupd forget lena@nordbau.example",
		Args:    exactly(1, "an address"),
		RunE: func(c *cobra.Command, args []string) error {
			who, err := oneAddress(args[0])
			if err != nil {
				return err
			}
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			if slices.Contains(identities(w.cfg), who) {
				return usagef("%s is your own address; to forget everything, stop followupd and remove %s", who, w.cfg.State.Dir)
			}
			erased, err := w.agent.Forget(c.Context(), who)
			if err != nil {
				return err
			}
			if err := w.wakeDaemon(w.now()); err != nil {
				w.log.Warn("erased, but a running followupd hears of it only at its next pass", slog.Any("error", err))
			}
			if a.json {
				return report.JSON(a.out, erased)
			}
			p := &lines{w: a.out}
			p.say("erased: %d messages, %d texts of drafts, %d of your words", erased.Messages, erased.Drafts, erased.Words)
			if erased.Shared > 0 {
				p.say("taken out of %d messages of others", erased.Shared)
			}
			if erased.Copies > 0 {
				p.say("removed: %d older copies of the state (a new backup is made within a day)", erased.Copies)
			}
			if erased.Waiting > 0 {
				p.say("%d drafts may still lie in your Drafts folder: delete them there", erased.Waiting)
			}
			p.say("kept: a salted hash of the address, so that they are never written to")
			return p.err
		},
	}
}

// oneAddress reads an address from the command line.
func oneAddress(s string) (mail.Address, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || strings.ContainsAny(s, " <>,;\t\r\n") {
		return "", usagef("%q is no address", s)
	}
	return mail.Address(s), nil
}

// wakeDaemon tells a running daemon that the store has changed. The file is made anew rather than written to: the last word may
// have been an administrator's, whose file the daemon's own user cannot write.
func (w *wired) wakeDaemon(at time.Time) error {
	dir := filepath.Join(w.cfg.State.Dir, wakeDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("wake followupd: %w", err)
	}
	file := filepath.Join(dir, "word")
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("wake followupd: %w", err)
	}
	if err := os.WriteFile(file, []byte(at.Format(time.RFC3339Nano)+"\n"), 0o600); err != nil {
		return fmt.Errorf("wake followupd: %w", err)
	}
	return nil
}
