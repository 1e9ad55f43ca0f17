package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fsnotify/fsnotify"

	"followupd/imapwatch/imaptest"
)

// takes is what a daemon takes of the system.
type takes struct{ goroutines, files, heap float64 }

// What each mailbox after the first few takes of one process at rest, watched on one connection or on two: a thousand of them
// are to fit into 600 MiB. The figures are the process's own, and it may take its time to come to rest.
func TestCrowd_WhatAFurtherMailboxTakes(t *testing.T) {
	const few, many = 2, 12
	for name, c := range map[string]struct {
		options []imaptest.Option
		most    takes
	}{
		"one connection":  {nil, takes{goroutines: 11, files: 3, heap: 256 << 10}},
		"two connections": {[]imaptest.Option{imaptest.Capability(imaptest.Exchange)}, takes{goroutines: 14, files: 4, heap: 256 << 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var daemons []*inquirer
			for _, n := range []int{few, many} {
				o := newOffice(t)
				for i := range n {
					name := fmt.Sprintf("rep%d", i)
					d := o.hire(name, c.options...)
					d.configure("imap.poll", quoted("1h"))
					if i == 0 {
						d.configure("metrics.listen", quoted("127.0.0.1:0"))
					}
					o.put(name)
				}
				daemon := inquire(o.open())
				until(t, fmt.Sprintf("%d mailboxes read", n), func() bool {
					read := 0.0
					for i := range n {
						read += daemon.value(fmt.Sprintf(`followupd_mailbox_drafts_placed_total{mailbox="rep%d"}`, i))
					}
					return read >= float64(n)
				})
				daemons = append(daemons, daemon)
			}
			each := func(series string) float64 {
				return (daemons[1].value(series) - daemons[0].value(series)) / (many - few)
			}
			var took takes
			t.Cleanup(func() { t.Logf("a further mailbox took %+v", took) })
			until(t, fmt.Sprintf("a further mailbox takes at most %+v", c.most), func() bool {
				took = takes{each("go_goroutines"), each("process_open_fds"), each("go_memstats_heap_alloc_bytes")}
				return took.goroutines <= c.most.goroutines && took.files <= c.most.files && took.heap <= c.most.heap
			})
			t.Attr("measured", fmt.Sprintf("%+v", took))
		})
	}
}

// What a pass takes that finds nothing new: with a thousand mailboxes three of them are made in a second. It asks the server for
// the list of folders and how they are, and writes down when the next is due; the database is left alone.
func TestCrowd_WhatAQuietPassTakes(t *testing.T) {
	const mostCommands = 2
	o := newOffice(t)
	d := o.hire("rep0")
	d.configure("imap.poll", quoted("1h"), "metrics.listen", quoted("127.0.0.1:0"))
	o.put("rep0")
	daemon := inquire(o.open())
	passes := func() float64 { return daemon.value(`followupd_mailbox_passes_total{mailbox="rep0", result="ok"}`) }
	until(t, "a draft is laid down", func() bool {
		return daemon.value(`followupd_mailbox_drafts_placed_total{mailbox="rep0"}`) >= 1
	})
	files, err := fsnotify.NewBufferedWatcher(4096)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	if err := files.Add(d.state()); err != nil {
		t.Fatal(err)
	}
	var touched []string
	commands, woken := 0.0, 0
	t.Cleanup(func() { t.Logf("after %d passes, one took %.0f commands and touched %q", woken, commands, touched) })
	// The first find what those before them have written, and a file that was written a moment ago is looked at again.
	until(t, "a pass leaves the database alone", func() bool {
		for len(files.Events) > 0 {
			<-files.Events
		}
		touched = nil
		before, sent := passes(), daemon.value(`followupd_mailbox_imap_commands_total{mailbox="rep0"}`)
		woken++
		if err := os.WriteFile(filepath.Join(d.state(), wakeDir, "test"), fmt.Append(nil, woken), 0o600); err != nil {
			t.Fatal(err)
		}
		until(t, "the daemon looks", func() bool { return passes() > before })
		commands = daemon.value(`followupd_mailbox_imap_commands_total{mailbox="rep0"}`) - sent
		for len(files.Events) > 0 {
			name := filepath.Base((<-files.Events).Name)
			if !slices.Contains(touched, name) {
				touched = append(touched, name)
			}
		}
		other := slices.ContainsFunc(touched, func(name string) bool { return name != healthName && name != healthName+".next" })
		return !other && len(touched) > 0 && commands <= mostCommands
	})
}
