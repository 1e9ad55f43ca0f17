// Package imaptest gives tests a mailbox to work on: on a real Dovecot that lives as long as the test binary (Dovecot), on
// the embedded server of package memserver (Memory), or on a server that follows a script and breaks (Scripted).
//
// An Account also plays the other hand: the rep's mail client and the delivery of mail. Everything listens on loopback.
package imaptest

import (
	"testing"

	"followupd/imapwatch/memserver"
)

// Main runs the tests of a package and stops every server that they started. A package whose tests call Dovecot has
//
//	func TestMain(m *testing.M) { os.Exit(imaptest.Main(m)) }
//
// A program that measures may run itself in place of a *testing.M.
func Main(m interface{ Run() int }) int {
	defer dovecots.stop()
	dovecots.managed.Store(true)
	return m.Run()
}

// Memory starts an embedded server with one account, stopped when the test ends. Without folders the account has those
// of memserver.StandardFolders.
func Memory(t testing.TB, folders ...memserver.Folder) Account {
	t.Helper()
	server, err := memserver.Start("127.0.0.1:0", memserver.Options{})
	if err != nil {
		t.Fatalf("start the embedded server: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("stop the embedded server: %v", err)
		}
	})
	const username, password = "rep@acme.example", "secret"
	if err := server.AddAccount(username, password, folders...); err != nil {
		t.Fatalf("add an account: %v", err)
	}
	return Account{
		Host: server.Addr().IP.String(), Port: server.Addr().Port, Security: "none",
		Username: username, Password: password, t: t,
	}
}
