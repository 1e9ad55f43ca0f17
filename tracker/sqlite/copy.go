package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// CopyTo writes the state as it is now into another directory, which must hold none yet. The copy is a store of its own.
func (s *Store) CopyTo(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("copy state: %w", err)
	}
	path := filepath.Join(dir, fileName)
	if _, err := s.quick.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("copy state to %s: %w", dir, explain(path, err))
	}
	return os.Chmod(path, 0o600)
}
