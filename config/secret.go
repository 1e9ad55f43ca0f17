package config

import (
	"fmt"
	"log/slog"
)

const hidden = "***"

// Secret is a password, token or key. Whatever prints it, in logs, errors, JSON or dumps, prints "***"; only Reveal gives
// it. The zero value is the empty secret.
type Secret struct {
	// A pointer, since fmt prints unexported fields of an enclosing struct without asking their methods: it then shows
	// an address.
	value *string
}

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{&value} }

// Reveal gives the value, to hand it to the server it is for.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty says that there is nothing to reveal.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String gives "***".
func (Secret) String() string { return hidden }

// GoString gives "***", for %#v.
func (Secret) GoString() string { return hidden }

// Format gives "***" for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText gives "***".
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON gives "***" as a string.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue gives "***".
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
