package report

import (
	"io"
	"time"

	"followupd/tracker"
)

// Stories prints the threads of a demo: what each is about, in its title's words, where it stands and the reason that
// decided. titles names a story by its prospect's address.
func Stories(w io.Writer, threads []tracker.Standing, titles map[string]string, zone *time.Location, screen Screen) error {
	g := &grid{least: []int{0, 14, 12, 0, 10}}
	g.head("THREAD", "STORY", "WHO", "STATE", "NEXT")
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
		g.row(text(string(s.Thread)), text(title), text(Clean(who(s))), field{text: state(s), colour: stateColour(s.State)}, text(next(s, zone)))
	}
	return g.print(w, screen)
}
