//go:build !unix

package mail_test

import (
	"testing"
	"time"
)

// cpu runs something; here nobody counts the processor's time for a test.
func cpu(t *testing.T, do func()) time.Duration {
	t.Helper()
	do()
	return 0
}
