package imaptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// patience is how long one act of an Account may take before the test fails.
const patience = 30 * time.Second

// Account is a mailbox and how to reach it. Its methods act as the rep's own mail client or as the delivery of mail
// would; each takes a connection of its own for as long as it runs, and fails the test where it cannot.
type Account struct {
	Host     string
	Port     int
	Security string // "tls", "starttls" or "none"
	CAFile   string // PEM of the server's certificate; "" with Security "none"
	Username string
	Password string
	Prefix   string // what the names of all folders but INBOX begin with: "", "INBOX."

	t   testing.TB
	log string // Dovecot's log, for Sessions; "" on other servers
}

// Addr is the server's host:port.
func (a Account) Addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// Message is a message as it lies in a folder.
type Message struct {
	UID      uint32
	Flags    []string
	Received time.Time // INTERNALDATE
	Raw      []byte
}

// Append lays a message into a folder, as delivery (no flags) or a mail client would, and gives its UID.
func (a Account) Append(folder string, flags []string, received time.Time, raw []byte) uint32 {
	a.t.Helper()
	return a.AppendAll(folder, Message{Flags: flags, Received: received, Raw: raw})[0]
}

// AppendAll lays many messages into a folder over one connection and gives their UIDs.
func (a Account) AppendAll(folder string, messages ...Message) []uint32 {
	a.t.Helper()
	var uids []uint32
	a.do(fmt.Sprintf("append to %q", folder), func(c *imapclient.Client) error {
		for _, m := range messages {
			cmd := c.Append(folder, int64(len(m.Raw)), &imap.AppendOptions{Flags: imapFlags(m.Flags), Time: m.Received})
			if _, err := cmd.Write(m.Raw); err != nil {
				return err
			}
			if err := cmd.Close(); err != nil {
				return err
			}
			data, err := cmd.Wait()
			if err != nil {
				return err
			}
			uids = append(uids, uint32(data.UID))
		}
		return nil
	})
	return uids
}

// Read gives everything in a folder in the order of UIDs, without setting \Seen.
func (a Account) Read(folder string) []Message {
	a.t.Helper()
	var messages []Message
	a.selected(folder, func(c *imapclient.Client) error {
		all := imap.UIDSet{imap.UIDRange{Start: 1, Stop: 0}}
		section := &imap.FetchItemBodySection{Peek: true}
		found, err := c.Fetch(all, &imap.FetchOptions{
			UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section},
		}).Collect()
		if err != nil {
			return err
		}
		for _, m := range found {
			var flags []string
			for _, f := range m.Flags {
				flags = append(flags, string(f))
			}
			messages = append(messages, Message{
				UID: uint32(m.UID), Flags: flags, Received: m.InternalDate, Raw: m.FindBodySection(section),
			})
		}
		return nil
	})
	return messages
}

