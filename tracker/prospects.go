package tracker

import (
	"strings"

	"followupd/mail"
)

// crowd is how many outside people on one mail make it a circular: a follow-up to all of them would be one, too.
const crowd = 15

// IsProspect says whether an address may be chased at all, and why not: not the rep's own, not a colleague's, not
// excluded, not a machine's or a list's, and, where the config lists the prospects, among them.
func (p Policy) IsProspect(a mail.Address) (bool, string) {
	switch {
	case a == "":
		return false, "there is no address"
	case p.isMe(a):
		return false, string(a) + " is your own address"
	case p.isInternal(a):
		return false, string(a) + " is a colleague's"
	case named(p.Exclude, a):
		return false, string(a) + " is on your list of people never to chase (prospects.exclude)"
	}
	if why := robot(a); why != "" {
		return false, string(a) + " " + why
	}
	if p.Listed && !named(p.Include, a) {
		return false, string(a) + " is not among prospects.include, and prospects.who is \"listed\""
	}
	return true, ""
}

// Direction says whose message it is. The rep's own is one that lies in Sent and bears one of the rep's addresses or a
// colleague's (sent on behalf); Sent with a stranger's From is the stranger's. The rep's name on a mail that lies
// anywhere else proves nothing, for anybody can write it there.
func (p Policy) Direction(s Seen) Direction {
	sent, elsewhere := false, false
	for _, f := range s.Folders {
		switch f.Role {
		case mail.RoleSent:
			sent = true
		case mail.RoleDrafts:
		default:
			elsewhere = true
		}
	}
	mine, ours := false, false
	for _, from := range s.Message.From {
		mine = mine || p.isMe(from.Address)
		ours = ours || p.isInternal(from.Address)
	}
	switch {
	case sent && (mine || ours):
		return Out
	case mine, sent && len(s.Message.From) == 0, !sent && !elsewhere && len(s.Folders) > 0:
		return Unknown
	}
	return In
}

func (p Policy) isMe(a mail.Address) bool {
	for _, me := range p.Me {
		if strings.EqualFold(string(me), string(a)) {
			return true
		}
	}
	return false
}

// isInternal covers the rep, too: whoever is one of us.
func (p Policy) isInternal(a mail.Address) bool { return p.isMe(a) || named(p.Internal, a) }

// named says whether a list of addresses, domains or @domains names an address. A domain covers those below it.
func named(list []string, a mail.Address) bool {
	addr := strings.ToLower(string(a))
	for _, entry := range list {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if i := strings.IndexByte(entry, '@'); i > 0 {
			if entry == addr {
				return true
			}
			continue
		}
		domain := strings.TrimPrefix(entry, "@")
		if domain == "" {
			continue
		}
		if have := a.Domain(); strings.EqualFold(have, domain) || strings.HasSuffix(strings.ToLower(have), "."+domain) {
			return true
		}
	}
	return false
}

// robot says in words why nobody reads what is sent to an address, or "".
func robot(a mail.Address) string {
	local, _, _ := strings.Cut(strings.ToLower(string(a)), "@")
	if i := strings.LastIndexByte(string(a), '@'); i >= 0 {
		local = strings.ToLower(string(a)[:i])
	}
	domain := strings.ToLower(a.Domain())
	host, _, _ := strings.Cut(domain, ".")
	switch {
	case robotHost[host]:
		return "belongs to a machine (its domain says so)"
	case listHost[host] || listDomain[domain]:
		return "is a mailing list"
	}
	squeezed := squeeze(local)
	for _, token := range robotSqueezed {
		if strings.Contains(squeezed, token) {
			return "belongs to a machine: nobody reads it"
		}
	}
	whole, _, _ := strings.Cut(local, "+")
	if robotLocal[whole] {
		return "belongs to a machine: nobody reads it"
	}
	for _, end := range listEnding {
		if strings.HasSuffix(local, end) {
			return "belongs to a mailing list"
		}
	}
	return ""
}

// squeeze leaves out what people put between the words of a local part: no-reply, no_reply and no.reply are one.
func squeeze(local string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, local)
}

// The tables of machines and lists. A role that people read (info@, sales@, einkauf@) is none of them.
var (
	robotSqueezed = []string{"noreply", "donotreply", "dontreply", "neantworten", "nichtantworten", "nepasrepondre", "noresponder", "nonrispondere", "mailerdaemon"}
	robotLocal    = set(`postmaster daemon bounce bounces notification notifications notify alert alerts newsletter newsletters
		mailing mailings mailer automated automailer robot system root cron listserv majordomo mailman sympa
		unsubscribe abuse invoice invoices invoicing e-invoice einvoice faktura fakturor rechnungseingang facturas receipts`)
	robotHost  = set(`noreply no-reply bounce bounces notification notifications notify mailer reply`)
	listHost   = set(`list lists listes listserv listserver mailman`)
	listDomain = set(`googlegroups.com groups.io yahoogroups.com freelists.org groups.yahoo.com lists.sourceforge.net`)
	listEnding = []string{"-request", "-bounces", "-owner", "-subscribe", "-unsubscribe", "-announce"}
)
