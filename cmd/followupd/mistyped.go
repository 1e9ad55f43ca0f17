package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"followupd/config"
)

// didYouMean ends an error with the known word that a slip of the pen most likely meant, where there is one.
func didYouMean(word string, known []string) string {
	if near := config.Nearest(word, known); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

// noCommand says that root has no command of a name, and which one may have been meant.
func noCommand(root *cobra.Command, name string) error {
	var known []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	return usagef("there is no command %q%s; `followupd help` lists them", name, didYouMean(name, known))
}

// wrongFlag explains an error of the flags of a command.
func wrongFlag(c *cobra.Command, err error) error {
	near := ""
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		near = didYouMean("--"+unknown.GetSpecifiedName(), known)
	}
	return usagef("%w%s; `followupd help %s` shows the flags", err, near, strings.TrimPrefix(c.CommandPath(), "followupd "))
}