// Store adds flags to a message.
func (a Account) Store(folder string, uid uint32, flags ...string) {
	a.t.Helper()
	a.selected(folder, func(c *imapclient.Client) error {
		return c.Store(imap.UIDSetNum(imap.UID(uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: imapFlags(flags)}, nil).Close()
	})
}

// Move puts a message into another folder.
func (a Account) Move(folder string, uid uint32, to string) {
	a.t.Helper()
	a.selected(folder, func(c *imapclient.Client) error {
		_, err := c.Move(imap.UIDSetNum(imap.UID(uid)), to).Wait()
		return err
	})
}

// MoveAll puts everything of a folder into another in one go.
func (a Account) MoveAll(folder, to string) {
	a.t.Helper()
	a.selected(folder, func(c *imapclient.Client) error {
		_, err := c.Move(imap.UIDSet{imap.UIDRange{Start: 1, Stop: 0}}, to).Wait()
		return err
	})
}

// Copy puts a copy of a message into another folder.
func (a Account) Copy(folder string, uid uint32, to string) {
	a.t.Helper()
	a.selected(folder, func(c *imapclient.Client) error {
		_, err := c.Copy(imap.UIDSetNum(imap.UID(uid)), to).Wait()
		return err
	})
}

// Delete removes a message for good (\Deleted and UID EXPUNGE).
func (a Account) Delete(folder string, uid uint32) {
	a.t.Helper()
	a.selected(folder, func(c *imapclient.Client) error {
		set := imap.UIDSetNum(imap.UID(uid))
		err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
		if err != nil {
			return err
		}
		return c.UIDExpunge(set).Close()
	})
}

// Create makes a folder.
func (a Account) Create(folder string) {
	a.t.Helper()
	a.do(fmt.Sprintf("create %q", folder), func(c *imapclient.Client) error { return c.Create(folder, nil).Wait() })
}

// DeleteFolder removes a folder and all that lies in it.
func (a Account) DeleteFolder(folder string) {
	a.t.Helper()
	a.do(fmt.Sprintf("delete %q", folder), func(c *imapclient.Client) error { return c.Delete(folder).Wait() })
}

// Rename gives a folder another name.
func (a Account) Rename(folder, to string) {
	a.t.Helper()
	a.do(fmt.Sprintf("rename %q", folder), func(c *imapclient.Client) error { return c.Rename(folder, to, nil).Wait() })
}

// Subscribed lists the folders that the rep's client shows.
func (a Account) Subscribed() []string {
	a.t.Helper()
	var names []string
	a.do("list what is subscribed", func(c *imapclient.Client) error {
		listed, err := c.List("", "*", &imap.ListOptions{SelectSubscribed: true}).Collect()
		for _, l := range listed {
			names = append(names, l.Mailbox)
		}
		return err
	})
	return names
}

// Folders lists the names of all folders.
func (a Account) Folders() []string {
	a.t.Helper()
	var names []string
	a.do("list", func(c *imapclient.Client) error {
		listed, err := c.List("", "*", nil).Collect()
		for _, l := range listed {
			names = append(names, l.Mailbox)
		}
		return err
	})
	return names
}

func (a Account) selected(folder string, act func(c *imapclient.Client) error) {
	a.t.Helper()
	a.do(fmt.Sprintf("in %q", folder), func(c *imapclient.Client) error {
		if _, err := c.Select(folder, nil).Wait(); err != nil {
			return err
		}
		return act(c)
	})
}

// do logs in, acts and logs out; a server that does not answer within patience is cut off.
func (a Account) do(what string, act func(c *imapclient.Client) error) {
	a.t.Helper()
	if err := a.try(act); err != nil {
		a.t.Fatalf("the rep's client: %s: %v", what, err)
	}
}

func (a Account) try(act func(c *imapclient.Client) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := a.Dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	var client *imapclient.Client
	if a.Security == "starttls" {
		config, err := a.tlsConfig()
		if err != nil {
			return err
		}
		client, err = imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: config})
		if err != nil {
			return err
		}
	} else {
		client = imapclient.New(conn, nil)
	}
	defer client.Close()
	if err := client.Login(a.Username, a.Password).Wait(); err != nil {
		return err
	}
	if err := act(client); err != nil {
		return err
	}
	return client.Logout().Wait()
}

// Dial connects to the server: through TLS with Security "tls", in plain text otherwise.
func (a Account) Dial(ctx context.Context) (net.Conn, error) {
	if a.Security != "tls" {
		return new(net.Dialer).DialContext(ctx, "tcp", a.Addr())
	}
	config, err := a.tlsConfig()
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", a.Addr())
}

func (a Account) tlsConfig() (*tls.Config, error) {
	pem, err := os.ReadFile(a.CAFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", a.CAFile)
	}
	return &tls.Config{RootCAs: roots, ServerName: a.Host}, nil
}

func imapFlags(names []string) []imap.Flag {
	var flags []imap.Flag
	for _, n := range names {
		flags = append(flags, imap.Flag(n))
	}
	return flags
}
