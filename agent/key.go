package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// anchor names the rep's message that waits for an answer: by its Message-ID, or, where it has none, by its thread and time.
func anchor(thread tracker.ThreadID, m tracker.Seen) string {
	if m.Message.ID != "" {
		return string(m.Message.ID)
	}
	return string(thread) + " " + m.Received.UTC().Format(time.RFC3339)
}

// Key names one draft: the rep's mailbox, the message that waits for an answer (anchor), and the step. It is computed from the
// mailbox alone, so that a lost database finds its own drafts again, and it is a hash, so that it tells a stranger
// nothing. It stands in the key header and left of the @ in the Message-ID.
func Key(me mail.Address, anchor string, step int) string {
	return digest(16, "draft-key/1", string(me), anchor, strconv.Itoa(step))
}

// maxRevisions bounds how often the rep may ask for another draft of a step.
const maxRevisions = 9

// revision names the n-th draft that the rep asked for in place of the one with a key.
func revision(key string, n int) string { return digest(16, "draft-revision/1", key, strconv.Itoa(n)) }

// isRevision says whether a key names a later draft of the same step.
func isRevision(key, other string) bool {
	for n := 1; n <= maxRevisions; n++ {
		if revision(key, n) == other {
			return true
		}
	}
	return false
}

// maxSteps bounds the search for the step behind a key; no cadence comes near it.
const maxSteps = 64

// stepOf finds the step for which a key was made, 0 if it is none of ours.
func stepOf(key string, me mail.Address, anchor string) int {
	for step := 1; step <= maxSteps; step++ {
		if first := Key(me, anchor, step); first == key || isRevision(first, key) {
			return step
		}
	}
	return 0
}

// seal follows the key in its header and says two things to whoever knows the key's making: which approach the draft
// takes, and what its people, subject and text were when we wrote it. A copy whose seal no longer fits was edited.
func seal(key, approach string, m mail.Message) string {
	return digest(4, "draft-approach/1", key, approach) + digest(12, "draft-text/1", key, essence(m))
}

// sealedApproach finds which of the approaches a seal was made with, "" if none.
func sealedApproach(key, sealed string, approaches []string) string {
	for _, a := range approaches {
		if strings.HasPrefix(sealed, digest(4, "draft-approach/1", key, a)) {
			return a
		}
	}
	return ""
}

// untouched says whether a draft read from the mailbox still says what its seal says, however a server or client
// re-encoded it.
func untouched(key, sealed string, m mail.Message) bool {
	return len(sealed) == 32 && sealed[8:] == digest(12, "draft-text/1", key, essence(m))
}

// essence is what a person sees of a draft: people, subject and words, without what folding and encoding may change.
func essence(m mail.Message) string {
	var b strings.Builder
	people := func(label string, list []mail.Person) {
		b.WriteString(label)
		for _, p := range list {
			b.WriteString(" " + string(p.Address))
		}
		b.WriteString("\n")
	}
	people("from", m.From)
	people("to", m.To)
	people("cc", m.Cc)
	people("bcc", m.Bcc)
	b.WriteString(strings.Join(strings.Fields(m.Subject), " ") + "\n")
	if m.Content != nil {
		b.WriteString(strings.Join(strings.Fields(m.Content.Text), " "))
	}
	return b.String()
}

// split takes the key header apart; without one it takes the key from the Message-ID, which more clients keep.
func split(m mail.Message) (key, sealed string) {
	key, sealed, _ = strings.Cut(m.DraftKey, " ")
	if !isKey(key) {
		key, _, _ = strings.Cut(string(m.ID), "@")
		sealed = ""
	}
	if !isKey(key) {
		return "", ""
	}
	return key, strings.TrimSpace(sealed)
}

// isKey says whether a string has the form of a key: 32 lower-case hex digits.
func isKey(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// digest hashes the parts, each closed by a NUL, to n bytes in hex.
func digest(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:n])
}
