// Package mail says what a message is: what stands in it, where it lies, whether a person or a machine
// wrote it, and what it wants. It is pure: it knows no network, no database and no clock. Every function
// accepts any bytes a stranger may send; what cannot be read is left out, never an error that stops a pass.
package mail

import (
	"strings"
	"time"
)

// MessageID is an RFC 5322 msg-id without its angle brackets. The zero value means that there is none.
type MessageID string

// String gives the msg-id as it stands in a header, in angle brackets, or "".
func (id MessageID) String() string {
	if id == "" {
		return ""
	}
	return "<" + string(id) + ">"
}

// Address is an RFC 5322 addr-spec in lower case. The zero value means that there is none.
type Address string

// Domain is what follows the last @, or "".
func (a Address) Domain() string {
	i := strings.LastIndexByte(string(a), '@')
	if i < 0 {
		return ""
	}
	return string(a)[i+1:]
}

// Person is an RFC 5322 mailbox: an address with the display name that stood beside it, decoded.
type Person struct {
	Name    string  `json:"name,omitempty"`
	Address Address `json:"address"`
}

// Message is one mail as parsed. Times in it come from its sender and may lie: order messages by
// Stored.Received, the server's time.
type Message struct {
	ID          MessageID
	InReplyTo   []MessageID
	References  []MessageID // oldest first
	ThreadIndex string      // Outlook's conversation root: the first 22 bytes of Thread-Index, hex; "" without one
	From        []Person
	Sender      []Person
	ReplyTo     []Person
	To          []Person
	Cc          []Person
	Bcc         []Person
	Subject     string    // decoded, unfolded
	Date        time.Time // the Date header; zero where missing or unreadable
	DraftKey    string    // our own key header (KeyHeader); proves nothing outside Drafts and Sent

	// Signs holds the header fields that tell people from machines (SignFields), decoded, by the name as spelt there.
	Signs map[string][]string

	// Content is what the body holds; nil while only the header has been read.
	Content *Content
}

// Content is the part of a body that judging and drafting need. It is stored, so its JSON is part of the schema:
// ContentVersion grows when extraction gets better, and the body is then read from the mailbox again.
type Content struct {
	Version     int       `json:"v"`
	Text        string    `json:"text,omitempty"`        // readable text with quotes and signature, "\n" lines, bounded to MaxText bytes
	FromHTML    bool      `json:"html,omitempty"`        // Text was made from text/html; there was no text/plain
	Language    string    `json:"lang,omitempty"`        // Content-Language as written, "" if absent
	Report      *Report   `json:"report,omitempty"`      // RFC 3462 multipart/report
	Calendar    *Calendar `json:"calendar,omitempty"`    // RFC 5546 text/calendar with a method
	Embedded    MessageID `json:"embedded,omitempty"`    // Message-ID of the first message that lies in this one, as bounces of old servers carry it
	Attachments []string  `json:"attachments,omitempty"` // file names of attachments, "" for a nameless one
	Cut         string    `json:"cut,omitempty"`         // which bound cut the reading short ("size", "depth", "parts", "header"); "" = read whole
	Verdict     *Verdict  `json:"verdict,omitempty"`     // the text was erased; what it was found to be. nil for all others
}

// Report is the machine-readable part of a delivery status (RFC 3464) or disposition (RFC 8098) notification.
type Report struct {
	Type        string            `json:"type"` // delivery-status, disposition-notification, feedback-report
	Recipients  []ReportRecipient `json:"recipients,omitempty"`
	Original    MessageID         `json:"original,omitempty"`    // Message-ID of the message it speaks of, "" if unknown
	Disposition string            `json:"disposition,omitempty"` // RFC 8098 disposition-type: displayed, deleted, …
}

// ReportRecipient is one per-recipient block of a delivery status notification.
type ReportRecipient struct {
	Address    Address `json:"address"`
	Action     string  `json:"action,omitempty"` // failed, delayed, delivered, relayed, expanded
	Status     string  `json:"status,omitempty"` // RFC 3463, e.g. 5.1.1
	Diagnostic string  `json:"diagnostic,omitempty"`
}

// Calendar is an iTIP message (RFC 5546): an invitation, or the answer to one.
type Calendar struct {
	Method   string    `json:"method"`             // REQUEST, REPLY, CANCEL, …
	PartStat string    `json:"partstat,omitempty"` // ACCEPTED, DECLINED, TENTATIVE, NEEDS-ACTION
	UID      string    `json:"uid,omitempty"`
	Summary  string    `json:"summary,omitempty"`
	Start    time.Time `json:"start,omitzero"`
	End      time.Time `json:"end,omitzero"`
	Attendee Address   `json:"attendee,omitempty"`
}

// ContentVersion is what Content.Version of a body read by this program says.
const ContentVersion = 1

// Bounds on what is read of a stranger's mail (RELIABILITY: a 1.1 MiB mail of 20,000 nested parts costs
// go-message 80 s; stopped at depth 20 it costs 0.06 s).
const (
	MaxHeader = 64 << 10  // bytes of header fetched
	MaxBody   = 256 << 10 // bytes of body fetched
	MaxText   = 64 << 10  // bytes of readable text kept
	MaxDepth  = 20        // nested multiparts
	MaxParts  = 200       // parts in all
)

// KeyHeader is the header field by which a draft of ours is known again. Its name is neutral on purpose:
// a prospect who looks at the source learns nothing.
const KeyHeader = "X-Draft-Key"

// HeaderFields are the fields that a first pass fetches of every message, as one literal: enough to thread it,
// to know its people and to tell most machines from people.
var HeaderFields = append([]string{
	"Message-ID", "In-Reply-To", "References", "Thread-Index", "From", "Sender", "Reply-To", "To", "Cc", "Bcc",
	"Subject", "Date", KeyHeader,
}, SignFields...)

// SignFields are the header fields kept in Message.Signs.
var SignFields = []string{
	"Content-Type", "Auto-Submitted", "Precedence", "Return-Path", "List-Id", "List-Post", "List-Unsubscribe",
	"X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients", "X-Loop",
	"X-POST-MessageClass", "X-Apple-Action", "X-MS-Exchange-Inbox-Rules-Loop", "Feedback-ID",
}
