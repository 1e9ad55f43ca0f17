// Package memserver is an IMAP server that keeps mail in memory: go-imap's imapserver and imapmemserver, with what they
// leave out and mail clients need. It serves the demo and the tests; nothing survives its end.
//
// Added are the special uses of folders (imapmemserver drops them at CREATE), shown on every LIST as Dovecot does; a
// UIDVALIDITY that differs between two servers (imapmemserver counts from 1, so a restarted server looks like the old
// one); a MOVE that tells of each removed message once; and an IDLE that listens before it says so.
package memserver

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Folder is a folder to make, with its special use (RFC 6154), "" without one.
type Folder struct {
	Name string
	Use  imap.MailboxAttr
}

// StandardFolders are what an account has that is given none.
func StandardFolders() []Folder {
	return []Folder{
		{"Sent", imap.MailboxAttrSent},
		{"Drafts", imap.MailboxAttrDrafts},
		{"Junk", imap.MailboxAttrJunk},
		{"Trash", imap.MailboxAttrTrash},
		{"Archive", imap.MailboxAttrArchive},
	}
}

// Options of a server.
type Options struct {
	// UIDValidity is that of the first folder made; later ones count up. 0: the seconds since 1970, so that a server
	// started later never has the same.
	UIDValidity uint32
	// Log takes what goes wrong inside the server; nil: thrown away.
	Log io.Writer
}

// Server is a running server. Its methods may be called at any time from any goroutine.
type Server struct {
	addr   *net.TCPAddr
	server *imapserver.Server
	served chan error
	base   uint32 // added to imapmemserver's UIDVALIDITYs

	mu       sync.Mutex
	accounts map[string]*account
}

// Start listens on addr, "127.0.0.1:0" for any free port. Passwords cross the wire in plain text: listen on loopback.
func Start(addr string, options Options) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if options.Log == nil {
		options.Log = io.Discard
	}
	if options.UIDValidity == 0 {
		options.UIDValidity = uint32(time.Now().Unix())
	}
	s := &Server{
		addr:     listener.Addr().(*net.TCPAddr),
		served:   make(chan error, 1),
		base:     options.UIDValidity - 1,
		accounts: make(map[string]*account),
	}
	s.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{server: s}, nil, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapUIDPlus: {}, imap.CapESearch: {}, imap.CapSearchRes: {},
			imap.CapListExtended: {}, imap.CapListStatus: {}, imap.CapMove: {}, imap.CapStatusSize: {}, imap.CapSpecialUse: {},
			imap.CapCreateSpecialUse: {}, imap.CapChildren: {}, imap.CapLiteralPlus: {},
		},
		InsecureAuth: true,
		Logger:       log.New(options.Log, "", 0),
	})
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() *net.TCPAddr { return s.addr }

// Close ends the server and every connection.
func (s *Server) Close() error {
	if err := s.server.Close(); err != nil {
		return err
	}
	return <-s.served
}

// AddAccount makes an account with INBOX and the folders, or the standard ones.
func (s *Server) AddAccount(username, password string, folders ...Folder) error {
	if len(folders) == 0 {
		folders = StandardFolders()
	}
	a := newAccount(username, password)
	for _, f := range append([]Folder{{Name: "INBOX"}}, folders...) {
		if err := a.create(f.Name, f.Use); err != nil {
			return fmt.Errorf("make folder %q: %w", f.Name, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts[username] != nil {
		return fmt.Errorf("there is an account %q already", username)
	}
	s.accounts[username] = a
	return nil
}

// Append lays a message into a folder, as delivery would, and gives its UID. received is its INTERNALDATE; zero: now.
func (s *Server) Append(username, folder string, flags []imap.Flag, received time.Time, raw []byte) (imap.UID, error) {
	a := s.account(username)
	if a == nil {
		return 0, fmt.Errorf("no account %q", username)
	}
	defer a.changed()
	data, err := a.user.Append(folder, literal{bytes.NewReader(raw)}, &imap.AppendOptions{Flags: flags, Time: received})
	if err != nil {
		return 0, fmt.Errorf("append to %q: %w", folder, err)
	}
	return data.UID, nil
}

func (s *Server) account(username string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[username]
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }
