package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
)

//go:embed migration/0001_facts.sql
var step0001 string

//go:embed migration/0002_privacy.sql
var step0002 string

//go:embed migration/0003_digest.sql
var step0003 string

//go:embed migration/0004_steering.sql
var step0004 string

//go:embed migration/0005_opinions.sql
var step0005 string

//go:embed migration/0006_signals.sql
var step0006 string

//go:embed migration/0007_epoch.sql
var step0007 string

//go:embed migration/0008_webhook.sql
var step0008 string

// migration is one step of the schema. Steps are only ever appended: a step of a released program stays as it is.
type migration struct {
	name string
	sql  string
}

// migrations are all steps. The schema's version is the number of steps done.
var migrations = []migration{
	{"0001_facts", step0001},
	{"0002_privacy", step0002},
	{"0003_digest", step0003},
	{"0004_steering", step0004},
	{"0005_opinions", step0005},
	{"0006_signals", step0006},
	{"0007_epoch", step0007},
	{"0008_webhook", step0008},
}

// migrate does the steps that the file has not had, and sets the version that says so, in one transaction: a new file waits for
// the disk once and not once a step. Of two processes that open an old file at once, the second finds nothing left to do.
func migrate(ctx context.Context, db *sql.DB, path string, steps []migration) error {
	return explain(path, migrateAll(ctx, db, path, steps))
}

func migrateAll(ctx context.Context, db *sql.DB, path string, steps []migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	switch {
	case version > len(steps):
		return newer(path, version, len(steps))
	case version == len(steps):
		return nil
	}
	for _, step := range steps[version:] {
		if _, err := tx.ExecContext(ctx, step.sql); err != nil {
			return fmt.Errorf("migrate by %s: %w", step.name, err)
		}
	}
	mark := fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, len(steps))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return tx.Commit()
}
