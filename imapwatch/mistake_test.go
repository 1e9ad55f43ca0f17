package imapwatch

import (
	"context"
	"strings"
	"testing"
)

// A mistake of the program's own in a watcher is the caller's to contain: in a goroutine nobody could, and all mailboxes of the
// process would end.
func TestWatch_PanicOfAWatcherIsItsCallers(t *testing.T) {
	m := New(Config{Host: "127.0.0.1", Port: 1, Security: "none", Username: "rep", Password: func(context.Context) (string, error) {
		panic("index out of range")
	}})
	defer m.Close()
	said := func() (r any) {
		defer func() { r = recover() }()
		m.Watch(t.Context(), make(chan Event), func(Status) {})
		return nil
	}()
	if text, _ := said.(string); !strings.Contains(text, "index out of range") || !strings.Contains(text, "mistake_test.go") {
		t.Errorf("the caller hears %v", said)
	}
}
