package main

import (
	"context"
	"strings"
	"sync"

	"followupd/agent"
	"followupd/playbook"
	"followupd/report"
)

// sideBySide listens to a writer that asks a model, to show what the playbook would have said beside what the model did.
type sideBySide struct {
	slow agent.SlowWriter
	book *playbook.Playbook

	mu    sync.Mutex
	pairs []pair
}

// pair is one draft as both writers have it.
type pair struct {
	subject       string
	plan, said    playbook.Text
	fromTheModel  bool
	lastlyBecause string
}

// over puts itself before the writer of settings.
func (b *sideBySide) over(set *agent.Settings) {
	if slow, ok := set.Writer.(agent.SlowWriter); ok {
		b.slow, b.book = slow, set.Playbook
		set.Writer = b
	}
}

// Write is agent.Writer.
func (b *sideBySide) Write(r playbook.Request) (playbook.Text, error) { return b.book.Write(r) }

// Begin is agent.SlowWriter.
func (b *sideBySide) Begin(r playbook.Request) (playbook.Text, func(context.Context) (playbook.Text, error), error) {
	plan, ask, err := b.slow.Begin(r)
	if err != nil || ask == nil {
		return plan, ask, err
	}
	subject := r.Standing.Subject
	return plan, func(ctx context.Context) (playbook.Text, error) {
		said, err := ask(ctx)
		if err == nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.pairs = append(b.pairs, pair{subject, plan, said, said.Template != plan.Template, said.Why[len(said.Why)-1]})
		}
		return said, err
	}, nil
}

// print shows the pairs: the template's text on the left, the model's or its refusal on the right.
func (b *sideBySide) print(p *lines, width int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	column := max(36, min(width, 120)/2-3)
	accepted := 0
	for _, d := range b.pairs {
		right := "REFUSED, and the template used: " + strings.TrimPrefix(d.lastlyBecause, "written from the template, because ")
		if d.fromTheModel {
			accepted++
			right = d.said.Body
		}
		p.say("%s", report.Clean(d.subject))
		left, beside := wrapped("TEMPLATE\n\n"+d.plan.Body, column), wrapped("MODEL\n\n"+right, column)
		for i := range max(len(left), len(beside)) {
			l, r := "", ""
			if i < len(left) {
				l = left[i]
			}
			if i < len(beside) {
				r = beside[i]
			}
			p.say("  %s | %s", l+strings.Repeat(" ", column-len([]rune(l))), r)
		}
		p.say("")
	}
	p.say("The scripted model wrote %d texts: %d became drafts, %d were refused and the template used.", len(b.pairs), accepted, len(b.pairs)-accepted)
	p.say("")
}

// wrapped breaks a text into lines of at most so many runes.
func wrapped(text string, column int) []string {
	var out []string
	for paragraph := range strings.SplitSeq(report.CleanLines(text), "\n") {
		line := ""
		for _, w := range strings.Fields(paragraph) {
			for r := []rune(w); len(r) > column; r = []rune(w) { // an address of the web
				if line != "" {
					out, line = append(out, line), ""
				}
				out, w = append(out, string(r[:column])), string(r[column:])
			}
			if line != "" && len([]rune(line))+1+len([]rune(w)) > column {
				out, line = append(out, line), ""
			}
			line = strings.TrimPrefix(line+" "+w, " ")
		}
		out = append(out, line)
	}
	return out
}
