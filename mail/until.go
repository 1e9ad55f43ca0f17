package mail

import "time"

// until gives the first day on which the writer may be written to again, as the text names it: the day after an
// absence whose last day is named, else the day named. Zero where none is.
func (s *study) until(text string) time.Time { return time.Time{} }
