package config

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type reload struct {
	cfg Config
	err error
}

// watching starts a Watch that ends with the test; what it reports comes over the channel.
func watching(t *testing.T, path string) <-chan reload {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	roster := Roster{Files: []string{path}}
	got := make(chan reload, 16)
	watch(t, roster, roster.Read(Reading{}), func(r Reading) { got <- reload{r.Files[0].Config, r.Files[0].Err} })
	return got
}

// watch starts a Watch that ends with the test.
func watch(t *testing.T, r Roster, read Reading, onChange func(Reading)) {
	t.Helper()
	run(t, func(ctx context.Context) error { return new(Watches).Watch(ctx, r, read, onChange) })
}

func run(t *testing.T, watch func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func next(t *testing.T, got <-chan reload) reload {
	t.Helper()
	select {
	case r := <-got:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("the change was not seen")
		panic("unreachable")
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func named(name string) string { return least + "mailbox.name = \"" + name + "\"\n" }

func wantName(t *testing.T, r reload, want string) {
	t.Helper()
	if r.err != nil || r.cfg.Mailbox.Name != want {
		t.Fatalf("got %q, %v; want %q", r.cfg.Mailbox.Name, r.err, want)
	}
}

func TestWatch_WaysOfSaving(t *testing.T) {
	for _, tc := range []struct {
		name string
		save func(t *testing.T, path, text string)
	}{
		{"in place", put},
		{"new file put in its place", func(t *testing.T, path, text string) {
			put(t, path+".new", text)
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}},
		{"old file moved away first", func(t *testing.T, path, text string) {
			if err := os.Rename(path, path+"~"); err != nil {
				t.Fatal(err)
			}
			put(t, path, text)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.toml")
			put(t, path, named("one"))
			got := watching(t, path)
			for _, name := range []string{"two", "three"} { // the second time tells whether the watch outlived the first
				tc.save(t, path, named(name))
				r := next(t, got)
				for r.err != nil { // a look between the steps of the save
					r = next(t, got)
				}
				wantName(t, r, name)
			}
		})
	}
}

func TestWatch_LinkSwitchedOver(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"v1", "v2"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, version, "f.toml"), named(version))
	}
	// As Kubernetes lays out a ConfigMap: file → current/file, current → version.
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("v1", "current")
	link("current/f.toml", "f.toml")
	got := watching(t, filepath.Join(dir, "f.toml"))

	link("v2", "current.new")
	if err := os.Rename(filepath.Join(dir, "current.new"), filepath.Join(dir, "current")); err != nil {
		t.Fatal(err)
	}
	wantName(t, next(t, got), "v2")

	put(t, filepath.Join(dir, "v2", "f.toml"), named("edited behind the link"))
	wantName(t, next(t, got), "edited behind the link")
}

func TestWatch_WrongFileIsReportedAndItsRepairToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.toml")
	put(t, path, named("one"))
	got := watching(t, path)

	put(t, path, named("one")+"[cadence]\nhours = \"late\"\n")
	if r := next(t, got); r.err == nil || !strings.Contains(r.err.Error(), path+":6:9: cadence.hours") {
		t.Fatalf("wrong file: %v", r.err)
	}
	put(t, path, named("one"))
	wantName(t, next(t, got), "one")

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if r := next(t, got); r.err == nil || !strings.Contains(r.err.Error(), "no such file") {
		t.Fatalf("file gone: %v", r.err)
	}
	put(t, path, named("again"))
	wantName(t, next(t, got), "again")
}

func TestWatch_OnlyADifferentStateIsAChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.toml")
	put(t, path, "one")
	looks, changes := make(chan string, 16), make(chan string, 16)
	last, now := "one", ""
	it := interestIn{
		trails: func() trails { return follow([]string{path}) },
		differs: func() bool {
			data, err := os.ReadFile(path)
			if err != nil {
				data = []byte(err.Error())
			}
			now = string(data)
			looks <- now
			return now != last
		},
		onChange: func() {
			last = now
			changes <- "changed"
		},
	}
	run(t, func(ctx context.Context) error { return new(Watches).watch(ctx, it) })
	look := func(want string) {
		t.Helper()
		for deadline := time.After(20 * time.Second); ; {
			select {
			case got := <-looks:
				if got == want {
					return
				}
			case <-deadline:
				t.Fatalf("nobody looked at %q", want)
			}
		}
	}
	look("one") // the watch stands
	put(t, path, "one")
	look("one")
	put(t, path, "two")
	look("two")
	<-changes
	if len(changes) > 0 {
		t.Error("the same text saved again was taken for a change")
	}
}

func TestWatch_ChangeBeforeItBeganIsNotMissed(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	path := filepath.Join(t.TempDir(), "f.toml")
	put(t, path, named("one"))
	roster := Roster{Files: []string{path}}
	read := roster.Read(Reading{})
	put(t, path, named("two"))
	got := make(chan reload, 16)
	watch(t, roster, read, func(r Reading) { got <- reload{r.Files[0].Config, r.Files[0].Err} })
	wantName(t, next(t, got), "two")
}

func TestWatchPaths_LibraryThatComesLater(t *testing.T) {
	dir := t.TempDir()
	library := filepath.Join(dir, "deep", "library")
	got := make(chan reload, 64)
	started := make(chan struct{})
	run(t, func(ctx context.Context) error {
		close(started)
		return new(Watches).WatchPaths(ctx, Paths{[]string{library, filepath.Join(dir, "templates")}, func() { got <- reload{} }})
	})
	<-started
	if err := os.MkdirAll(filepath.Join(library, "cases"), 0o700); err != nil {
		t.Fatal(err)
	}
	// Whether the empty folder is reported depends on how fast the watch stood; each file below is written until it is seen.
	for _, name := range []string{"a.md", "cases/b.md"} {
		seen(t, got, filepath.Join(library, name))
	}
}

// seen changes a file again and again until a report comes.
func seen(t *testing.T, got <-chan reload, path string) {
	t.Helper()
	for len(got) > 0 {
		<-got
	}
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for text := "x"; ; text += "x" {
		put(t, path, text)
		select {
		case <-got:
			return
		case <-deadline:
			t.Fatalf("%s was not seen", path)
		case <-tick.C:
		}
	}
}

func TestFollow_LoopOfLinksEnds(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("b", filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	names := follow([]string{filepath.Join(dir, "a", "x")})
	if !names.concern(filepath.Join(dir, "a")) || !names.concern(filepath.Join(dir, "b")) {
		t.Errorf("the links are not watched: %v", names)
	}
}
