package config

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatches_OutliveAnyOfTheirCallers(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name+time.Now().String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var shared Watches
	type one struct {
		heard chan struct{}
		end   func()
	}
	begin := func(name string) one {
		t.Helper()
		write(name)
		ctx, stop := context.WithCancel(t.Context())
		heard, ended := make(chan struct{}, 16), make(chan error, 1)
		go func() {
			ended <- shared.WatchPaths(ctx, Paths{[]string{filepath.Join(dir, name)}, func() { heard <- struct{}{} }})
		}()
		end := func() {
			stop()
			if err := <-ended; err != nil {
				t.Errorf("watch of %s ended: %v", name, err)
			}
		}
		// The watch stands when a change is heard of.
		for tick := time.NewTicker(2 * quiet); ; {
			write(name)
			select {
			case <-heard:
				tick.Stop()
				return one{heard, end}
			case <-tick.C:
			}
		}
	}
	a, b := begin("a.toml"), begin("b.toml")
	write("b.toml")
	<-b.heard
	a.end()
	write("b.toml")
	<-b.heard
	b.end()
	c := begin("a.toml") // after the last has left it begins anew
	c.end()
	if shared.w != nil || len(shared.users) != 0 {
		t.Errorf("%d watch on after all have left", len(shared.users))
	}
}
