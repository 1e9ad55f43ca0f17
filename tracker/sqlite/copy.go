package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// copyCache is the cache of a connection that copies, in SQLite's terms: so many KiB.
const copyCache = "-512"

// CopyTo writes the state as it is now into another directory, which must hold none yet. The copy is a store of its own.
func (s *Store) CopyTo(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("copy state: %w", err)
	}
	path := filepath.Join(dir, fileName)
	// A connection of its own, for VACUUM INTO takes the cache of the one it is told to twice: 17 MB for quick's.
	once := pool(s.path, s.wait, 1, writing, "_cache_size", copyCache)
	defer once.Close()
	if _, err := once.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("copy state to %s: %w", dir, explain(path, err))
	}
	return os.Chmod(path, 0o600)
}
