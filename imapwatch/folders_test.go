package imapwatch

import (
	"errors"
	"strings"
	"testing"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"
)

// lists makes a LIST out of "name" or "name \Use \Noselect", with the delimiter "/".
func lists(folders ...string) []listed {
	var all []listed
	for _, f := range folders {
		name, attrs, _ := strings.Cut(f, ` \`)
		l := listed{name: name, delim: '/'}
		for a := range strings.SplitSeq(attrs, ` \`) {
			if a != "" {
				l.attrs = append(l.attrs, imap.MailboxAttr(`\`+a))
			}
		}
		all = append(all, l)
	}
	return all
}

func dotted(all []listed) []listed {
	for i := range all {
		all[i].delim = '.'
	}
	return all
}

var inbox = mail.Folder{Name: "INBOX", Role: mail.RoleInbox, Why: whyAlways}

func TestChooseFolders_TellsWhatFoldersAreFor(t *testing.T) {
	sent := func(name, why string) mail.Folder { return mail.Folder{Name: name, Role: mail.RoleSent, Why: why} }
	drafts := func(name, why string) mail.Folder { return mail.Folder{Name: name, Role: mail.RoleDrafts, Why: why} }
	trash := func(name, why string) mail.Folder { return mail.Folder{Name: name, Role: mail.RoleTrash, Why: why} }
	also := func(name, why string) mail.Folder { return mail.Folder{Name: name, Role: mail.RoleAlso, Why: why} }
	const useSent, useDrafts, useTrash = `special-use \Sent`, `special-use \Drafts`, `special-use \Trash`

	for name, c := range map[string]struct {
		all  []listed
		cfg  Config
		want []mail.Folder
	}{
		"special uses": {
			all:  lists("INBOX", `Entwürfe \Drafts`, `Alt \Archive`, `Sent \Sent`, `Müll \Trash`, `Spam \Junk`, "Sent Items", "Drafts"),
			want: []mail.Folder{inbox, sent("Sent", useSent), drafts("Entwürfe", useDrafts), trash("Müll", useTrash), also("Alt", `special-use \Archive`), also("Spam", `special-use \Junk`)},
		},
		"Gmail": {
			all: lists("INBOX", `[Gmail] \Noselect`, `[Gmail]/All Mail \All`, `[Gmail]/Drafts \Drafts`, `[Gmail]/Sent Mail \Sent`, `[Gmail]/Spam \Junk`,
				`[Gmail]/Starred \Flagged`, `[Gmail]/Bin \Trash`, `[Gmail]/Important \Important`, "Work", "Work/Sent"),
			want: []mail.Folder{inbox, sent("[Gmail]/Sent Mail", useSent), drafts("[Gmail]/Drafts", useDrafts), trash("[Gmail]/Bin", useTrash), also("[Gmail]/All Mail", `special-use \All`), also("[Gmail]/Spam", `special-use \Junk`)},
		},
		"Gmail without flags": {
			all:  lists("INBOX", `[Gmail] \Noselect`, "[Gmail]/Sent Mail", "[Gmail]/Drafts", "Sent to clients"),
			want: []mail.Folder{inbox, sent("[Gmail]/Sent Mail", whyName), drafts("[Gmail]/Drafts", whyName)},
		},
		"Exchange in German": {
			all:  lists("INBOX", "Aufgaben", "Entwürfe", "Gelöschte Elemente", "Gesendete Elemente", "Junk-E-Mail", "Kalender", "Notizen", "Postausgang", "Archiv"),
			want: []mail.Folder{inbox, sent("Gesendete Elemente", whyName), drafts("Entwürfe", whyName), trash("Gelöschte Elemente", whyName), also("Archiv", whyName), also("Junk-E-Mail", whyName)},
		},
		"under INBOX": {
			all:  dotted(lists("INBOX", "INBOX.Sent", "INBOX.Drafts", "INBOX.Kunden", "INBOX.Kunden.Sent")),
			want: []mail.Folder{inbox, sent("INBOX.Sent", whyName), drafts("INBOX.Drafts", whyName)},
		},
		"under INBOX beside public folders": {
			all:  dotted(lists("INBOX", "INBOX.Sent", "INBOX.Drafts", "Public.Sent", "Public.News")),
			want: []mail.Folder{inbox, sent("INBOX.Sent", whyName), drafts("INBOX.Drafts", whyName)},
		},
		"under a prefix": {
			all:  lists("INBOX", `Mail \Noselect`, "Mail/Sent", "Mail/Drafts", "Mail/Trash"),
			want: []mail.Folder{inbox, sent("Mail/Sent", whyName), drafts("Mail/Drafts", whyName), trash("Mail/Trash", whyName)},
		},
		"another account's flags": {
			all:  lists("INBOX", `Sent \Sent`, `Drafts \Drafts`, `Other Users/bo/Sent \Sent`, `Other Users/bo/Drafts \Drafts`),
			want: []mail.Folder{inbox, sent("Sent", useSent), drafts("Drafts", useDrafts)},
		},
		"flagged deep down": {
			all:  lists("INBOX", `Work/Post/Out \Sent`, `Work/Post/Half \Drafts`),
			want: []mail.Folder{inbox, sent("Work/Post/Out", useSent), drafts("Work/Post/Half", useDrafts)},
		},
		"a flag beats a name": {
			all:  lists("INBOX", `Sent \Trash`, "Sent Items", "Drafts"),
			want: []mail.Folder{inbox, sent("Sent Items", whyName), drafts("Drafts", whyName), trash("Sent", useTrash)},
		},
		"without hierarchy": {
			all:  []listed{{name: "INBOX"}, {name: "Sent"}, {name: "Drafts"}},
			want: []mail.Folder{inbox, sent("Sent", whyName), drafts("Drafts", whyName)},
		},
		"the config": {
			all:  lists("INBOX", `Sent \Sent`, `Drafts \Drafts`, "Out/2026", "Half", "Team", `Junk \Junk`),
			cfg:  Config{Sent: "Out/2026", Drafts: "Half", Also: []string{"Team"}},
			want: []mail.Folder{inbox, sent("Out/2026", whyConfig), drafts("Half", whyConfig), also("Team", whyConfig)},
		},
		"the config without the prefix": {
			all:  dotted(lists("INBOX", "INBOX.Out", "INBOX.Drafts")),
			cfg:  Config{Sent: "Out"},
			want: []mail.Folder{inbox, sent("INBOX.Out", whyConfig), drafts("INBOX.Drafts", whyName)},
		},
		"another inbox, and no further folders": {
			all:  lists("INBOX", "Leads", "Sent", "Drafts", "Archive"),
			cfg:  Config{Inbox: "Leads", Also: []string{}},
			want: []mail.Folder{{Name: "Leads", Role: mail.RoleInbox, Why: whyConfig}, sent("Sent", whyName), drafts("Drafts", whyName)},
		},
		"two kinds of junk": {
			all:  lists("INBOX", "Sent", "Drafts", "Spam", "Junk", "Trash", "Deleted Items"),
			want: []mail.Folder{inbox, sent("Sent", whyName), drafts("Drafts", whyName), also("Spam", whyName), also("Junk", whyName)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := chooseFolders(c.all, c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("folders (-got +want):\n%s", diff)
			}
		})
	}
}

func TestChooseFolders_AsksWhereItCannotTell(t *testing.T) {
	for name, c := range map[string]struct {
		all  []listed
		cfg  Config
		want string
	}{
		"no sent folder":             {lists("INBOX", "Sent to clients", "Drafts"), Config{}, `no folder is known to be meant for sent; set imap.folders.sent to one of "INBOX", "Sent to clients", "Drafts"`},
		"two sent folders":           {lists("INBOX", "Sent", "Sent Items", "Drafts"), Config{}, `more than one folder may be meant for sent: "Sent", "Sent Items"; set imap.folders.sent`},
		"two languages":              {lists("INBOX", "Sent", "Gesendet", "Drafts"), Config{}, `more than one folder may be meant for sent: "Sent", "Gesendet"; set imap.folders.sent`},
		"two flags":                  {lists("INBOX", `A \Sent`, `B \Sent`, "Drafts"), Config{}, `more than one folder may be meant for sent: "A", "B"; set imap.folders.sent`},
		"no drafts folder":           {lists("INBOX", "Sent", "Outbox"), Config{}, `no folder is known to be meant for drafts; set imap.folders.drafts to one of "INBOX", "Sent", "Outbox"`},
		"a folder that is not there": {lists("INBOX", "Sent", "Drafts"), Config{Sent: "sent"}, `imap.folders.sent: there is no folder "sent"; there are "INBOX", "Sent", "Drafts"`},
		"a missing inbox":            {lists("INBOX", "Sent", "Drafts"), Config{Inbox: "Leads"}, `imap.folders.inbox: there is no folder "Leads"; there are "INBOX", "Sent", "Drafts"`},
		"a missing also":             {lists("INBOX", "Sent", "Drafts"), Config{Also: []string{"Old"}}, `imap.folders.also: there is no folder "Old"; there are "INBOX", "Sent", "Drafts"`},
		"a mere container":           {lists("INBOX", `Sent \Noselect`, "Drafts"), Config{Sent: "Sent"}, `imap.folders.sent: there is no folder "Sent"; there are "INBOX", "Drafts"`},
		"drafts into sent":           {lists("INBOX", "Sent", "Drafts"), Config{Drafts: "Sent"}, `imap.folders.drafts: "Sent" is for sent already`},
		"deep below a label":         {lists("INBOX", "Work/Sent", "Drafts", "Work"), Config{}, `no folder is known to be meant for sent; set imap.folders.sent to one of "INBOX", "Work/Sent", "Drafts", "Work"`},
		"an empty list":              {nil, Config{}, `no folder is known to be meant for sent; set imap.folders.sent to one of `},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := chooseFolders(c.all, c.cfg)
			var unclear *FolderError
			if !errors.As(err, &unclear) {
				t.Fatalf("chose %v, %v, want a FolderError", got, err)
			}
			if err.Error() != c.want {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
		})
	}
}

// The names that Outlook.com, Gmail or Thunderbird gives the two folders, as a server may spell them.
func TestChooseFolders_ReadsManyLanguages(t *testing.T) {
	for language, names := range map[string][2]string{
		"English":             {"SENT ITEMS", "drafts"},
		"German":              {"Gesendete Objekte", "Entwürfe"},
		"French":              {"Éléments envoyés", "Brouillons"},
		"French, unaccented":  {"Messages envoyes", "Brouillon"},
		"French, decomposed":  {"E\u0301le\u0301ments envoye\u0301s", "Brouillons"},
		"Spanish":             {"Elementos enviados", "Borradores"},
		"Portuguese":          {"Itens Enviados", "Rascunhos"},
		"Italian":             {"Posta inviata", "Bozze"},
		"Dutch":               {"Verzonden items", "Concepten"},
		"Swedish":             {"Skickade objekt", "Utkast"},
		"Danish":              {"Sendt post", "Kladder"},
		"Norwegian":           {"Sendte elementer", "Utkast"},
		"Finnish":             {"Lähetetyt viestit", "Luonnokset"},
		"Icelandic":           {"Sendir hlutir", "Drög"},
		"Polish":              {"Elementy wysłane", "Kopie robocze"},
		"Czech":               {"Odeslaná pošta", "Koncepty"},
		"Slovak":              {"Odoslané", "Rozpísané"},
		"Hungarian":           {"Elküldött elemek", "Piszkozatok"},
		"Romanian":            {"Mesaje trimise", "Ciorne"},
		"Bulgarian":           {"Изпратени", "Чернови"},
		"Russian":             {"ОТПРАВЛЕННЫЕ", "Черновики"},
		"Ukrainian":           {"Надіслані", "Чернетки"},
		"Greek":               {"Απεσταλμένα", "Πρόχειρα"},
		"Turkish":             {"Gönderilmiş Öğeler", "Taslaklar"},
		"Estonian":            {"Saadetud kirjad", "Mustandid"},
		"Latvian":             {"Nosūtītie", "Melnraksti"},
		"Lithuanian":          {"Išsiųsti laiškai", "Juodraščiai"},
		"Catalan":             {"Enviats", "Esborranys"},
		"Arabic":              {"العناصر المرسلة", "المسودات"},
		"Hebrew":              {"פריטים שנשלחו", "טיוטות"},
		"Persian":             {"موارد ارسال‌شده", "پیش‌نویس‌ها"},
		"Hindi":               {"भेजे गए", "ड्राफ़्ट"},
		"Thai":                {"รายการที่ถูกส่ง", "แบบร่าง"},
		"Vietnamese":          {"Thư đã gửi", "Thư nháp"},
		"Indonesian":          {"Item Terkirim", "Draf"},
		"Japanese":            {"送信済みアイテム", "下書き"},
		"Japanese, halfwidth": {"送信済みｱｲﾃﾑ", "下書き"},
		"Chinese":             {"已发送", "草稿箱"},
		"Traditional Chinese": {"寄件備份", "草稿匣"},
		"Korean":              {"보낸 편지함", "임시 보관함"},
	} {
		t.Run(language, func(t *testing.T) {
			for _, prefix := range []string{"", "INBOX/"} {
				got, err := chooseFolders(lists("INBOX", prefix+names[1], prefix+"Kunden", prefix+names[0]), Config{})
				if err != nil {
					t.Fatal(err)
				}
				if got[1].Name != prefix+names[0] || got[2].Name != prefix+names[1] {
					t.Errorf("sent %q and drafts %q, want %q", got[1].Name, got[2].Name, names)
				}
			}
		})
	}
}

func TestFoldName_RefusesNamesThatSayMore(t *testing.T) {
	for _, name := range []string{
		"Sent to clients", "Sent 2025", "Not sent", "Drafts of contracts", "Mail", "Items", "", "Kunden gesendet", "Sentinel",
		"Outbox", "Postausgang", "Boîte d'envoi", "送信トレイ", strings.Repeat("Sent ", 100),
	} {
		if use, ok := wellKnown()[foldName(name)]; ok {
			t.Errorf("%q is taken for %s", name, use)
		}
	}
}

// No name means two things, whatever the languages: between those no order decides.
func TestFolderNames_MeanOneThingEach(t *testing.T) {
	meaning := make(map[string]string)
	for _, l := range folderNames {
		for use, names := range map[string]string{"sent": l.sent, "drafts": l.drafts, "trash": l.trash, "junk": l.junk, "archive": l.archive} {
			for name := range strings.SplitSeq(names, "|") {
				key := foldName(name)
				if key == "" {
					t.Errorf("%s: %q says nothing", l.language, name)
				}
				if other := meaning[key]; other != "" && other != use {
					t.Errorf("%s: %q (%q) means %s and %s", l.language, name, key, use, other)
				}
				meaning[key] = use
			}
		}
	}
}
