package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// configure writes a configuration into dir for the mailbox, to be reached on that port, with the state in dir too.
func configure(dir string, b *box, port int) (string, error) {
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(b.Password+"\n"), 0o600); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "followupd.toml")
	text := fmt.Sprintf(`[mailbox]
address = %q
name = "Anna Berg"
timezone = "UTC"

[imap]
host = %q
port = %d
security = "none"
username = %q
password_file = %q

[cadence]
hours = ""

[dashboard]
listen = "127.0.0.1:0"

[state]
dir = %q
`, rep, b.Host, port, b.Username, secret, filepath.Join(dir, "state"))
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// usage is what one run of the program cost.
type usage struct {
	wall, cpu time.Duration
	rss       int64 // KiB, the most it held
}

// once runs a command of the program to its end.
func (b *bench) once(ctx context.Context, config string) (usage, error) {
	return measured(exec.CommandContext(ctx, b.bin, "once", "-c", config))
}

func measured(cmd *exec.Cmd) (usage, error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	ended := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watchPeak(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	u := usage{wall: time.Since(began)}
	close(ended)
	u.rss = <-peak
	if err != nil {
		return u, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, said.Bytes())
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return u, nil
}

// watchPeak gives the most that a process held until shortly before it ended, in KiB. Its ru_maxrss would not do: a child
// that Go starts inherits the peak of this program, which has filled the mailbox.
func watchPeak(pid int, ended <-chan struct{}) (most int64) {
	for {
		if _, peak, err := memory(pid); err == nil {
			most = max(most, peak)
		}
		select {
		case <-ended:
			return most
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// memory gives what a process holds and the most it held, in KiB.
func memory(pid int) (now, peak int64, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kib
		case "VmHWM":
			peak = kib
		}
	}
	return now, peak, nil
}

// ownMemory gives what a process holds that is of no file, in KiB: the rest the kernel may drop, and other processes share.
func ownMemory(pid int) (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			return strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		}
	}
	return 0, fmt.Errorf("/proc/%d/status does not say RssAnon", pid)
}

// spent gives what a process has held at most, in KiB, and the processor time it has used.
func spent(pid int) (peak int64, used time.Duration, err error) {
	if _, peak, err = memory(pid); err != nil {
		return 0, 0, err
	}
	used, err = cpu(pid)
	return peak, used, err
}

// cpu gives the processor time a process has used, in steps of 10 ms (proc(5)).
func cpu(pid int) (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest) // from the third field on
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields)+2)
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
