package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/config"
)

// clerk plays the files of a folder to a register, at times given in seconds.
type clerk struct {
	t        *testing.T
	register register
	files    map[string]config.FileReading
	unlisted map[string]error
	broken   map[string]bool // files of which nothing can be built
	news     []said
}

const etc = "/etc/followupd"

func newClerk(t *testing.T) *clerk {
	t.Helper()
	return &clerk{t: t, files: make(map[string]config.FileReading), broken: make(map[string]bool)}
}

// write puts a mailbox's file in place, with further lines of TOML.
func (c *clerk) write(name, user string, more ...string) {
	c.t.Helper()
	file := etc + "/" + name
	text := fmt.Sprintf("mailbox.address = \"%[1]s@acme.example\"\nimap.host = \"imap.acme.example\"\nimap.password_env = \"X\"\nimap.username = %[1]q\n", user)
	dir := fmt.Sprintf("state.dir = \"/var/lib/%s\"\n", user)
	for _, line := range more {
		if strings.HasPrefix(line, "state.") {
			dir = ""
		}
		text += line + "\n"
	}
	cfg, err := config.Parse(strings.NewReader(text+dir), file)
	c.files[file] = config.FileReading{File: file, Config: cfg, Err: err}
}

func (c *clerk) remove(names ...string) {
	for _, n := range names {
		delete(c.files, etc+"/"+n)
	}
}

// read has the register read the files so many seconds after the start, and gives which file works which mailbox, "!" after
// one whose file is not in force.
func (c *clerk) read(second int) map[string]string {
	c.t.Helper()
	r := config.Reading{Unlisted: c.unlisted}
	if c.unlisted == nil {
		for _, file := range slices.Sorted(maps.Keys(c.files)) {
			r.Files = append(r.Files, c.files[file])
		}
	}
	at := time.Date(2026, 11, 23, 8, 0, second, 0, time.UTC)
	c.news = c.register.read(at, r, func(cfg config.Config) error {
		if c.broken[cfg.File] {
			return errors.New("content.library is not a folder")
		}
		return nil
	})
	got := make(map[string]string)
	for id, w := range c.register.worked() {
		name := strings.TrimPrefix(w.cfg.File, etc+"/")
		if w.wrong != nil {
			name += "!"
		}
		got[strings.TrimPrefix(id, "/var/lib/")] = name
	}
	return got
}

func (c *clerk) want(second int, want ...string) {
	c.t.Helper()
	wanted := make(map[string]string)
	for _, w := range want {
		id, file, _ := strings.Cut(w, "=")
		wanted[id] = file
	}
	if diff := cmp.Diff(wanted, c.read(second)); diff != "" {
		c.t.Errorf("at %d s (-want +got)\n%s", second, diff)
	}
}

// heard checks what was said at the last reading: "what file: error", of which the error need only be part.
func (c *clerk) heard(want ...[2]string) {
	c.t.Helper()
	if len(c.news) != len(want) {
		c.t.Errorf("said %v, want %v", c.news, want)
		return
	}
	for i, n := range c.news {
		if n.what != want[i][0] || !strings.Contains(fmt.Sprint(n.file, " ", n.err), want[i][1]) {
			c.t.Errorf("said %v, want %v", n, want[i])
		}
	}
}

func TestRegister_MailboxesComeAndGoWithTheirFiles(t *testing.T) {
	c := newClerk(t)
	c.want(0)
	c.write("anna.toml", "anna")
	c.write("ben.toml", "ben")
	c.want(1, "anna=anna.toml", "ben=ben.toml")
	c.heard()
	c.remove("ben.toml")
	c.want(10, "anna=anna.toml", "ben=ben.toml") // an editor may be between two steps
	if again := c.register.again(); again.Second() != 12 {
		t.Errorf("looked for again at %s", again)
	}
	c.want(12, "anna=anna.toml")
	c.heard([2]string{saidGone, "ben.toml"})
	if again := c.register.again(); !again.IsZero() {
		t.Errorf("nothing is gone, and is looked for at %s", again)
	}
	c.write("ben.toml", "ben")
	c.want(20, "anna=anna.toml", "ben=ben.toml")
}

