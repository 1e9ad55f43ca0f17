package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// onSmallDisk runs a shell script in name spaces of its own, with a disk of 1 MiB as the state directory. The script says
// "followupd" for the program; each of its lines on standard output goes to a function that answers when it may go on.
func onSmallDisk(t *testing.T, d *desk, script string, line func(said string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*longEnough)
	defer cancel()
	program := d.command(ctx, "once")
	namespaces := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	probe := exec.Command("true")
	probe.SysProcAttr = namespaces
	if err := probe.Run(); err != nil {
		t.Skipf("cannot mount a small disk without being root (user name spaces are off?): %v", err)
	}
	if err := os.Mkdir(d.state(), 0o700); err != nil {
		t.Fatal(err)
	}
	prelude := `set -e
followupd() { set +e; "$PROGRAM" "$@" -c followupd.toml >said 2>&1; echo "status $?: $(tail -n 1 said)"; read go; set -e; }
mount -t tmpfs -o size=1m none state
`
	cmd := exec.CommandContext(ctx, "sh", "-c", prelude+script)
	cmd.Dir, cmd.SysProcAttr = d.dir, namespaces
	cmd.Env = append(program.Env, "PROGRAM="+program.Path)
	var errs strings.Builder
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		t.Log(lines.Text())
		line(lines.Text())
		if _, err := io.WriteString(in, "\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
}

func holds(t *testing.T, said string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%q does not hold %q", said, w)
		}
	}
}

func TestFault_23_DiskFull(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	step := 0
	onSmallDisk(t, d, `
head -c 1048576 /dev/zero >state/ballast 2>/dev/null || true
followupd once
truncate -s 950K state/ballast
followupd once
rm state/ballast
followupd once
followupd once
`, func(said string) {
		step++
		switch step {
		case 1, 2:
			holds(t, said, "status 1: followupd: ", "the disk is full", d.state(), "free some space")
			if n := len(d.drafts(lena)); n != 0 {
				t.Errorf("%d drafts, though their intent could not be written", n)
			}
		default:
			holds(t, said, "status 0: ")
			if n := len(d.drafts(lena)); n != 1 {
				t.Errorf("%d drafts when there is space again, want 1", n)
			}
		}
	})
	if step != 4 {
		t.Errorf("%d of 4 passes", step)
	}
}

// The disk fills up while an APPEND is under way: its intent is durable, that it was placed cannot be written down.
func TestFault_23_DiskFullBeforePlaced(t *testing.T) {
	t.Parallel()
	server, hand := imaptest.Faulty(t, faultserver.Options{})
	d := newDesk(t, hand)
	d.configure("imap.username", quoted(imaptest.FaultyUser))
	d.offer(lena)
	var ballast atomic.Pointer[string]
	var filled atomic.Bool
	server.OnEach(func(c faultserver.Command) {
		if path := ballast.Load(); c.Name == "APPEND" && path != nil && filled.CompareAndSwap(false, true) {
			if err := os.WriteFile(*path, make([]byte, mib), 0o600); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("the disk does not fill up: %v", err)
			}
		}
	})
	step := 0
	onSmallDisk(t, d, `
echo "$$"; read go
followupd once
rm state/ballast
followupd once
followupd once
`, func(said string) {
		switch step++; step {
		case 1: // the disk is another one in the shell's name space, and is reached through it
			path := filepath.Join("/proc", said, "cwd", "state", "ballast")
			ballast.Store(&path)
		case 2:
			holds(t, said, "status 1: followupd: ", "the disk is full", d.state(), "free some space")
			if !filled.Load() {
				t.Error("no APPEND came by")
			}
		default:
			holds(t, said, "status 0: ")
		}
		if n := len(d.drafts(lena)); step > 1 && n != 1 {
			t.Errorf("%d drafts, want the one that was under way", n)
		}
	})
	if step != 4 {
		t.Errorf("%d of 4 steps", step)
	}
}

// The state directory is somebody else's.
func TestFault_27_StateDirectoryOfAnotherOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	const nobody = 65534
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mustRun("once")
	program := filepath.Join(d.dir, "program")
	text, err := os.ReadFile(d.command(t.Context(), "once").Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, text, 0o755); err != nil { //nolint:gosec // another user runs it
		t.Fatal(err)
	}
	for _, path := range []string{d.dir, filepath.Join(d.dir, "password"), d.file(), filepath.Join(d.dir, "library")} {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	for up := filepath.Dir(d.dir); up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	before := len(d.mailbox.Read("Drafts"))
	o := d.finish(func(ctx context.Context, args ...string) *exec.Cmd {
		cmd := d.command(ctx, args...)
		cmd.Path = program
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd
	}, "once")
	o.says(t, 1, "the state cannot be written", d.state(), "must be writable for the user who runs followupd")
	if n := len(d.mailbox.Read("Drafts")); n != before {
		t.Errorf("%d drafts, %d before", n, before)
	}
}

func TestFault_27_StateDirectoryReadOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	said := ""
	onSmallDisk(t, d, `
mount -o remount,ro none state
followupd once
`, func(line string) { said = line })
	holds(t, said, "status 1: followupd: ", "the state cannot be written", d.state(), "must be writable for the user who runs followupd")
	if n := len(d.drafts(lena)); n != 0 {
		t.Errorf("%d drafts", n)
	}
}
