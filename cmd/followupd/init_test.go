package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
)

// newcomer is a desk without any configuration.
func newcomer(t *testing.T, mailbox imaptest.Account) *desk {
	t.Helper()
	d := newDesk(t, mailbox)
	if err := os.Remove(d.file()); err != nil {
		t.Fatal(err)
	}
	return d
}

// answers are the flags of somebody who knows everything beforehand.
func (d *desk) answers(more ...string) []string {
	args := []string{
		"init", "--address", repAddress, "--name", "Anna Berg", "--host", d.mailbox.Host, "--port", strconv.Itoa(d.mailbox.Port),
		"--security", d.mailbox.Security, "--username", d.mailbox.Username, "--no-service",
	}
	if d.mailbox.CAFile != "" {
		args = append(args, "--ca-file", d.mailbox.CAFile)
	}
	return append(args, more...)
}

// The newcomer's way of README: init, check, once, and there is a draft.
func TestInit_FromNothingToTheFirstDraft(t *testing.T) {
	t.Parallel()
	for name, mailbox := range map[string]func(t *testing.T) imaptest.Account{
		"plain": func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
		"TLS":   func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.TLS()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newcomer(t, mailbox(t))
			d.offer(lena)
			before := lying(d.mailbox)
			said := d.mustRun(d.answers("--password-file", "password")...)
			for _, want := range []string{"The login works", `sent     "Sent"`, "1 thread with prospects", "1 follow-up would be laid", "To:      " + lena, "Wrote " + d.file(), "followupd once --now"} {
				if !strings.Contains(said, want) {
					t.Errorf("init does not say %q:\n%s", want, said)
				}
			}
			if after := lying(d.mailbox); len(after["Drafts"]) != len(before["Drafts"]) || len(after) != len(before) {
				t.Error("init changes the mailbox")
			}
			if info, err := os.Stat(d.file()); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the configuration: %v, %v", info, err)
			}
			if said := d.mustRun("check"); !strings.Contains(said, "is valid") {
				t.Errorf("check says\n%s", said)
			}
			d.mustRun("once", "--now")
			d.drafted(lena)
		})
	}
}

func TestInit_JSON(t *testing.T) {
	t.Parallel()
	d := newcomer(t, imaptest.Memory(t))
	d.offer(lena)
	d.env = []string{"MAIL_PASSWORD=" + d.mailbox.Password}
	var made madeSetup
	if err := json.Unmarshal([]byte(d.mustRun(d.answers("--password-env", "MAIL_PASSWORD", "--steering", "--json")...)), &made); err != nil {
		t.Fatal(err)
	}
	if made.Config != d.file() || made.Threads != 1 || len(made.Drafts) != 1 || len(made.Folders) < 3 || len(made.Steering) == 0 || made.Service != "" {
		t.Errorf("made %+v", made)
	}
	text, err := os.ReadFile(d.file())
	if err != nil || !strings.Contains(string(text), "\npassword_env = \"MAIL_PASSWORD\"\n") || !strings.Contains(string(text), "\n#poll = \"5m\"\n") {
		t.Errorf("the configuration is not as it should be: %v\n%s", err, text)
	}
}

