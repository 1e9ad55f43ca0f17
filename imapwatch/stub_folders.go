package imapwatch

import (
	"github.com/emersion/go-imap/v2"

	"followupd/mail"
)

type listed struct {
	name  string
	attrs []imap.MailboxAttr
	delim rune
}

func chooseFolders(all []listed, cfg Config) ([]mail.Folder, error) {
	var fs []mail.Folder
	for _, l := range all {
		f := mail.Folder{Name: l.name, Role: ""}
		if l.name == "INBOX" {
			f.Role = mail.RoleInbox
		}
		for _, a := range l.attrs {
			switch a {
			case imap.MailboxAttrSent:
				f.Role = mail.RoleSent
			case imap.MailboxAttrDrafts:
				f.Role = mail.RoleDrafts
			case imap.MailboxAttrTrash:
				f.Role = mail.RoleTrash
			case imap.MailboxAttrArchive, imap.MailboxAttrJunk, imap.MailboxAttrAll:
				f.Role = mail.RoleAlso
			}
		}
		if f.Role != "" {
			fs = append(fs, f)
		}
	}
	return fs, nil
}
