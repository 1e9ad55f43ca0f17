package mail

import "strings"

// MayReport says whether a message may turn out to be a report of what became of another, by its header: false means that
// Read finds neither a bounce in it nor an address that failed nor the name of another message, as long as its body is not read.
// It costs a fifth of Read.
func MayReport(m Message) bool {
	if m.has("X-Failed-Recipients") || strings.Contains(strings.ToLower(m.sign("Content-Type")), "report") {
		return true
	}
	s := study{m: m}
	return s.emptyReturn() || s.daemon()
}
