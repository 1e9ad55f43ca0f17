package sqlite

import "database/sql"

// Rest gives the memory of unused connections back, for a process that has nothing to do for a while: after a first reading
// of 20,000 messages their caches hold more than 10 MB. The next operation opens them anew, which takes a millisecond.
func (s *Store) Rest() {
	for db, size := range map[*sql.DB]int{s.reading: readers, s.quick: 1, s.durable: 1} {
		db.SetMaxIdleConns(0)
		db.SetMaxIdleConns(size)
	}
	trim()
}
