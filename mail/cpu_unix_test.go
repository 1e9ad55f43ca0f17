//go:build unix

package mail_test

import (
	"syscall"
	"testing"
	"time"
)

// cpu gives the processor time that something takes, whatever else the machine does.
func cpu(t *testing.T, do func()) time.Duration {
	t.Helper()
	spent := func() time.Duration {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			t.Fatal(err)
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	before := spent()
	do()
	return spent() - before
}
