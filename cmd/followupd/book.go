package main

import (
	"strings"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/report"
)

func newBook(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "book [FILE|ADDRESS]",
		Short: "Lists your library: each asset, until when, who got it, and what came of it",
		Long: `book lists the assets of your library with the last day of each, to whom each went and what came of it: draft (it waits in
Drafts), open (sent, an answer may come), answered, silence, discarded, withdrawn. Files that are not used stand below with the reason.
With the file name of an asset only that one is shown, with an address only what that person was given.`,
		Example: "  followupd book\n  followupd book case-nordfrakt.md\n  followupd book lena@nordbau.example --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			if err := w.agent.Load(c.Context()); err != nil {
				return err
			}
			book, problems, err := loadBook(w.cfg.Content.Library, w.cfg.Content.Templates, w.cfg.State.Dir)
			if err != nil {
				return err
			}
			journal, err := w.store.Drafts(c.Context())
			if err != nil {
				return err
			}
			b := report.NewBook(book.Assets(), problems, journal, w.agent.Thread, w.now())
			if len(args) == 1 {
				if strings.Contains(args[0], "@") {
					b = b.For(mail.Address(strings.ToLower(args[0])), "")
				} else {
					b = b.For("", args[0])
				}
				if len(b.Assets) == 0 {
					return usagef("%q: no such asset, and nobody of that address was given one; `followupd book` lists all", args[0])
				}
			}
			if a.json {
				return report.JSON(a.out, b)
			}
			return report.BookTable(a.out, b, w.zone(), a.screen())
		},
	}
}
