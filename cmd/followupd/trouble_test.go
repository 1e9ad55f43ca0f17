package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// says checks how a command fails: its status, and that its last words on stderr, one line of them, hold all of these.
func (o outcome) says(t *testing.T, status int, words ...string) {
	t.Helper()
	t.Logf("status %d: %s", o.status, o.err)
	if o.status != status {
		t.Errorf("status %d, want %d", o.status, status)
	}
	lines := strings.Split(strings.TrimSpace(o.err), "\n")
	last := lines[len(lines)-1]
	if len(lines) != 1 || !strings.HasPrefix(last, "followupd: ") {
		t.Errorf("%d lines on stderr, want one that begins with followupd:", len(lines))
	}
	for _, w := range words {
		if !strings.Contains(last, w) {
			t.Errorf("it does not say %q", w)
		}
	}
}

func TestTrouble_WithTheServer(t *testing.T) {
	t.Parallel()
	free := func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	for name, c := range map[string]struct {
		mailbox  func(t *testing.T) imaptest.Account
		settings func(t *testing.T, a imaptest.Account) []string
		password string
		want     []string
	}{
		"wrong password": {
			mailbox:  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
			password: "wrong",
			want:     []string{"login refused", "AUTHENTICATIONFAILED", "imap.username", "password"},
		},
		"no server on the port": {
			mailbox:  func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
			settings: func(t *testing.T, _ imaptest.Account) []string { return []string{"imap.port", free(t)} },
			want:     []string{"connect to 127.0.0.1:", "refused", "imap.port"},
		},
		"no such host": {
			mailbox: func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
			settings: func(*testing.T, imaptest.Account) []string {
				return []string{"imap.host", quoted("mail.nowhere.invalid"), "imap.security", quoted("tls")}
			},
			want: []string{"connect to mail.nowhere.invalid", "; "}, // without a network it has another reason

		},
		"expired certificate": {
			mailbox: func(t *testing.T) imaptest.Account {
				return secret(t, time.Now().Add(-time.Hour), net.IPv4(127, 0, 0, 1))
			},
			want: []string{"tls with 127.0.0.1", "expired", "clock"},
		},
		"certificate for another host": {
			mailbox: func(t *testing.T) imaptest.Account {
				return secret(t, time.Now().Add(time.Hour), net.IPv4(127, 0, 0, 9))
			},
			want: []string{"tls with 127.0.0.1", "another name", "imap.host"},
		},
		"unknown authority": {
			mailbox:  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.TLS()) },
			settings: func(*testing.T, imaptest.Account) []string { return []string{"imap.ca_file", quoted("")} },
			want:     []string{"tls with 127.0.0.1", "imap.ca_file"},
		},
		"TLS on a plain port": {
			mailbox:  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
			settings: func(*testing.T, imaptest.Account) []string { return []string{"imap.security", quoted("tls")} },
			want:     []string{"tls with 127.0.0.1", "starttls", "993"},
		},
		"STARTTLS stripped": {
			mailbox:  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
			settings: func(*testing.T, imaptest.Account) []string { return []string{"imap.security", quoted("starttls")} },
			want:     []string{"tls with 127.0.0.1", `imap.security = "tls"`, "993"},
		},
		"no Drafts": {
			mailbox: func(t *testing.T) imaptest.Account {
				return imaptest.Dovecot(t).User(t, imaptest.Flagged(`Sent=\Sent`, `Later=\Archive`))
			},
			want: []string{"imap.folders.drafts", `"Sent"`, `"Later"`, `"INBOX"`},
		},
		"two Drafts": {
			mailbox: func(t *testing.T) imaptest.Account {
				return imaptest.Dovecot(t).User(t, imaptest.Folders("Sent", "Drafts", "Entwürfe"))
			},
			want: []string{"imap.folders.drafts", `"Drafts"`, `"Entwürfe"`},
		},
		"a Drafts folder that does not exist": {
			mailbox: func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
			settings: func(*testing.T, imaptest.Account) []string {
				return []string{"imap.folders.drafts", quoted("Draughts")}
			},
			want: []string{"imap.folders.drafts", `"Draughts"`, `"Drafts"`},
		},
		"a password command that fails": {
			mailbox: func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
			settings: func(*testing.T, imaptest.Account) []string {
				return []string{"imap.password_file", "", "imap.password_command", `["sh", "-c", "echo vault is locked >&2; exit 3"]`}
			},
			want: []string{"imap.password_command", "vault is locked", "by hand"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, c.mailbox(t))
			if c.settings != nil {
				d.configure(c.settings(t, d.mailbox)...)
			}
			if c.password != "" {
				d.write("password", c.password+"\n")
			}
			for _, command := range []string{"check", "once"} {
				d.run(command).says(t, 1, c.want...)
			}
		})
	}
}

