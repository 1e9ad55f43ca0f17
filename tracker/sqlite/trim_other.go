//go:build !linux

package sqlite

// trim does nothing: only glibc needs to be asked.
func trim() {}
