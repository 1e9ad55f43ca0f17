package agent

import (
	"os"
	"testing"

	"followupd/imapwatch/imaptest"
)

func TestMain(m *testing.M) { os.Exit(imaptest.Main(m)) }
