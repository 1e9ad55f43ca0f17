// Package rarely keeps what is large, soon made, and wanted only now and then: the tables that a draft is written and checked
// by. A daemon drafts a few times a day; in between, the memory should belong to nobody.
package rarely

import "sync"

// Value is made when it is first wanted, and kept until it is dropped. It may be used from several goroutines.
type Value[T any] struct {
	make func() *T

	mu   sync.Mutex
	made *T
}

// Made gives a value that is made by a function, which has to make the same each time.
func Made[T any](by func() *T) *Value[T] { return &Value[T]{make: by} }

// Get gives the value. It is not to be changed.
func (v *Value[T]) Get() *T {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made == nil {
		v.made = v.make()
	}
	return v.made
}

// Drop lets the value go: its memory is free once nobody uses it any more, and the next Get makes it anew.
func (v *Value[T]) Drop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.made = nil
}
