package library

import (
	"io/fs"
	"sync"
	"time"
)

// Memo loads one folder again and again, and parses only the files whose size or time of change is another than before: who
// saves one of 5,000 assets does not have all of them parsed. The zero value remembers nothing yet. Several goroutines may
// use it.
type Memo struct {
	mu    sync.Mutex
	files map[string]parsed // by path in the folder
}

// parsed is what a file came to when it was last parsed.
type parsed struct {
	size    int64
	changed time.Time
	asset   Asset
	mistake *Problem
}

// settled is how old a change must be to be told by its time from the next: file systems count in steps of up to two seconds (FAT).
const settled = 2 * time.Second

// Load is the package's Load, at the time now, by which it tells what changed so lately that the next change could not be
// told from it. What it gives may be used, but not changed.
func (m *Memo) Load(folder fs.FS, now time.Time) ([]Asset, []Problem, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.files
	m.files = make(map[string]parsed, len(before)) // files that are gone are forgotten
	return load(folder, func(name string, entry fs.DirEntry) (Asset, *Problem) {
		var found parsed
		info, err := entry.Info()
		known := err == nil && info.Mode().IsRegular() // a link's own time says nothing about the file behind it
		if known {
			found.size, found.changed = info.Size(), info.ModTime()
			if old, ok := before[name]; ok && old.size == found.size && old.changed.Equal(found.changed) {
				m.files[name] = old
				return old.asset, old.mistake
			}
		}
		source, err := read(folder, name)
		if err != nil {
			return Asset{}, &Problem{File: name, Text: reason(err)} // not remembered: it may be gone at the next try
		}
		found.asset, found.mistake = Parse(name, source)
		if known && now.Sub(found.changed) > settled {
			m.files[name] = found
		}
		return found.asset, found.mistake
	})
}
