//go:build unix

package main

import (
	"errors"
	"syscall"
)

// sealMemory keeps passwords and mail out of core dumps, whatever the shell or the service manager allows. What it starts
// (a password_command) inherits the limit.
func sealMemory() error {
	return errors.Join(syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}), undumpable())
}
