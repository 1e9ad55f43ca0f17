package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// Watches watches files and folders for any number of callers with one watch of the system's, of which a user has 128 on
// Linux (fs.inotify.max_user_instances) and each takes 128 KiB to read from. The zero value is ready.
type Watches struct {
	mu    sync.Mutex
	w     *fsnotify.Watcher // nil while nobody watches
	users map[*interest]struct{}
}

// interest is what one caller watches. Its channels are told without waiting: what came while the caller was busy is told
// once.
type interest struct {
	of    *Watches
	names trails
	dirs  map[string]bool
	stir  chan struct{} // something happened about the names
	err   chan error    // the watch has ended
	ended chan struct{} // closed when nobody reads the system's watch any more
}

// join begins a watch of nothing yet.
func (f *Watches) join() (*interest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := &interest{of: f, stir: make(chan struct{}, 1), err: make(chan error, 1)}
	if f.w == nil {
		w, err := fsnotify.NewWatcher()
		if err != nil {
			return nil, fmt.Errorf("watch for changes: %w", err)
		}
		f.w, f.users = w, make(map[*interest]struct{})
		i.ended = make(chan struct{})
		go f.listen(w, i.ended)
	} else {
		for other := range f.users {
			i.ended = other.ended
			break
		}
	}
	f.users[i] = struct{}{}
	return i, nil
}

// leave ends the watch; the last to leave ends the system's, and waits until it is done.
func (i *interest) leave() {
	f := i.of
	f.mu.Lock()
	delete(f.users, i)
	last := len(f.users) == 0 && f.w != nil
	if last {
		f.w.Close()
		f.w = nil
	} else {
		f.drop(i.dirs)
	}
	f.mu.Unlock()
	if last {
		<-i.ended
	}
}

// drop watches no longer what nobody wants of dirs.
func (f *Watches) drop(dirs map[string]bool) {
	if f.w == nil {
		return
	}
	for dir := range dirs {
		wanted := false
		for other := range f.users {
			wanted = wanted || other.dirs[dir]
		}
		if !wanted {
			_ = f.w.Remove(dir) // it may be gone already, and its watch with it
		}
	}
}

// follow watches what the trails need and nothing else.
func (i *interest) follow(t trails) error {
	f := i.of
	f.mu.Lock()
	defer f.mu.Unlock()
	want, gone := t.watched(), make(map[string]bool)
	for dir := range i.dirs {
		if !want[dir] {
			gone[dir] = true
		}
	}
	i.names, i.dirs = t, want
	f.drop(gone)
	if f.w == nil {
		return errStopped
	}
	for dir := range want {
		// Adding a folder twice costs nothing; a new folder of an old name needs it.
		if err := f.w.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("watch %s: %w (the limit is fs.inotify.max_user_watches; a reload by signal works without)", dir, err)
		}
	}
	return nil
}

var errStopped = errors.New("watch for changes: the system stopped it")

// listen hands on what happens until the watch is closed.
func (f *Watches) listen(w *fsnotify.Watcher, ended chan struct{}) {
	defer close(ended)
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				f.tell(w, func(i *interest) { i.fail(errStopped) })
				return
			}
			dir := filepath.Dir(e.Name)
			f.tell(w, func(i *interest) {
				if (i.dirs[dir] || i.dirs[e.Name]) && i.names.concern(e.Name) {
					i.stirred()
				}
			})
		case err, ok := <-w.Errors:
			switch {
			case !ok:
				f.tell(w, func(i *interest) { i.fail(errStopped) })
				return
			case errors.Is(err, fsnotify.ErrEventOverflow): // events were lost: look as if there had been one
				f.tell(w, (*interest).stirred)
			default:
				f.tell(w, func(i *interest) { i.fail(fmt.Errorf("watch for changes: %w", err)) })
			}
		}
	}
}

// tell tells everybody who watches by w.
func (f *Watches) tell(w *fsnotify.Watcher, each func(*interest)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w != w {
		return // closed meanwhile
	}
	for i := range f.users {
		each(i)
	}
}

func (i *interest) stirred() {
	select {
	case i.stir <- struct{}{}:
	default:
	}
}

func (i *interest) fail(err error) {
	select {
	case i.err <- err:
	default:
	}
}
