package config

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/zalando/go-keyring"
)

const (
	secretTimeout = 30 * time.Second
	secretSize    = 64 << 10 // OAuth2 tokens run to a few KiB
	keyringName   = "followupd"
)

// Secret gives the password, or with auth = "oauth2" the access token. It is read afresh at each call, so that a changed
// password needs no restart, and takes at most 30 seconds. The error is a *FieldError that says what to do.
func (i IMAP) Secret(ctx context.Context) (Secret, error) {
	return i.secret(ctx, "imap", i.Username, "imap-password")
}

// Secret gives the password for the digest's server, as IMAP.Secret does.
func (s SMTP) Secret(ctx context.Context) (Secret, error) {
	return s.secret(ctx, "smtp", s.Username, "smtp-password", "imap-password")
}

// Secret gives the key of the endpoint, read afresh at each call; the empty one where no command is set.
func (l LLM) Secret(ctx context.Context) (Secret, error) {
	if len(l.APIKeyCommand) == 0 {
		return Secret{}, nil
	}
	return fromCommand(ctx, "llm.api_key_command", l.APIKeyCommand)
}

// ClientSecret gives the application's secret, read afresh at each call; the empty one where no command is set.
func (o OAuth2) ClientSecret(ctx context.Context) (Secret, error) {
	if len(o.ClientSecretCommand) == 0 {
		return Secret{}, nil
	}
	return fromCommand(ctx, "oauth2.client_secret_command", o.ClientSecretCommand)
}

// Secret gives what signs the posts, read afresh at each call.
func (w Webhook) Secret(ctx context.Context) (Secret, error) {
	secret, given, err := w.source().read(ctx)
	if !given {
		return Secret{}, &FieldError{Key: "webhook", Problem: "no source of the secret is given", Hint: "set one of secret_command, secret_file or secret_env in [webhook]"}
	}
	return secret, err
}

// Token gives what whoever asks must show; the empty one where nothing is asked for.
func (m Metrics) Token(ctx context.Context) (Secret, error) {
	token, _, err := m.source().read(ctx)
	return token, err
}

func (w Webhook) source() source {
	return source{"webhook", "secret", w.SecretCommand, w.SecretFile, w.SecretEnv}
}

func (m Metrics) source() source {
	return source{"metrics", "token", m.TokenCommand, m.TokenFile, m.TokenEnv}
}

func (l Login) source(table string) source {
	return source{table, "password", l.PasswordCommand, l.PasswordFile, l.PasswordEnv}
}

// source is where a secret may come from: each field one key of a table, and one of them at most is set.
type source struct {
	table, what string // "webhook", "secret"
	command     []string
	file, env   string
}

// keys names those that are set.
func (s source) keys() []string {
	var set []string
	if len(s.command) > 0 {
		set = append(set, s.what+"_command")
	}
	if s.file != "" {
		set = append(set, s.what+"_file")
	}
	if s.env != "" {
		set = append(set, s.what+"_env")
	}
	return set
}

// read gives the secret, read afresh; given is false where no key is set.
func (s source) read(ctx context.Context) (secret Secret, given bool, err error) {
	key := s.table + "." + s.what
	switch {
	case len(s.command) > 0:
		secret, err = fromCommand(ctx, key+"_command", s.command)
	case s.file != "":
		secret, err = fromFile(key+"_file", s.file)
	case s.env != "":
		secret, err = fromEnv(key+"_env", s.env)
	default:
		return Secret{}, false, nil
	}
	return secret, true, err
}

// sources names the keys of the login that are set.
func (l Login) sources() []string {
	set := l.source("").keys()
	if l.Keyring {
		set = append(set, "keyring")
	}
	return set
}

