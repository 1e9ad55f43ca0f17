package playbook

// The approaches: the kinds of value a follow-up brings. Their names are part of the contract.
const (
	Recap        = "recap"
	Question     = "question"
	Article      = "article"
	Whitepaper   = "whitepaper"
	CaseStudy    = "case_study"
	Testimonial  = "testimonial"
	Introduction = "introduction"
	Insight      = "insight"
	Event        = "event"
	Personal     = "personal"
	ThankYou     = "thank_you"
	BreakUp      = "break_up"
	Nurture      = "nurture"
)

// Approaches gives all of them.
func Approaches() []string {
	return []string{
		Recap, Question, Article, Whitepaper, CaseStudy, Testimonial, Introduction, Insight, Event, Personal,
		ThankYou, BreakUp, Nurture,
	}
}
