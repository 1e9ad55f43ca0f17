package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// ownMounts starts a child in name spaces of its own, in which it may mount a small disk without being root.
func ownMounts(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// needOwnMounts skips the test where the system does not allow that.
func needOwnMounts(t *testing.T) {
	t.Helper()
	cmd := exec.Command("true")
	ownMounts(cmd)
	if err := cmd.Run(); err != nil {
		t.Skipf("cannot mount a small disk without being root (user name spaces are off?): %v", err)
	}
}

// inOwnMounts plays a role on a disk of its own and fails the test where that ends in an error.
func inOwnMounts(t *testing.T, role string) {
	t.Helper()
	needOwnMounts(t)
	cmd, said := child(t, role, t.TempDir(), ownMounts)
	for said.Scan() {
		t.Log(said.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestFault_23_StoreOnAFullDisk(t *testing.T)     { inOwnMounts(t, "fills") }
func TestFault_27_StoreOnAReadOnlyDisk(t *testing.T) { inOwnMounts(t, "finds a read-only disk") }

// fillDisk reads a mailbox onto a disk of 1 MiB until it is full: that is said, what was saved stays, a draft that could
// not be saved is not said to be, and everything goes on when there is space again.
func fillDisk(dir string) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		return err
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 300<<10), 0o600); err != nil {
		return err
	}
	return withStore(dir, func(ctx context.Context, s *sqlite.Store) error {
		next := 0
		var err error
		for ; err == nil; next += 10 {
			_, err = s.SaveBatch(ctx, benchFolder, benchBatch(next, 10), time.Now())
		}
		next -= 10
		if !errors.Is(err, sqlite.ErrFull) {
			return fmt.Errorf("reading onto a full disk ends with %w, not ErrFull", err)
		}
		fmt.Println(err)
		if next == 0 {
			return errors.New("not even one batch had room")
		}
		draft := tracker.Draft{Key: "k", Source: make([]byte, 30_000)}
		if err := s.SaveDraft(ctx, draft); !errors.Is(err, sqlite.ErrFull) {
			return fmt.Errorf("saving a draft onto a full disk ends with %w, not ErrFull", err)
		}
		if err := expect(ctx, s, next, 0); err != nil {
			return err
		}

		if err := os.Remove(ballast); err != nil {
			return err
		}
		if err := s.SaveDraft(ctx, draft); err != nil {
			return fmt.Errorf("saving a draft when there is space again: %w", err)
		}
		if _, err := s.SaveBatch(ctx, benchFolder, benchBatch(next, 10), time.Now()); err != nil {
			return fmt.Errorf("reading on when there is space again: %w", err)
		}
		return expect(ctx, s, next+10, 1)
	})
}

// expect counts what is in a store.
func expect(ctx context.Context, s *sqlite.Store, messages, drafts int) error {
	n := 0
	if err := s.Seen(ctx, 0, func(tracker.Seen) error { n++; return nil }); err != nil {
		return err
	}
	reaches, err := s.Reaches(ctx)
	if err != nil {
		return err
	}
	list, err := s.Drafts(ctx)
	if err != nil {
		return err
	}
	if next := int(reaches[benchFolder.Name].Cursor.UIDNext); n != messages || next != messages+1 || len(list) != drafts {
		return fmt.Errorf("%d messages, cursor %d, %d drafts; want %d messages and %d drafts", n, next, len(list), messages, drafts)
	}
	return nil
}

// meetReadOnly opens a new and an existing state on a disk that cannot be written any more.
func meetReadOnly(dir string) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		return err
	}
	old := filepath.Join(dir, "old")
	if err := withStore(old, func(ctx context.Context, s *sqlite.Store) error {
		return s.AddWord(ctx, tracker.Word{Kind: tracker.WordNote})
	}); err != nil {
		return err
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return err
	}
	for _, state := range []string{old, filepath.Join(dir, "new")} {
		_, err := sqlite.Open(context.Background(), state, sqlite.Options{})
		if !errors.Is(err, sqlite.ErrReadOnly) {
			return fmt.Errorf("opening %s on a read-only disk ends with %v, not ErrReadOnly", filepath.Base(state), err)
		}
		fmt.Println(err)
		if _, err := sqlite.AcquireLock(state); !errors.Is(err, sqlite.ErrReadOnly) {
			return fmt.Errorf("locking %s on a read-only disk ends with %v, not ErrReadOnly", filepath.Base(state), err)
		}
	}
	return nil
}
