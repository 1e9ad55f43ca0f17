package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/oauth2"
)

// File keeps tokens in a folder, in a file that only its owner may read.
type File struct{ Dir string }

const (
	fileName = "oauth2.json"
	lockName = "oauth2.lock"
	maxFile  = 256 << 10 // tokens run to a few KiB
)

// Path is where the tokens lie.
func (f File) Path() string { return filepath.Join(f.Dir, fileName) }

// Load implements Store.
func (f File) Load(context.Context) (*oauth2.Token, error) {
	info, err := os.Stat(f.Path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoGrant
	case err != nil:
		return nil, fmt.Errorf("read the tokens: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("read the tokens: %s is open to other users (mode %04o); run chmod 600 %s", f.Path(), info.Mode().Perm(), f.Path())
	case info.Size() > maxFile:
		return nil, fmt.Errorf("read the tokens: %s is no file of followupd; remove it and run `followupd login`", f.Path())
	}
	text, err := os.ReadFile(f.Path())
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	return Decode(text, f.Path())
}

// Decode reads what Encode wrote; where names the place for an error.
func Decode(text []byte, where string) (*oauth2.Token, error) {
	var t oauth2.Token
	// The decoder's own error would quote what it stumbled over.
	if json.Unmarshal(text, &t) != nil || t.RefreshToken == "" {
		return nil, fmt.Errorf("read the tokens: %s holds none that can be read; run `followupd login`", where)
	}
	return &t, nil
}

// Encode gives tokens as a line of JSON.
func Encode(t *oauth2.Token) ([]byte, error) { return json.Marshal(t) }

// Save implements Store: a reader sees the old file or the new one.
func (f File) Save(_ context.Context, t *oauth2.Token) error {
	text, err := Encode(t)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fmt.Errorf("store the tokens: %w", err)
	}
	next, err := os.CreateTemp(f.Dir, fileName+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("store the tokens: %w", err)
	}
	_, err = next.Write(append(text, '\n'))
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), f.Path())
	}
	if err != nil {
		return fmt.Errorf("store the tokens: %w", errors.Join(err, os.Remove(next.Name())))
	}
	return nil
}

// Lock implements Store.
func (f File) Lock(ctx context.Context) (func(), error) { return LockDir(ctx, f.Dir) }

// LockDir is Lock for a store whose tokens lie elsewhere.
func LockDir(ctx context.Context, dir string) (func(), error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock the tokens: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the tokens: %w", err)
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			file.Close()
			return nil, fmt.Errorf("lock the tokens in %s: %w", dir, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("lock the tokens in %s: another followupd holds them: %w", dir, context.Cause(ctx))
		case <-again.C:
		}
	}
}
