package main

import (
	"context"
	"os"
	"strings"

	"followupd/imapwatch/imaptest"
)

// part is something that can be measured alone (-only).
type part struct {
	name    string
	apart   bool // takes so long that it is measured only where it is named
	measure func(b *bench, ctx context.Context, server *imaptest.Server) error
}

func parts() []part {
	return []part{
		{name: "sync", measure: (*bench).syncs},
		{name: "watch", measure: (*bench).watches},
		{name: "quiet", measure: (*bench).quiets},
		{name: "large", apart: true, measure: (*bench).larges},
		{name: "mailboxes", apart: true, measure: (*bench).crowds},
		{name: "threading", apart: true, measure: (*bench).threads},
		{name: "sizes", apart: true, measure: (*bench).sizes},
	}
}

func names() string {
	var all []string
	for _, p := range parts() {
		all = append(all, p.name)
	}
	return strings.Join(all, ", ")
}

func (b *bench) syncs(ctx context.Context, server *imaptest.Server) error {
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	if err := box.fill(ctx, composition{messages: b.messages}); err != nil {
		return err
	}
	return b.firstSync(ctx, box)
}

func (b *bench) watches(ctx context.Context, server *imaptest.Server) error {
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	if err := box.fill(ctx, composition{messages: b.messages, prospects: b.prospects}); err != nil {
		return err
	}
	state, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	return b.watching(ctx, box, state)
}

func (b *bench) quiets(ctx context.Context, server *imaptest.Server) error {
	for _, messages := range []int{1000, b.messages} {
		if err := b.flat(ctx, server, messages); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) larges(ctx context.Context, server *imaptest.Server) error {
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	if err := box.fill(ctx, composition{messages: b.large}); err != nil {
		return err
	}
	if err := b.firstSync(ctx, box); err != nil {
		return err
	}
	return b.flat(ctx, server, b.large)
}

// flat measures what passes cost in a mailbox of another size, with as many threads a message, in the daemon and anew.
func (b *bench) flat(ctx context.Context, server *imaptest.Server, messages int) error {
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	if err := box.fill(ctx, composition{messages: messages, prospects: b.prospects * messages / b.messages}); err != nil {
		return err
	}
	state, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	if err := b.passes(ctx, box, state); err != nil {
		return err
	}
	return b.quiet(ctx, box, state)
}
