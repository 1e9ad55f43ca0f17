package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"followupd/mail"
	"followupd/tracker"
)

// SaltSize is how many random bytes a store keeps to hash addresses with.
const SaltSize = 32

// Forgotten are the people whom the rep had forgotten, as salted hashes. The zero value is nobody.
type Forgotten struct {
	salt   []byte
	hashes map[[sha256.Size]byte]bool
}

// NewForgotten gives nobody yet, with the store's salt.
func NewForgotten(salt []byte) Forgotten { return Forgotten{salt: salt} }

// Add takes in a stored hash. One of another size was written by nobody and is left out.
func (f *Forgotten) Add(hash []byte) {
	if len(hash) != sha256.Size {
		return
	}
	if f.hashes == nil {
		f.hashes = make(map[[sha256.Size]byte]bool)
	}
	f.hashes[[sha256.Size]byte(hash)] = true
}

// Nobody says that none was forgotten.
func (f Forgotten) Nobody() bool { return len(f.hashes) == 0 }

// salted gives the keyed hash of a text.
func (f Forgotten) salted(kind, text string) [sha256.Size]byte {
	h := hmac.New(sha256.New, f.salt)
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(text))
	return [sha256.Size]byte(h.Sum(nil))
}

// Hash gives what is stored of an address.
func (f Forgotten) Hash(a mail.Address) [sha256.Size]byte {
	return f.salted("address", strings.ToLower(string(a)))
}

// Has says whether somebody was forgotten.
func (f Forgotten) Has(a mail.Address) bool {
	return len(f.hashes) > 0 && a != "" && f.hashes[f.Hash(a)]
}

// Addressed says whether a draft goes to one of them.
func (f Forgotten) Addressed(source []byte) bool {
	if len(f.hashes) == 0 || len(source) == 0 {
		return false
	}
	m := mail.ParseHeader(source)
	for _, list := range [][]mail.Person{m.To, m.Cc, m.Bcc} {
		for _, p := range list {
			if p.Address == tracker.Forgotten || f.Has(p.Address) {
				return true
			}
		}
	}
	return false
}

// blind gives the identity under which a reduced message is known: without the salt nobody can tell from it who wrote it.
func (f Forgotten) blind(id Identity) Identity {
	sum := f.salted("message", string(id[:]))
	return Identity(sum[:len(id)])
}

// ownID stands in for the Message-ID of a mail that one of them wrote.
func (f Forgotten) ownID(id mail.MessageID) mail.MessageID {
	sum := f.salted("message-id", string(id))
	return mail.MessageID(hex.EncodeToString(sum[:16]) + "@" + tracker.Forgotten.Domain())
}

// Withhold takes out of what arrived what is forgotten people's.
func (f Forgotten) Withhold(arrivals []Arrival) []Arrival {
	if len(f.hashes) == 0 {
		return arrivals
	}
	kept := make([]Arrival, 0, len(arrivals))
	for _, a := range arrivals {
		m := mail.ParseHeader(a.Header)
		switch tracker.TraceOf(m, f.Has) {
		case tracker.Theirs:
			continue
		case tracker.Mentioned:
			a.Header, a.Identity, a.Reduced = tracker.WithoutTrace(m, f.Has, f.ownID(m.ID)), f.blind(a.Identity), true
		}
		kept = append(kept, a)
	}
	return kept
}

// Content gives what may be stored of a body, as JSON: of a reduced message only the verdict, of another everything but the
// addresses of forgotten people.
func (f Forgotten) Content(c *mail.Content, reduced bool) ([]byte, error) {
	if reduced {
		c = bare(c)
	}
	body, err := json.Marshal(c)
	if err != nil || f.Nobody() {
		return body, err
	}
	return mapStrings(body, func(text string) string { return tracker.MaskAddresses(text, f.Has) })
}

// bare gives a content without any text.
func bare(c *mail.Content) *mail.Content {
	return &mail.Content{Version: c.Version, Verdict: c.Verdict, Cut: "forgotten"}
}

// mapStrings does something to every string of a JSON document.
func mapStrings(doc []byte, do func(string) string) ([]byte, error) {
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return nil, fmt.Errorf("mask a body: %w", err)
	}
	changed := false
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			out := do(v)
			changed = changed || out != v
			return out
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k])
			}
		}
		return v
	}
	v = walk(v)
	if !changed {
		return doc, nil
	}
	return json.Marshal(v)
}
