package agent

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"followupd/mail"
)

// Probe is what a server keeps of a draft that was laid into Drafts, looked up over another connection, and taken out again
// (RELIABILITY 2.3 rule 10). By what it keeps a draft is known again when nobody knows whether its APPEND was done.
type Probe struct {
	At        time.Time `json:"at"`
	KeyHeader bool      `json:"key_header"`
	MessageID bool      `json:"message_id"`
	InReplyTo bool      `json:"in_reply_to"`
	Flag      bool      `json:"draft_flag"` // \Draft
	UID       bool      `json:"append_uid"` // APPENDUID was told, and right
	Copies    int       `json:"copies"`     // of the one that was laid down
	Stays     string    `json:"stays"`      // why it could not be removed; "": it was
}

// Witness says whether a draft can be known again: if not, a draft whose outcome is unknown is never tried again, for it
// could be there already.
func (p Probe) Witness() bool { return p.KeyHeader || p.MessageID || p.InReplyTo }

// ProbeSubject stands in the subject of the draft of TryDrafts, by which a person finds it where it could not be removed.
const ProbeSubject = "Test draft, may be deleted"

// errUnseen says that a server took the test draft and does not show it.
var errUnseen = errors.New("the server took a test draft and does not show it: look for it in Drafts by its subject, " + ProbeSubject)

// TryDrafts lays a draft from the rep to the rep into Drafts, looks what is left of it, and removes it.
func TryDrafts(ctx context.Context, box Mailbox, rep mail.Person, now time.Time) (Probe, error) {
	p := Probe{At: now}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return p, fmt.Errorf("make up a key: %w", err)
	}
	key := hex.EncodeToString(nonce)
	answered := mail.MessageID(key + "@probe.invalid")
	source, err := mail.Compose(mail.Reply{
		Key: key, From: rep, To: []mail.Person{rep}, Subject: ProbeSubject + " " + key, InReplyTo: answered, Date: now,
		Text: "This shows what the mail server keeps of a draft. It goes nowhere and may be deleted.\n\n" + key,
	})
	if err != nil {
		return p, fmt.Errorf("compose a test draft: %w", err)
	}
	before, _, err := box.Look(ctx, 0)
	if err != nil {
		return p, fmt.Errorf("look through Drafts: %w", err)
	}
	uid, err := box.Append(ctx, source, now)
	if err != nil {
		return p, fmt.Errorf("lay a test draft into Drafts (whether it is there is not known; its subject is %s): %w", ProbeSubject, err)
	}
	state, found, err := findProbe(ctx, box, before, key)
	if err != nil {
		return p, err
	}
	p.Copies = len(found)
	for _, it := range found {
		m := mail.ParseHeader(it.Header)
		given, _, _ := strings.Cut(m.DraftKey, " ")
		p.KeyHeader = given == key
		p.MessageID = strings.HasPrefix(string(m.ID), key)
		p.InReplyTo = answersTo(m, answered)
		p.Flag = hasFlag(it.Flags, `\Draft`)
		p.UID = p.UID || uid == it.UID
		err := box.Withdraw(ctx, state.Validity, it.UID, func(source []byte) bool { return strings.Contains(string(source), key) })
		if err != nil {
			p.Stays = err.Error()
		}
	}
	return p, nil
}

// probeLooks is how often a test draft is looked for, and probeRest how long between: a server may show it late.
const (
	probeLooks = 5
	probeRest  = time.Second
)

func findProbe(ctx context.Context, box Mailbox, before DraftsState, key string) (DraftsState, []mail.Item, error) {
	for range probeLooks {
		state, items, err := box.Look(ctx, 0)
		if err != nil {
			return state, nil, fmt.Errorf("look through Drafts: %w", err)
		}
		var found []mail.Item
		seen := make(map[mail.UID]bool)
		for _, it := range items {
			if !seen[it.UID] && strings.Contains(mail.ParseHeader(it.Header).Subject, key) {
				found = append(found, it)
			}
			seen[it.UID] = true
		}
		if len(found) > 0 {
			return state, found, nil
		}
		timer := time.NewTimer(probeRest)
		select {
		case <-ctx.Done():
			timer.Stop()
			return state, nil, ctx.Err()
		case <-timer.C:
		}
	}
	return before, nil, errUnseen
}
