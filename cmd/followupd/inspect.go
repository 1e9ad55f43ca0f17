package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/report"
	"followupd/tracker"
)

// inspected is what inspect --json says of a message. Its keys are part of the contract.
type inspected struct {
	Path      string            `json:"path"`
	MessageID *string           `json:"message_id"`
	Date      *time.Time        `json:"date"`
	From      string            `json:"from"`
	Direction tracker.Direction `json:"direction"`
	Kind      mail.Kind         `json:"kind"`
	Sub       *mail.Sub         `json:"sub"`
	Intent    *mail.Intent      `json:"intent"`
	Until     *time.Time        `json:"until"`
	Text      string            `json:"text"`
	Thread    tracker.ThreadID  `json:"thread"`
	Parent    *string           `json:"parent"`
	Reasons   []string          `json:"reasons"`
}

func newInspect(a *app) *cobra.Command {
	var me []string
	c := &cobra.Command{
		Use:   "inspect PATH...",
		Short: "Says of each message in .eml files, an mbox or a Maildir what it is; offline",
		Long: `inspect reads messages from files and says of each what it is and which thread it belongs to. It needs no configuration and
no server. With --json it prints one object a line.`,
		Example: "  followupd inspect --me anna@acme.example mail/*.eml\n  followupd inspect --json archive.mbox",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("inspect wants files: .eml, an mbox or a Maildir")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			policy := tracker.Policy{}
			for _, m := range me {
				policy.Me = append(policy.Me, mail.Address(strings.ToLower(strings.TrimSpace(m))))
			}
			found, err := inspectFiles(args, policy)
			if err != nil {
				return err
			}
			if a.json {
				enc := json.NewEncoder(a.out)
				enc.SetEscapeHTML(false)
				for _, i := range found {
					if err := enc.Encode(i); err != nil {
						return err
					}
				}
				return nil
			}
			return printInspected(a, found)
		},
	}
	c.Flags().StringArrayVar(&me, "me", nil, "an `address` the rep writes from (may be repeated)")
	return c
}

// inspectFiles reads every message of the paths, ties them into threads, and says what each is.
func inspectFiles(paths []string, policy tracker.Policy) ([]inspected, error) {
	type read struct {
		path string
		seen tracker.Seen
	}
	var all []read
	threads := tracker.NewMailbox(policy, nil)
	for _, path := range paths {
		err := eachMessage(path, func(name string, source []byte) error {
			m := mail.Parse(source)
			s := tracker.Seen{Row: int64(len(all) + 1), Message: m, Received: m.Date, HasBody: true, Folders: []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}}
			out := len(m.From) > 0 && slices.Contains(policy.Me, m.From[0].Address)
			if out {
				// Files say nothing of folders: what bears the rep's address is taken for the rep's.
				s.Folders = []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}
			}
			s.Reading = mail.Read(m, mail.Context{Received: m.Date, Me: policy.Me, Outbound: out})
			s.Message.Content = nil
			threads.Add(s)
			all = append(all, read{name, s})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]inspected, 0, len(all))
	for _, r := range all {
		i := inspected{
			Path: r.path, From: firstAddress(r.seen.Message.From), Direction: policy.Direction(r.seen),
			Kind: r.seen.Reading.Kind, Text: r.seen.Reading.NewText, Thread: threads.Of(r.seen.Row),
			Reasons: r.seen.Reading.Reasons,
		}
		if i.Reasons == nil {
			i.Reasons = []string{}
		}
		if id := r.seen.Message.ID.String(); id != "" {
			i.MessageID = &id
		}
		if !r.seen.Message.Date.IsZero() {
			i.Date = &r.seen.Message.Date
		}
		if s := r.seen.Reading.Sub; s != "" {
			i.Sub = &s
		}
		if n := r.seen.Reading.Intent; n != "" {
			i.Intent = &n
		}
		if u := r.seen.Reading.Until; !u.IsZero() {
			i.Until = &u
		}
		if p := parent(r.seen.Message); p != "" {
			text := p.String()
			i.Parent = &text
		}
		if len(policy.Me) == 0 && len(r.seen.Message.From) > 0 {
			i.Direction = tracker.Unknown
		}
		out = append(out, i)
	}
	return out, nil
}

// parent is the Message-ID that a message answers (RFC 5322 section 3.6.4), "" if it names none.
func parent(m mail.Message) mail.MessageID {
	if len(m.InReplyTo) > 0 {
		return m.InReplyTo[0]
	}
	if n := len(m.References); n > 0 {
		return m.References[n-1]
	}
	return ""
}

func firstAddress(list []mail.Person) string {
	if len(list) == 0 {
		return ""
	}
	return string(list[0].Address)
}

func printInspected(a *app, found []inspected) error {
	p := &lines{w: a.out}
	for _, i := range found {
		what := string(i.Kind)
		if i.Sub != nil {
			what += "/" + string(*i.Sub)
		}
		if i.Intent != nil {
			what += ": " + string(*i.Intent)
		}
		if i.Until != nil {
			what += fmt.Sprintf(" until %s", i.Until.Format("Mon 2 Jan 2006"))
		}
		p.say("%s", report.Clean(i.Path))
		p.say("  %s  from %s  thread %s", what, report.Clean(i.From), i.Thread)
		for _, r := range i.Reasons {
			p.say("  - %s", report.Clean(r))
		}
	}
	return p.err
}
