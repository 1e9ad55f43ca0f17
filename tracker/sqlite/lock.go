package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lockName is the file in a state directory that says who works there.
const lockName = "lock"

// ErrLocked says that another process works on the state directory. The error wrapping it is a *LockedError.
var ErrLocked = errors.New("another followupd works on this mailbox")

// LockedError names the process that works on a state directory.
type LockedError struct {
	Dir string
	PID int // 0 where it could not be read
}

// Error says who holds the lock and what to do.
func (e *LockedError) Error() string {
	who := "process unknown"
	if e.PID != 0 {
		who = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("%v: %s holds %s; stop it, or let it do the work", ErrLocked, who, e.Dir)
}

// Unwrap gives ErrLocked.
func (e *LockedError) Unwrap() error { return ErrLocked }

// Lock is the right to work on a mailbox: to read it and to lay drafts. Commands that only look or add a word of the rep
// need none. The system takes it back when the process ends, however it ends.
type Lock struct{ file *os.File }

// AcquireLock takes the lock of a state directory, making the directory where it does not exist. Errors: *LockedError.
func AcquireLock(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock state: %w", unwritable(err))
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock state: %w", unwritable(err))
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		pid := readPID(file)
		file.Close()
		return nil, &LockedError{Dir: dir, PID: pid}
	case err != nil:
		file.Close()
		return nil, fmt.Errorf("lock state in %s: %w", dir, err)
	}
	if err := writePID(file); err != nil {
		file.Close()
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			return nil, fmt.Errorf("lock state: %w: %w; nothing is lost: free some space and try again", ErrFull, err)
		}
		return nil, fmt.Errorf("lock state in %s: %w", dir, err)
	}
	return &Lock{file}, nil
}

// AwaitLock is AcquireLock that tries again for up to wait, for a short pass that meets another's. Errors: *LockedError
// when the time is over, ctx's when that ends first.
func AwaitLock(ctx context.Context, dir string, wait time.Duration) (*Lock, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		lock, err := AcquireLock(dir)
		if !errors.Is(err, ErrLocked) {
			return lock, err
		}
		select {
		case <-again.C:
		case <-over.C:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Release gives the lock back. The file stays: who removed it could take another's lock away.
func (l *Lock) Release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("release lock: %w", err)
	}
	return nil
}

func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// readPID gives what the holder wrote, 0 where it has not yet.
func readPID(file *os.File) int {
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, 0) // io.EOF at the end of the short file; what cannot be read is unknown
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil {
		return 0
	}
	return pid
}

// Locked says whether somebody works on a state directory now. It takes nothing and waits for nobody.
func Locked(dir string) (bool, error) {
	file, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("see who works on the state: %w", err)
	}
	defer file.Close()
	// Trying the lock could turn a starting daemon away; so it is tried only where whoever took it last still lives.
	if pid := readPID(file); pid != 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false, nil
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("see who works on the state: %w", err)
	}
	return false, nil // closing gives it back
}
