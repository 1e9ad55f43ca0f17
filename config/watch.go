package config

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	quiet     = 200 * time.Millisecond // editors save in several steps: look when they have paused
	impatient = time.Second            // but look, however busy the folder is

	mostFolders = 256  // watched below one path; what lies deeper is not looked at
	mostFiles   = 4096 // compared below one path
)

// Paths are files and folders that somebody wants to know about.
type Paths struct {
	Paths   []string
	Changed func() // called where one of the files, or a file in one of the folders and their subfolders, holds something else
}

// WatchPaths calls Changed of those whose files hold something else than before, one after the other; the paths may come into
// being later. Otherwise it is as Watch, but its base is what it finds when it starts.
func (f *Watches) WatchPaths(ctx context.Context, all ...Paths) error {
	var every []string
	each := make([]*pathState, len(all))
	for i, one := range all {
		each[i] = &pathState{changed: one.Changed}
		for _, p := range one.Paths {
			abs, err := filepath.Abs(p)
			if err != nil {
				return fmt.Errorf("watch %s: %w", p, err)
			}
			each[i].paths, every = append(each[i].paths, abs), append(every, abs)
		}
		each[i].last = fingerprint(each[i].paths)
	}
	return f.watch(ctx, interestIn{
		trails: func() trails { return follow(every) },
		differs: func() (some bool) {
			for _, one := range each {
				one.now = fingerprint(one.paths)
				some = some || one.now != one.last
			}
			return some
		},
		onChange: func() {
			for _, one := range each {
				if one.now != one.last {
					one.last = one.now
					one.changed()
				}
			}
		},
	})
}

// pathState is what is known of some of the paths that are watched together: fingerprints of what was told last, and of now.
type pathState struct {
	paths     []string
	changed   func()
	last, now string
}

// interestIn is what somebody wants to know.
type interestIn struct {
	trails   func() trails // the way to it, as it is now
	differs  func() bool   // looks, and says whether it is other than what onChange was called for last
	onChange func()        // takes note of what differs saw
}

// watch calls onChange whenever it differs, asked at the start and after something happened on its trails.
func (f *Watches) watch(ctx context.Context, it interestIn) error {
	w, err := f.join()
	if err != nil {
		return err
	}
	defer w.leave()

	look := func() error {
		t := it.trails()
		for {
			if err := w.follow(t); err != nil {
				return err
			}
			// What changed before the watch stood made no event.
			again := it.trails()
			if maps.Equal(t.names, again.names) && maps.Equal(t.folders, again.folders) {
				return nil
			}
			t = again
		}
	}
	if err := look(); err != nil {
		return err
	}
	var first time.Time // when the burst under way began; zero: none
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()

	if it.differs() {
		// It changed before the watch stood, or is being written right now: what counts is what it says when it rests.
		first = time.Now()
		timer.Reset(quiet)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.err:
			return err
		case <-w.stir:
		case <-timer.C:
			first = time.Time{}
			if err := look(); err != nil {
				return err
			}
			if it.differs() {
				it.onChange()
			}
			continue
		}
		if first.IsZero() {
			first = time.Now()
		}
		timer.Reset(max(0, min(quiet, impatient-time.Since(first))))
	}
}

// trails is everything on the way to the watched paths that may change where they lead: names whose coming, going and
// changing matters, and folders of which everything matters.
type trails struct {
	names   map[string]bool
	folders map[string]bool
}

// follow walks to each path as the kernel does, from link to link, up to what is there or to the first name that is not.
func follow(paths []string) trails {
	t := trails{names: map[string]bool{}, folders: map[string]bool{}}
	for _, p := range paths {
		end, ok := t.walk(p)
		if !ok {
			continue
		}
		folders := 0
		_ = filepath.WalkDir(end, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() { // what cannot be read shows as a change of the fingerprint when it can
				return nil //nolint:nilerr // see above
			}
			if folders++; folders > mostFolders {
				return fs.SkipAll
			}
			t.folders[path] = true
			return nil
		})
	}
	return t
}

// walk notes the names on the way to path and gives where it ends.
func (t trails) walk(path string) (end string, ok bool) {
	const mostLinks = 40 // as Linux: beyond it is a loop
	at, rest := filepath.VolumeName(path)+string(filepath.Separator), split(path)
	for links := 0; len(rest) > 0; {
		next := filepath.Join(at, rest[0])
		rest = rest[1:]
		info, err := os.Lstat(next)
		switch {
		case err != nil:
			t.names[next] = true
			return "", false
		case info.Mode()&fs.ModeSymlink == 0:
			at = next
			continue
		}
		t.names[next] = true
		target, err := os.Readlink(next)
		if links++; err != nil || links > mostLinks {
			return "", false
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(at, target)
		}
		at, rest = filepath.VolumeName(target)+string(filepath.Separator), slices.Concat(split(target), rest)
	}
	t.names[at] = true
	return at, true
}

func split(path string) []string {
	path = filepath.Clean(path)[len(filepath.VolumeName(path)):]
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}

// watched gives the folders to watch.
func (t trails) watched() map[string]bool {
	dirs := map[string]bool{}
	for name := range t.names {
		dirs[filepath.Dir(name)] = true
	}
	for dir := range t.folders {
		dirs[dir] = true
	}
	return dirs
}

// concern says whether something happening to name matters, which is not one of the folders to watch: that always does.
func (t trails) concern(name string) bool {
	return t.names[name] || t.folders[filepath.Dir(name)] || t.folders[name]
}

// fingerprint tells apart any two states of the files at and below the paths.
func fingerprint(paths []string) string {
	h := sha256.New()
	for _, p := range paths {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		files := 0
		err := filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				return nil
			}
			if files++; files > mostFiles {
				return fs.SkipAll
			}
			fmt.Fprintf(h, "%q %s\n", path, contents(path, err))
			return nil
		})
		fmt.Fprintf(h, "%q %v\n", p, err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// contents stands for what is in a file: a digest, or for a large one its size and time.
func contents(path string, err error) string {
	if err != nil {
		return err.Error()
	}
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return fmt.Sprintf("%v %d %d", info.Mode(), info.Size(), info.ModTime().UnixNano())
	}
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
