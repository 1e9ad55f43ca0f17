package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"followupd/config"
	"followupd/playbook"
	"followupd/playbook/library"
)

// linksName is the file in the state directory that keeps what is known of the library's links.
const linksName = "links.json"

// Bounds of a look at the links of a library.
const (
	linkTime    = 10 * time.Second // one link, redirects included
	linksTime   = 30 * time.Second // all of them
	linksAtMax  = 200              // links in one look; the rest have their turn another day
	linksAtOnce = 8
	linkBytes   = 16 << 10 // of a page's body, read and thrown away
)

// readLinks gives what is known of the links; nothing where nobody has looked yet.
func readLinks(stateDir string) (map[string]library.LinkState, error) {
	known := map[string]library.LinkState{}
	data, err := os.ReadFile(filepath.Join(stateDir, linksName))
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is known of the library's links: %w", err)
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return map[string]library.LinkState{}, nil //nolint:nilerr // a broken cache is looked up anew
	}
	return known, nil
}

// writeLinks keeps what is known, in a state directory that is there.
func writeLinks(stateDir string, known map[string]library.LinkState) error {
	data, err := json.MarshalIndent(known, "", " ")
	if err != nil {
		return err
	}
	name := filepath.Join(stateDir, linksName)
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return fmt.Errorf("keep what is known of the library's links: %w", err)
	}
	return os.Rename(name+".new", name)
}

// loadBook loads the library and the texts, without the assets whose link was found dead.
func loadBook(libraryDir, templatesDir, stateDir string) (*playbook.Playbook, []playbook.Problem, error) {
	return reloadBook(new(library.Memo), libraryDir, templatesDir, stateDir, time.Time{})
}

// reloadBook is loadBook that parses only the assets that changed since the memo was last used.
func reloadBook(memo *library.Memo, libraryDir, templatesDir, stateDir string, now time.Time) (*playbook.Playbook, []playbook.Problem, error) {
	book, problems, err := playbook.Reload(memo, libraryDir, templatesDir, now)
	if err != nil {
		return nil, nil, err
	}
	known, err := readLinks(stateDir)
	if err != nil {
		return nil, nil, err
	}
	book, dead := book.WithoutDead(known)
	return book, append(problems, dead...), nil
}

// checkLinks looks at the links of assets, those first that were looked at longest ago, and gives what is known afterwards of
// the links that stand in the library.
func checkLinks(ctx context.Context, client *http.Client, assets []playbook.Asset, known map[string]library.LinkState, now time.Time) map[string]library.LinkState {
	ctx, cancel := context.WithTimeout(ctx, linksTime)
	defer cancel()
	type looked struct {
		url     string
		outcome library.LinkOutcome
		why     string
	}
	var (
		wait    sync.WaitGroup
		results = make(chan looked, linksAtMax)
		turns   = make(chan struct{}, linksAtOnce)
		next    = map[string]library.LinkState{}
		asked   = 0
	)
	assets = slices.Clone(assets)
	slices.SortStableFunc(assets, func(a, b playbook.Asset) int { return known[a.URL].Checked.Compare(known[b.URL].Checked) })
	for _, a := range assets {
		if _, twice := next[a.URL]; a.URL == "" || twice {
			continue
		}
		next[a.URL] = known[a.URL]
		if asked++; asked > linksAtMax {
			continue
		}
		wait.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			outcome, why := lookAt(ctx, client, a.URL)
			results <- looked{a.URL, outcome, why}
		})
	}
	wait.Wait()
	close(results)
	for r := range results {
		next[r.url] = next[r.url].Looked(r.outcome, r.why, now)
	}
	return next
}

