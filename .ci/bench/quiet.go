package main

import (
	"context"
	"fmt"
	"time"
)

// quiet measures passes over a mailbox in which nothing changed: the program started anew, as cron would.
func (b *bench) quiet(ctx context.Context, box *box, state string) error {
	p, err := newProxy(box.Addr())
	if err != nil {
		return err
	}
	defer p.close()
	config, err := configure(state, box, p.port())
	if err != nil {
		return err
	}
	for range 3 { // the first reads and drafts, the second reads its own drafts
		if _, err := b.once(ctx, config); err != nil {
			return err
		}
	}
	var commands, bytes []int64
	var cpus, walls []time.Duration
	for range b.rounds {
		commandsBefore, bytesBefore := p.commands.Load(), p.bytes.Load()
		u, err := b.once(ctx, config)
		if err != nil {
			return err
		}
		commands = append(commands, p.commands.Load()-commandsBefore)
		bytes = append(bytes, p.bytes.Load()-bytesBefore)
		cpus, walls = append(cpus, u.cpu), append(walls, u.wall)
	}
	n := median(commands)
	what := fmt.Sprintf("once without change, %d messages", box.messages)
	b.table.add(row{what: what, ours: fmt.Sprintf("%d commands, %d bytes", n, median(bytes)), goal: "<= 12 commands", met: yes(n <= 12)})
	b.table.add(row{what: what + ", load included", ours: fmt.Sprintf("processor %s, wall %s", ms(median(cpus)), ms(median(walls)))})
	return nil
}
