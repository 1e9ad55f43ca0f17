package memserver

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// delimiter is imapmemserver's.
const delimiter = '/'

// account is a user of imapmemserver, and what that does not keep: the uses of folders.
type account struct {
	user *imapmemserver.User

	mu      sync.Mutex
	folders map[string]*folder
	news    chan struct{} // closed and made anew when mail came, went or changed its flags
}

func newAccount(username, password string) *account {
	return &account{
		user:    imapmemserver.NewUser(username, password),
		folders: make(map[string]*folder),
		news:    make(chan struct{}),
	}
}

// changed wakes every connection that is in IDLE.
func (a *account) changed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.news)
	a.news = make(chan struct{})
}

// change gives the channel that the next change closes.
func (a *account) change() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.news
}

type folder struct {
	use        imap.MailboxAttr // "" none
	subscribed bool
}

// create makes a folder; mu guards folders against the wire's CREATE, so both change together.
func (a *account) create(name string, use imap.MailboxAttr) error {
	name = strings.TrimRight(name, string(delimiter))
	if strings.EqualFold(name, "INBOX") {
		name = "INBOX"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.user.Create(name, nil); err != nil {
		return err
	}
	a.folders[name] = &folder{use: use, subscribed: true}
	return nil
}

func (a *account) remove(name string) error {
	if name == "INBOX" {
		return no("", "INBOX stays") // RFC 9051 section 6.3.5
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.user.Delete(name); err != nil {
		return err
	}
	delete(a.folders, name)
	return nil
}

func (a *account) rename(from, to string) error {
	if from == "INBOX" {
		return no("", "INBOX stays") // RFC 9051 section 6.3.6 would move its mail; nobody here needs it
	}
	to = strings.TrimRight(to, string(delimiter))
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.user.Rename(from, to, nil); err != nil {
		return err
	}
	a.folders[to] = a.folders[from]
	delete(a.folders, from)
	return nil
}

func (a *account) subscribe(name string, subscribed bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.folders[name]
	if f == nil {
		return no(imap.ResponseCodeNonExistent, "no such folder")
	}
	f.subscribed = subscribed
	return nil
}

// list gives the folders that match, in the order of their names. Uses are shown whether or not they were asked for.
func (a *account) list(ref string, patterns []string, options *imap.ListOptions) []imap.ListData {
	a.mu.Lock()
	defer a.mu.Unlock()
	var listed []imap.ListData
	names := slices.Sorted(maps.Keys(a.folders))
	for _, name := range names {
		f := a.folders[name]
		matches := slices.ContainsFunc(patterns, func(pattern string) bool {
			return imapserver.MatchList(name, delimiter, ref, pattern)
		})
		if !matches || options.SelectSubscribed && !f.subscribed || options.SelectSpecialUse && f.use == "" {
			continue
		}
		attrs := []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, name+string(delimiter)) }) {
			attrs[0] = imap.MailboxAttrHasChildren
		}
		if options.ReturnSubscribed && f.subscribed {
			attrs = append(attrs, imap.MailboxAttrSubscribed)
		}
		if f.use != "" {
			attrs = append(attrs, f.use)
		}
		listed = append(listed, imap.ListData{Mailbox: name, Delim: delimiter, Attrs: attrs})
	}
	return listed
}

func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}
