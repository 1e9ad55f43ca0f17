package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"followupd/agent"
	"followupd/config"
	"followupd/playbook/library"
)

// reloader gives what loads the library and the templates anew and hands them to the agent. It may be called by several at once.
func (w *wired) reloader(ctx context.Context, events chan<- agent.Event) func() {
	var mu sync.Mutex // who loads later hands over later
	memo := new(library.Memo)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		set, err := settingsAgain(w.cfg, memo, w.now(), w.log)
		if err != nil {
			w.log.Error("library not reloaded, the old one stays in use", slog.Any("error", err))
			return
		}
		w.words.equip(&set)
		set.Signals = w.set.Signals
		select {
		case events <- agent.Event{Settings: &set}:
		case <-ctx.Done():
		}
	}
}

// pathsOfNews gives the files that are watched beside the mailbox, and what a change of each calls: the rep said something,
// the password is another, the library or a template is.
func (w *wired) pathsOfNews(said, renewed, reload func()) []config.Paths {
	heard := filepath.Join(w.cfg.State.Dir, wakeDir)
	if err := os.MkdirAll(heard, 0o700); err != nil {
		w.log.Warn("words said elsewhere are heard only at the next pass", slog.Any("error", err))
	}
	paths := []config.Paths{
		{Paths: []string{heard}, Changed: said},
		{Paths: []string{w.cfg.Content.Library, w.cfg.Content.Templates}, Changed: reload},
	}
	if path := w.cfg.IMAP.PasswordFile; path != "" {
		// A refused login is not asked again for a quarter of an hour; who has mended the password does not want to wait.
		paths = append(paths, config.Paths{Paths: []string{path}, Changed: renewed})
	}
	return paths
}
