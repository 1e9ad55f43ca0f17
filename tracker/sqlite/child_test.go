package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// The test binary plays the processes that tests kill, starve or wait for: with childRole set it does one part and ends.
const (
	childRole = "FOLLOWUPD_TEST_CHILD"
	childDir  = "FOLLOWUPD_TEST_DIR"
)

func TestMain(m *testing.M) {
	role := os.Getenv(childRole)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role, os.Getenv(childDir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func play(role, dir string) error {
	switch role {
	case "reads": // a mailbox for ever, in batches of 10
		return withStore(dir, func(ctx context.Context, s *sqlite.Store) error {
			reaches, err := s.Reaches(ctx)
			if err != nil {
				return err
			}
			fmt.Println("goes on")
			next := max(1, int(reaches[benchFolder.Name].Cursor.UIDNext))
			for ; ; next += 10 {
				if _, err := s.SaveBatch(ctx, benchFolder, benchBatch(next-1, 10), time.Now()); err != nil {
					return err
				}
			}
		})
	case "drafts": // for ever, and says each that is safe
		return withStore(dir, func(ctx context.Context, s *sqlite.Store) error {
			for i := 0; ; i++ {
				if err := s.SaveDraft(ctx, tracker.Draft{Key: fmt.Sprint(i), State: tracker.DraftIntent, Source: make([]byte, 3000)}); err != nil {
					return err
				}
				fmt.Println(i)
			}
		})
	case "locks": // and waits to be killed
		lock, err := sqlite.AcquireLock(dir)
		if err != nil {
			return err
		}
		defer lock.Release()
		fmt.Println("locked")
		_, err = os.Stdin.Read(make([]byte, 1))
		return err
	case "fills": // a small disk mounted at dir
		return fillDisk(dir)
	case "finds a read-only disk":
		return meetReadOnly(dir)
	}
	return fmt.Errorf("no such part: %s", role)
}

func withStore(dir string, do func(context.Context, *sqlite.Store) error) error {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	return do(ctx, s)
}

// child starts the test binary in a role. Its lines come from said; it is killed when the test ends.
func child(t *testing.T, role, dir string, change ...func(*exec.Cmd)) (cmd *exec.Cmd, said *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(exe)
	cmd.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	stdin, err := cmd.StdinPipe() // open for as long as the test holds it
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		kill(cmd)
		if complaints.Len() > 0 {
			t.Errorf("child %q says: %s", role, complaints.String())
		}
	})
	return cmd, bufio.NewScanner(stdout)
}

// kill ends a child as kill -9 does and waits until it is gone.
func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}
