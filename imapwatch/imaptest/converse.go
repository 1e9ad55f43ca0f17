package imaptest

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Converse says commands to a server in one go: a login with the password "secret", the commands, tagged 2, 3, …, and LOGOUT.
// A command may hold a literal with {n+}. It gives all that the server says until it hangs up, with plain line ends; where it
// hangs up early, what it said till then.
func Converse(t testing.TB, server net.Addr, user string, commands ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", server.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for i, c := range append(append([]string{"LOGIN " + user + " secret"}, commands...), "LOGOUT") {
		fmt.Fprintf(conn, "%d %s\r\n", i+1, c)
	}
	said, _ := io.ReadAll(conn)
	return strings.ReplaceAll(string(said), "\r\n", "\n")
}
