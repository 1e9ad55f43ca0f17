// Command faultserver runs the fault server by hand: it prints how to point followupd at it, and switches the faults that
// are typed in, until its input ends.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"followupd/imapwatch/faultserver"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "faultserver:", err)
		os.Exit(1)
	}
}

func run() error {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen, on this machine")
	security := flag.String("security", "none", "none, tls or starttls")
	list := flag.String("faults", "", "faults switched on from the start; -faults help lists them")
	flag.Parse()
	if *list == "help" {
		for _, n := range faultserver.Names() {
			fmt.Println(n.Name)
		}
		return nil
	}
	faults, err := faultserver.Parse(*list)
	if err != nil {
		return fmt.Errorf("%w; -faults help lists them", err)
	}
	server, err := faultserver.Start(faultserver.Options{Addr: *addr, Security: faultserver.Security(*security), Faults: faults})
	if err != nil {
		return err
	}
	defer server.Close()
	server.Deliver("Sent", []string{`\Seen`}, time.Now().AddDate(0, 0, -14), []byte(offer))
	server.OnEach(func(c faultserver.Command) {
		fmt.Printf("%s  %d %s %.100s\n", time.Now().Format(time.TimeOnly), c.Conn, c.Name, c.Args)
	})
	return serve(server, *security)
}

// offer is a silent thread, two weeks old.
var offer = strings.Join([]string{
	"From: Anna Berg <anna@acme.example>", "To: lena@nordbau.example", "Subject: Audit of your freight invoices",
	"Message-ID: <offer@acme.example>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "",
	"Hello Lena,", "", "an audit of your freight invoices takes a week and costs nothing until it finds something.",
	"Would a pilot with your two biggest carriers make sense for you?", "", "Anna Berg", "",
}, "\r\n")

const config = `[mailbox]
address = "anna@acme.example"
name = "Anna Berg"

[imap]
host = "127.0.0.1"
port = %d
security = %q
ca_file = %q
password_file = "password"
settle = "5s"

[cadence]
hours = ""

[state]
dir = "state"

[digest]
to = "off"
`

func serve(server *faultserver.Server, security string) error {
	dir, err := os.MkdirTemp("", "faultserver-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root := ""
	if security != "none" {
		root = filepath.Join(dir, "root.pem")
	}
	file := filepath.Join(dir, "followupd.toml")
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "password"), []byte("secret\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "root.pem"), server.Root(), 0o600),
		os.WriteFile(file, fmt.Appendf(nil, config, server.Addr().Port, security, root), 0o600),
	); err != nil {
		return err
	}
	fmt.Printf("listening on %s. In another terminal:\n\n  ./bin/followupd once -c %s\n\n"+
		"Type names of faults to switch them on and all others off, an empty line to heal, ? for the names, \"show\" for what lies\n"+
		"in the folders, \"arrive\" to show what was held back, \"hangup\" to cut every connection. End of input ends the server.\n\n", server.Addr(), file)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		do(server, strings.TrimSpace(in.Text()))
	}
	for _, wrong := range server.Violations() {
		fmt.Println("the program must never do this:", wrong)
	}
	return nil
}

func do(server *faultserver.Server, typed string) {
	switch typed {
	case "?":
		for _, n := range faultserver.Names() {
			fmt.Print(n.Name, " ")
		}
		fmt.Println()
	case "show":
		for folder, messages := range server.Snapshot() {
			for _, m := range messages {
				fmt.Printf("%s %d %v %s %d bytes\n", folder, m.UID, m.Flags, m.Received.Format(time.RFC3339), len(m.Raw))
			}
		}
	case "arrive":
		server.Arrive()
	case "hangup":
		server.Hangup()
	default:
		faults, err := faultserver.Parse(typed)
		if err != nil {
			fmt.Println(err, "(? lists them)")
			return
		}
		server.Set(faults)
		fmt.Println("on:", typed)
	}
}
