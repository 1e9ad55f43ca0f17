// Package pgtest gives tests a database on a real PostgreSQL that lives as long as the test binary: the one on PATH or
// Debian's, started in a folder of its own on a loopback port. What it stores is not written through to the disk.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Require is the environment variable that turns a missing PostgreSQL from a skipped test into a failed one.
const Require = "FOLLOWUPD_REQUIRE_POSTGRES"

var shared cluster

// Main runs the tests of a package and stops the server that they started. A package whose tests call Database has
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m interface{ Run() int }) int {
	defer shared.stop()
	return m.Run()
}

// Database makes an empty database and gives its URL. The server starts with the first one. Without PostgreSQL on the
// machine the test is skipped, or fails where Require is set.
func Database(t testing.TB) string {
	t.Helper()
	s, err := shared.get()
	need(t, err)
	name := shared.next()
	// The template without locales is copied by files: 20 ms instead of 100.
	if err := s.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		// Not t.Context, which has ended by now.
		if err := s.exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return s.url(name)
}

// need skips or fails a test whose server did not come about.
func need(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNone) && os.Getenv(Require) == "" {
		t.Skip("no PostgreSQL here (Debian: apt-get install postgresql); left out")
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
}

var errNone = errors.New("no PostgreSQL on this machine")

// cluster is the one server of a test binary.
type cluster struct {
	mu      sync.Mutex
	running *server
	failed  error
	made    int
}

func (c *cluster) get() (*server, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 3 { // another process may take the free port first
		if c.running != nil || errors.Is(c.failed, errNone) {
			break
		}
		c.running, c.failed = start()
	}
	return c.running, c.failed
}

func (c *cluster) next() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	return "test" + strconv.Itoa(c.made)
}

func (c *cluster) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		c.running.stop()
		c.running = nil
	}
}

// server is a running PostgreSQL with everything it owns under dir.
type server struct {
	dir   string
	bin   string
	port  int
	more  []string // settings besides those of keeper, each after a "-c"
	as    *syscall.Credential
	cmd   *exec.Cmd
	stdin io.Closer
	said  *bytes.Buffer
}

// Password is that of the user whom the URL of Database names.
const Password = "not a secret"

const superuser = "tester"

func (s *server) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, Password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// binaries gives the folder that holds initdb and postgres: Debian keeps them off the PATH.
func binaries() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(dirs)
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append([]string{filepath.Dir(real)}, dirs...)
		}
	}
	for _, dir := range dirs {
		_, noInit := os.Stat(filepath.Join(dir, "initdb"))
		_, noServer := os.Stat(filepath.Join(dir, "postgres"))
		if noInit == nil && noServer == nil {
			return dir, nil
		}
	}
	return "", errNone
}

// start makes a server with settings besides those that every one has, such as "max_connections=300".
func start(settings ...string) (_ *server, err error) {
	s := &server{said: new(bytes.Buffer)}
	for _, set := range settings {
		s.more = append(s.more, "-c", set)
	}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	// /tmp: a folder where unprivileged users can go, with a name short enough for a socket's.
	if s.dir, err = os.MkdirTemp("/tmp", "postgres"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.as != nil {
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o644); err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "--no-sync", "--no-locale", "-E", "UTF8", "-U", superuser, "-A", "scram-sha-256",
		"--pwfile", secret, "-D", filepath.Join(s.dir, "data"))
	s.lower(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	return s, s.launch()
}

// unprivileged gives the user as whom PostgreSQL runs: it refuses to be root's.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *server) lower(cmd *exec.Cmd) {
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.as}
}

// keeper runs the server until its own standard input ends, which happens when the test binary dies in whatever way. QUIT
// is PostgreSQL's immediate shutdown: nothing here is worth a checkpoint.
const keeper = `dir=$1 port=$2
shift 2
"$0" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" \
  -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB -c log_min_messages=fatal "$@" & cat >/dev/null
kill -QUIT $! 2>/dev/null
wait`

// launch starts the server on its files and waits until it answers.
func (s *server) launch() (err error) {
	s.cmd = exec.Command("/bin/sh", append([]string{"-c", keeper, filepath.Join(s.bin, "postgres"), s.dir, strconv.Itoa(s.port)}, s.more...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	s.lower(s.cmd)
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 {
		if err = s.exec(context.Background(), "SELECT 1"); err == nil {
			return nil
		}
		<-tick.C
	}
	s.halt()
	return fmt.Errorf("no answer: %w\n%s", err, s.said)
}

// exec does one statement on the database that is always there.
func (s *server) exec(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func (s *server) halt() {
	if s.stdin != nil {
		_ = s.stdin.Close()
		_ = s.cmd.Wait() // its status says only how it was ended
		s.stdin = nil
	}
}

func (s *server) stop() {
	s.halt()
	_ = os.RemoveAll(s.dir)
}
