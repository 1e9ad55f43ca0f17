package imaptest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// require is the environment variable that turns a missing Dovecot from a skipped test into a failed one.
const require = "FOLLOWUPD_REQUIRE_DOVECOT"

// Server gives accounts on real Dovecots. One Dovecot per configuration runs as long as the test binary.
type Server struct{}

// Dovecot gives the test binary's Dovecot. Without one on the machine the test is skipped, or fails where the
// environment variable FOLLOWUPD_REQUIRE_DOVECOT is 1. The package's TestMain must call Main.
func Dovecot(t testing.TB) *Server {
	t.Helper()
	if !dovecots.managed.Load() {
		t.Fatal("a package that tests against Dovecot needs: func TestMain(m *testing.M) { os.Exit(imaptest.Main(m)) }")
	}
	version, err := dovecotVersion()
	switch {
	case err == nil && strings.HasPrefix(version, "2.3."):
		return &Server{}
	case err == nil:
		err = fmt.Errorf("its configuration is written for Dovecot 2.3, this is %s", version)
	}
	if os.Getenv(require) == "1" {
		t.Fatalf("Dovecot is required (%s=1): %v", require, err)
	}
	t.Skipf("needs Dovecot (Debian: apt-get install dovecot-imapd): %v", err)
	return nil
}

