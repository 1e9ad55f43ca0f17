//go:build !linux

package sqlite_test

import "errors"

// The tests that call for these need Linux's mounts.
func fillDisk(string) error     { return errors.ErrUnsupported }
func meetReadOnly(string) error { return errors.ErrUnsupported }