// secret is a server that shows a certificate and talks to nobody who takes it.
func secret(t *testing.T, expires time.Time, name net.IP) imaptest.Account {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: expires.AddDate(-1, 0, 0), NotAfter: expires,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{name},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.SetDeadline(time.Now().Add(longEnough))
			_ = conn.(*tls.Conn).Handshake() // the program refuses it
			conn.Close()
		}
	})
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600); err != nil {
		t.Fatal(err)
	}
	a := imaptest.Memory(t) // what the desk needs of an account beside the address
	a.Port, a.Security, a.CAFile = listener.Addr().(*net.TCPAddr).Port, "tls", ca
	return a
}

func TestTrouble_WithTheConfiguration(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	place := func(text, mark string) string {
		return "followupd.toml:" + strconv.Itoa(1+strings.Count(text[:strings.Index(text, mark)], "\n")) + ":"
	}
	for _, c := range []struct {
		name, old, text, mark string
		want                  []string
	}{
		{"unknown key", "[imap]", "[imap]\nserver = \"x\"", "server", []string{"imap.server", "unknown key", "host"}},
		{"misspelt key", "[imap]", "[imap]\nsettel = \"1s\"", "settel", []string{"imap.settel", `settle`}},
		{"wrong type", `hours = ""`, "hours = 8", "hours = 8", []string{"cadence.hours", "quotes"}},
		{"bad window", `hours = ""`, "hours = \"\"\nfollow_up_after = [\"3 days\"]", "follow_up_after", []string{"cadence.follow_up_after", `"3bd"`}},
		{"no TOML", "[imap]", "[imap", "[imap", []string{"followupd.toml"}},
		{"no loopback without encryption", `host = "127.0.0.1"`, `host = "imap.acme.example"`, "security = ", []string{"imap.security", `"tls"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(d.text(), c.old, c.text, 1)
			d.write("followupd.toml", text)
			for _, command := range []string{"check", "once", "run", "threads", "preview"} {
				d.run(command).says(t, 2, append(c.want, place(text, c.mark))...)
			}
		})
	}
	t.Run("missing file", func(t *testing.T) {
		d.run("once", "-c", "nowhere.toml").says(t, 2, "nowhere.toml", "no such file", "-c")
	})
	t.Run("no -c and no default", func(t *testing.T) {
		d.finish(func(ctx context.Context, args ...string) *exec.Cmd {
			cmd := d.command(ctx, args...)
			cmd.Args = cmd.Args[:2]
			return cmd
		}, "once").says(t, 2, filepath.Join(d.dir, ".config/followupd/followupd.toml"), "no such file")
	})
	t.Run("a folder without files", func(t *testing.T) {
		d.run("once", "-c", "library").says(t, 2, "library", "*.toml", "put one file")
	})
	t.Run("a folder of two mailboxes, for a command about one", func(t *testing.T) {
		if err := os.Mkdir(filepath.Join(d.dir, "both"), 0o700); err != nil {
			t.Fatal(err)
		}
		d.write("both/anna.toml", "")
		d.write("both/ben.toml", "")
		d.run("once", "-c", "both").says(t, 2, "both", "-c both/anna.toml", "status -c both")
	})
	t.Run("the same mailbox twice", func(t *testing.T) {
		d.configure()
		d.write("second.toml", d.text())
		d.run("run", "-c", d.file(), "-c", "second.toml").says(t, 2, "second.toml", "imap.username", "remove one")
	})
	t.Run("the same state twice", func(t *testing.T) {
		d.write("second.toml", strings.Replace(d.text(), `host = "127.0.0.1"`, `host = "localhost"`, 1))
		d.run("run", "-c", d.file(), "-c", "second.toml").says(t, 2, "second.toml", "state.dir")
	})
}

func TestTrouble_WithFiles(t *testing.T) {
	t.Parallel()
	t.Run("state.dir is a file", func(t *testing.T) {
		d := newDesk(t, imaptest.Memory(t))
		d.write("state", "")
		for _, command := range []string{"once", "run", "threads", "preview"} {
			d.run(command).says(t, 2, d.state(), "state.dir", "followupd.toml:")
		}
	})
	t.Run("the library is a file", func(t *testing.T) {
		d := newDesk(t, imaptest.Memory(t))
		d.write("library.md", "")
		d.configure("content.library", quoted("library.md"))
		for _, command := range []string{"check", "once", "run"} {
			d.run(command).says(t, 2, "content.library", "library.md", "folder")
		}
	})
	t.Run("an asset that is none is left out", func(t *testing.T) {
		d := newDesk(t, imaptest.Memory(t))
		d.write("library/broken.md", "---\nkind: casestudy\n---\nx\n")
		o := d.run("check")
		if o.status != 0 || !strings.Contains(o.out, "broken.md:2: ") {
			t.Errorf("check ends with %d and does not name the file and line:\n%s%s", o.status, o.out, o.err)
		}
		d.offer(lena)
		d.mustRun("once")
		if len(d.drafts(lena)) != 1 {
			t.Error("a broken asset keeps a draft from being written")
		}
	})
	t.Run("the state is a newer one's", func(t *testing.T) {
		d := newDesk(t, imaptest.Memory(t))
		d.mustRun("once")
		raise(t, filepath.Join(d.state(), "state.db"))
		d.run("once").says(t, 1, "state.db", "newer")
	})
}

// raise lifts the user_version in a state file's header (https://www.sqlite.org/fileformat.html section 1.3).
func raise(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{0, 0, 0x7f, 0xff}, 60); err != nil {
		t.Fatal(err)
	}
}

// refusing is a server whose folders hold one silent thread and whose APPEND is refused.
func refusing(t *testing.T, d *desk, answer string) *fault {
	t.Helper()
	f := &fault{when: refused, answer: answer}
	d.configure("imap.port", strconv.Itoa(f.listen(t, d.mailbox).Port))
	return f
}

func TestFault_28_DraftsTakesNothingAndItIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		want   []string
	}{
		"over quota": {"NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", []string{"OVERQUOTA", "Quota exceeded", "make room"}},
		"read-only":  {"NO [NOPERM] Permission denied", []string{"NOPERM", "Permission denied", "imap.folders.drafts"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, imaptest.Dovecot(t).User(t))
			d.offer(lena)
			d.configure("imap.settle", quoted("15s")) // so that once does not wait for the outcome
			f := refusing(t, d, c.answer)
			d.run("once").says(t, 1, append(c.want, "15m")...)
			if n := f.appends(); n != 1 {
				t.Errorf("%d tries in a pass, want 1", n)
			}
			d.configure("imap.settle", quoted("1s"), "imap.port", strconv.Itoa(d.mailbox.Port))
			if o := d.run("once"); o.status != 0 || !strings.Contains(o.out, "the next try is at") {
				t.Errorf("a program started anew says\n%s%s, want when it tries again", o.out, o.err)
			}
			d.run("once", "--now") // by somebody who has made room
			d.calm(1)
			d.oneEach(lena)
		})
	}
}
