package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
)

// A server's mailboxes lie in one folder: status tells of all of them, of the one that has not run too.
func TestStatus_OfAFolderOfMailboxes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	folder := filepath.Join(d.dir, "etc")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string {
		box := imaptest.Memory(t)
		d.write("password-"+name, box.Password+"\n")
		return d.text("state.dir", quoted(filepath.Join(d.dir, "state-"+name)), "imap.port", strconv.Itoa(box.Port),
			"imap.password_file", quoted(filepath.Join(d.dir, "password-"+name)))
	}
	for _, name := range []string{"anna", "ben"} {
		d.write(filepath.Join("etc", name+".toml"), file(name))
	}
	p := d.start("run", "-c", folder)
	conditions := func() (list []condition) {
		if o := d.run("status", "--json", "-c", folder); json.Unmarshal([]byte(o.out), &list) != nil {
			return nil
		}
		return list
	}
	until(t, "both mailboxes read", func() bool {
		list := conditions()
		return len(list) == 2 && list[0].Pass.LastOK != nil && list[1].Pass.LastOK != nil && list[0].Running && list[1].Running
	})
	if o := d.run("status", "-c", folder); o.status != 0 || strings.Count(o.out, "mailbox ") != 2 {
		t.Errorf("status ends with %d:\n%s%s", o.status, o.out, o.err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.ended(longEnough)
	d.write("etc/cleo.toml", file("cleo"))
	o := d.run("status", "-c", folder)
	if o.status != 1 || strings.Count(o.out, "mailbox ") != 2 || !strings.Contains(o.err, "cleo.toml: followupd has not run") {
		t.Errorf("with one that never ran, status ends with %d:\n%s%s", o.status, o.out, o.err)
	}
}