// secret asks the one source that is set, else the first systemd credential that is there.
func (l Login) secret(ctx context.Context, table, user string, credentials ...string) (Secret, error) {
	if secret, given, err := l.source(table).read(ctx); given {
		return secret, err
	}
	if l.Keyring {
		return fromKeyring(ctx, table+".keyring", user)
	}
	for _, name := range credentials {
		if hasCredential(os.Getenv, name) {
			return fromFile("systemd credential "+name, filepath.Join(os.Getenv("CREDENTIALS_DIRECTORY"), name))
		}
	}
	return Secret{}, &FieldError{
		Key: table, Problem: "no source of the password is given",
		Hint: fmt.Sprintf("set one of password_command, password_file, password_env or keyring in [%s], or pass the systemd credential %s", table, credentials[0]),
	}
}

// fromCommand runs a program, without a shell, and takes the first line that it prints.
func fromCommand(ctx context.Context, key string, argv []string) (Secret, error) {
	wrong := func(problem, hint string, err error) (Secret, error) {
		return Secret{}, &FieldError{Key: key, Problem: fmt.Sprintf("%q %s", argv[0], problem), Hint: hint, Err: err}
	}
	limited, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	cmd := exec.CommandContext(limited, argv[0], argv[1:]...) //nolint:gosec // it is the rep's own file that names it
	stdout, stderr := &firstBytes{limit: secretSize}, &firstBytes{limit: 4 << 10}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = time.Second // a child of the program may hold the pipes open after its end
	err := cmd.Run()
	line := firstLine(stdout.Bytes())
	said := complaint(stderr.Bytes(), line)
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return wrong(fmt.Sprintf("gave no answer within %s%s", secretTimeout, said), "if it waits for a passphrase, unlock the password store first", limited.Err())
	case ctx.Err() != nil:
		return wrong("was interrupted before it answered"+said, "if it waits for a passphrase, unlock the password store first", ctx.Err())
	case errors.Is(err, exec.ErrNotFound):
		return wrong("is not installed, or not in the PATH of this service", "write its whole path", err)
	case errors.Is(err, fs.ErrPermission):
		return wrong("may not be run", "check its mode", err)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return wrong(fmt.Sprintf("failed (%v)%s", err, said), "run it by hand, as the same user, to see why", err)
	case line == "":
		return wrong("printed nothing on its first line"+said, "run it by hand, as the same user: the first line must be the secret", nil)
	}
	return NewSecret(line), nil
}

// firstBytes keeps the beginning of what is written and swallows the rest, so that a program that prints without end
// neither fills the memory nor blocks.
type firstBytes struct {
	bytes.Buffer
	limit int
}

func (b *firstBytes) Write(p []byte) (int, error) {
	if room := b.limit - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// complaint gives what a program said on stderr as part of an error: one line, printable, without the secret should the
// program have printed it there too.
func complaint(stderr []byte, secret string) string {
	text := string(stderr)
	if secret != "" {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }), ", ")
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return ": " + strings.TrimSpace(text)
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

// fromFile takes the first line of a file that nobody but its owner may read. The service manager's credentials are
// guarded by their folder instead: systemd.exec(5) says their mode may look wider than it is.
func fromFile(key, path string) (Secret, error) {
	wrong := func(problem, hint string, err error) (Secret, error) {
		return Secret{}, &FieldError{Key: key, Problem: path + " " + problem, Hint: hint, Err: err}
	}
	info, err := os.Stat(path) // before opening: opening a named pipe blocks
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong("does not exist", "write the password into it, mode 0600", err)
	case errors.Is(err, fs.ErrPermission):
		return wrong("may not be read by this user", "check owner and mode of the file and its folders", err)
	case err != nil:
		return wrong("cannot be read: "+err.Error(), "", err)
	case info.IsDir():
		return wrong("is a folder", "name the file in it", nil)
	case !info.Mode().IsRegular():
		return wrong("is no regular file", "for a pipe or device use password_command", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return wrong("may not be read by this user", "check owner and mode of the file and its folders", err)
		}
		return wrong("cannot be read: "+err.Error(), "", err)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return wrong("cannot be read: "+err.Error(), "", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" && !isCredential(path) {
		return wrong(fmt.Sprintf("is open to other users (mode %04o)", mode), "run chmod 600 "+path, nil)
	}
	line, err := bufio.NewReader(io.LimitReader(f, secretSize)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return wrong("cannot be read: "+err.Error(), "", err)
	}
	if firstLine(line) == "" {
		return wrong("has an empty first line", "write the password there", nil)
	}
	return NewSecret(firstLine(line)), nil
}

