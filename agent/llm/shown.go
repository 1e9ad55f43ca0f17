package llm

import (
	"context"
	"fmt"

	"followupd/playbook"
)

// Shower writes as the playbook does and asks nobody; it tells what would be sent for each draft.
type Shower struct {
	w    *Writer
	tell func(r playbook.Request, call *Shown, why string)
}

// Showing gives a writer that tells each call, or why there would be none. Nothing leaves the machine.
func (w *Writer) Showing(tell func(r playbook.Request, call *Shown, why string)) *Shower {
	return &Shower{w, tell}
}

// Write gives the playbook's own text.
func (s *Shower) Write(r playbook.Request) (playbook.Text, error) {
	return s.WriteContext(context.Background(), r)
}

// WriteContext is Write.
func (s *Shower) WriteContext(_ context.Context, r playbook.Request) (playbook.Text, error) {
	o, err := s.w.book.Outline(r)
	if err != nil {
		return playbook.Text{}, err
	}
	if who := s.w.model.cfg.never(r); who != "" {
		s.tell(r, nil, fmt.Sprintf("nothing of a thread with %s is sent", who))
		return o.Text, nil
	}
	call, err := s.w.model.shown(compose(s.w.model.cfg, r, o).messages)
	if err != nil {
		return playbook.Text{}, err
	}
	s.tell(r, &call, "")
	return o.Text, nil
}
