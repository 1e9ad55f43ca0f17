package config

import "strings"

// freeMail says whether a domain belongs to a provider where strangers share it, so that it makes nobody a colleague.
func freeMail(domain string) bool {
	domain = strings.ToLower(domain)
	name, _, _ := strings.Cut(domain, ".")
	switch name {
	case "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail", "gmx", "aol",
		"yandex", "icloud", "proton", "protonmail", "tutanota", "fastmail", "zohomail":
		return true
	}
	switch domain {
	case "me.com", "mac.com", "pm.me", "tuta.com", "tuta.io", "hey.com", "zoho.com", "mail.com", "email.com", "fastmail.fm",
		"web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "mailbox.org", "1und1.de", "online.de",
		"orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "bbox.fr", "neuf.fr",
		"libero.it", "virgilio.it", "tiscali.it", "alice.it", "tim.it",
		"ziggo.nl", "kpnmail.nl", "planet.nl", "home.nl", "xs4all.nl", "telenet.be", "skynet.be",
		"bluewin.ch", "hispeed.ch", "aon.at", "chello.at",
		"telia.com", "bredband.net", "spray.se", "online.no", "jubii.dk", "luukku.com", "mail.ee", "inbox.lv",
		"telefonica.net", "terra.es", "sapo.pt", "uol.com.br", "bol.com.br", "terra.com.br",
		"wp.pl", "o2.pl", "onet.pl", "interia.pl", "op.pl", "seznam.cz", "email.cz", "centrum.cz", "azet.sk",
		"freemail.hu", "citromail.hu", "abv.bg", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "ukr.net",
		"comcast.net", "verizon.net", "att.net", "cox.net", "sbcglobal.net", "bellsouth.net", "charter.net", "earthlink.net",
		"btinternet.com", "sky.com", "virginmedia.com", "talktalk.net", "ntlworld.com", "rogers.com", "shaw.ca",
		"bigpond.com", "optusnet.com.au", "xtra.co.nz",
		"qq.com", "163.com", "126.com", "sina.com", "naver.com", "daum.net", "hanmail.net", "rediffmail.com":
		return true
	}
	return false
}
