package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
)

// foldAfter is how many bytes of headers are stored before the journal is folded back into the file beside further work. Left
// to the commit that makes it too long (wal_autocheckpoint), a first reading of 20,000 messages stands still for 60 ms, most of
// it waiting for the disk.
const foldAfter = 4 << 20

// folding folds the journal back, one time after the other, beside what is written and read: a checkpoint of the passive kind
// (https://sqlite.org/c3ref/wal_checkpoint_v2.html) waits for nobody and hinders nobody.
type folding struct {
	stored atomic.Int64 // bytes since the last one began
	under  atomic.Bool  // one is under way
	all    sync.WaitGroup
}

// foldSoon notes that bytes were stored, and folds where they have become many.
func (s *Store) foldSoon(bytes int64) {
	if s.folding.stored.Add(bytes) < foldAfter || !s.folding.under.CompareAndSwap(false, true) {
		return
	}
	s.folding.stored.Store(0)
	s.folding.all.Go(func() {
		defer s.folding.under.Store(false)
		db := pool(s.path, s.wait, 1, writing, "_cache_size", copyCache)
		defer db.Close()
		// What it cannot do, a commit or Close does after it, and says what is wrong.
		_, _ = db.ExecContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`)
	})
}