func TestRegister_FileThatIsAwayForAMoment(t *testing.T) {
	c := newClerk(t)
	c.write("anna.toml", "anna")
	c.want(0, "anna=anna.toml")
	c.remove("anna.toml")
	c.want(1, "anna=anna.toml")
	c.write("anna.toml", "anna", `mailbox.name = "Anna"`)
	c.want(2, "anna=anna.toml")
	c.want(9, "anna=anna.toml")
	c.heard()
}

func TestRegister_FileThatIsWrongKeepsItsMailboxAsItWas(t *testing.T) {
	c := newClerk(t)
	c.write("anna.toml", "anna", `mailbox.name = "Anna"`)
	c.want(0, "anna=anna.toml")
	c.write("anna.toml", "anna", `mailbox.nmae = "Anna"`)
	c.want(1, "anna=anna.toml!")
	c.heard([2]string{saidWrong, "nmae"})
	if name := c.register.worked()["/var/lib/anna"].cfg.Mailbox.Name; name != "Anna" {
		t.Errorf("works for %q", name)
	}
	c.want(2, "anna=anna.toml!")
	c.heard() // once
	c.write("anna.toml", "anna", `mailbox.nmae = "Bea"`, `x = 1`)
	c.want(3, "anna=anna.toml!")
	c.heard([2]string{saidWrong, "x"})
	c.write("anna.toml", "anna", `mailbox.name = "Berg"`)
	c.want(4, "anna=anna.toml")
	c.heard([2]string{saidMended, "anna.toml"})
	if name := c.register.worked()["/var/lib/anna"].cfg.Mailbox.Name; name != "Berg" {
		t.Errorf("works for %q", name)
	}
	c.write("anna.toml", "anna", `content.library = "x"`)
	c.broken[etc+"/anna.toml"] = true
	c.want(5, "anna=anna.toml!")
	c.heard([2]string{saidWrong, "content.library"})
}

func TestRegister_FileThatIsWrongFromTheStart(t *testing.T) {
	c := newClerk(t)
	c.write("anna.toml", "anna", "x = 1")
	c.write("ben.toml", "ben")
	c.want(0, "ben=ben.toml")
	c.heard([2]string{saidUnworked, "anna.toml"})
	c.remove("anna.toml")
	c.want(1, "ben=ben.toml")
	c.heard()
	if err := c.register.wrong(); err != nil {
		t.Errorf("still wrong: %v", err)
	}
}

func TestRegister_RenamedFileKeepsItsMailbox(t *testing.T) {
	c := newClerk(t)
	c.write("anna.toml", "anna")
	c.want(0, "anna=anna.toml")
	c.remove("anna.toml")
	c.write("berg.toml", "anna")
	c.want(1, "anna=berg.toml")
	c.heard()
	c.want(9, "anna=berg.toml")
	c.heard()
	c.remove("berg.toml")
	c.want(10, "anna=berg.toml")
	c.write("aaa.toml", "anna")
	c.want(11, "anna=aaa.toml")
}

