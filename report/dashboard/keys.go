package dashboard

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// How long what Keys gives out is good.
const (
	linkLife    = 15 * time.Minute
	sessionLife = 30 * 24 * time.Hour
)

// Keys are the secrets of one mailbox's dashboard, in files of its state directory that only its owner can read: a key that
// signs sessions, and one empty file for each login link that was printed and not used. Whoever can read them is the rep, so
// the command line and the daemon need no other way to agree. Several processes may use one directory.
type Keys struct {
	dir string
	key []byte
}

// keyBytes is the length of the signing key and of a link's secret.
const keyBytes = 32

// OpenKeys opens the secrets of a state directory, making them where there are none.
func OpenKeys(stateDir string) (*Keys, error) {
	k := &Keys{dir: filepath.Join(stateDir, "dashboard")}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the dashboard's keys: %w", err)
	}
	path := filepath.Join(k.dir, "key")
	// Written aside and linked: of two processes that make a key at once, one wins and both read the winner's.
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := k.make(path); err != nil {
			return nil, fmt.Errorf("make the dashboard's key: %w", err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open the dashboard's key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the dashboard's key %s can be read by others (mode %04o): remove it, a new one is made", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the dashboard's key: %w", err)
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("the dashboard's key %s is damaged: remove it, a new one is made", path)
	}
	k.key = key
	return k, nil
}

func (k *Keys) make(path string) error {
	aside, err := os.CreateTemp(k.dir, "new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	_, writeErr := aside.Write(secret())
	if err := errors.Join(writeErr, aside.Close()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func secret() []byte {
	b := make([]byte, keyBytes)
	rand.Read(b) // never fails: it ends the program instead
	return b
}

// NewLink gives the secret of a login link that works once, within a quarter of an hour. It clears away links that were
// never used.
func (k *Keys) NewLink(now time.Time) (string, error) {
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return "", fmt.Errorf("make a login link: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), "link-") && now.Sub(info.ModTime()) > linkLife {
			os.Remove(filepath.Join(k.dir, e.Name()))
		}
	}
	link := base64.RawURLEncoding.EncodeToString(secret())
	file, err := os.OpenFile(k.linkFile(link), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("make a login link: %w", err)
	}
	if err := file.Close(); err != nil {
		return "", fmt.Errorf("make a login link: %w", err)
	}
	return link, nil
}

// linkFile names the file that stands for a link. It holds a hash, so that a copy of the directory opens nothing.
func (k *Keys) linkFile(link string) string {
	sum := sha256.Sum256([]byte(link))
	return filepath.Join(k.dir, "link-"+base64.RawURLEncoding.EncodeToString(sum[:]))
}

// redeem uses a link up. Removing its file is what only one of many can do.
func (k *Keys) redeem(link string, now time.Time) bool {
	path := k.linkFile(link)
	info, err := os.Stat(path)
	if err != nil || os.Remove(path) != nil {
		return false
	}
	return now.Sub(info.ModTime()) <= linkLife
}

// session gives a cookie's value: a number nobody guesses, when it ends, and our signature of both.
func (k *Keys) session(now time.Time) string {
	body := base64.RawURLEncoding.EncodeToString(secret()[:16]) + "." + strconv.FormatInt(now.Add(sessionLife).Unix(), 10)
	return body + "." + k.sign("session", body)
}

// holds says whether a cookie's value is a session of ours that has not ended.
func (k *Keys) holds(session string, now time.Time) bool {
	body, signature, ok := cutLast(session)
	if !ok || !same(signature, k.sign("session", body)) {
		return false
	}
	_, ends, _ := cutLast(body)
	at, err := strconv.ParseInt(ends, 10, 64)
	return err == nil && now.Unix() < at
}

// form gives the token that every form of a session carries.
func (k *Keys) form(session string) string { return k.sign("form", session) }

// Calendar gives the secret of the calendar feed's address. It stays the same as long as the key.
func (k *Keys) Calendar() string { return k.sign("calendar", "") }

func (k *Keys) sign(purpose, text string) string {
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte(purpose + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
