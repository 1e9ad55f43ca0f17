package oauth

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"followupd/imapwatch/oauth/oauthtest"

	"golang.org/x/oauth2"
)

// granted is a source whose rep has agreed. It lives in a bubble, whose clock is the server's, too.
type granted struct {
	*Source
	server *oauthtest.Server
	file   File
	log    *bytes.Buffer
}

// inBubbleWith runs a test with a source whose rep has agreed.
func inBubbleWith(t *testing.T, server *oauthtest.Server, test func(t *testing.T, g *granted)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		app, stop := inBubble(server)
		defer stop()
		g := &granted{server: server, file: File{dir}, log: new(bytes.Buffer)}
		g.Source = g.another(app)
		g.grant(t)
		test(t, g)
	})
}

// another is another process on the same mailbox.
func (g *granted) another(app Application) *Source {
	return &Source{App: app, Store: g.file, Log: slog.New(slog.NewTextHandler(g.log, nil))}
}

// grant is what `followupd login` does.
func (g *granted) grant(t *testing.T) {
	t.Helper()
	token, err := g.App.Device(t.Context(), func(DeviceCode) {})
	if err == nil {
		err = g.file.Save(t.Context(), token)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (g *granted) mustToken(t *testing.T, s *Source) string {
	t.Helper()
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (g *granted) refreshes() int {
	n := 0
	for _, asked := range g.server.Asked() {
		if asked == "refresh_token" {
			n++
		}
	}
	return n
}

func TestToken_IsRefreshedBeforeItEnds(t *testing.T) {
	inBubbleWith(t, &oauthtest.Server{}, func(t *testing.T, g *granted) {
		first := g.mustToken(t, g.Source)
		time.Sleep(54 * time.Minute)
		if again := g.mustToken(t, g.Source); again != first || g.refreshes() != 0 {
			t.Errorf("replaced after 54 minutes of an hour")
		}
		time.Sleep(2 * time.Minute)
		second := g.mustToken(t, g.Source)
		if second == first || g.refreshes() != 1 || !g.server.Good(second) {
			t.Errorf("not replaced four minutes before its end: %d refreshes", g.refreshes())
		}
		if info, err := os.Stat(g.file.Path()); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the tokens lie in %v, %v", info, err)
		}
	})
}

// Where a refresh token is good for one use, the second process must use what the first got.
func TestToken_RotationWithTwoProcesses(t *testing.T) {
	inBubbleWith(t, &oauthtest.Server{Once: true}, func(t *testing.T, g *granted) {
		for range 4 {
			time.Sleep(time.Hour)
			var wg sync.WaitGroup
			processes := []*Source{g.Source, g.another(g.App), g.another(g.App)}
			tokens := make([]string, len(processes))
			for i := range tokens { // one goroutine each: a mutex that is waited for stops the bubble's clock
				wg.Go(func() {
					var err error
					if tokens[i], err = processes[i].Token(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if distinct := slices.Compact(slices.Sorted(slices.Values(tokens))); len(distinct) != 1 {
				t.Errorf("%d tokens where one does", len(distinct))
			}
		}
		if n := g.refreshes(); n != 4 {
			t.Errorf("%d refreshes, want 4", n)
		}
	})
}

func TestToken_GrantTakenBack(t *testing.T) {
	inBubbleWith(t, &oauthtest.Server{}, func(t *testing.T, g *granted) {
		g.server.Revoke()
		time.Sleep(time.Hour)
		begun := time.Now()
		for range 30 { // an eager daemon
			_, err := g.Token(t.Context())
			var refused *GrantError
			if !errors.As(err, &refused) || !refused.Revoked() || !strings.Contains(refused.Hint(), "followupd login") {
				t.Fatalf("got %v", err)
			}
			for _, secret := range g.server.Secrets() {
				if strings.Contains(err.Error()+refused.Hint()+g.log.String(), secret) {
					t.Fatalf("a secret shows in %v", err)
				}
			}
			time.Sleep(time.Minute)
		}
		if n := g.refreshes(); n != 2 {
			t.Errorf("%d refreshes in %s, want one in fifteen minutes", n, time.Since(begun))
		}
		g.grant(t)
		if token := g.mustToken(t, g.Source); !g.server.Good(token) {
			t.Error("a new grant is not used at once")
		}
	})
}

func TestToken_WithoutAGrant(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	src := &Source{App: application(s), Store: File{t.TempDir()}}
	if _, err := src.Token(t.Context()); !errors.Is(err, ErrNoGrant) {
		t.Errorf("got %v, want ErrNoGrant", err)
	}
	if len(s.Asked()) != 0 {
		t.Error("the provider was asked")
	}
}

func TestRejected_ReplacesATokenOnceAnHour(t *testing.T) {
	inBubbleWith(t, &oauthtest.Server{}, func(t *testing.T, g *granted) {
		first := g.mustToken(t, g.Source)
		g.Rejected(first)
		second := g.mustToken(t, g.Source)
		if second == first {
			t.Fatal("the same token after it was refused")
		}
		for range 10 {
			g.Rejected(second)
			if g.mustToken(t, g.Source) != second {
				t.Fatal("replaced twice within the hour")
			}
		}
	})
}

// full is a disk without room.
type full struct {
	File
	no bool
}

func (f *full) Save(ctx context.Context, t *oauth2.Token) error {
	if f.no {
		return errors.New("no space left on device")
	}
	return f.File.Save(ctx, t)
}

func TestToken_ThatCannotBeStoredIsNotLost(t *testing.T) {
	inBubbleWith(t, &oauthtest.Server{Once: true}, func(t *testing.T, g *granted) {
		disk := &full{g.file, true}
		g.Store = disk
		time.Sleep(time.Hour)
		second := g.mustToken(t, g.Source)
		if g.mustToken(t, g.Source) != second || !strings.Contains(g.log.String(), "followupd login") {
			t.Errorf("got another token, or no warning: %s", g.log)
		}
		disk.no = false
		time.Sleep(time.Minute)
		g.mustToken(t, g.Source)
		if after := g.mustToken(t, g.another(g.App)); after != second {
			t.Error("with room again, it is not stored")
		}
	})
}

func TestFile_WhatIsWrongWithIt(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"open to others": {`{"refresh_token":"secret"}`, 0o640, "chmod 600"},
		"no JSON":        {`secret`, 0o600, "followupd login"},
		"no token":       {`{}`, 0o600, "followupd login"},
		"endless":        {strings.Repeat("secret", 100_000), 0o600, "followupd login"},
	} {
		t.Run(name, func(t *testing.T) {
			f := File{t.TempDir()}
			if err := os.WriteFile(f.Path(), []byte(tc.text), tc.mode); err != nil {
				t.Fatal(err)
			}
			_, err := f.Load(t.Context())
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
