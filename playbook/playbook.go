// Package playbook says what a good follow-up says: which approach a step takes, which asset of the library fits, the
// texts, and the house rules that every text must keep before it may become a draft. It is pure but for reading its own
// files (library, templates): no network, no database, no clock.
package playbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"followupd/playbook/library"
	"followupd/playbook/rules"
)

// Asset is one piece of the rep's library.
type Asset = library.Asset

// Problem is a file of the library or of the templates that is not used, and why.
type Problem = library.Problem

// Violation is a house rule that a text breaks.
type Violation = rules.Violation

// Playbook is everything loaded: an immutable value, swapped whole on reload.
type Playbook struct {
	library *library.Library
	texts   *texts
}

// Load reads the library and the template overrides. A missing folder is an empty one. Files that are wrong are left out
// and reported; Load itself fails only where a folder cannot be read (a file where a folder should be, no permission).
func Load(libraryDir, templatesDir string) (*Playbook, []Problem, error) {
	return Reload(new(library.Memo), libraryDir, templatesDir, time.Time{})
}

// Reload is Load that parses only the assets that changed since the memo was last used with this library.
func Reload(memo *library.Memo, libraryDir, templatesDir string, now time.Time) (*Playbook, []Problem, error) {
	assetFiles, err := folder(libraryDir)
	if err != nil {
		return nil, nil, fmt.Errorf("read the library %q: %w", libraryDir, err)
	}
	textFiles, err := folder(templatesDir)
	if err != nil {
		return nil, nil, fmt.Errorf("read the templates %q: %w", templatesDir, err)
	}
	return loadFS(memo, assetFiles, textFiles, now)
}

// LoadFS is Load on folders that are open already, such as samples.Library; nil is an empty one.
func LoadFS(assetFiles, textFiles fs.FS) (*Playbook, []Problem, error) {
	return loadFS(new(library.Memo), assetFiles, textFiles, time.Time{})
}

func loadFS(memo *library.Memo, assetFiles, textFiles fs.FS, now time.Time) (*Playbook, []Problem, error) {
	p := &Playbook{library: library.New(nil)}
	var problems []Problem
	if assetFiles != nil {
		assets, wrong, err := memo.Load(assetFiles, now)
		if err != nil {
			return nil, nil, fmt.Errorf("read the library: %w", err)
		}
		p.library, problems = library.New(assets), wrong
	}
	texts, wrong, err := loadTexts(textFiles)
	if err != nil {
		return nil, nil, fmt.Errorf("read the templates: %w", err)
	}
	p.texts = texts
	return p, append(problems, wrong...), nil
}

// folder opens a folder; nil where there is none.
func folder(dir string) (fs.FS, error) {
	if dir == "" {
		return nil, nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("is a file where a folder should be")
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	return os.DirFS(dir), nil
}

// Assets gives the library in order of file name.
func (p *Playbook) Assets() []Asset { return p.library.Assets() }

// WithoutDead gives the playbook without the assets whose link was found dead, and names them. It stays as it is where a
// link was never looked at.
func (p *Playbook) WithoutDead(links map[string]library.LinkState) (*Playbook, []Problem) {
	var alive []Asset
	var dead []Problem
	for _, a := range p.library.Assets() {
		state := links[a.URL]
		if a.URL == "" || !state.Dead {
			alive = append(alive, a)
			continue
		}
		dead = append(dead, Problem{File: a.File, Text: fmt.Sprintf("its link is dead since %s (%s: %s): put in the new address, or delete the file", state.Failed.Format("2 January 2006"), a.URL, state.Why)})
	}
	if len(dead) == 0 {
		return p, nil
	}
	return &Playbook{library: library.New(alive), texts: p.texts}, dead
}

// Lint holds any follow-up against the house rules that need no knowledge of the thread.
func Lint(text string) []Violation { return rules.Lint(text) }
