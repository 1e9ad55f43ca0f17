package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// Story is what Timeline tells of a thread. All but Standing may be zero.
type Story struct {
	Standing tracker.Standing
	Thread   *tracker.Thread
	Words    []tracker.Word
	Tasks    []playbook.Task
	Ours     func(tracker.Linked) bool // says of a message of the rep's that it was a draft of ours
	Sent     []EditedDraft             // drafts that the rep sent, the oldest first
}

// Timeline prints all that is known of a thread: where it stands and why, what was written, what the rep changed in drafts and
// may do better, and the draft.
func Timeline(w io.Writer, story Story, zone *time.Location) error {
	p := &printer{w: w}
	s, t := story.Standing, story.Thread
	p.line("%s", Clean(s.Subject))
	p.line("  thread     %s", s.Thread)
	var people []string
	for _, person := range s.Prospects {
		people = append(people, Clean(strings.TrimSpace(person.Name+" <"+string(person.Address)+">")))
	}
	p.line("  prospects  %s", orDash(strings.Join(people, ", ")))
	p.line("  state      %s", state(s))
	situation := orDash(string(s.Situation))
	if s.SituationWhy != "" {
		situation += " (" + Clean(s.SituationWhy) + ")"
	}
	p.line("  situation  %s   grade %s   follow-ups sent in this silence: %d", situation, orDash(s.Grade), s.Step)
	if s.Next != nil {
		p.line("  next       %s, step %d%s", s.Next.Action, s.Next.Step, approach(s.Next.Approach))
		ends := "ends"
		if s.State == tracker.Due {
			ends = "ended"
		}
		p.line("             the window %s %s%s", ends, Moment(s.Next.At, zone), expected(s.Next.Expected, zone))
	}
	p.line("")
	p.line("Why")
	for _, r := range s.Reasons {
		p.line("  - %s", Clean(r))
	}
	p.line("")
	p.line("Timeline")
	if t != nil {
		for _, l := range t.Messages {
			p.message(l, zone)
		}
	}
	for _, word := range story.Words {
		p.line("  %s  you      %s %s", Moment(word.At, zone), word.Kind, Clean(wordText(word, zone)))
	}
	for _, f := range s.Followed {
		p.line("  %s  visit    %s", Moment(f.At, zone), Clean(FollowedText(f)))
	}
	p.changed(story.Sent, zone)
	if advice := playbook.CoachThread(t, story.Ours); len(advice) > 0 {
		p.line("")
		p.line("For your next mail")
		for _, a := range advice {
			p.line("  - %s", Clean(a.String()))
		}
	}
	if len(story.Tasks) > 0 {
		p.line("")
		p.line("Other ways to reach them (`followupd done` ticks one off)")
		for _, task := range story.Tasks {
			p.line("  - %s", taskLine(task))
		}
	}
	if d := s.Draft; d != nil && d.Body != "" {
		p.line("")
		p.line("Draft: %s, %s, step %d", d.State, d.Approach, d.Step)
		for _, why := range d.Why {
			p.line("  - %s", Clean(why))
		}
		p.line("")
		for _, l := range strings.Split(CleanLines(d.Body), "\n") {
			p.line("    %s", l)
		}
	}
	return p.err
}

// printer keeps the first error of a run of lines.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, strings.TrimRight(format, " ")+"\n", args...)
	}
}

func (p *printer) message(l tracker.Linked, zone *time.Location) {
	what := string(l.Reading.Kind)
	if l.Reading.Sub != "" {
		what += "/" + string(l.Reading.Sub)
	}
	if l.Reading.Intent != "" {
		what += ": " + string(l.Reading.Intent)
	}
	from := ""
	if len(l.Message.From) > 0 {
		from = string(l.Message.From[0].Address)
	}
	p.line("  %s  %-7s  %s  %s", Moment(l.Received, zone), l.Direction, Clean(from), what)
	if l.Weak {
		p.line("      tied to this thread without ids: %s", Clean(l.Why))
	}
	for _, r := range l.Reading.Reasons {
		p.line("      - %s", Clean(r))
	}
}

func wordText(w tracker.Word, zone *time.Location) string {
	var parts []string
	if !w.Until.IsZero() {
		parts = append(parts, "until "+Day(w.Until, zone))
	}
	if w.Outcome != "" {
		parts = append(parts, string(w.Outcome))
	}
	if w.Text != "" {
		parts = append(parts, w.Text)
	}
	if w.Source != "" {
		parts = append(parts, w.Source)
	}
	return strings.Join(parts, ", ")
}

// FollowedText says in a sentence's beginning who followed a link, as far as it is known, and which.
func FollowedText(f tracker.Followed) string {
	if f.Machine != "" {
		return fmt.Sprintf("a program followed the link to %s: %s", f.Asset, f.Machine)
	}
	return "somebody followed the link to " + f.Asset
}

func expected(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return "; the draft is to be expected " + Moment(at, zone)
}

func approach(a string) string {
	if a == "" {
		return ""
	}
	return ", likely " + a
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