var dovecotVersion = sync.OnceValues(func() (string, error) {
	path, err := exec.LookPath("dovecot")
	if err != nil {
		path = "/usr/sbin/dovecot" // not in the PATH of ordinary users
	}
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("dovecot --version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
})

// variant is what makes one Dovecot's configuration differ from another's.
type variant struct {
	Store      string // "maildir" or "sdbox"
	Flagged    string // folders with their special uses, "Sent=\Sent,…"
	Prefix     string
	Separator  string
	Capability string
	Limit      int
	TLS        bool
	Crowd      bool   // it has room for thousands of connections
	Introspect string // where the server asks about access tokens; "" it takes none
}

// choice is what the options of User say.
type choice struct {
	variant
	plain    []string // folders to create that no configuration names
	security string
}

// Option makes an account or its server different from the standard: maildir, no TLS, and the folders INBOX, Sent,
// Drafts, Junk, Trash and Archive, flagged with their special use (RFC 6154).
type Option func(*choice)

const standardFolders = `Sent=\Sent,Drafts=\Drafts,Junk=\Junk,Trash=\Trash,Archive=\Archive`

// NoSpecialUse makes the standard folders without telling what they are for.
func NoSpecialUse() Option { return Folders("Sent", "Drafts", "Junk", "Trash", "Archive") }

// Folders makes these folders besides INBOX, none of them flagged. Names are UTF-8, without the prefix.
func Folders(names ...string) Option {
	return func(c *choice) { c.Flagged, c.plain = "", names }
}

// Flagged makes these folders besides INBOX, each given as "name=\\Use". Names are UTF-8, without the prefix.
func Flagged(folders ...string) Option {
	return func(c *choice) { c.Flagged, c.plain = strings.Join(folders, ","), nil }
}

// Namespace puts all folders but INBOX under a prefix: Namespace("INBOX.", ".").
func Namespace(prefix, separator string) Option {
	return func(c *choice) { c.Prefix, c.Separator = prefix, separator }
}

// Exchange is the Capability of a server as poor as Exchange Online.
const Exchange = "IMAP4rev1 IDLE UIDPLUS NAMESPACE LITERAL+"

// Capability makes the server claim these abilities only.
func Capability(words string) Option { return func(c *choice) { c.Capability = words } }

// Connections limits how many connections a user may have (each act of an Account takes one as well).
func Connections(limit int) Option { return func(c *choice) { c.Limit = limit } }

// Crowd makes room for thousands of connections of all accounts together. A process of the server's then serves many of them,
// so Sessions does not tell them apart.
func Crowd() Option { return func(c *choice) { c.Crowd = true } }

// SDBox stores mail in Dovecot's own format, with which an IDLE goes deaf once its index log rotates.
func SDBox() Option { return func(c *choice) { c.Store = "sdbox" } }

// Introspect makes the server take access tokens, too, and ask about each at an address that ends in "token=" (RFC 7662).
func Introspect(url string) Option { return func(c *choice) { c.Introspect = url } }

// TLS makes the account speak TLS from the first byte. The certificate names 127.0.0.1, not localhost.
func TLS() Option { return func(c *choice) { c.TLS, c.security = true, "tls" } }

// STARTTLS makes the account turn to TLS after the greeting; the server takes no password before.
func STARTTLS() Option { return func(c *choice) { c.TLS, c.security = true, "starttls" } }

// User gives a fresh account, with a user name that no other test has.
func (s *Server) User(t testing.TB, options ...Option) Account {
	t.Helper()
	c := choice{
		variant:  variant{Store: "maildir", Flagged: standardFolders, Separator: "/"},
		security: "none",
	}
	for _, o := range options {
		o(&c)
	}
	d, err := dovecots.get(c.variant)
	if err != nil {
		t.Fatalf("start Dovecot: %v", err)
	}
	a := Account{
		Host: "127.0.0.1", Port: d.port, Security: c.security,
		Username: fmt.Sprintf("rep%d", dovecots.users.Add(1)), Password: password,
		Prefix: c.Prefix, t: t, log: filepath.Join(d.dir, "dovecot.log"),
	}
	if c.TLS {
		a.CAFile = filepath.Join(d.dir, "cert.pem")
	}
	if c.security == "tls" {
		a.Port = d.tlsPort
	}
	for _, name := range c.plain {
		a.Create(c.Prefix + name)
	}
	return a
}

const password = "secret"

// Sessions gives the ids of the processes that serve the account's open connections, oldest first. They belong to the
// test: kill -9 one and the connection is cut without a word, SIGTERM makes it say BYE, SIGSTOP makes it a dead peer
// (SIGCONT ends that). It is empty on servers other than Dovecot.
func (a Account) Sessions() []int {
	a.t.Helper()
	if a.log == "" {
		return nil
	}
	data, err := os.ReadFile(a.log)
	if err != nil {
		a.t.Fatalf("read Dovecot's log: %v", err)
	}
	var pids []int
	for line := range bytes.Lines(data) {
		m := loginLine.FindSubmatch(line)
		if m == nil || string(m[1]) != a.Username {
			continue
		}
		pid, err := strconv.Atoi(string(m[2]))
		if err == nil && syscall.Kill(pid, 0) == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// CountedOut waits until the server counts no connection of the account any more. Dovecot does so a moment after a
// connection has ended: until then a closed one takes a place of Connections. On other servers it returns at once.
func (a Account) CountedOut() {
	a.t.Helper()
	if a.log == "" {
		return
	}
	dir := filepath.Dir(a.log)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		who := exec.Command("doveadm", "-c", filepath.Join(dir, "dovecot.conf"), "-f", "tab",
			"who", "-1", "-a", filepath.Join(dir, "run", "anvil"), a.Username)
		listed, err := who.Output()
		switch {
		case err != nil:
			a.t.Fatalf("ask Dovecot who is connected: %v", err)
		case !bytes.Contains(listed, []byte("\n"+a.Username+"\t")):
			return
		case time.Now().After(deadline):
			a.t.Fatalf("Dovecot still counts connections after %v:\n%s", patience, listed)
		}
	}
}

var loginLine = regexp.MustCompile(`Login: user=<([^>]*)>.* mpid=(\d+)`)

// fleet holds the Dovecots of a test binary.
type fleet struct {
	managed atomic.Bool // Main will stop them
	users   atomic.Int64

	mu      sync.Mutex
	running map[variant]*dovecot
}

var dovecots fleet

func (f *fleet) get(v variant) (*dovecot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.running[v]; d != nil {
		return d, nil
	}
	var d *dovecot
	var err error
	for range 3 { // another process may take the free port first
		if d, err = startDovecot(v); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if f.running == nil {
		f.running = make(map[variant]*dovecot)
	}
	f.running[v] = d
	return d, nil
}

func (f *fleet) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.running {
		d.stop()
	}
	f.running = nil
}

// dovecot is one running server with everything it owns under dir.
type dovecot struct {
	dir           string
	port, tlsPort int
	cmd           *exec.Cmd
	stdin         io.Closer
}

// keeper runs Dovecot until its own standard input ends, which happens when the test binary dies in whatever way, and
// then ends every process that Dovecot left (open sessions outlive the master) and removes its folder.
const keeper = `trap '' TERM
"$0" -F -c "$1/dovecot.conf" & cat >/dev/null
kill -TERM 0
wait
rm -rf "$1"
kill -KILL 0`

func startDovecot(v variant) (_ *dovecot, err error) {
	dir, err := os.MkdirTemp(tempParent(), "dovecot")
	if err != nil {
		return nil, err
	}
	d := &dovecot{dir: dir}
	defer func() {
		if err != nil {
			d.stop()
		}
	}()
	if d.port, err = freePort(); err != nil {
		return nil, err
	}
	if d.tlsPort, err = freePort(); err != nil {
		return nil, err
	}
	owner, err := mailOwner()
	if err != nil {
		return nil, err
	}
	greeting := filepath.Base(dir)
	if err := writeConfig(filepath.Join(dir, "dovecot.conf"), v, d, owner, greeting); err != nil {
		return nil, err
	}
	if v.TLS {
		if err := writeCertificate(dir); err != nil {
			return nil, err
		}
	}
	if err := owner.give(dir); err != nil {
		return nil, err
	}

	path, err := exec.LookPath("dovecot")
	if err != nil {
		path = "/usr/sbin/dovecot"
	}
	d.cmd = exec.Command("/bin/sh", "-c", keeper, path, dir)
	var said bytes.Buffer
	d.cmd.Stdout, d.cmd.Stderr = &said, &said
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner.credential}
	if d.stdin, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	if err := d.wait(greeting); err != nil {
		d.stop()
		log, _ := os.ReadFile(filepath.Join(dir, "dovecot.log"))
		return nil, fmt.Errorf("%w\n%s%s", err, said.Bytes(), log)
	}
	return d, nil
}

// wait returns when the server greets with its own greeting.
func (d *dovecot) wait(greeting string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(15 * time.Second)
	for {
		err := d.greets(greeting)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no greeting: %w", err)
		}
		<-tick.C
	}
}

