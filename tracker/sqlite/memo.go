package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// memo keeps the answers to the few questions that every pass asks for as long as nobody can have written to the file: by far
// most passes find nothing new, and opening the database for them, with its journal made and removed, was most of what they cost.
type memo struct {
	mu      sync.Mutex
	mark    fs.FileInfo // of the file when they were given; nil: there are none
	answers map[string]any
}

// settled is how long ago the file must have been written last for its time to tell it from what may be written next: file
// systems keep that time to within 2 s (FAT), most to within some milliseconds.
const settled = 3 * time.Second

// marked gives what tells the file from any that was written to since, by whichever process; nil where that cannot be told. A
// commit is in the journal until it is folded back into the file, so a journal that holds anything says that nothing is sure.
func (s *Store) marked() fs.FileInfo {
	journal, err := os.Stat(s.path + "-wal")
	if err == nil && journal.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	file, err := os.Stat(s.path)
	if err != nil || time.Since(file.ModTime()) < settled { //nolint:forbidigo // it is the machine's clock that dates files
		return nil
	}
	return file
}

// about gives the answers that hold while the file has this mark. It is called under the lock.
func (m *memo) about(mark fs.FileInfo) map[string]any {
	same := m.mark != nil && os.SameFile(m.mark, mark) && m.mark.ModTime().Equal(mark.ModTime()) && m.mark.Size() == mark.Size()
	if !same {
		m.mark, m.answers = mark, make(map[string]any)
	}
	return m.answers
}

// remembered asks a question of the store, unless its answer is known still. The answer is not to be changed.
func remembered[T any](s *Store, question string, ask func() (T, error)) (T, error) {
	mark := s.marked() // before the question: what is written meanwhile makes it another
	if mark == nil {
		return ask()
	}
	m := &s.memo
	m.mu.Lock()
	known, ok := m.about(mark)[question].(T)
	m.mu.Unlock()
	if ok {
		return known, nil
	}
	answer, err := ask()
	if err != nil {
		return answer, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.about(mark)[question] = answer
	return answer, nil
}
