// Package postgres keeps the facts of all mailboxes of a fleet in one PostgreSQL database, and shares the mailboxes out
// among the workers that run on it.
//
// It guarantees that every exported method of a Store is one transaction; that what SaveBatch stores and the cursor that
// says so cannot part; that SaveDraft, AddWord, Hear, Tell and MarkRecovered are on the server's disk when they return; that a
// mailbox is worked by one worker at a time as PostgreSQL's session locks know it; and that a worker which does not know
// yet that its mailbox went to another writes nothing (ErrFenced), for every write holds the mailbox's row and compares
// the epoch that the lock was given with.
//
// It does not back the database up and does not set a damaged one aside: both are its administrator's. It needs sessions
// of its own: a pooler that hands sessions round (PgBouncer in transaction mode) takes the locks away.
package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"followupd/tracker/postgres/share"
)

// The first keys of the advisory locks that followupd takes, which have two: "fol0" and following.
const (
	lockSchema  = 0x666f6c30 // of who migrates; the second key is 0
	lockWorker  = 0x666f6c31 // shared by all workers; the second key is 0
	lockMailbox = 0x666f6c32 // of who works a mailbox; the second key is mailbox.id
	lockLook    = 0x666f6c33 // of who looks at all locks; the second key is which of the places
)

// fallen is how long the server waits for a client that says nothing: in the middle of a transaction, whose row locks
// would keep another worker from taking the mailbox over, or, on the session that holds the mailboxes, at all.
const fallen = share.Fallen

// Database is one PostgreSQL database with the facts of many mailboxes. It is safe for several goroutines.
type Database struct {
	pool *pgxpool.Pool
	// session is how to connect for the locks.
	session *pgx.ConnConfig
	work    fares
}

// Open connects to the database of a URL (or key=value string) and brings its schema up to the newest. What the URL leaves
// out, the password above all, comes from where PostgreSQL's own programs take it: PGPASSFILE or ~/.pgpass, PGPASSWORD,
// PGSSLROOTCERT and the others of libpq (PostgreSQL 15 manual, section 34.15). Errors wrap ErrNewer where that is the cause.
func Open(ctx context.Context, url string) (*Database, error) {
	d, err := open(ctx, url, migrations)
	if err != nil {
		return nil, fmt.Errorf("open the database of state.url: %w", explain(err))
	}
	return d, nil
}

func open(ctx context.Context, url string, steps []migration) (*Database, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	settle(cfg.ConnConfig, "followupd", map[string]time.Duration{"idle_in_transaction_session_timeout": fallen})
	cfg.MaxConns, cfg.MinConns = share.Connections, 0
	cfg.MaxConnIdleTime = time.Minute
	session := cfg.ConnConfig.Copy()
	settle(session, onceName, map[string]time.Duration{"idle_session_timeout": fallen, "lock_timeout": share.Turn})
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if steps != nil { // else it is only looked at
		if err := migrate(ctx, pool, steps); err != nil {
			pool.Close()
			return nil, err
		}
	}
	return &Database{pool: pool, session: session}, nil
}

// settle gives a connection the settings that make the server notice a client that is gone or stands still. The TCP ones
// are for a machine that vanished without a word while the server was sending; over a Unix socket the server ignores them.
func settle(c *pgx.ConnConfig, name string, timeouts map[string]time.Duration) {
	c.RuntimeParams["application_name"] = name
	for key, after := range timeouts {
		c.RuntimeParams[key] = milliseconds(after)
	}
	c.RuntimeParams["tcp_user_timeout"] = milliseconds(fallen)
	c.RuntimeParams["tcp_keepalives_idle"] = "2"
	c.RuntimeParams["tcp_keepalives_interval"] = "1"
	c.RuntimeParams["tcp_keepalives_count"] = "3"
	c.RuntimeParams["client_connection_check_interval"] = milliseconds(time.Second)
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = fallen
	}
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d", d.Milliseconds()) }

// Close ends all connections.
func (d *Database) Close() { d.pool.Close() }

// Mailbox gives the store of a mailbox for somebody who does not work it: for looking, and for words of the rep. A mailbox
// that is not known yet begins empty.
func (d *Database) Mailbox(ctx context.Context, address string) (*Store, error) {
	ids, err := d.mailboxes(ctx, d.pool, []string{address})
	if err != nil {
		return nil, fmt.Errorf("open the state of %s: %w", address, err)
	}
	return &Store{pool: d.pool, id: ids[key(address)]}, nil
}

// key is how an address stands in the table of mailboxes.
func key(address string) string { return strings.ToLower(address) }

// batcher is a pool or a connection.
type batcher interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// mailboxes gives the ids of mailboxes by key, and makes those that are new.
func (d *Database) mailboxes(ctx context.Context, q batcher, addresses []string) (map[string]int32, error) {
	keys := make([]string, len(addresses))
	for i, a := range addresses {
		keys[i] = key(a)
	}
	ids := make(map[string]int32, len(keys))
	// An INSERT that meets a conflict burns a number of the sequence, so only what is missing is inserted.
	for _, statement := range []string{
		`INSERT INTO mailbox (address) SELECT DISTINCT a FROM unnest($1::text[]) a
			WHERE NOT EXISTS (SELECT FROM mailbox m WHERE m.address = a) ON CONFLICT DO NOTHING RETURNING address, id`,
		`SELECT address, id FROM mailbox WHERE address = ANY($1)`,
	} {
		rows, err := q.Query(ctx, statement, keys)
		if err != nil {
			return nil, err
		}
		var address string
		var id int32
		if _, err := pgx.ForEachRow(rows, []any{&address, &id}, func() error {
			ids[address] = id
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
