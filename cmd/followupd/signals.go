package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/report/signals"
	"followupd/tracker"
)

// linkSignals is what the agent needs to give drafts links of their own; nil where [signals] is off.
func linkSignals(cfg config.Config, trails tracker.Trails) *agent.Signals {
	if !cfg.Signals.On() {
		return nil
	}
	return &agent.Signals{Base: strings.TrimRight(cfg.Signals.BaseURL, "/"), Trails: trails}
}

// doors are the addresses at which the links of this process's mailboxes are answered. Mailboxes that name the same one
// share it. The zero value has none open.
type doors struct {
	mu   sync.Mutex
	open map[string]*door
}

// door is one of them.
type door struct {
	server *signals.Server
	guests int // mailboxes that use it
	close  func()
}

// enter has the links of a mailbox answered until ctx ends. An address that cannot be had is no reason not to watch a
// mailbox: that is logged and shown.
func (d *doors) enter(ctx context.Context, w *wired, record *recorder, visited func()) {
	listen := w.cfg.Signals.Listen
	if !w.cfg.Signals.On() {
		if err := record.signals(signalsHealth{}); err != nil {
			w.log.Warn("status is out of date", slog.Any("error", err))
		}
		return
	}
	fares := signalsHealth{Listen: listen, BaseURL: w.cfg.Signals.BaseURL}
	open, err := d.take(ctx, listen, w.log)
	if err != nil {
		fares.Error = fmt.Sprintf("%v; give [signals] another listen", err)
		w.log.Error("links are not answered", slog.String("listen", listen), slog.Any("error", err))
	} else {
		defer d.leave(listen)
		w.log.Info("links are answered", slog.String("listen", listen), slog.String("base_url", fares.BaseURL))
	}
	if err := record.signals(fares); err != nil {
		w.log.Warn("status is out of date", slog.Any("error", err))
	}
	if open == nil {
		return
	}
	var scanners []netip.Prefix
	for _, n := range w.cfg.Signals.Scanners {
		if p, err := netip.ParsePrefix(n); err == nil { // it was checked with the file
			scanners = append(scanners, p)
		}
	}
	open.server.Enter(ctx, signals.Mailbox{Book: w.store, Scanners: scanners, Visited: visited, Log: w.log})
}

// take gives the door at an address, opened if nobody has yet.
func (d *doors) take(ctx context.Context, listen string, log *slog.Logger) (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if have := d.open[listen]; have != nil {
		have.guests++
		return have, nil
	}
	server, err := signals.New(time.Now)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives the mailbox that opened it
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := server.Serve(serving, listener, log); err != nil {
			log.Error("links are answered no more", slog.String("listen", listen), slog.Any("error", err))
		}
	})
	opened := &door{server: server, guests: 1, close: func() { stop(); ended.Wait() }}
	if d.open == nil {
		d.open = make(map[string]*door)
	}
	d.open[listen] = opened
	return opened, nil
}

// leave closes the door behind the last guest.
func (d *doors) leave(listen string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	here := d.open[listen]
	if here.guests--; here.guests == 0 {
		here.close()
		delete(d.open, listen)
	}
}

// signalsHealth is how the answering of links fares; zero: [signals] is off.
type signalsHealth struct {
	Listen  string `json:"listen"`
	BaseURL string `json:"base_url"`
	Error   string `json:"error"`
}

// signals notes how the answering of links fares.
func (r *recorder) signals(fares signalsHealth) error {
	return r.change(func(h *health) { h.Signals = fares })
}

// signalsInWords says for `check` what [signals] does.
func signalsInWords(cfg config.Config) string {
	s := cfg.Signals
	switch {
	case s.On():
		sooner := "no sooner for it"
		if !s.Sooner.Zero() {
			sooner = fmt.Sprintf("at most %s after that", s.Sooner)
		}
		return fmt.Sprintf("on: the link of an asset in a draft becomes %s/TOKEN; `followupd run` answers on %s with the way to the asset, and nothing else; who follows one is due %s",
			strings.TrimRight(s.BaseURL, "/"), s.Listen, sooner)
	case s.Listen != "" || s.BaseURL != "":
		return "off: it wants both listen and base_url; drafts bear the assets' own addresses"
	}
	return "off: drafts bear the assets' own addresses"
}
