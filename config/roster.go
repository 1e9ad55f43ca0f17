package config

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Roster names the files of the mailboxes of a process.
type Roster struct {
	Files   []string // one by one: each counts, whether it is there or not
	Folders []string // of which every mailbox file counts that is there
}

// NewRoster takes what a user named: files, and folders of files. A path that is not there is a file.
func NewRoster(paths []string) (Roster, error) {
	var r Roster
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return r, fmt.Errorf("find %s: %w", p, err)
		}
		if info, err := os.Stat(abs); err == nil && info.IsDir() {
			r.Folders = append(r.Folders, abs)
		} else {
			r.Files = append(r.Files, abs)
		}
	}
	return r, nil
}

// Reading is what the files of a roster said at a moment.
type Reading struct {
	Files []FileReading // each once, in the order in which they were named, those of a folder by their names
	// Unlisted are the folders that could not be listed, and why: which mailboxes they hold is not known.
	Unlisted map[string]error
}

// FileReading is what one file said.
type FileReading struct {
	File   string // absolute
	Config Config // good where Err is nil, else as Load's
	Err    error  // Errors with every mistake, or why it cannot be read

	sum [32]byte // of the file's bytes, or of why it cannot be read
}

// sameText says whether a file said the same at two readings.
func (f FileReading) sameText(other FileReading) bool { return f.sum == other.sum }

// Same says whether two configurations were read from the same text in the same file.
func (c Config) Same(other Config) bool { return c.File == other.File && c.sum == other.sum }

// Sum tells the text it was read from apart from any other.
func (c Config) Sum() [sha256.Size]byte { return c.sum }

// MailboxFiles gives the files of a folder that are mailboxes': those whose name ends in .toml and does not begin with a
// dot. So what lies beside them for a while does not count: the locks, copies and half-written files of editors (.#anna.toml,
// anna.toml~, .anna.toml.swp), the links by which Kubernetes switches a volume over (..data), and folders.
func MailboxFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".toml") {
			continue
		}
		file := filepath.Join(folder, e.Name())
		if info, err := os.Stat(file); err == nil && info.IsDir() { // behind a link, too
			continue
		}
		files = append(files, file)
	}
	return files, nil
}

// Read reads all files. Those that say what they said in the reading before are not taken apart again.
func (r Roster) Read(before Reading) Reading {
	known := make(map[string]FileReading, len(before.Files))
	for _, f := range before.Files {
		known[f.File] = f
	}
	var now Reading
	seen := make(map[string]bool)
	take := func(file string) {
		if seen[file] {
			return
		}
		seen[file] = true
		data, wrong := readFile(file)
		f := FileReading{File: file}
		if wrong != nil {
			f.sum = sha256.Sum256([]byte(wrong.Error()))
		} else {
			f.sum = sha256.Sum256(data)
		}
		switch old, ok := known[file]; {
		case ok && old.sameText(f):
			f = old
		case wrong != nil:
			f.Err = Errors{wrong}
		default:
			f.Config, f.Err = parse(data, file, os.Getenv)
		}
		now.Files = append(now.Files, f)
	}
	for _, file := range r.Files {
		take(file)
	}
	for _, folder := range r.Folders {
		files, err := MailboxFiles(folder)
		if err != nil {
			if now.Unlisted == nil {
				now.Unlisted = make(map[string]error)
			}
			now.Unlisted[folder] = err
			continue
		}
		for _, file := range files {
			take(file)
		}
	}
	return now
}

// same says whether two readings tell the same.
func (r Reading) same(other Reading) bool {
	if len(r.Unlisted) != len(other.Unlisted) {
		return false
	}
	for folder, err := range r.Unlisted {
		if was := other.Unlisted[folder]; was == nil || was.Error() != err.Error() {
			return false
		}
	}
	return slices.EqualFunc(r.Files, other.Files, func(a, b FileReading) bool { return a.File == b.File && a.sameText(b) })
}

// Watch calls onChange whenever the files of a roster, or which there are, read differently than in the last reading, which
// at the start is read. A file saved without a change, or changed back before anybody looked, makes no call. A change since
// read is not missed.
//
// It watches folders rather than files, so that editors and tools that put a new file in its place, and symbolic links
// that are switched over, are seen. It returns when ctx ends (nil) or when the system will not watch; onChange runs on the
// caller's goroutine, one call at a time. On file systems without notification, such as NFS for changes made elsewhere, it
// sees nothing.
func (f *Watches) Watch(ctx context.Context, r Roster, read Reading, onChange func(Reading)) error {
	last, now := read, read
	return f.watch(ctx, interestIn{
		trails: r.trails,
		differs: func() bool {
			now = r.Read(now)
			return !now.same(last)
		},
		onChange: func() {
			last = now
			onChange(now)
		},
	})
}

// trails is the way to every file of the roster. Of its folders the entries matter, not what lies in subfolders.
func (r Roster) trails() trails {
	t := trails{names: map[string]bool{}, folders: map[string]bool{}}
	for _, file := range r.Files {
		t.walk(file)
	}
	for _, folder := range r.Folders {
		if end, ok := t.walk(folder); ok {
			t.folders[end] = true
		}
		files, _ := MailboxFiles(folder) // that it cannot be listed is told by Read
		for _, file := range files {
			t.walk(file)
		}
	}
	return t
}
