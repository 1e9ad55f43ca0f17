package postgres

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed migration/0001_facts.sql
var step0001 string

//go:embed migration/0002_signals.sql
var step0002 string

//go:embed migration/0003_webhook.sql
var step0003 string

// migration is one step of the schema. Steps are only ever appended: a step of a released program stays as it is.
type migration struct {
	name string
	sql  string
}

// migrations are all steps. The schema's version is the number of steps done.
var migrations = []migration{
	{"0001_facts", step0001},
	{"0002_signals", step0002},
	{"0003_webhook", step0003},
}

// migrate brings the schema up to the newest. Of several processes one does it, holding an advisory lock until its
// transaction ends; the others wait for that and find it done. A step that fails undoes all of them.
func migrate(ctx context.Context, pool *pgxpool.Pool, steps []migration) error {
	version, err := schemaVersion(ctx, pool)
	switch {
	case err != nil:
		return err
	case version == len(steps):
		return nil
	case version > len(steps):
		return newer(version, len(steps))
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, 0)`, lockSchema); err != nil {
			return err
		}
		version, err := schemaVersion(ctx, tx)
		if err != nil {
			return err
		}
		if version > len(steps) {
			return newer(version, len(steps))
		}
		for i, step := range steps[version:] {
			if _, err := tx.Exec(ctx, step.sql); err != nil {
				return fmt.Errorf("migrate by %s: %w", step.name, err)
			}
			if version+i == 0 {
				_, err = tx.Exec(ctx, `CREATE TABLE followupd_schema (version integer NOT NULL)`)
				if err == nil {
					_, err = tx.Exec(ctx, `INSERT INTO followupd_schema VALUES (0)`)
				}
				if err != nil {
					return fmt.Errorf("migrate by %s: %w", step.name, err)
				}
			}
		}
		_, err = tx.Exec(ctx, `UPDATE followupd_schema SET version = $1`, len(steps))
		return err
	})
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// schemaVersion gives how many steps the database has had, 0 for one that is new.
func schemaVersion(ctx context.Context, q querier) (version int, err error) {
	var exists bool
	// Not to_regclass, which remembers within a transaction that there was none before another process made it.
	if err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'followupd_schema' AND pg_table_is_visible(oid))`).Scan(&exists); err != nil || !exists {
		return 0, err
	}
	err = q.QueryRow(ctx, `SELECT version FROM followupd_schema`).Scan(&version)
	return version, err
}
