package imapwatch

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// listed is one folder of a LIST.
type listed struct {
	name  string // decoded
	attrs []imap.MailboxAttr
	delim rune // 0: the server has no hierarchy
}

// FolderError says that a folder cannot be told from the others, and which key of the config settles it.
type FolderError struct {
	Role       mail.Role
	Key        string    // "imap.folders.sent"
	Named      string    // what the config names and the server does not have; "" where it names none
	For        mail.Role // what the folder that the config names is for already; "" nothing
	Candidates []string  // more than one folder may be meant; empty: none may
	Folders    []string  // all that the server has
}

// Error names the folders to choose from, and the key to set.
func (e *FolderError) Error() string {
	switch {
	case e.For != "":
		return fmt.Sprintf("%s: %q is for %s already", e.Key, e.Named, e.For)
	case e.Named != "":
		return fmt.Sprintf("%s: there is no folder %q; there are %s", e.Key, e.Named, nameList(e.Folders))
	case len(e.Candidates) > 0:
		return fmt.Sprintf("more than one folder may be meant for %s: %s; set %s", e.Role, nameList(e.Candidates), e.Key)
	}
	return fmt.Sprintf("no folder is known to be meant for %s; set %s to one of %s", e.Role, e.Key, nameList(e.Folders))
}

func nameList(names []string) string {
	const most = 30
	var b strings.Builder
	for i, name := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	return b.String()
}

// Reasons for a folder's role, as check shows them. One chosen for its name is a guess, to be confirmed by what lies in it.
const (
	whyConfig = "the config says so"
	whyAlways = "every mailbox has it"
	whyName   = "its name is a well-known one"
)

func whyUse(use imap.MailboxAttr) string { return "special-use " + string(use) }

// chooseFolders tells what the folders of a LIST are for: as the config says, else by their special use (RFC 6154, read
// off any LIST), else by a well-known name. It never guesses between two: errors are *FolderError, for INBOX, Sent,
// Drafts and the folders of Also. Trash may be missing. The order is inbox, sent, drafts, trash, also.
func chooseFolders(all []listed, cfg Config) ([]mail.Folder, error) {
	c := chooser{all: all, prefix: commonPrefix(all)}
	var chosen []mail.Folder
	taken := make(map[string]mail.Role)
	take := func(f mail.Folder) {
		chosen = append(chosen, f)
		taken[f.Name] = f.Role
	}

	inbox, err := c.inbox(cfg.Inbox)
	if err != nil {
		return nil, err
	}
	take(inbox)
	for _, want := range []struct {
		role  mail.Role
		named string
		use   imap.MailboxAttr
	}{
		{mail.RoleSent, cfg.Sent, imap.MailboxAttrSent},
		{mail.RoleDrafts, cfg.Drafts, imap.MailboxAttrDrafts},
	} {
		f, err := c.choose(want.role, want.named, want.use, taken)
		if err != nil {
			return nil, err
		}
		take(f)
	}
	if cfg.Also != nil {
		for _, name := range cfg.Also {
			f, err := c.named(mail.RoleAlso, name)
			if err != nil {
				return nil, err
			}
			if taken[f.Name] == "" {
				take(f)
			}
		}
	}
	if trash, err := c.choose(mail.RoleTrash, "", imap.MailboxAttrTrash, taken); err == nil {
		chosen = slices.Insert(chosen, 3, trash)
		taken[trash.Name] = mail.RoleTrash
	}
	if cfg.Also == nil {
		for _, use := range []imap.MailboxAttr{imap.MailboxAttrAll, imap.MailboxAttrArchive, imap.MailboxAttrJunk} {
			for _, f := range c.candidates(mail.RoleAlso, use, taken) {
				take(f)
			}
		}
	}
	return chosen, nil
}

// chooser looks for folders in a LIST.
type chooser struct {
	all    []listed
	prefix string // what the names of the account's own folders begin with, "" or "INBOX."
}

func (c chooser) inbox(named string) (mail.Folder, error) {
	if named != "" && !strings.EqualFold(named, "INBOX") {
		return c.named(mail.RoleInbox, named)
	}
	return mail.Folder{Name: "INBOX", Role: mail.RoleInbox, Why: whyAlways}, nil // RFC 9051 section 5.1
}

// named finds the folder that the config names, with or without the prefix that all have.
func (c chooser) named(role mail.Role, name string) (mail.Folder, error) {
	for _, full := range []string{name, c.prefix + name} {
		for _, l := range c.all {
			if l.name == full && l.selectable() {
				return mail.Folder{Name: l.name, Role: role, Why: whyConfig}, nil
			}
		}
	}
	return mail.Folder{}, c.fail(role, name, nil)
}