func isCredential(path string) bool {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func fromEnv(key, name string) (Secret, error) {
	value, set := os.LookupEnv(name)
	if firstLine([]byte(value)) == "" {
		state := "is empty"
		if !set {
			state = "is not set"
		}
		return Secret{}, &FieldError{Key: key, Problem: "the environment variable " + name + " " + state, Hint: "set it where the service is started"}
	}
	return NewSecret(firstLine([]byte(value))), nil
}

// fromKeyring asks the desktop. Without a session bus go-keyring would start one of its own and leave it running, so it
// is not even asked then.
func fromKeyring(ctx context.Context, key, user string) (Secret, error) {
	wrong := func(problem, hint string, err error) (Secret, error) {
		return Secret{}, &FieldError{Key: key, Problem: problem, Hint: hint, Err: err}
	}
	if !hasKeyring() {
		return wrong("there is no desktop session, hence no keyring", "use password_command, password_file or a systemd credential", nil)
	}
	limited, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	value, err := patiently(limited, func() (string, error) { return keyring.Get(keyringName, user) })
	switch {
	case limited.Err() != nil:
		return wrong("the keyring gave no answer", "unlock it on the desktop, or use password_command", limited.Err())
	case errors.Is(err, keyring.ErrNotFound):
		return wrong(fmt.Sprintf("the keyring holds nothing for service %q and user %q", keyringName, user), storeHint(user), err)
	case err != nil:
		return wrong("the keyring cannot be asked: "+err.Error(), "unlock it, or use password_command or password_file", err)
	case value == "":
		return wrong(fmt.Sprintf("the keyring holds an empty password for %q", user), storeHint(user), nil)
	}
	return NewSecret(value), nil
}

// ErrNoKeyring says that there is no desktop session, hence no keyring.
var ErrNoKeyring = errors.New("there is no desktop session, hence no keyring")

// ErrNotInKeyring says that the keyring holds nothing under a name.
var ErrNotInKeyring = errors.New("the keyring holds nothing under this name")

// FromKeyring gives what StoreInKeyring stored under a name, within 30 seconds.
func FromKeyring(ctx context.Context, name string) (Secret, error) {
	if !hasKeyring() {
		return Secret{}, ErrNoKeyring
	}
	limited, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	value, err := patiently(limited, func() (string, error) { return keyring.Get(keyringName, name) })
	if errors.Is(err, keyring.ErrNotFound) {
		return Secret{}, ErrNotInKeyring
	}
	if err != nil {
		return Secret{}, fmt.Errorf("ask the keyring: %w", err)
	}
	return NewSecret(value), nil
}

// StoreInKeyring lays a secret into the desktop's keyring, within 30 seconds. A password is found by keyring = true if its
// name is the username.
func StoreInKeyring(ctx context.Context, name string, secret Secret) error {
	if !hasKeyring() {
		return ErrNoKeyring
	}
	limited, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	_, err := patiently(limited, func() (string, error) { return "", keyring.Set(keyringName, name, secret.Reveal()) })
	if err != nil {
		return fmt.Errorf("store in the keyring: %w", err)
	}
	return nil
}

// patiently asks the keyring until ctx ends; the library takes no context. The goroutine outlives this call only while the
// keyring waits for its owner to unlock it, and ends with that question.
func patiently(ctx context.Context, ask func() (string, error)) (string, error) {
	type answer struct {
		value string
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		value, err := ask()
		got <- answer{value, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-got:
		return a.value, a.err
	}
}

func hasKeyring() bool {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

func storeHint(user string) string {
	if runtime.GOOS == "darwin" {
		return fmt.Sprintf("store it with: security add-generic-password -s %s -a %s -w", keyringName, user)
	}
	return fmt.Sprintf("store it with: secret-tool store --label=followupd service %s username %s", keyringName, user)
}
