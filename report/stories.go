package report

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"followupd/tracker"
)

// Stories prints the threads of a demo: what each is about, in its title's words, where it stands and the reason that
// decided. titles names a story by its prospect's address.
func Stories(w io.Writer, threads []tracker.Standing, titles map[string]string, zone *time.Location) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "THREAD\tSTORY\tWHO\tSTATE\tNEXT")
	for _, s := range threads {
		title := ""
		for _, p := range s.Prospects {
			if t := titles[string(p.Address)]; t != "" {
				title = t
				break
			}
		}
		if title == "" {
			title = Clean(s.Subject)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", s.Thread, Cut(title, 46), Cut(Clean(who(s)), 32), state(s), next(s, zone))
	}
	return tw.Flush()
}
