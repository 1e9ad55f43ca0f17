package imaptest

import (
	"os"
	"path/filepath"
	"testing"

	"followupd/imapwatch/faultserver"
)

// FaultyUser is the username a program under test logs in with on a fault server.
const FaultyUser = "rep"

// Faulty starts a fault server, stopped when the test ends, and gives an account on it that acts as the rep's own hand:
// no fault strikes it. The program under test logs in as FaultyUser, and the test fails if it did on the wire what it must
// never do (faultserver.Server.Violations). With TLS the Account's connections, too, meet what the server does to them.
func Faulty(t testing.TB, options faultserver.Options) (*faultserver.Server, Account) {
	t.Helper()
	server, err := faultserver.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		for _, wrong := range server.Violations() {
			t.Errorf("on the wire: %s", wrong)
		}
		if t.Failed() {
			commands := server.Commands()
			for _, c := range commands[max(0, len(commands)-100):] {
				t.Logf("the program said: %d %s %s %s", c.Conn, c.Tag, c.Name, c.Args)
			}
		}
	})
	a := Account{
		Host: server.Addr().IP.String(), Port: server.Addr().Port, Security: "none",
		Username: faultserver.Hand, Password: password, t: t,
	}
	if options.Security != "" && options.Security != faultserver.Plain {
		a.Security = string(options.Security)
		a.CAFile = filepath.Join(t.TempDir(), "root.pem")
		if err := os.WriteFile(a.CAFile, server.Root(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return server, a
}
