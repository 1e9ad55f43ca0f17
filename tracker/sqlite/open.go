package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// fileName is the state file in its directory. SQLite keeps its journal beside it (state.db-wal, state.db-shm).
const fileName = "state.db"

// applicationID marks the file as ours (PRAGMA application_id): "folu".
const applicationID = 0x666f6c75

// Open opens the state in dir, making the directory (0700) and the file (0600) where they do not exist, and brings an
// older schema up to the newest. A file that is damaged, foreign or newer is left as it is. Errors wrap ErrNewer,
// ErrDamaged, ErrForeign, ErrNotFile, ErrReadOnly, ErrFull, ErrBusy or ErrDisk where one of them is the cause.
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	s, err := open(ctx, dir, opts, migrations)
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, dir string, opts Options, steps []migration) (*Store, error) {
	if opts.Wait == 0 {
		opts.Wait = 10 * time.Second
	}
	path, err := prepare(dir)
	if err != nil {
		return nil, err
	}
	if err := inspect(ctx, path, opts.Wait, len(steps)); err != nil {
		return nil, err
	}
	s := &Store{path: path, wait: opts.Wait}
	s.durable = pool(path, opts.Wait, 1, writing, "_synchronous", "FULL")
	if err := migrate(ctx, s.durable, path, steps); err != nil {
		s.Close()
		return nil, err
	}
	s.quick = pool(path, opts.Wait, 1, writing, "_synchronous", "NORMAL")
	s.reading = pool(path, opts.Wait, readers, looking)
	return s, nil
}

// readers is how many connections may read at a time: a walk, and what it asks for of each message.
const readers = 4

// prepare makes the directory and an empty file with the permissions they shall have; SQLite gives its journal those of
// the file.
func prepare(dir string) (path string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, fileName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unwritable(err)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return "", fmt.Errorf("%w: %s is a %s; move it aside", ErrNotFile, path, kindOf(info.Mode()))
	case err == nil:
		return path, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", unwritable(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", unwritable(err)
	}
	return path, f.Close()
}

func unwritable(err error) error {
	return fmt.Errorf("%w: %w; the directory must be writable for the user who runs followupd", ErrReadOnly, err)
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	default:
		return "device"
	}
}

// inspect refuses a file that must not be touched, through a connection that cannot write to it.
func inspect(ctx context.Context, path string, wait time.Duration, knows int) error {
	db := pool(path, wait, 1, looking, "mode", "ro")
	defer db.Close()
	var schema, app, tables int
	err := db.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`).Scan(&schema, &app, &tables)
	switch {
	case err != nil:
		return explain(path, err)
	case app != applicationID && (app != 0 || schema != 0 || tables != 0):
		return fmt.Errorf("%w: %s is a database of another program; move it aside or set state.dir to another directory", ErrForeign, path)
	case schema > knows:
		return newer(path, schema, knows)
	}
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return explain(path, err)
	}
	if verdict != "ok" {
		return damaged(path, errors.New(strings.Join(strings.Fields(verdict), " ")))
	}
	return nil
}

// manner is what the connections of a pool are for.
type manner int

const (
	looking manner = iota // changes nothing
	writing               // WAL; a transaction waits for the right to write when it begins, never in its middle
)

// pool gives a pool of at most size connections, each set up in the same way; more are further parameters of the DSN.
func pool(path string, wait time.Duration, size int, m manner, more ...string) *sql.DB {
	query := url.Values{
		"_busy_timeout":    {strconv.FormatInt(wait.Milliseconds(), 10)},
		"_foreign_keys":    {"on"},
		"_stmt_cache_size": {"32"},
	}
	c := connector{}
	if m == writing {
		query.Set("_journal_mode", "WAL")
		query.Set("_txlock", "immediate")
		query.Set("_cache_size", "-2048") // KiB: the index of 60,000 identities; of more, the kernel's cache holds the rest
		// The driver has no parameter for these. temp_store: an insert of several rows keeps what it may have to undo, in a
		// file otherwise (a fifth of a first reading). wal_autocheckpoint: folding the journal back after 16 MB, not 4,
		// writes the pages of the identity index less often (a tenth).
		c.settings = "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000"
	} else {
		query.Set("_query_only", "on")
	}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	c.dsn = (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String()
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// connector sets up each connection of a pool, and needs no driver registered for the whole program.
type connector struct {
	dsn      string
	settings string // what the DSN cannot say
}

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil || c.settings == "" {
		return conn, err
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, c.settings, nil); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
