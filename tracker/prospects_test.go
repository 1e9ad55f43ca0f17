package tracker

import (
	"testing"

	"followupd/mail"
)

func TestPolicy_IsProspect(t *testing.T) {
	p := Policy{
		Me: []mail.Address{"anna@acme.example", "anna@gmail.com"}, Internal: []string{"acme.example", "partner@side.example"},
		Exclude: []string{"vip@gold.example", "@rival.example"},
	}
	tests := map[mail.Address]bool{
		"lena@nord.example": true, "info@nord.example": true, "einkauf@nord.example": true, "sales@nord.example": true, "norbert.reply@nord.example": true,
		"anna@acme.example": false, "jonas@acme.example": false, "jonas@eu.acme.example": false, "jonas@notacme.example": true, "partner@side.example": false, "other@side.example": true,
		"anna@gmail.com": false, "lena@gmail.com": true,
		"vip@gold.example": false, "pip@gold.example": true, "rob@rival.example": false, "rob@eu.rival.example": false,
		"no-reply@parcels.example": false, "noreply@parcels.example": false, "No.Reply+17@parcels.example": false, "do_not_reply@x.example": false,
		"mailer-daemon@nord.example": false, "postmaster@nord.example": false, "notifications@github.example": false, "reply+abc@reply.github.example": false,
		"lena@notifications.shop.example": false, "invoices@nord.example": false, "newsletter@nord.example": false,
		"forum@lists.freight.example": false, "forum@googlegroups.com": false, "forum-request@nord.example": false, "": false,
	}
	for a, want := range tests {
		t.Run(string(a), func(t *testing.T) {
			got, why := p.IsProspect(a)
			if got != want {
				t.Errorf("got %t (%s), want %t", got, why, want)
			}
			if !got && why == "" {
				t.Error("no reason is given")
			}
		})
	}
	p.Listed, p.Include = true, []string{"@nord.example", "vip@gold.example"}
	for a, want := range map[mail.Address]bool{"lena@nord.example": true, "lena@sund.example": false, "vip@gold.example": false} {
		if got, _ := p.IsProspect(a); got != want {
			t.Errorf("listed only: %s is a prospect: %t, want %t", a, got, want)
		}
	}
}

func TestCompany(t *testing.T) {
	for a, want := range map[mail.Address]string{
		"lena@nord.example": "nord.example", "lena@mail.eu.nord.example": "nord.example", "lena@firm.co.uk": "firm.co.uk", "lena@mx.firm.com.au": "firm.com.au",
		"lena@gmail.com": "", "lena@yahoo.co.jp": "", "lena@gmx.ch": "", "lena@hotmail.fr": "", "lena@t-online.de": "", "lena@btinternet.com": "",
		"lena@live.co.uk": "", "lena@alive.com": "alive.com", "lena": "", "": "", "lena@com": "",
	} {
		if got := Company(a); got != want {
			t.Errorf("company of %q is %q, want %q", a, got, want)
		}
	}
}

func TestPolicy_Direction(t *testing.T) {
	p := Policy{Me: []mail.Address{"anna@acme.example"}, Internal: []string{"acme.example"}}
	at := func(roles ...mail.Role) (all []mail.Folder) {
		for _, r := range roles {
			all = append(all, mail.Folder{Name: string(r), Role: r})
		}
		return all
	}
	tests := []struct {
		name string
		from mail.Address
		lies []mail.Folder
		want Direction
	}{
		{"the rep's mail in Sent", "anna@acme.example", at(mail.RoleSent), Out},
		{"the rep's mail in Sent and INBOX", "anna@acme.example", at(mail.RoleInbox, mail.RoleSent), Out},
		{"a colleague's mail in Sent, on behalf", "jonas@acme.example", at(mail.RoleSent), Out},
		{"a stranger's mail in Sent", "lena@nord.example", at(mail.RoleSent), In},
		{"the rep's name in INBOX", "anna@acme.example", at(mail.RoleInbox), Unknown},
		{"the rep's name in the archive", "anna@acme.example", at(mail.RoleAlso), Unknown},
		{"an answer", "lena@nord.example", at(mail.RoleInbox), In},
		{"an answer in the trash", "lena@nord.example", at(mail.RoleTrash), In},
		{"whatever lies in Drafts alone", "lena@nord.example", at(mail.RoleDrafts), Unknown},
		{"nobody's mail in Sent", "", at(mail.RoleSent), Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Seen{Folders: tt.lies}
			if tt.from != "" {
				s.Message.From = []mail.Person{{Address: tt.from}}
			}
			if got := p.Direction(s); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