// choose finds the one folder for a role.
func (c chooser) choose(role mail.Role, named string, use imap.MailboxAttr, taken map[string]mail.Role) (mail.Folder, error) {
	if named != "" {
		f, err := c.named(role, named)
		if other := taken[f.Name]; err == nil && other != "" {
			return mail.Folder{}, &FolderError{Role: role, Key: keyOf(role), Named: f.Name, For: other}
		}
		return f, err
	}
	found := c.candidates(role, use, taken)
	if len(found) == 1 {
		return found[0], nil
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	return mail.Folder{}, c.fail(role, "", names)
}

// candidates finds the folders for a use: those flagged with it, or else those whose name says so. Of several flagged
// ones, the account's own come before those of shared accounts, which lie deeper.
func (c chooser) candidates(role mail.Role, use imap.MailboxAttr, taken map[string]mail.Role) []mail.Folder {
	var flagged, own, byName []mail.Folder
	for _, l := range c.all {
		if taken[l.name] != "" || !l.selectable() {
			continue
		}
		leaf, top := c.leaf(l)
		switch {
		case slices.Contains(l.attrs, use):
			f := mail.Folder{Name: l.name, Role: role, Why: whyUse(use)}
			flagged = append(flagged, f)
			if top {
				own = append(own, f)
			}
		case top && !l.hasUse() && wellKnown()[foldName(leaf)] == use:
			byName = append(byName, mail.Folder{Name: l.name, Role: role, Why: whyName})
		}
	}
	switch {
	case len(own) > 0:
		return own
	case len(flagged) > 0:
		return flagged
	}
	return byName
}

func keyOf(role mail.Role) string { return "imap.folders." + string(role) }

func (c chooser) fail(role mail.Role, named string, candidates []string) error {
	e := &FolderError{Role: role, Key: keyOf(role), Named: named, Candidates: candidates}
	for _, l := range c.all {
		if l.selectable() {
			e.Folders = append(e.Folders, l.name)
		}
	}
	return e
}

// leaf gives the last part of a folder's name, and whether the folder lies where a mail client makes Sent and Drafts: at
// the top, under INBOX, under the prefix that all have, or in Gmail's own folder.
func (c chooser) leaf(l listed) (leaf string, top bool) {
	if l.delim == 0 {
		return l.name, true
	}
	name := strings.TrimPrefix(l.name, c.prefix)
	delim := string(l.delim)
	parent, leaf, nested := strings.Cut(name, delim)
	switch {
	case !nested:
		return name, true
	case strings.Contains(leaf, delim):
		return leaf[strings.LastIndex(leaf, delim)+len(delim):], false
	}
	switch strings.ToLower(parent) {
	case "inbox", "[gmail]", "[google mail]":
		return leaf, true
	}
	return leaf, false
}

func (l listed) selectable() bool {
	return !slices.Contains(l.attrs, imap.MailboxAttrNoSelect) && !slices.Contains(l.attrs, imap.MailboxAttrNonExistent)
}

// hasUse tells whether the server says what a folder is for: then its name says nothing.
func (l listed) hasUse() bool {
	return slices.ContainsFunc(l.attrs, func(a imap.MailboxAttr) bool {
		switch a {
		case imap.MailboxAttrAll, imap.MailboxAttrArchive, imap.MailboxAttrDrafts, imap.MailboxAttrFlagged,
			imap.MailboxAttrImportant, imap.MailboxAttrJunk, imap.MailboxAttrSent, imap.MailboxAttrTrash:
			return true
		}
		return false
	})
}

// commonPrefix is the parent that all folders but INBOX have ("INBOX.", "Mail/"), with its delimiter; "" where they have
// none in common. It stands for NAMESPACE (RFC 2342), which not every server has.
func commonPrefix(all []listed) string {
	prefix, n := "", 0
	for _, l := range all {
		if strings.EqualFold(l.name, "INBOX") {
			continue
		}
		parent, _, nested := strings.Cut(l.name, string(l.delim))
		if l.delim == 0 || !nested && !slices.ContainsFunc(all, func(o listed) bool {
			return o.delim == l.delim && strings.HasPrefix(o.name, l.name+string(l.delim))
		}) {
			return ""
		}
		parent += string(l.delim)
		if n++; n > 1 && parent != prefix {
			return ""
		}
		prefix = parent
	}
	if n < 2 { // one folder has nothing in common with others
		return ""
	}
	return prefix
}

// maxWellKnown is longer in bytes than any name in the table.
const maxWellKnown = 120

// foldName reduces a folder's name to the words that say what it is for: "Gesendete Elemente" to "gesendete". Case,
// accents, width and punctuation do not count, nor do words that any folder's name may have.
func foldName(name string) string {
	if len(name) > maxWellKnown {
		return ""
	}
	var folded strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(norm.NFKC.String(name))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r):
			folded.WriteRune(r)
		default:
			folded.WriteByte(' ')
		}
	}
	words := strings.Fields(folded.String())
	telling := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return genericWords()[word] })
	return strings.Join(telling, "")
}

// wellKnown is the table of names, by what foldName makes of them.
var wellKnown = sync.OnceValue(func() map[string]imap.MailboxAttr {
	table := make(map[string]imap.MailboxAttr)
	for _, language := range folderNames {
		for use, names := range map[imap.MailboxAttr]string{
			imap.MailboxAttrSent:    language.sent,
			imap.MailboxAttrDrafts:  language.drafts,
			imap.MailboxAttrTrash:   language.trash,
			imap.MailboxAttrJunk:    language.junk,
			imap.MailboxAttrArchive: language.archive,
		} {
			for name := range strings.SplitSeq(names, "|") {
				if key := foldName(name); key != "" {
					table[key] = use
				}
			}
		}
	}
	return table
})

var genericWords = sync.OnceValue(func() map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(norm.NFKD.String(cases.Fold().String(generic))) {
		set[strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, word)] = true
	}
	return set
})
