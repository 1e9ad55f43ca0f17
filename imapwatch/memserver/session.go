package memserver

import (
	"bytes"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// session is one connection. It is imapmemserver's session, but for what deals with folders and UIDVALIDITY.
type session struct {
	*imapmemserver.UserSession // nil before login

	server  *Server
	account *account
}

var _ imapserver.SessionIMAP4rev2 = (*session)(nil)

func (s *session) Login(username, password string) error {
	a := s.server.account(username)
	if a == nil {
		return imapserver.ErrAuthFailed
	}
	if err := a.user.Login(username, password); err != nil {
		return err
	}
	s.account, s.UserSession = a, imapmemserver.NewUserSession(a.user)
	return nil
}

func (s *session) Create(name string, options *imap.CreateOptions) error {
	var use imap.MailboxAttr
	if options != nil && len(options.SpecialUse) > 0 {
		use = options.SpecialUse[0]
	}
	return s.account.create(name, use)
}

func (s *session) Delete(name string) error { return s.account.remove(name) }

func (s *session) Rename(name, to string, _ *imap.RenameOptions) error {
	return s.account.rename(name, to)
}

func (s *session) Subscribe(name string) error { return s.account.subscribe(name, true) }

func (s *session) Unsubscribe(name string) error { return s.account.subscribe(name, false) }

func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 { // the delimiter is asked for: RFC 9051 section 6.3.9
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, data := range s.account.list(ref, patterns, options) {
		if options.ReturnStatus != nil {
			status, err := s.Status(data.Mailbox, options.ReturnStatus)
			if err != nil {
				continue // removed meanwhile
			}
			data.Status = status
		}
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	data, err := s.UserSession.Select(name, options)
	if err != nil {
		return nil, err
	}
	data.UIDValidity += s.server.base
	return data, nil
}

func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	data, err := s.UserSession.Status(name, options)
	if err != nil {
		return nil, err
	}
	if options.UIDValidity {
		data.UIDValidity += s.server.base
	}
	return data, nil
}

func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	defer s.account.changed()
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) < r.Size() { // the connection ended in its middle: imapmemserver would keep what had come
		return nil, io.ErrUnexpectedEOF
	}
	data, err := s.UserSession.Append(name, literal{bytes.NewReader(raw)}, options)
	if err != nil {
		return nil, err
	}
	data.UIDValidity += s.server.base
	return data, nil
}

func (s *session) Copy(set imap.NumSet, to string) (*imap.CopyData, error) {
	defer s.account.changed()
	data, err := s.UserSession.Copy(set, to)
	if err != nil {
		return nil, err
	}
	data.UIDValidity += s.server.base
	return data, nil
}

// Move copies and then removes what was copied; the EXPUNGEs go out with the session's next updates, which the server
// writes before the command's OK. imapmemserver's own Move writes each of them a second time.
func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, to string) error {
	data, err := s.Copy(set, to)
	if err != nil {
		return err
	}
	if err := w.WriteCopyData(data); err != nil {
		return err
	}
	moved, ok := data.SourceUIDs.Nums()
	if !ok || len(moved) == 0 {
		return nil
	}
	uids := imap.UIDSetNum(moved...)
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := s.Store(nil, uids, deleted, nil); err != nil {
		return err
	}
	return s.Expunge(nil, &uids)
}

func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	if slices.ContainsFunc(options.BodySection, func(b *imap.FetchItemBodySection) bool { return !b.Peek }) { // sets \Seen
		defer s.account.changed()
	}
	return s.UserSession.Fetch(w, set, options)
}

func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, options *imap.StoreOptions) error {
	defer s.account.changed()
	return s.UserSession.Store(w, set, flags, options)
}

func (s *session) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	defer s.account.changed()
	return s.UserSession.Expunge(w, uids)
}

// Idle tells of every change until stop is closed. imapmemserver's own listens only a moment after the server has said
// "+", and keeps what comes in between to itself until the next change.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	for {
		change := s.account.change() // before the look, so that nothing falls between
		if err := s.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-change:
		case <-stop:
			return nil
		}
	}
}