func (d *dovecot) greets(greeting string) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if strings.HasSuffix(lines.Text(), greeting) {
			return nil
		}
		if !strings.Contains(lines.Text(), "Waiting for authentication process") {
			return fmt.Errorf("another server greets: %q", lines.Text())
		}
	}
	return errors.Join(lines.Err(), io.ErrUnexpectedEOF)
}

func (d *dovecot) stop() {
	if d.stdin != nil {
		_ = d.stdin.Close()
		_ = d.cmd.Wait() // it ends itself by SIGKILL
		d.stdin = nil
	}
	_ = os.RemoveAll(d.dir)
}

// tempParent is where unprivileged users can go and whose names are short: socket paths have at most 108 bytes.
func tempParent() string {
	if os.Geteuid() == 0 || len(os.TempDir()) > 40 {
		return "/tmp"
	}
	return os.TempDir()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// owner is the user as whom Dovecot runs: nobody for root, otherwise the one who tests.
type owner struct {
	User, Group string
	credential  *syscall.Credential // nil: no change
}

func mailOwner() (owner, error) {
	name := "nobody"
	if os.Geteuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return owner{}, err
		}
		name = u.Username
	}
	u, err := user.Lookup(name)
	if err != nil {
		return owner{}, err
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return owner{}, err
	}
	o := owner{User: u.Username, Group: g.Name}
	if os.Geteuid() == 0 {
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return owner{}, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return owner{}, err
		}
		o.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return o, nil
}

// give makes everything under dir the owner's.
func (o owner) give(dir string) error {
	if o.credential == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(o.credential.Uid), int(o.credential.Gid))
	})
}

func writeConfig(path string, v variant, d *dovecot, o owner, greeting string) error {
	type folder struct{ Name, Use string }
	var folders []folder
	for f := range strings.SplitSeq(v.Flagged, ",") {
		if name, use, ok := strings.Cut(f, "="); ok {
			folders = append(folders, folder{name, use})
		}
	}
	location := "maildir:" + d.dir + "/mail/%u/Maildir:LAYOUT=fs"
	if v.Store == "sdbox" {
		location = "sdbox:" + d.dir + "/mail/%u"
	}
	var out bytes.Buffer
	err := config.Execute(&out, map[string]any{
		"Dir": d.dir, "Port": d.port, "TLSPort": d.tlsPort, "User": o.User, "Group": o.Group, "Location": location,
		"Greeting": greeting, "Password": password, "V": v, "Folders": folders,
	})
	if err != nil {
		return err
	}
	ask := fmt.Sprintf("introspection_mode = get\nintrospection_url = %s\nactive_attribute = active\nactive_value = true\nusername_attribute = username\n", v.Introspect)
	return errors.Join(
		os.WriteFile(path, out.Bytes(), 0o600),
		os.WriteFile(filepath.Join(filepath.Dir(path), "oauth2.conf"), []byte(ask), 0o600),
	)
}

// config keeps everything under Dir and listens on loopback only. A user need not exist: any name has a fresh, empty
// mailbox. Failed logins are answered at once, so that one test's wrong password does not slow the others.
var config = template.Must(template.New("dovecot.conf").Parse(`base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
log_path = {{.Dir}}/dovecot.log
protocols = imap
listen = 127.0.0.1
login_greeting = {{.Greeting}}
disable_plaintext_auth = no
auth_mechanisms = plain login{{if .V.Introspect}} xoauth2 oauthbearer{{end}}
auth_failure_delay = 0
default_internal_user = {{.User}}
default_internal_group = {{.Group}}
default_login_user = {{.User}}
mail_uid = {{.User}}
mail_gid = {{.Group}}
first_valid_uid = 1
first_valid_gid = 1
mail_location = {{.Location}}
mail_fsync = never
mail_max_userip_connections = {{if .V.Limit}}{{.V.Limit}}{{else}}100{{end}}
{{if .V.Capability}}imap_capability = {{.V.Capability}}
{{end}}{{if .V.TLS}}ssl = required
ssl_cert = <{{.Dir}}/cert.pem
ssl_key = <{{.Dir}}/key.pem
{{else}}ssl = no
{{end}}{{if .V.Introspect}}passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {{.Dir}}/oauth2.conf
}
{{end}}passdb {
  driver = static
  mechanisms = plain login
  args = password={{.Password}}
}
userdb {
  driver = static
  args = uid={{.User}} gid={{.Group}} home={{.Dir}}/mail/%u/home allow_all_users=yes
}
namespace inbox {
  inbox = yes
  prefix = {{.V.Prefix}}
  separator = {{.V.Separator}}
{{range .Folders}}  mailbox "{{.Name}}" {
    special_use = {{.Use}}
    auto = subscribe
  }
{{end}}}
{{if .V.Crowd}}default_process_limit = 1000
default_client_limit = 20000
service imap {
  client_limit = 40
  service_count = 0
}
service auth {
  client_limit = 20000
}
{{end}}service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  process_min_avail = 1
{{if .V.Crowd}}  service_count = 0
  client_limit = 10000
{{end}}  inet_listener imap {
    port = {{.Port}}
  }
  inet_listener imaps {
    port = {{if .V.TLS}}{{.TLSPort}}
    ssl = yes{{else}}0{{end}}
  }
}
`))

// writeCertificate makes cert.pem and key.pem: self-signed, for 127.0.0.1 only.
func writeCertificate(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "followupd test"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o644),
		os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
	)
}