// lookAt asks for a page, by HEAD and, where a server does not do that, by GET.
func lookAt(ctx context.Context, client *http.Client, link string) (library.LinkOutcome, string) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return library.LinkUnknown, ""
	}
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	outcome, why := library.LinkUnknown, ""
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		req, err := http.NewRequestWithContext(ctx, method, link, nil)
		if err != nil {
			return library.LinkUnknown, ""
		}
		res, err := client.Do(req)
		if err != nil {
			var dns *net.DNSError
			if errors.As(err, &dns) && dns.IsNotFound {
				return library.LinkFailed, "there is no host " + u.Hostname()
			}
			return library.LinkUnknown, ""
		}
		_, _ = io.CopyN(io.Discard, res.Body, linkBytes) // what does not come changes nothing
		res.Body.Close()
		switch {
		case res.StatusCode < 400:
			return library.LinkAlive, ""
		case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
			outcome, why = library.LinkFailed, res.Status
		default:
			outcome, why = library.LinkUnknown, ""
		}
	}
	return outcome, why
}

// linkClient follows few redirects, to the web alone, and carries no cookies.
func linkClient() *http.Client {
	return &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > 5 {
			return errors.New("more than 5 redirects")
		}
		return nil
	}}
}

// linkLook is what a look at the links of a whole library came to.
type linkLook struct {
	Failing []playbook.Problem // what does not work but is not given up yet; what is dead is named by loadBook
	Turned  bool               // a link was given up, or one that was given up works again: the library in force is another one
}

// lookAtLinks looks at the links of a whole library now, for linksTime at most, and keeps what it found where there is a
// state directory. A look that ctx cut short shows nothing and keeps nothing.
func lookAtLinks(ctx context.Context, libraryDir, stateDir string, now time.Time) (linkLook, error) {
	whole, _, err := playbook.Load(libraryDir, "")
	if err != nil {
		return linkLook{}, err
	}
	before, err := readLinks(stateDir)
	if err != nil {
		return linkLook{}, err
	}
	known := checkLinks(ctx, linkClient(), whole.Assets(), before, now)
	if err := ctx.Err(); err != nil {
		return linkLook{}, fmt.Errorf("look at the library's links: %w", err)
	}
	if _, err := os.Stat(stateDir); err == nil {
		if err := writeLinks(stateDir, known); err != nil {
			return linkLook{}, err
		}
	}
	var look linkLook
	for _, a := range whole.Assets() {
		state := known[a.URL]
		if a.URL != "" && !state.Failed.IsZero() && !state.Dead {
			look.Failing = append(look.Failing, playbook.Problem{File: a.File, Text: fmt.Sprintf("its link does not work (%s: %s); the asset is not used once that lasts for a day", a.URL, state.Why)})
		}
		look.Turned = look.Turned || state.Dead != before[a.URL].Dead
	}
	return look, nil
}

// linkRounds looks at a library's links beside the mailbox: slow servers of others must not keep its mail waiting.
type linkRounds struct {
	libraryDir, stateDir string
	due                  chan time.Time // when the round that waits was asked for; one at most
	turned               func()         // the library is to be loaded anew; called by run's goroutine
	log                  *slog.Logger
}

func newLinkRounds(cfg *config.Config, log *slog.Logger, turned func()) *linkRounds {
	return &linkRounds{libraryDir: cfg.Content.Library, stateDir: cfg.State.Dir, due: make(chan time.Time, 1), turned: turned, log: log}
}

// ask wants a round and does not wait for it. One that waits already is enough.
func (r *linkRounds) ask(_ context.Context, now time.Time) {
	select {
	case r.due <- now:
	default:
	}
}

// run makes the rounds that are asked for until ctx ends.
func (r *linkRounds) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-r.due:
			r.round(ctx, now)
		}
	}
}

// round looks once, says what it found, and has what turned take effect.
func (r *linkRounds) round(ctx context.Context, now time.Time) {
	look, err := lookAtLinks(ctx, r.libraryDir, r.stateDir, now)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		r.log.Warn("the library's links were not looked at", slog.Any("error", err))
	}
	for _, p := range look.Failing {
		r.log.Warn("a link of the library does not work", slog.String("file", p.File), slog.String("problem", p.Text))
	}
	if look.Turned {
		r.turned()
	}
}
