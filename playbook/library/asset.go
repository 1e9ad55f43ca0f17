// Package library holds the rep's assets: the articles, case studies, introductions and invitations that a follow-up may
// bring. It reads them from a folder of Markdown files, and finds those that fit what two people wrote to each other. A
// file that is wrong is left out and reported, never half used.
package library

import (
	"strings"
	"time"
)

// Asset is one piece of the rep's library.
type Asset struct {
	File     string // path below the library's folder, with slashes
	Kind     string // article whitepaper case_study testimonial introduction insight event personal
	Title    string
	URL      string
	Fits     []string
	Language string    // ISO 639-1; "" fits any
	Expires  time.Time // midnight UTC of the last day on which it may be used; zero: never
	Text     string    // one to three sentences that may stand in a mail

	// Use is ForNurture where the asset is for nobody who is being followed up: a newsletter, a yearly report. It is offered
	// long after the goodbye, whatever the thread was about. "" for all others.
	Use string
}

// ForNurture is the Use of what keeps the rep in view.
const ForNurture = "nurture"

// Expired says whether the last day of an asset is over, by the date on the rep's calendar.
func (a Asset) Expired(now time.Time) bool {
	if a.Expires.IsZero() {
		return false
	}
	y, m, d := now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).After(a.Expires)
}

// speaks says whether an asset may stand in a mail of a language; "" is any.
func (a Asset) speaks(language string) bool {
	return language == "" || a.Language == "" || a.Language == language
}

// Problem is a file that is not used, and why.
type Problem struct {
	File string
	Line int    // 0 unknown
	Text string // what is wrong and what would be right
}

// Kinds are the kinds of asset, in the order of the contract.
var Kinds = []string{"article", "whitepaper", "case_study", "testimonial", "introduction", "insight", "event", "personal"}

// linked are the kinds that are nothing without their link.
var linked = map[string]bool{"article": true, "whitepaper": true, "event": true}

func kindList() string { return strings.Join(Kinds, ", ") }
