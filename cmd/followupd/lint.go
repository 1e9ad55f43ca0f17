package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"followupd/playbook"
	"followupd/report"
)

// lintMost bounds the text that lint reads, in bytes.
const lintMost = 1 << 20

func newLint(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "lint FILE|-",
		Short:   "Holds a text against the house rules for follow-ups",
		Long:    "lint reads a follow-up, from a file or standard input, and says which house rules it breaks and what to write instead.\nIt needs no configuration. Exit status 1 where a rule is broken.",
		Example: "  followupd lint draft.txt\n  pbpaste | followupd lint -",
		Args:    exactly(1, "a file, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			in := a.in
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return usagef("%w", err)
				}
				defer f.Close()
				in = f
			}
			text, err := io.ReadAll(io.LimitReader(in, lintMost+1))
			if err != nil {
				return fmt.Errorf("read %s: %w", args[0], err)
			}
			if len(text) > lintMost {
				return usagef("%s is larger than 1 MiB: that is no follow-up", args[0])
			}
			broken := playbook.Lint(string(text))
			if a.json {
				if broken == nil {
					broken = []playbook.Violation{}
				}
				if err := report.JSON(a.out, broken); err != nil {
					return err
				}
			} else {
				p := &lines{w: a.out}
				for _, v := range broken {
					p.say("%s:%d: %s: %s", args[0], v.Line, v.Rule, report.Clean(v.Where))
					p.say("    instead: %s", report.Clean(v.Say))
				}
				if len(broken) == 0 {
					p.say("%s: keeps the house rules", args[0])
				}
				if p.err != nil {
					return p.err
				}
			}
			if len(broken) > 0 {
				return &quietError{}
			}
			return nil
		},
	}
}
