package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// host stands in for a running test, so that a program can use the servers of imaptest. It implements of testing.TB what
// those use; any other method would panic.
type host struct {
	testing.TB
	ctx      context.Context
	cleanups []func()
}

// failure is how Fatalf unwinds.
type failure struct{ error }

func (h *host) Helper()                  {}
func (h *host) Context() context.Context { return h.ctx }
func (h *host) Failed() bool             { return false }
func (h *host) Cleanup(f func())         { h.cleanups = append(h.cleanups, f) }
func (h *host) Logf(string, ...any)      {}
func (h *host) Fatal(args ...any)        { panic(failure{errors.New(fmt.Sprint(args...))}) }
func (h *host) Fatalf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}
func (h *host) Skipf(format string, args ...any) { h.Fatalf(format, args...) }

// run does f and gives its error, or what Fatalf said; then it cleans up.
func (h *host) run(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			said, ok := p.(failure)
			if !ok {
				panic(p)
			}
			err = said.error
		}
		for i := len(h.cleanups) - 1; i >= 0; i-- {
			h.cleanups[i]()
		}
	}()
	return f()
}

// processor gives the machine's processor by its name.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

func kernel() string {
	data, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "unknown kernel"
	}
	return "Linux " + strings.TrimSpace(string(data))
}

// firstLine gives the first line that a program says, or that it is missing.
func firstLine(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "no " + name
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
