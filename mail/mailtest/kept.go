package mailtest

import "runtime"

// Kept gives how many bytes stay allocated for what a function makes. Tests that call it must not be parallel.
func Kept[T any](by func() T) int {
	before := allocated()
	made := by()
	after := allocated()
	runtime.KeepAlive(made)
	return after - before
}

// allocated is the bytes of what lives. What pools hold goes in the second collection.
func allocated() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
