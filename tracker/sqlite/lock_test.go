package sqlite_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"followupd/tracker/sqlite"
)

func acquire(t *testing.T, dir string) *sqlite.Lock {
	t.Helper()
	lock, err := sqlite.AcquireLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Release() })
	return lock
}

func TestAcquireLock_OneAtATime(t *testing.T) {
	dir := t.TempDir()
	first := acquire(t, dir)
	_, err := sqlite.AcquireLock(dir)
	var locked *sqlite.LockedError
	if !errors.As(err, &locked) || !errors.Is(err, sqlite.ErrLocked) || locked.PID != os.Getpid() || locked.Dir != dir {
		t.Fatalf("error %v, want that this process holds %s", err, dir)
	}
	if !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("error %q does not name the process", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	acquire(t, dir)
}

func TestAcquireLock_OfAnotherProcessUntilItIsKilled(t *testing.T) {
	dir := t.TempDir()
	cmd, said := child(t, "locks", dir)
	if !said.Scan() {
		t.Fatal("the child does not lock")
	}
	_, err := sqlite.AcquireLock(dir)
	var locked *sqlite.LockedError
	if !errors.As(err, &locked) || locked.PID != cmd.Process.Pid {
		t.Errorf("error %v, want one that names process %d", err, cmd.Process.Pid)
	}
	kill(cmd)
	acquire(t, dir)
}

func TestAcquireLock_LooksNeedNone(t *testing.T) {
	dir := t.TempDir()
	acquire(t, dir)
	if _, err := open(t, dir).Words(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAwaitLock(t *testing.T) {
	t.Run("GetsItWhenReleased", func(t *testing.T) {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			first := acquire(t, dir)
			time.AfterFunc(5*time.Second, func() { first.Release() })
			start := time.Now()
			lock, err := sqlite.AwaitLock(t.Context(), dir, 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Release()
			if waited := time.Since(start); waited < 5*time.Second || waited > 5100*time.Millisecond {
				t.Errorf("waited %v for a lock that was free after 5 s", waited)
			}
		})
	})
	t.Run("ErrLockedWhenTheTimeIsOver", func(t *testing.T) {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			acquire(t, dir)
			start := time.Now()
			_, err := sqlite.AwaitLock(t.Context(), dir, 10*time.Second)
			if !errors.Is(err, sqlite.ErrLocked) || time.Since(start) != 10*time.Second {
				t.Errorf("error %v after %v, want ErrLocked after 10 s", err, time.Since(start))
			}
		})
	})
	t.Run("ContextEnds", func(t *testing.T) {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			acquire(t, dir)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := sqlite.AwaitLock(ctx, dir, 10*time.Second); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want that of the context", err)
			}
		})
	})
}