// What goes wrong leaves nothing behind and says what next.
func TestInit_WhatGoesWrong(t *testing.T) {
	t.Parallel()
	secure := imaptest.Dovecot(t).User(t, imaptest.TLS())
	nameless := imaptest.Dovecot(t).User(t, imaptest.Folders("Alpha", "Beta"))
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := strconv.Itoa(nobody.Addr().(*net.TCPAddr).Port)
	nobody.Close()
	for name, tc := range map[string]struct {
		mailbox imaptest.Account
		args    func(d *desk) []string
		status  int
		want    []string
	}{
		"no address":        {secure, func(*desk) []string { return []string{"init"} }, 2, []string{"--address", "no terminal"}},
		"no real address":   {secure, func(*desk) []string { return []string{"init", "--address", "anna"} }, 2, []string{"anna@acme.example"}},
		"no password":       {secure, func(d *desk) []string { return d.answers() }, 2, []string{"--password-file", "--password-command"}},
		"two passwords":     {secure, func(d *desk) []string { return d.answers("--password-file", "password", "--password-env", "X") }, 2, []string{"give one of"}},
		"quotes in command": {secure, func(d *desk) []string { return d.answers("--password-command", "sh -c 'cat x'") }, 2, []string{"script of your own"}},
		"unknown security":  {secure, func(d *desk) []string { return d.answers("--password-file", "password", "--security", "ssl") }, 2, []string{"imap.security", "tls", "nothing was written"}},
		"in the clear": {secure, func(d *desk) []string {
			return d.answers("--password-file", "password", "--host", "mail.acme.example", "--security", "none")
		}, 2, []string{"in the clear"}},
		"wrong password": {secure, func(d *desk) []string {
			d.write("password", "wr0ng\n")
			return d.answers("--password-file", "password")
		}, 1, []string{"nothing was written", "login refused", "app password"}},
		"open password file": {secure, func(d *desk) []string {
			if err := os.Chmod(filepath.Join(d.dir, "password"), 0o644); err != nil {
				t.Error(err)
			}
			return d.answers("--password-file", "password")
		}, 1, []string{"nothing was written", "chmod 600"}},
		"unknown certificate": {secure, func(d *desk) []string {
			d.mailbox.CAFile = ""
			return d.answers("--password-file", "password")
		}, 1, []string{"nothing was written", "--ca-file"}},
		"nobody there":    {secure, func(d *desk) []string { return d.answers("--password-file", "password", "--port", closed) }, 1, []string{"nothing was written", "--host", "no server listens"}},
		"folders unclear": {nameless, func(d *desk) []string { return d.answers("--password-file", "password") }, 2, []string{"imap.folders.sent", "Alpha", "--sent"}},
		"OAuth2 without an application": {
			secure, func(*desk) []string {
				return []string{"init", "--address", repAddress, "--host", "outlook.office365.com"}
			}, 2, []string{"--client-id", "nothing was written"},
		},
		"nowhere to write": {secure, func(d *desk) []string {
			d.write("file", "")
			return append(d.answers("--password-file", "password"), "-c", filepath.Join(d.dir, "file", "anna.toml"))
		}, 1, []string{"-c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newcomer(t, tc.mailbox)
			args := tc.args(d)
			before := files(t, d.dir)
			o := d.run(args...)
			o.says(t, tc.status, tc.want...)
			if strings.Contains(o.out+o.err, "wr0ng") {
				t.Error("the password shows")
			}
			if after := files(t, d.dir); len(after) != len(before) {
				t.Errorf("%d files before, %d after", len(before), len(after))
			}
		})
	}
}

func TestInit_ReplacesNothingUnasked(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	before := files(t, d.dir)
	d.run(d.answers("--password-file", "password")...).says(t, 2, "is there already", "--force", "followupd check")
	if after := files(t, d.dir); len(after) != len(before) || after[d.file()] != before[d.file()] {
		t.Error("something was written")
	}
	d.mustRun(d.answers("--password-file", "password", "--force", "--no-preview")...)
	if after := files(t, d.dir); after[d.file()] == before[d.file()] {
		t.Error("--force replaces nothing")
	}
	d.mustRun("check")
}

func TestInit_NamesFoldersByFlags(t *testing.T) {
	t.Parallel()
	d := newcomer(t, imaptest.Dovecot(t).User(t, imaptest.Folders("Alpha", "Beta")))
	d.mustRun(d.answers("--password-command", "cat password", "--sent", "Alpha", "--drafts", "Beta")...)
	if said := d.mustRun("check"); !strings.Contains(said, `"Alpha": the config says so`) {
		t.Errorf("check says\n%s", said)
	}
}
