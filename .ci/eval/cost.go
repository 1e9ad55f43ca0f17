package main

import (
	"runtime"
	"syscall"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// measureCost reads, judges and ties a mailbox as a pass does, on one core, and weighs what is kept of it.
func measureCost(t *table, all []source) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	inbox := []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}
	add := func(m *tracker.Mailbox, row int, s source) {
		msg := mail.Parse(s)
		m.Add(tracker.Seen{Row: int64(row + 1), Message: msg, Received: msg.Date, HasBody: true, Folders: inbox, Reading: mail.Read(msg, mail.Context{Received: msg.Date})})
	}
	policy := tracker.Policy{Me: []mail.Address{rep}}
	add(tracker.NewMailbox(policy, nil), 0, all[0]) // what is made once, the rules, is not the message's cost

	before := heap()
	start, err := processorTime()
	if err != nil {
		return err
	}
	m := tracker.NewMailbox(policy, nil)
	for i, s := range all {
		add(m, i, s)
	}
	m.Changed()
	end, err := processorTime()
	if err != nil {
		return err
	}
	kept := heap() - before
	runtime.KeepAlive(m)
	t.section("cost")
	t.add(row{what: "messages a second of processor: parse, kind, intent, dates, thread", got: float64(len(all)) / (end - start).Seconds(), goal: perSecond, format: "%.0f"})
	t.add(row{what: "bytes kept of a message", got: float64(kept) / float64(len(all)), goal: bytesKept, format: "%.0f", less: true})
	return nil
}

// heap gives the bytes in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// processorTime is what this process has used: other work on the machine does not count.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
