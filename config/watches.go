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
	at    map[string]map[*interest]struct{} // by folder, so that what happens in one is no work for a thousand others
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
		f.w, f.users, f.at = w, make(map[*interest]struct{}), make(map[string]map[*interest]struct{})
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
		f.w, f.at = nil, nil
	} else {
		f.drop(i, i.dirs)
	}
	f.mu.Unlock()
	if last {
		<-i.ended
	}
}

// drop watches for i no longer what happens in dirs.
func (f *Watches) drop(i *interest, dirs map[string]bool) {
	if f.w == nil {
		return
	}
	for dir := range dirs {
		delete(f.at[dir], i)
		if len(f.at[dir]) == 0 {
			delete(f.at, dir)
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
	f.drop(i, gone)
	if f.w == nil {
		return errStopped
	}
	for dir := range want {
		if f.at[dir] == nil {
			f.at[dir] = make(map[*interest]struct{})
		}
		f.at[dir][i] = struct{}{}
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
			f.stir(w, e.Name)
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

// stir tells those whom it concerns that something happened to name, which lies in a watched folder or is one.
func (f *Watches) stir(w *fsnotify.Watcher, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w != w {
		return // closed meanwhile
	}
	for _, dir := range []string{filepath.Dir(name), name} {
		for i := range f.at[dir] {
			if i.dirs[name] || i.names.concern(name) {
				i.stirred()
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
