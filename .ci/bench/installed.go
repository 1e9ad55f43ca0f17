package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// installed copies a program as installing it does, and gives the copy; remove takes it away. What the linker has just
// written lies in the kernel's cache in pieces of 2 MB, which Linux 6.18 maps whole where one page of them is touched
// (FilePmdMapped in smaps): the same program counted 8 to 11 MiB more of its file then.
func installed(bin string) (path string, remove func() error, err error) {
	from, err := os.Open(bin)
	if err != nil {
		return "", nil, fmt.Errorf("no program to measure (make build): %w", err)
	}
	defer from.Close()
	dir, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return "", nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	path = filepath.Join(dir, filepath.Base(bin))
	if err := copyTo(path, from); err != nil {
		_ = remove()
		return "", nil, fmt.Errorf("install %s: %w", bin, err)
	}
	return path, remove, nil
}

func copyTo(path string, from io.Reader) error {
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}
