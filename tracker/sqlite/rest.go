package sqlite

import "database/sql"

// Rest closes unused connections, for a mailbox that has nothing to do for a while: after a first reading of 20,000 messages
// their caches hold more than 10 MB. The next operation opens them anew, which takes a millisecond.
func (s *Store) Rest() {
	for db, size := range map[*sql.DB]int{s.reading: readers, s.quick: 1, s.durable: 1} {
		db.SetMaxIdleConns(0)
		db.SetMaxIdleConns(size)
	}
}

// Trim makes the C library give back to the system what connections that were closed held, of all stores of the process. It
// goes through all that the library holds, so it is for a process that rests, not for every mailbox.
func Trim() { trim() }