func TestRegister_TwoFilesForOneMailbox(t *testing.T) {
	t.Run("one after the other", func(t *testing.T) {
		c := newClerk(t)
		c.write("berg.toml", "anna")
		c.want(0, "anna=berg.toml")
		c.write("anna.toml", "Anna", `state.dir = "/elsewhere"`)
		c.want(1, "anna=berg.toml")
		c.heard([2]string{saidUnworked, "anna.toml: imap.username and imap.host are those of /etc/followupd/berg.toml (Anna at imap.acme.example)"})
		c.remove("berg.toml")
		c.want(2, "/elsewhere=anna.toml") // the refused one takes over, with what it has
	})
	t.Run("at the start", func(t *testing.T) {
		c := newClerk(t)
		c.write("b.toml", "anna", `state.dir = "/elsewhere"`)
		c.write("a.toml", "anna")
		c.want(0, "anna=a.toml")
		c.heard([2]string{saidUnworked, "b.toml: imap.username"})
	})
	t.Run("two ports", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "anna", `state.dir = "/b"`, "imap.port = 143", `imap.security = "starttls"`)
		c.write("c.toml", "anna", `state.dir = "/c"`, "imap.port = 1993") // a tunnel to another server
		c.want(0, "anna=a.toml", "/c=c.toml")
	})
	t.Run("one state", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "ben", `state.dir = "/var/lib/anna"`)
		c.want(0, "anna=a.toml")
		c.heard([2]string{saidUnworked, "b.toml: state.dir is that of /etc/followupd/a.toml"})
	})
	t.Run("a copy that is mended", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "anna")
		c.want(0, "anna=a.toml")
		c.write("b.toml", "ben")
		c.want(1, "anna=a.toml", "ben=b.toml")
		c.heard([2]string{saidMended, "b.toml"})
	})
	t.Run("a file that becomes a copy", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "ben")
		c.want(0, "anna=a.toml", "ben=b.toml")
		c.write("a.toml", "ben", `state.dir = "/a"`)
		c.want(1, "anna=a.toml!", "ben=b.toml")
		c.heard([2]string{saidWrong, "a.toml: imap.username and imap.host are those of /etc/followupd/b.toml"})
	})
	t.Run("two that change places", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "ben")
		c.want(0, "anna=a.toml", "ben=b.toml")
		c.write("a.toml", "ben")
		c.write("b.toml", "anna")
		c.want(1, "anna=b.toml", "ben=a.toml")
		c.heard()
	})
	t.Run("what a refused file keeps is not another's", func(t *testing.T) {
		c := newClerk(t)
		c.write("a.toml", "anna")
		c.write("b.toml", "ben")
		c.want(0, "anna=a.toml", "ben=b.toml")
		c.write("a.toml", "ben") // refused, and keeps anna
		c.write("c.toml", "anna")
		c.want(1, "anna=a.toml!", "ben=b.toml")
	})
	t.Run("beside one that is wrong", func(t *testing.T) {
		c := newClerk(t)
		c.write("b.toml", "anna")
		c.want(0, "anna=b.toml")
		c.write("b.toml", "anna", "x = 1")
		c.write("a.toml", "anna")
		c.want(1, "anna=b.toml!")
	})
}

// A volume that is away for a while does not stop fifty mailboxes.
func TestRegister_FolderThatCannotBeListed(t *testing.T) {
	c := newClerk(t)
	c.write("anna.toml", "anna")
	c.want(0, "anna=anna.toml")
	c.unlisted = map[string]error{etc: fs.ErrNotExist}
	c.want(1, "anna=anna.toml")
	c.heard([2]string{saidAway, etc})
	c.want(100, "anna=anna.toml")
	c.heard()
	c.unlisted = nil
	c.want(101, "anna=anna.toml")
	c.heard([2]string{saidBack, etc})
	c.remove("anna.toml")
	c.read(102)
	c.want(110)
}

func TestRegister_OneProcessWorksOnOneDatabase(t *testing.T) {
	const url = `state.url = "postgres://db.acme.example/followupd?sslmode=verify-full"`
	c := newClerk(t)
	c.write("anna.toml", "anna")
	c.write("ben.toml", "ben", url)
	c.write("cleo.toml", "cleo", url)
	c.want(0, "ben@acme.example=ben.toml", "cleo@acme.example=cleo.toml")
	c.heard([2]string{saidUnworked, "anna.toml: state.url is another than that of this process"})
	c.write("ben.toml", "ben")
	c.want(1, "ben@acme.example=ben.toml!", "cleo@acme.example=cleo.toml")
	c.heard([2]string{saidWrong, "ben.toml: state.url"})
	c.write("dora.toml", "dora", url, `mailbox.aliases = []`)
	c.write("copy.toml", "dorothea", url)
	c.files[etc+"/copy.toml"] = func() config.FileReading {
		f := c.files[etc+"/copy.toml"]
		f.Config.Mailbox.Address = "Dora@acme.example"
		return f
	}()
	got := c.read(2)
	if got["dora@acme.example"] != "copy.toml" {
		t.Errorf("worked: %v", got)
	}
	c.heard([2]string{saidUnworked, "dora.toml: mailbox.address is that of /etc/followupd/copy.toml"})
}
