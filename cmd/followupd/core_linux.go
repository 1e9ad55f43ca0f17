package main

import (
	"os"
	"syscall"
)

// undumpable takes the process out of reach of core dump handlers, which a limit does not bind, and of debuggers of the same
// user: PR_SET_DUMPABLE of prctl(2). A new program started from here begins without it.
func undumpable() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	return nil
}
