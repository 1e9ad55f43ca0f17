package imaptest_test

import (
	"fmt"
	"os"
	"testing"

	"followupd/imapwatch/imaptest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := imaptest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
