package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/mail"
	"followupd/report"
)

// probeName is the file in the state directory that says what the server keeps of a draft. It is a file of its own because
// `check --probe` makes it before there is any state, beside a running daemon.
const probeName = "probe.json"

// tryDrafts does the server's self-test and writes down what it showed.
func tryDrafts(ctx context.Context, cfg config.Config, box *imapwatch.Mailbox) (agent.Probe, error) {
	rep := mail.Person{Name: cfg.Mailbox.Name, Address: identities(cfg)[0]}
	p, err := agent.TryDrafts(ctx, mailboxAdapter{box, new(meter)}, rep, time.Now())
	if err != nil {
		return p, err
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return p, err
	}
	if err := os.MkdirAll(cfg.State.Dir, 0o700); err != nil {
		return p, fmt.Errorf("write down what the server keeps of a draft: %w", err)
	}
	path := filepath.Join(cfg.State.Dir, probeName)
	if err := os.WriteFile(path+".next", append(text, '\n'), 0o600); err != nil {
		return p, fmt.Errorf("write down what the server keeps of a draft: %w", err)
	}
	return p, os.Rename(path+".next", path)
}

// readProbe gives what the last self-test showed; nil without one.
func readProbe(stateDir string) (*agent.Probe, error) {
	text, err := os.ReadFile(filepath.Join(stateDir, probeName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var p agent.Probe
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fmt.Errorf("read %s: %w; run `followupd check --probe` again", probeName, err)
	}
	return &p, nil
}

// mode says in words how sure it is that a draft is laid down exactly once.
func mode(p *agent.Probe) string {
	switch {
	case p == nil:
		return "exactly once, as on every server that keeps a header of its mail; not tried on this one (`followupd check --probe` does)"
	case !p.Witness():
		return "at most once: the server keeps neither our header nor Message-ID nor In-Reply-To, so a draft whose outcome is unknown is left to you"
	}
	var kept []string
	for _, w := range []struct {
		name string
		kept bool
	}{{"our header", p.KeyHeader}, {"Message-ID", p.MessageID}, {"In-Reply-To", p.InReplyTo}} {
		if w.kept {
			kept = append(kept, w.name)
		}
	}
	return "exactly once: the server keeps of it " + strings.Join(kept, ", ")
}

// sayDrafts prints what a self-test showed.
func sayDrafts(p *lines, probe *agent.Probe) {
	if probe == nil {
		return
	}
	p.say("mode           each draft %s", mode(probe))
	if probe.Copies > 1 {
		p.say("note           the server stored the test draft %d times", probe.Copies)
	}
	if !probe.Flag {
		p.say(`note           the server does not keep the \Draft flag: some mail clients show a draft as a mail that came`)
	}
	if probe.Stays != "" {
		p.say("note           the test draft stays in Drafts (%s): delete it there, its subject is %q", report.Clean(probe.Stays), agent.ProbeSubject)
	}
}
