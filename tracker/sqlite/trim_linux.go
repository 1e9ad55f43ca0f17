package sqlite

/*
#include <malloc.h>

static void trim(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

// trim makes the C library give back what SQLite has freed. glibc keeps it in an arena for each thread that ever called
// SQLite; other C libraries give back by themselves.
func trim() { C.trim() }
