package llm

import (
	"context"

	"followupd/playbook"
	"followupd/tracker"
)

// Tell is told of a call that would be made for a thread, or why there would be none.
type Tell func(thread tracker.ThreadID, subject string, call *Shown, why string)

// Shower writes as the playbook does and asks nobody; it tells what would be sent for each draft and each second opinion.
type Shower struct {
	w    *Writer
	tell Tell
}

// Showing gives a writer that tells each call. Nothing leaves the machine.
func (w *Writer) Showing(tell Tell) *Shower { return &Shower{w, tell} }

// Write gives the playbook's own text.
func (s *Shower) Write(r playbook.Request) (playbook.Text, error) {
	text, _, err := s.Begin(r)
	return text, err
}

// Begin gives the playbook's own text, and nobody to ask.
func (s *Shower) Begin(r playbook.Request) (playbook.Text, func(context.Context) (playbook.Text, error), error) {
	o, err := s.w.book.Outline(r)
	if err != nil {
		return playbook.Text{}, nil, err
	}
	m := s.w.model
	if why := m.cfg.unasked(r, o); why != "" {
		s.tell(r.Standing.Thread, r.Standing.Subject, nil, why)
		return o.Text, nil, nil
	}
	call, err := m.shown(compose(m.cfg, r, o).messages, m.end.text)
	if err != nil {
		return playbook.Text{}, nil, err
	}
	s.tell(r.Standing.Thread, r.Standing.Subject, &call, "")
	return o.Text, nil, nil
}

// Advise tells what would be asked of an answer, and asks nobody.
func (s *Shower) Advise(t *tracker.Thread, row int64, text string) func(context.Context) (tracker.Opinion, error) {
	m := s.w.model
	subject := t.Messages[0].Message.Subject
	q, why := m.cfg.question(t, row, text)
	if why != "" {
		s.tell(t.ID, subject, nil, why)
		return nil
	}
	call, err := m.shown(q.messages, m.end.advice)
	if err != nil {
		s.tell(t.ID, subject, nil, err.Error())
		return nil
	}
	s.tell(t.ID, subject, &call, "")
	return nil
}
