package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
	"followupd/systemd"
)

// serviceDesk has a systemctl and a journalctl that write down what they were told; while the file "down" lies there, the
// service manager does not answer.
func serviceDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, imaptest.Memory(t))
	bin := filepath.Join(d.dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\n[ -e \"$HOME/down\" ] && { echo 'Failed to connect to bus: No medium found' >&2; exit 1; }\n" +
		"[ \"$2\" = show-environment ] && exit 0\necho \"${0##*/} $*\" >> \"$HOME/told\"\n"
	for _, name := range []string{"systemctl", "journalctl"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{"PATH=" + bin + ":/usr/bin:/bin", "XDG_CONFIG_HOME=" + filepath.Join(d.dir, "cfg")}
	return d
}

func TestService_FromInstallToRemove(t *testing.T) {
	t.Parallel()
	d := serviceDesk(t)
	unit := filepath.Join(d.dir, "cfg", "systemd", "user", "followupd.service")
	shown := d.mustRun("service", "install", "--print", "--manager", "systemd")
	if _, err := os.Stat(unit); err == nil {
		t.Error("--print writes the unit")
	}
	if want := "ExecStart=" + os.Args[0] + " run -c " + d.file() + "\n"; !strings.Contains(shown, want) {
		t.Errorf("the unit lacks %q:\n%s", want, shown)
	}
	for _, command := range []string{"install", "start", "status", "logs", "stop"} {
		d.mustRun("service", command, "--manager", "systemd")
	}
	if text, err := os.ReadFile(unit); err != nil || string(text) != shown {
		t.Errorf("the unit is not what was shown: %v\n%s", err, text)
	}
	d.mustRun("service", "install", "--manager", "systemd") // again, over our own
	d.mustRun("service", "remove", "--manager", "systemd")
	if _, err := os.Stat(unit); err == nil {
		t.Error("remove leaves the unit")
	}
	told, err := os.ReadFile(filepath.Join(d.dir, "told"))
	if err != nil {
		t.Fatal(err)
	}
	installed := "systemctl --user daemon-reload\nsystemctl --user enable followupd.service\n"
	want := installed + "systemctl --user restart followupd.service\nsystemctl --user --no-pager status followupd.service\n" +
		"journalctl --user --no-pager --lines=100 --unit=followupd.service\nsystemctl --user stop followupd.service\n" + installed +
		"systemctl --user disable --now followupd.service\nsystemctl --user daemon-reload\n"
	if string(told) != want {
		t.Errorf("systemd was told\n%s\nwant\n%s", told, want)
	}
}

func TestService_WhatIsWrong(t *testing.T) {
	t.Parallel()
	d := serviceDesk(t)
	d.run("service").says(t, 2, "install, start")
	d.run("service", "reinstall").says(t, 2, "install, start")
	d.run("service", "install", "--manager", "upstart").says(t, 2, "systemd or launchd")
	d.run("service", "start", "--manager", "systemd").says(t, 1, "not installed", "service install")
	d.run("service", "install", "--manager", "systemd", "-c", "nowhere.toml").says(t, 2, "nowhere.toml", "followupd init")

	unit := filepath.Join(d.dir, "cfg", "systemd", "user", "followupd.service")
	if err := os.MkdirAll(filepath.Dir(unit), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(unit, []byte("[Unit]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.run("service", "install", "--manager", "systemd").says(t, 1, "written by hand", "--force")
	d.mustRun("service", "install", "--manager", "systemd", "--force")
	if text, err := os.ReadFile(unit); err != nil || !strings.HasPrefix(string(text), systemd.Mark) {
		t.Errorf("--force: %v, %s", err, text)
	}

	d.write("down", "")
	before := files(t, d.dir)
	d.run("service", "install", "--manager", "systemd", "--force").says(t, 1, "No medium found", "enable-linger", "followupd run")
	if len(files(t, d.dir)) != len(before) {
		t.Error("files are left behind")
	}
}
