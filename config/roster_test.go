package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// names gives the base names of the files of a reading, those that are wrong with a "!".
func names(r Reading) []string {
	var out []string
	for _, f := range r.Files {
		name := filepath.Base(f.File)
		if f.Err != nil {
			name = "!" + name
		}
		out = append(out, name)
	}
	return out
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestMailboxFiles_WhatEditorsAndToolsLeaveBesideThemIsNoMailbox(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"ben.toml", "anna.toml", "anna.toml~", "#anna.toml#", ".anna.toml.swp", ".anna.toml.1x2Yz3", "._anna.toml", "4913", "sedH2kLpq",
		"anna.toml.bak", "anna.toml.dpkg-new", "anna.tom", "anna.password", "..2026_11_22.toml",
	} {
		put(t, filepath.Join(dir, name), least)
	}
	link(t, "anna@host.1234:1", filepath.Join(dir, ".#anna.toml")) // Emacs locks a file so
	link(t, "nowhere.toml", filepath.Join(dir, "cleo.toml"))
	if err := os.MkdirAll(filepath.Join(dir, "library.toml"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "library.toml", "dora.toml"), least)
	link(t, "library.toml", filepath.Join(dir, "linked.toml"))
	files, err := MailboxFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "anna.toml"), filepath.Join(dir, "ben.toml"), filepath.Join(dir, "cleo.toml")}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRoster_Read(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	put(t, filepath.Join(dir, "ben.toml"), named("Ben"))
	put(t, filepath.Join(dir, "anna.toml"), "[mailbox\n")
	r, err := NewRoster([]string{filepath.Join(dir, "ben.toml"), filepath.Join(dir, "gone.toml"), dir})
	if err != nil {
		t.Fatal(err)
	}
	read := r.Read(Reading{})
	if diff := cmp.Diff([]string{"ben.toml", "!gone.toml", "!anna.toml"}, names(read)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !errors.Is(read.Files[1].Err, fs.ErrNotExist) || errors.Is(read.Files[2].Err, fs.ErrNotExist) {
		t.Errorf("gone.toml: %v, anna.toml: %v", read.Files[1].Err, read.Files[2].Err)
	}
	if again := r.Read(read); !again.same(read) || !again.Files[0].Config.Same(read.Files[0].Config) {
		t.Error("nothing changed, and it reads differently")
	}
	put(t, filepath.Join(dir, "ben.toml"), named("Benedikt"))
	again := r.Read(read)
	if again.same(read) || again.Files[0].Config.Same(read.Files[0].Config) || again.Files[0].Config.Mailbox.Name != "Benedikt" {
		t.Errorf("a changed file reads as %q", again.Files[0].Config.Mailbox.Name)
	}
}

// A folder that cannot be listed says nothing about its mailboxes: they may all be there.
func TestRoster_FolderThatCannotBeListed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "etc")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r, err := NewRoster([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	empty := r.Read(Reading{})
	move(t, dir, dir+".away")
	away := r.Read(empty)
	if len(away.Unlisted) != 1 || away.Unlisted[dir] == nil || away.same(empty) {
		t.Errorf("unlisted: %v", away.Unlisted)
	}
}

// comes waits until the files of a roster are these.
func comes(t *testing.T, got <-chan Reading, want ...string) Reading {
	t.Helper()
	var last []string
	for deadline := time.After(20 * time.Second); ; {
		select {
		case r := <-got:
			if last = names(r); slices.Equal(last, want) {
				return r
			}
		case <-deadline:
			t.Fatalf("waited for %v in vain; last: %v", want, last)
		}
	}
}

func TestWatch_FilesOfAFolderComeGoAndChange(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	base := t.TempDir()
	dir := filepath.Join(base, "etc")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := Roster{Folders: []string{dir}}
	got := make(chan Reading, 64)
	watch(t, r, r.Read(Reading{}), func(r Reading) { got <- r })
	file := func(name string) string { return filepath.Join(dir, name) }

	put(t, file("anna.toml"), named("Anna"))
	comes(t, got, "anna.toml")
	put(t, file("ben.toml.new"), named("Ben"))
	move(t, file("ben.toml.new"), file("ben.toml"))
	comes(t, got, "anna.toml", "ben.toml")
	put(t, file("anna.toml"), "hours = ")
	comes(t, got, "!anna.toml", "ben.toml")
	move(t, file("anna.toml"), file("cleo.toml"))
	put(t, file("cleo.toml"), named("Cleo"))
	comes(t, got, "ben.toml", "cleo.toml")
	if err := os.Remove(file("ben.toml")); err != nil {
		t.Fatal(err)
	}
	comes(t, got, "cleo.toml")

	link(t, filepath.Join(base, "elsewhere.toml"), file("dora.toml"))
	comes(t, got, "cleo.toml", "!dora.toml")
	put(t, filepath.Join(base, "elsewhere.toml"), named("Dora"))
	comes(t, got, "cleo.toml", "dora.toml")

	move(t, dir, dir+".away")
	if r := comes(t, got); r.Unlisted[dir] == nil {
		t.Error("a folder that is away is taken for an empty one")
	}
	move(t, dir+".away", dir)
	comes(t, got, "cleo.toml", "dora.toml")
}

// As Kubernetes lays out a ConfigMap: file → ..data/file, ..data → ..version; a new version is switched over at one stroke.
func TestWatch_VolumeSwitchedOver(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	version := func(name string, files map[string]string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		for f, text := range files {
			put(t, filepath.Join(dir, name, f), text)
		}
	}
	version("..1", map[string]string{"anna.toml": named("Anna"), "ben.toml": named("Ben")})
	link(t, "..1", filepath.Join(dir, "..data"))
	link(t, "..data/anna.toml", filepath.Join(dir, "anna.toml"))
	link(t, "..data/ben.toml", filepath.Join(dir, "ben.toml"))
	r := Roster{Folders: []string{dir}}
	before := r.Read(Reading{})
	if diff := cmp.Diff([]string{"anna.toml", "ben.toml"}, names(before)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	got := make(chan Reading, 64)
	watch(t, r, before, func(r Reading) { got <- r })

	version("..2", map[string]string{"anna.toml": named("Anna Berg"), "cleo.toml": named("Cleo")})
	link(t, "..2", filepath.Join(dir, "..data_tmp"))
	link(t, "..data/cleo.toml", filepath.Join(dir, "cleo.toml"))
	move(t, filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data"))
	if err := os.Remove(filepath.Join(dir, "ben.toml")); err != nil {
		t.Fatal(err)
	}
	after := comes(t, got, "anna.toml", "cleo.toml")
	if name := after.Files[0].Config.Mailbox.Name; name != "Anna Berg" {
		t.Errorf("anna.toml reads as of %q", name)
	}
	put(t, filepath.Join(dir, "..2", "cleo.toml"), named("Cleo Fjord"))
	if r := <-got; !strings.Contains(r.Files[1].Config.Mailbox.Name, "Fjord") {
		t.Errorf("what lies behind the links is not watched: %v", names(r))
	}
}

func TestNewRoster_WhatIsNotThereIsAFile(t *testing.T) {
	dir := t.TempDir()
	r, err := NewRoster([]string{dir, filepath.Join(dir, "anna.toml")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Roster{Files: []string{filepath.Join(dir, "anna.toml")}, Folders: []string{dir}}, r); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := MailboxFiles(filepath.Join(dir, "none")); !os.IsNotExist(err) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
}
