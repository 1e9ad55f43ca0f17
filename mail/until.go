package mail

import (
	"time"

	"followupd/mail/dates"
)

// until gives the first day on which the writer may be written to again, as the text names it: the day after an
// absence whose last day is named, else the day named. Zero where none is, or where nobody knows when the text was written.
func (s *study) until(text string) time.Time {
	base := s.base()
	if base.IsZero() {
		return time.Time{}
	}
	found, ok := dates.Find(clip(text, maxStudied), base, s.r.Language)
	if !ok {
		return time.Time{}
	}
	if found.Inclusive {
		s.because("until: " + quoted(found.Phrase) + ", that day included")
		return found.Day.AddDate(0, 0, 1)
	}
	s.because("until: " + quoted(found.Phrase))
	return found.Day
}
