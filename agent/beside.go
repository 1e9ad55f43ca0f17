package agent

import (
	"fmt"
	"runtime/debug"
)

// beside is work that is done in another goroutine while its owner goes on. The owner waits for it before it ends itself.
type beside struct {
	ended   chan struct{}
	err     error
	mistake string // the panic, and where it was; "": none
}

// goBeside begins such work.
func goBeside(do func() error) *beside {
	b := &beside{ended: make(chan struct{})}
	go func() {
		defer close(b.ended)
		defer func() {
			if r := recover(); r != nil {
				b.mistake = fmt.Sprintf("%v\n%s", r, debug.Stack())
			}
		}()
		b.err = do()
	}()
	return b
}

// wait waits until it is done, whatever came of it.
func (b *beside) wait() { <-b.ended }

// end waits until it is done. A mistake of the program's own in it becomes a panic of the owner's, so that whoever has many
// mailboxes can contain it: of a goroutine's own panic all of them would end.
func (b *beside) end() error {
	b.wait()
	if b.mistake != "" {
		panic(b.mistake)
	}
	return b.err
}
