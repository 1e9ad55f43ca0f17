package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"followupd/cmd/followupd/inspect"
	"followupd/mail"
	"followupd/report"
)

func newInspect(a *app) *cobra.Command {
	var me []string
	c := &cobra.Command{
		Use:   "inspect PATH...",
		Short: "Says of each message in .eml files, an mbox or a Maildir what it is; offline",
		Long: `inspect reads messages from files and says of each what it is and which thread it belongs to. It needs no configuration and
no server. With --json it prints one object a line. --me says who the rep is, and threads are then tied as in the rep's
mailbox; without it they are tied as in an archive that belongs to nobody.`,
		Example: "  followupd inspect --me anna@acme.example mail/*.eml\n  followupd inspect --json archive.mbox",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("inspect wants files: .eml, an mbox or a Maildir")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var rep []mail.Address
			for _, m := range me {
				rep = append(rep, mail.Address(strings.ToLower(strings.TrimSpace(m))))
			}
			found, err := inspect.Files(args, rep)
			var wrong *inspect.PathError
			if errors.As(err, &wrong) {
				return &usageError{err}
			}
			if err != nil {
				return err
			}
			if a.json {
				enc := json.NewEncoder(report.Codes(a.out))
				enc.SetEscapeHTML(false)
				for _, i := range found {
					if err := enc.Encode(i); err != nil {
						return err
					}
				}
				return nil
			}
			return printInspected(a, found)
		},
	}
	c.Flags().StringArrayVar(&me, "me", nil, "an `address` the rep writes from (may be repeated)")
	return c
}

func printInspected(a *app, found []inspect.Message) error {
	p := &lines{w: a.out}
	for _, i := range found {
		what := string(i.Kind)
		if i.Sub != nil {
			what += "/" + string(*i.Sub)
		}
		if i.Intent != nil {
			what += ": " + string(*i.Intent)
		}
		if i.Until != nil {
			what += fmt.Sprintf(" until %s", i.Until.Format("Mon 2 Jan 2006"))
		}
		p.say("%s", report.Clean(i.Path))
		p.say("  %s  from %s  thread %s", what, report.Clean(i.From), i.Thread)
		for _, r := range i.Reasons {
			p.say("  - %s", report.Clean(r))
		}
	}
	return p.err
}
