package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// epochName is the file beside the state that counts its durable commits, as the table epoch does. A state restored from an
// older copy, or begun anew where one was, has counted fewer than the file (RELIABILITY 2.3 rule 9). A directory that is moved,
// copied or deleted whole takes both along, and nothing is noticed here.
//
// The file is written after the commit and without waiting for the disk: a crash between leaves it behind the state, never
// ahead of it, so that what it accuses is true.
const epochName = "epoch"

// epochLength is the length of the file in bytes: it is written over in place, which needs no space on a full disk.
const epochLength = len("0000000000000000000\n")

func (s *Store) epochPath() string { return filepath.Join(filepath.Dir(s.path), epochName) }

// nextEpoch counts a durable commit.
func nextEpoch(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE epoch SET n = n + 1 RETURNING n`).Scan(&n)
	return n, err
}

// catchUp has the state count from what the file says on; older says that it had counted fewer.
func catchUp(ctx context.Context, tx *sql.Tx, witnessed int64) (older bool, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE epoch SET n = ?1 WHERE n < ?1`, witnessed)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// witnessedEpoch gives what the file says, 0 where there is none or none that can be read.
func (s *Store) witnessedEpoch() (int64, error) {
	text, err := os.ReadFile(s.epochPath())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the epoch of the state: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, nil // cut short by a power failure: it says nothing, and is written again
	}
	return n, nil
}

// witness has the file say n, unless it says more: that is for Origin to find.
func (s *Store) witness(n int64) error {
	before, err := s.witnessedEpoch()
	if err != nil || before >= n {
		return err
	}
	file, err := os.OpenFile(s.epochPath(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("note the epoch of the state: %w", err)
	}
	_, err = file.WriteAt(fmt.Appendf(nil, "%0*d\n", epochLength-1, n), 0)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("note the epoch of the state: %w", err)
	}
	return nil
}
