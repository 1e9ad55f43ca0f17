//go:build !linux

package metrics

// look knows of no other system what its programs are told.
func look() own { return own{cpu: -1, resident: -1, virtual: -1, openFiles: -1, mostFiles: -1} }
