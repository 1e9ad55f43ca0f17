package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// least is a file with nothing but what it needs; tables that a test adds come behind it.
const least = `mailbox.address = "anna@acme.example"
imap.host = "imap.acme.example"
imap.password_env = "PW"
`

var sameConfig = cmp.Options{
	cmpopts.IgnoreUnexported(Config{}),
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
}

func machine(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

var home = machine(map[string]string{"HOME": "/home/anna"})

func mustParse(t *testing.T, text string) Config {
	t.Helper()
	cfg, err := parse([]byte(text), "/etc/followupd/anna.toml", home)
	if err != nil {
		t.Fatalf("parse:\n%v", err)
	}
	return cfg
}

func TestParse_LeastFileIsCompleted(t *testing.T) {
	got := mustParse(t, least)

	want := Default()
	want.File = "/etc/followupd/anna.toml"
	want.Mailbox.Address = "anna@acme.example"
	want.Mailbox.Internal = []string{"acme.example"}
	want.IMAP.Host = "imap.acme.example"
	want.IMAP.Username = "anna@acme.example"
	want.IMAP.PasswordEnv = "PW"
	want.SMTP.Username = "anna@acme.example"
	want.SMTP.PasswordEnv = "PW"
	want.Content.Library = "/etc/followupd/library"
	want.Content.Templates = "/etc/followupd/templates"
	want.State.Dir = "/home/anna/.local/state/followupd/anna@acme.example"
	if d := cmp.Diff(got, want, sameConfig); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}

func TestParse_EveryKey(t *testing.T) {
	got := mustParse(t, `
[mailbox]
address  = "anna@acme.example"
name     = "Anna Berg"
aliases  = ["sales@acme.example"]
internal = ["@ACME.example", "bo@partner.example"]
timezone = "Europe/Stockholm"
signature = "Anna Berg\nAcme"
[imap]
host = "imap.acme.example"
port = 1143
security = "starttls"
ca_file = "ca.pem"
username = "anna"
auth = "oauth2"
password_command = ["pass", "show", "mail/anna"]
poll = "1m30s"
settle = "0s"
[imap.folders]
inbox = "Eingang"
sent = "Gesendete Objekte"
drafts = "Entwürfe"
also = []
[oauth2]
provider = "microsoft"
tenant = "acme.example"
client_id = "0000-1111"
client_secret_command = ["pass", "show", "oauth2"]
scopes = ["mail"]
auth_url = "https://login.acme.example/authorize"
token_url = "https://login.acme.example/token"
device_url = "http://127.0.0.1:8000/device"
keyring = true
[prospects]
who     = "listed"
include = ["lena@vogt.example", "@nordbau.example"]
exclude = ["@rival.example"]
since   = "2w"
[cadence]
follow_up_after = ["12h", "2w", "5d"]
break_up_after  = ""
nurture_after   = ""
thank_you_after = "2h"
holidays        = ["SE", "us", "DE-BY"]
drafts_per_day  = 3
hours           = ""
away            = ["2026-12-21..2027-01-06"]
people_per_company = 3
follow_ups_per_person = 5
[cadence.grade.hot]
follow_up_after = ["1bd", "2bd"]
[cadence.situation.proposal]
hours = "09:00-24:00"
[[grade]]
name = "hot"
people = ["@nordbau.example"]
keywords = ["tender"]
[[grade]]
name = "hot"
folders = ["eingang"]
did = "met"
[content]
library   = "/srv/library"
templates = "~/texts"
writer    = "llm"
[llm]
base_url = "https://llm.acme.example/v1"
model = "small"
api_key_command = ["key"]
redact = false
never = ["@ministry.example", "jo@press.example"]
timeout = "20s"
temperature = 0.7
tokens_per_day = 50000
languages = ["en", "de"]
second_opinion = true
concurrency = 4
money_per_day = 1.5
price_in = 0.2
price_out = 0.8
[steering]
enabled = true
folder = "Uppföljning"
glance = "10s"
gestures = { "Nej" = "stop" }
keywords = { "$Later" = "hold 1w" }
[digest]
to = "smtp"
at = "06:05"
[smtp]
host = "smtp.acme.example"
port = 2465
[dashboard]
listen = ""
[signals]
listen = ":8026"
base_url = "https://read.acme.example"
sooner = "4h"
scanners = ["203.0.113.0/24"]
[webhook]
url = "https://crm.acme.example/hooks?for=anna"
secret_env = "HOOK"
[metrics]
listen = ":8027"
token_file = "metrics-token"
[state]
dir = "state"
keep = "90d"
`)
	base := Pace{
		FollowUpAfter: []Window{{Duration: 12 * time.Hour}, {Days: 14}, {Days: 5}},
		Holidays:      []string{"SE", "us", "DE-BY"},
		DraftsPerDay:  3,
		ThankYouAfter: Window{Duration: 2 * time.Hour},
	}
	absence := Days{First: time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), Last: time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC)}
	hot, proposal := base, base
	hot.FollowUpAfter = []Window{{BusinessDays: 1}, {BusinessDays: 2}}
	proposal.Hours = Hours{From: 9 * time.Hour, To: 24 * time.Hour}
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	login := Login{PasswordCommand: []string{"pass", "show", "mail/anna"}}
	want := Config{
		File: "/etc/followupd/anna.toml",
		Mailbox: Mailbox{
			Address: "anna@acme.example", Name: "Anna Berg", Aliases: []string{"sales@acme.example"},
			Internal: []string{"acme.example", "bo@partner.example"}, Timezone: stockholm, Signature: "Anna Berg\nAcme",
		},
		IMAP: IMAP{
			Host: "imap.acme.example", Port: 1143, Security: STARTTLS, CAFile: "/etc/followupd/ca.pem", Username: "anna",
			Auth: "oauth2", Login: login, Poll: 90 * time.Second,
			Folders: Folders{Inbox: "Eingang", Sent: "Gesendete Objekte", Drafts: "Entwürfe", Also: []string{}},
		},
		OAuth2: OAuth2{
			Provider: Microsoft, Tenant: "acme.example", ClientID: "0000-1111", ClientSecretCommand: []string{"pass", "show", "oauth2"},
			Scopes: []string{"mail"}, AuthURL: "https://login.acme.example/authorize", TokenURL: "https://login.acme.example/token",
			DeviceURL: "http://127.0.0.1:8000/device", Keyring: true,
		},
		Prospects: Prospects{
			Who: Listed, Include: []string{"lena@vogt.example", "@nordbau.example"}, Exclude: []string{"@rival.example"},
			Since: 14 * 24 * time.Hour,
		},
		Cadence: Cadence{
			Pace: base,
			Away: []Days{absence}, PeoplePerCompany: 3, PerPersonMonth: 5,
			Grade:     map[string]Override{"hot": {Pace: hot, Keys: []string{"follow_up_after"}}},
			Situation: map[string]Override{"proposal": {Pace: proposal, Keys: []string{"hours"}}},
		},
		Grades: []GradeRule{
			{Name: "hot", People: []string{"@nordbau.example"}, Keywords: []string{"tender"}},
			{Name: "hot", Folders: []string{"eingang"}, Did: DidMeet},
		},
		Content: Content{Library: "/srv/library", Templates: "/home/anna/texts", Writer: "llm"},
		LLM: LLM{
			BaseURL: "https://llm.acme.example/v1", Model: "small", APIKeyCommand: []string{"key"},
			Never: []string{"@ministry.example", "jo@press.example"}, Languages: []string{"en", "de"}, SecondOpinion: true, Timeout: 20 * time.Second, Concurrency: 4,
			Temperature: 0.7, TokensPerDay: 50000, MoneyPerDay: 1.5, PriceIn: 0.2, PriceOut: 0.8,
		},
		Steering: Steering{
			Enabled: true, Folder: "Uppföljning", Glance: 10 * time.Second, Gestures: Gestures{{"Nej", "stop"}}, Keywords: Gestures{{"$Later", "hold 1w"}},
		},
		Digest:    Digest{To: DigestSMTP, At: TimeOfDay(6*time.Hour + 5*time.Minute)},
		SMTP:      SMTP{Host: "smtp.acme.example", Port: 2465, Security: TLS, Username: "anna", Login: login},
		Signals:   Signals{Listen: ":8026", BaseURL: "https://read.acme.example", Sooner: Window{Duration: 4 * time.Hour}, Scanners: []string{"203.0.113.0/24"}},
		Webhook:   Webhook{URL: "https://crm.acme.example/hooks?for=anna", SecretEnv: "HOOK"},
		Metrics:   Metrics{Listen: ":8027", TokenFile: "/etc/followupd/metrics-token"},
		State:     State{Dir: "/etc/followupd/state", Keep: 90 * 24 * time.Hour},
		Dashboard: Dashboard{},
	}
	if d := cmp.Diff(got, want, sameConfig); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}

func TestParse_ByteOrderMarkAndCRLF(t *testing.T) {
	text := "\xef\xbb\xbf" + strings.ReplaceAll(least+"[cadence]\nfollow_up_after = [\n  \"1bd\",\n]\n", "\n", "\r\n")
	got := mustParse(t, text)
	if d := cmp.Diff(got.Cadence.FollowUpAfter, []Window{{BusinessDays: 1}}); d != "" {
		t.Error(d)
	}
}

func TestParse_GivenTellsWhatWasWritten(t *testing.T) {
	cfg := mustParse(t, least+"[cadence]\nhours = \"\"\nbreak_up_after = \"\"\n")
	if !cfg.Given("cadence.hours") || !cfg.Given("cadence.break_up_after") || cfg.Given("cadence.nurture_after") {
		t.Error("Given is not what the file holds")
	}
	if !cfg.Cadence.Hours.Always() || !cfg.Cadence.BreakUpAfter.Zero() {
		t.Errorf("an empty text is not never: %v %v", cfg.Cadence.Hours, cfg.Cadence.BreakUpAfter)
	}
}

// Each case is one mistake in an otherwise good file; the whole line is what the rep reads.
// bare is least without a source of the password; [imap] is its last table.
const bare = "mailbox.address = \"anna@acme.example\"\n[imap]\nhost = \"imap.acme.example\"\n"

func TestParse_OneMistake(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"window without unit", least + "[cadence]\nbreak_up_after = \"7\"\n", `f.toml:5:18: cadence.break_up_after: "7" has no unit; write "7bd" for business days, "7d", "7h" or "7w"`},
		{"window in words", least + "[cadence]\nfollow_up_after = [\n \"3bd\",\n \"3 days\"]\n", `f.toml:7:2: cadence.follow_up_after: "3 days" is no window; write "3bd", "5d", "12h" or "2w"`},
		{"window below zero", least + "[cadence]\nbreak_up_after = \"-3bd\"\n", `f.toml:5:18: cadence.break_up_after: "-3bd" is negative; write how long to wait, such as "3bd"`},
		{"window of nothing", least + "[cadence]\nbreak_up_after = \"0bd\"\n", `f.toml:5:18: cadence.break_up_after: "0bd" is no time at all; write at least "1h"`},
		{"window of centuries", least + "[cadence]\nbreak_up_after = \"99999999999999999999w\"\n", `f.toml:5:18: cadence.break_up_after: "99999999999999999999w" is longer than ten years; write "" where you mean never`},
		{"window as number", least + "[cadence]\nbreak_up_after = 7\n", `f.toml:5:18: cadence.break_up_after: wants text, and this is a number; write "3bd", "5d", "12h" or "2w", in quotes`},
		{"windows not in a list", least + "[cadence]\nfollow_up_after = \"3bd\"\n", `f.toml:5:19: cadence.follow_up_after: wants a list, and this is text; write ["3bd"]`},
		{"no follow-ups", least + "[cadence]\nfollow_up_after = []\n", `f.toml:5:1: cadence.follow_up_after: is empty, so that nothing would ever be drafted; write a window for each follow-up, such as ["3bd", "5bd"]`},
		{"empty window in the list", least + "[cadence]\nfollow_up_after = [\"\"]\n", `f.toml:5:20: cadence.follow_up_after: is empty; write a window, or leave it out`},
		{"hours end early", least + "[cadence]\nhours = \"18:00-08:00\"\n", `f.toml:5:9: cadence.hours: "18:00-08:00" ends before it begins; write hours of one day, such as "08:00-18:00", or "" for always`},
		{"hours past midnight", least + "[cadence]\nhours = \"08:00-25:00\"\n", `f.toml:5:9: cadence.hours: "25:00" is no time of day; a day goes from 00:00 to 24:00`},
		{"country", least + "[cadence]\nholidays = [\"SE\", \"UK\"]\n", `f.toml:5:19: cadence.holidays: the public holidays of "UK" are not known; write "GB"`},
		{"database of another kind", least + "[state]\nurl = \"mysql://db/f\"\n", `f.toml:5:7: state.url: the scheme is "mysql"; only PostgreSQL keeps the state of a fleet; write "postgres://USER@HOST/DATABASE?sslmode=verify-full"`},
		{"database without a name", least + "[state]\nurl = \"postgres://db\"\n", `f.toml:5:7: state.url: it names no database; write "postgres://USER@HOST/DATABASE?sslmode=verify-full"`},
		{"password of the database", least + "[state]\nurl = \"postgres://f:hush@db/f\"\n", `f.toml:5:7: state.url: it holds a password, which does not belong in this file; take it out and put it into the file that PGPASSFILE names (one line, HOST:PORT:DATABASE:USER:PASSWORD, mode 0600), or into PGPASSWORD`},
		{"state in two places", least + "[state]\nurl = \"postgres://db/f\"\ndir = \"d\"\n", `f.toml:6:7: state.dir: state.url says that the state is in a database; take one of the two out; with state.url this machine's own files lie in $STATE_DIRECTORY or under $XDG_STATE_HOME`},
		{"texts not kept long enough", least + "[state]\nkeep = \"1d\"\n", `f.toml:5:8: state.keep: is shorter than the silences that are followed up; write at least "30d"`},
		{"no drafts", least + "[cadence]\ndrafts_per_day = 0\n", `f.toml:5:18: cadence.drafts_per_day: 0 is out of bounds; write a number from 1 to 1000; to have no drafts at all, stop the service`},
		{"situation", least + "[cadence.situation.propsal]\n", `f.toml:4:2: cadence.situation.propsal: unknown situation; did you mean [cadence.situation.proposal]?`},
		{"key of a grade", least + "[cadence.grade.hot]\nfollowup_after = [\"1bd\"]\n", `f.toml:5:1: cadence.grade.hot.followup_after: unknown key; did you mean cadence.grade.hot.follow_up_after?`},
		{"value of a grade", least + "[cadence.grade.hot]\nbreak_up_after = \"soon\"\n", `f.toml:5:18: cadence.grade.hot.break_up_after: "soon" is no window; write "3bd", "5d", "12h" or "2w"`},
		{"unknown table", least + "[serve]\n", `f.toml:4:2: serve: unknown key; the tables are mailbox, imap, oauth2, prospects, cadence, grade, content, llm, steering, digest, smtp, dashboard, signals, webhook, metrics, state`},
		{"key in the wrong table", least + "[digest]\nlisten = \"x\"\n", `f.toml:5:1: digest.listen: unknown key; did you mean dashboard.listen?`},
		{"password in the file", least + "[imap.folders]\n[smtp]\npassword = \"hunter2\"\n", `f.toml:6:1: smtp.password: unknown key; a password does not belong in this file; use smtp.password_command or password_file`},
		{"port as text", least + "[smtp]\nport = \"465\"\n", `f.toml:5:8: smtp.port: wants a whole number, and this is text; write it without quotes`},
		{"port too high", least + "[smtp]\nport = 70000\n", `f.toml:5:8: smtp.port: 70000 is no port; write a number from 1 to 65535`},
		{"value not known", least + "[prospects]\nwho = \"externel\"\n", `f.toml:5:7: prospects.who: "externel" is not known; did you mean "external"? write one of "external", "listed"`},
		{"nobody listed", least + "[prospects]\nwho = \"listed\"\n", `f.toml:4:2: prospects.include: is empty, so that with who = "listed" nobody is a prospect; name addresses or @domains, or write who = "external"`},
		{"domain without @", least + "[prospects]\nexclude = [\"rival.example\"]\n", `f.toml:5:12: prospects.exclude: "rival.example" is no address; write "@rival.example" for everybody there`},
		{"since", least + "[prospects]\nsince = \"a month\"\n", `f.toml:5:9: prospects.since: "a month" is no duration; write "120s", "5m", "12h", "30d" or "2w"`},
		{"since without unit", least + "[prospects]\nsince = \"30\"\n", `f.toml:5:9: prospects.since: "30" has no unit; write "30s", "30m", "30h" or "30d"`},
		{"also the inbox", least + "[imap.folders]\nalso = [\"Archive\", \"inbox\"]\n", `f.toml:5:20: imap.folders.also: "inbox" is read anyway; leave it out`},
		{"also the drafts", least + "[imap.folders]\ndrafts = \"Entwürfe\"\nalso = [\"Entwürfe\"]\n", `f.toml:6:9: imap.folders.also: "Entwürfe" is the folder for drafts, where no answer arrives; leave it out`},
		{"one folder for two", least + "[imap.folders]\nsent = \"X\"\ndrafts = \"X\"\n", `f.toml:6:10: imap.folders.drafts: "X" is already imap.folders.sent; name the folder for drafts`},
		{"dashboard open to the network", least + "[dashboard]\nlisten = \"0.0.0.0:8025\"\n", `f.toml:5:10: dashboard.listen: "0.0.0.0:8025" is open to the network; write "127.0.0.1:8025"; to look from elsewhere, put a web server with TLS and a login before it`},
		{"listen without port", least + "[signals]\nlisten = \"127.0.0.1\"\n", `f.toml:5:10: signals.listen: "127.0.0.1" is no address to listen on; write host and port, such as "127.0.0.1:8025", or "" for off`},
		{"base without scheme", least + "[signals]\nbase_url = \"read.acme.example\"\n", `f.toml:5:12: signals.base_url: "read.acme.example" is no web address; write it whole, such as "https://read.acme.example"`},
		{"scanner without a length", least + "[signals]\nscanners = [\"203.0.113.7\"]\n", `f.toml:5:13: signals.scanners: "203.0.113.7" is no network; write it with its length, such as "203.0.113.0/24"`},
		{"metrics for everybody", least + "[metrics]\nlisten = \":8027\"\n", `f.toml:5:10: metrics.listen: ":8027" is open to the network, and no token is asked for; write "127.0.0.1:8027"; or set one of token_command, token_file or token_env; or, in a network that lets nobody else in, open = true`},
		{"metrics open and guarded", least + "[metrics]\nlisten = \":8027\"\ntoken_env = \"T\"\nopen = true\n", `f.toml:7:8: metrics.open: would answer everybody, and there is metrics.token_env; keep one of them`},
		{"metrics with two tokens", least + "[metrics]\ntoken_env = \"T\"\ntoken_file = \"t\"\n", `f.toml:5:13: metrics.token_env: there is already metrics.token_file; keep one of them`},
		{"metrics where links are answered", least + "[signals]\nlisten = \"127.0.0.1:8026\"\n[metrics]\nlisten = \"127.0.0.1:8026\"\n", `f.toml:7:10: metrics.listen: "127.0.0.1:8026" is already signals.listen; write another port, such as "127.0.0.1:8027"`},
		{"webhook in the clear", least + "[webhook]\nurl = \"http://crm.acme.example/\"\nsecret_env = \"S\"\n", `f.toml:5:7: webhook.url: would send your prospects' addresses in the clear; write https://`},
		{"webhook with a password", least + "[webhook]\nurl = \"https://me:pw@crm.acme.example/\"\nsecret_env = \"S\"\n", `f.toml:5:7: webhook.url: holds a user name, a password or a #; leave them out: what is posted is signed with the secret`},
		{"webhook unsigned", least + "[webhook]\nurl = \"http://127.0.0.1:9000/\"\n", `f.toml:5:7: webhook.url: has no secret to sign with; set one of secret_command, secret_file or secret_env in [webhook]`},
		{"webhook with two secrets", least + "[webhook]\nurl = \"https://crm.acme.example/\"\nsecret_env = \"S\"\nsecret_command = [\"pass\"]\n", `f.toml:6:14: webhook.secret_env: there is already webhook.secret_command; keep one of them`},
		{"model missing", least + "[content]\nwriter = \"llm\"\n", `f.toml: llm.model: is missing, and content.writer is "llm"; name the model, as in model = "qwen3:8b"`},
		{"model too slow", least + "[llm]\ntimeout = \"3m\"\n", `f.toml:5:11: llm.timeout: 3m0s is out of bounds; write a time from "1s" to "2m"`},
		{"second opinion of nobody", least + "[llm]\nsecond_opinion = true\n", `f.toml:4:2: llm.model: is missing, and llm.second_opinion is on; name the model, as in model = "qwen3:8b"`},
		{"no room for a call", least + "[llm]\nconcurrency = 0\n", `f.toml:5:15: llm.concurrency: 0 is out of bounds; write a number from 1 to 32`},
		{"language in words", least + "[llm]\nlanguages = [\"English\"]\n", `f.toml:5:14: llm.languages: "English" is no code of a language; write two small letters, as in "en"`},
		{"money without a price", least + "[llm]\nmoney_per_day = 1\n", `f.toml:5:17: llm.money_per_day: is set, and neither price_in nor price_out is; write what a million tokens cost, or leave it out`},
		{"a price below nothing", least + "[llm]\nprice_in = -1\n", `f.toml:5:12: llm.price_in: -1 is out of bounds; write an amount of money, or 0`},
		{"temperature as text", least + "[llm]\ntemperature = \"0.7\"\n", `f.toml:5:15: llm.temperature: wants a number, and this is text; write it without quotes`},
		{"temperature too high", least + "[llm]\ntemperature = 3\n", `f.toml:5:15: llm.temperature: 3 is out of bounds; write a number from 0 to 2`},
		{"never a bare domain", least + "[llm]\nnever = [\"ministry.example\"]\n", `f.toml:5:10: llm.never: "ministry.example" is no address; write "@ministry.example" for everybody there`},
		{"digest without server", least + "[digest]\nto = \"smtp\"\n", "f.toml: smtp.host: is missing; write the server's name, as your provider gives it"},
		{"time without quotes", least + "[digest]\nat = 07:45:00\n", `f.toml:5:6: digest.at: wants text, and this is a date or time without quotes (07:45:00); put it in quotes`},
		{"table as value", least + "digest = \"off\"\n", `f.toml:4:10: digest: is a table, not text; write [digest] on a line of its own, its keys below`},
		{"away as one text", least + "[cadence]\naway = \"2026-12-21\"\n", `f.toml:5:8: cadence.away: wants a list, and this is text; write ["2026-12-21"]`},
		{"away on a day there is not", least + "[cadence]\naway = [\"2026-12-24\", \"2026-02-30..2026-03-02\"]\n", `f.toml:5:23: cadence.away: "2026-02-30..2026-03-02" is no run of days; write "2026-12-21..2027-01-06", first and last day, or one day alone`},
		{"away backwards", least + "[cadence]\naway = [\"2027-01-06..2026-12-21\"]\n", `f.toml:5:9: cadence.away: "2027-01-06..2026-12-21" ends before it begins; write "2026-12-21..2027-01-06"`},
		{"away for years", least + "[cadence]\naway = [\"2026-12-21..2028-12-21\"]\n", `f.toml:5:9: cadence.away: "2026-12-21..2028-12-21" is longer than a year; to have no drafts for so long, stop the service`},
		{"away for a grade", least + "[cadence.grade.hot]\naway = [\"2026-12-21\"]\n", `f.toml:5:1: cadence.grade.hot.away: unknown key; it is for everybody: write it in [cadence]`},
		{"nobody of a company", least + "[cadence]\npeople_per_company = 0\n", `f.toml:5:22: cadence.people_per_company: 0 is out of bounds; write a number from 1 to 1000; 1000 is as good as no limit`},
		{"rule of an unknown grade", least + "[cadence.grade.hot]\n[[grade]]\nname = \"hott\"\ndid = \"met\"\n", `f.toml:6:8: grade[0].name: there is no grade "hott"; did you mean "hot"?`},
		{"rule of a grade without a cadence", least + "[[grade]]\nname = \"hot\"\ndid = \"met\"\n", `f.toml:5:8: grade[0].name: there is no grade "hot"; write [cadence.grade.hot] with what is different for it`},
		{"rule without a grade", least + "[[grade]]\ndid = \"met\"\n", `f.toml:4:3: grade[0].name: is missing; write the grade that the rule gives, such as name = "hot"`},
		{"rule for nobody", least + "[cadence.grade.hot]\n[[grade]]\nname = \"hot\"\n", `f.toml:5:3: grade: fits nobody; say whom it is for: people, keywords, folders or did`},
		{"second rule with a slip", least + "[cadence.grade.hot]\n[[grade]]\nname = \"hot\"\ndid = \"met\"\n[[grade]]\nname = \"hot\"\ndid = \"answer\"\n", `f.toml:10:7: grade[1].did: "answer" is not known; did you mean "answered"? write one of "answered", "met", "put_off"`},
		{"rule with an unknown key", least + "[cadence.grade.hot]\n[[grade]]\nname = \"hot\"\ndid = \"met\"\nkeyword = [\"x\"]\n", `f.toml:8:1: grade[0].keyword: unknown key; did you mean grade[0].keywords?`},
		{"rule on a folder that is not read", least + "[cadence.grade.hot]\n[[grade]]\nname = \"hot\"\nfolders = [\"Kunden\"]\n", `f.toml:7:12: grade[0].folders: "Kunden" is no folder that is read; name it in imap.folders.also, too`},
		{"texts for rules", least + "grade = [\"hot\"]\n", `f.toml:4:10: grade: is a list of tables, and this is text; write [[grade]] on a line of its own, its keys below`},
		{"one table of rules", least + "[grade]\nname = \"hot\"\n", `f.toml:4:2: grade: is a list of tables, not a table; write [[grade]] on a line of its own, its keys below`},
		{"list of tables", least + "[[digest]]\nto = \"off\"\n", `f.toml:4:3: digest: is one table, not a list of them; write [digest], once`},
		{"grant without an application", bare + "auth = \"oauth2\"\n", `f.toml: oauth2.client_id: is missing, and imap.auth is "oauth2"; write the application's id at the provider, or name in [imap] a source that gives tokens, such as password_command`},
		{"own provider without addresses", bare + "auth = \"oauth2\"\n[oauth2]\nclient_id = \"x\"\nauth_url = \"https://login.acme.example\"\n", `f.toml:5:2: oauth2.token_url: is missing; write where the provider gives tokens, or set provider = "google" or "microsoft"`},
		{"token address in the clear", least + "[oauth2]\ntoken_url = \"http://login.acme.example/token\"\n", `f.toml:5:13: oauth2.token_url: "http://login.acme.example/token" would send the grant in the clear; write https://`},
		{"tenant as an address", least + "[oauth2]\ntenant = \"https://acme.example/\"\n", `f.toml:5:10: oauth2.tenant: "https://acme.example/" is no tenant; write the organisation's domain or its id`},
		{"digest by SMTP with a grant", bare + "auth = \"oauth2\"\n[oauth2]\nprovider = \"google\"\nclient_id = \"x\"\n[digest]\nto = \"smtp\"\n[smtp]\nhost = \"smtp.acme.example\"\n", `f.toml:10:2: smtp.password_command: no source of the password is given, and the tokens of [imap] are not for SMTP; set one of password_command, password_file, password_env or keyring in [smtp], or write digest.to = "inbox"`},
		{"not UTF-8", least + "[mailbox2]\nname = \"J\xf6rg\"\n", `f.toml:5:10: byte 0xf6 is not UTF-8; save the file as UTF-8`},
		{"columns count characters", least + "imap.folders = { sent = \"Entwürfe\", drafs = \"x\" }\n", `f.toml:4:37: imap.folders.drafs: unknown key; did you mean imap.folders.drafts?`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse([]byte(tc.text), "f.toml", home)
			var all Errors
			if !errors.As(err, &all) || len(all) != 1 {
				t.Fatalf("got %d errors, want one:\n%v", len(all), err)
			}
			if got := all[0].Error(); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// The words of these are go-toml's; what counts is the place.
func TestParse_SyntaxMistakes(t *testing.T) {
	for _, tc := range []struct {
		name, text   string
		line, column int
	}{
		{"text without quotes", least + "[digest]\nto = off\n", 5, 6},
		{"same key twice", least + "imap.host = \"x\"\n", 4, 1},
		{"same table twice", "[digest]\n[imap]\n[digest]\n", 3, 2},
		{"list without end", "[cadence]\nfollow_up_after = [\"3bd\",\n", 2, 26},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse([]byte(tc.text), "f.toml", home)
			var all Errors
			if !errors.As(err, &all) || len(all) != 1 {
				t.Fatalf("got %d errors, want one:\n%v", len(all), err)
			}
			if got := all[0]; got.Line != tc.line || got.Column != tc.column {
				t.Errorf("at %d:%d, want %d:%d: %v", got.Line, got.Column, tc.line, tc.column, got)
			}
		})
	}
}

func TestParse_LoginMistakes(t *testing.T) {
	const who = "mailbox.address = \"anna@acme.example\"\n[imap]\n"
	for _, tc := range []struct{ name, text, want string }{
		{"no source", who + "host = \"imap.acme.example\"\n", `f.toml:2:2: imap.password_command: no source of the password is given; set one of password_command, password_file, password_env or keyring in [imap], or pass the systemd credential imap-password`},
		{"two sources", who + "host = \"imap.acme.example\"\nkeyring = true\npassword_file = \"pw\"\n", `f.toml:4:11: imap.keyring: there is already imap.password_file; keep one of them`},
		{"command as a line", who + "host = \"imap.acme.example\"\npassword_command = \"pass show mail\"\n", `f.toml:4:20: imap.password_command: wants a list, and this is text; write ["pass", "show", "mail"]`},
		{"variable with its value", who + "host = \"imap.acme.example\"\npassword_env = \"PW=hunter2\"\n", `f.toml:4:16: imap.password_env: is no name of a variable; write its name alone, such as "FOLLOWUPD_PASSWORD"`},
		{"in the clear", who + "host = \"imap.acme.example\"\nsecurity = \"none\"\nkeyring = true\n", `f.toml:4:12: imap.security: "none" would send the password to imap.acme.example in the clear; write "tls" or "starttls"; "none" is for this machine itself`},
		{"host with port", who + "host = \"imap.acme.example:993\"\nkeyring = true\n", `f.toml:3:8: imap.host: "imap.acme.example:993" holds a port; write host = "imap.acme.example" and port = 993`},
		{"host as URL", who + "host = \"imaps://imap.acme.example\"\nkeyring = true\n", `f.toml:3:8: imap.host: "imaps://imap.acme.example" is a URL; write the name alone`},
		{"poll too often", who + "host = \"imap.acme.example\"\npoll = \"1s\"\nkeyring = true\n", `f.toml:4:8: imap.poll: 1s is out of bounds; write a time from "10s" to "1d", such as "5m"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse([]byte(tc.text), "f.toml", home)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestParse_MailboxMistakes(t *testing.T) {
	const rest = "[imap]\nhost = \"imap.acme.example\"\nkeyring = true\n"
	for _, tc := range []struct{ name, text, want string }{
		{"no address", "[mailbox]\n" + rest, `f.toml:1:2: mailbox.address: is missing; write the rep's address, as in address = "anna@acme.example"`},
		{"empty file", rest, `f.toml: mailbox.address: is missing; write the rep's address, as in address = "anna@acme.example"`},
		{"name in the address", "[mailbox]\naddress = \"Anna <anna@acme.example>\"\n" + rest, `f.toml:2:11: mailbox.address: "Anna <anna@acme.example>" is more than an address; write "anna@acme.example"`},
		{"no address at all", "[mailbox]\naddress = \"anna\"\n" + rest, `f.toml:2:11: mailbox.address: "anna" is no address; write it as "anna@acme.example"`},
		{"alias", "[mailbox]\naddress = \"anna@acme.example\"\naliases = [\"sales\"]\n" + rest, `f.toml:3:12: mailbox.aliases: "sales" is no address; write it as "anna@acme.example"`},
		{"zone", "[mailbox]\naddress = \"anna@acme.example\"\ntimezone = \"Europe/Stokholm\"\n" + rest, `f.toml:3:12: mailbox.timezone: unknown time zone "Europe/Stokholm"; write an IANA name such as "Europe/Stockholm", or leave it out for the machine's`},
		{"zone outside the database", "[mailbox]\naddress = \"anna@acme.example\"\ntimezone = \"../../etc/passwd\"\n" + rest, `f.toml:3:12: mailbox.timezone: unknown time zone "../../etc/passwd"; write an IANA name such as "Europe/Stockholm", or leave it out for the machine's`},
		{"header in the name", "[mailbox]\naddress = \"anna@acme.example\"\nname = \"Anna\\nBcc: x@y.example\"\n" + rest, `f.toml:3:8: mailbox.name: holds a control character; write it on one line`},
		{"slip of the pen", "[mailbox]\naddress = \"anna@acme.example\"\nsignatuer = \"x\"\n" + rest, `f.toml:3:1: mailbox.signatuer: unknown key; did you mean mailbox.signature?`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse([]byte(tc.text), "f.toml", home)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestParse_AllMistakesAtOnceInOrder(t *testing.T) {
	_, err := parse([]byte(`[mailbox]
addres = "anna@acme.example"
timezone = "Mars"
[imap]
port = 0
security = "ssl"
[cadence]
follow_up_after = ["3 days", 5, "-1d"]
hours = "always"
[cadence.grade.hot]
holidays = ["ZZ"]
`), "f.toml", home)
	var all Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Key)
		if e.File != "f.toml" || e.Line == 0 || e.Column == 0 || e.Problem == "" || e.Hint == "" {
			t.Errorf("says too little: %+v", e)
		}
	}
	want := []string{
		"mailbox.address", "mailbox.addres", "mailbox.timezone", "imap.host", "imap.password_command", "imap.port", "imap.security",
		"cadence.follow_up_after", "cadence.follow_up_after", "cadence.follow_up_after", "cadence.hours", "cadence.grade.hot.holidays",
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("got (-), want (+):\n%s\n%v", d, err)
	}
}

func TestParse_MistakesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "k%d = 1\n", i)
	}
	_, err := parse([]byte(b.String()), "f.toml", home)
	var all Errors
	if !errors.As(err, &all) || len(all) != maxMistakes+1 {
		t.Fatalf("%d mistakes shown", len(all))
	}
	if got := all[maxMistakes].Error(); !strings.HasSuffix(got, " more mistakes") {
		t.Errorf("the last line hides that there are more: %s", got)
	}
}

func TestCadence_ForLaysSituationThenGradeOver(t *testing.T) {
	cfg := mustParse(t, least+`
[cadence]
hours = ""
[cadence.grade.hot]
follow_up_after = ["1bd"]
[cadence.situation.proposal]
follow_up_after = ["5bd"]
break_up_after = "2w"
`)
	want := cfg.Cadence.Pace
	if d := cmp.Diff(cfg.Cadence.For("", "nothing"), want); d != "" {
		t.Errorf("neither: %s", d)
	}
	want.FollowUpAfter, want.BreakUpAfter = []Window{{BusinessDays: 5}}, Window{Days: 14}
	if d := cmp.Diff(cfg.Cadence.For("cold", "proposal"), want); d != "" {
		t.Errorf("situation: %s", d)
	}
	want.FollowUpAfter = []Window{{BusinessDays: 1}}
	if d := cmp.Diff(cfg.Cadence.For("hot", "proposal"), want); d != "" {
		t.Errorf("both: %s", d)
	}
	for key, want := range map[string]string{"follow_up_after": "grade hot", "break_up_after": "situation proposal", "hours": ""} {
		if got := cfg.Cadence.Whose(key, "hot", "proposal"); got != want {
			t.Errorf("%s is set by %q, want %q", key, got, want)
		}
	}
}

func TestParse_DefaultsThatFollow(t *testing.T) {
	parseWith := func(text string, vars map[string]string) Config {
		t.Helper()
		cfg, err := parse([]byte(text), "/etc/f.toml", machine(vars))
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	onHome := map[string]string{"HOME": "/home/anna"}
	free := strings.Replace(least, "anna@acme.example", "anna@gmx.net", 1)

	for _, tc := range []struct {
		name      string
		got, want any
	}{
		{"colleagues at a free-mail provider are nobody", parseWith(free+"mailbox.aliases = [\"Anna@Berg.example\"]\n", onHome).Mailbox.Internal, []string{"anna@gmx.net", "anna@berg.example"}},
		{"no colleagues, said so", parseWith(least+"mailbox.internal = []\n", onHome).Mailbox.Internal, []string{}},
		{"port with STARTTLS", parseWith(least+"imap.security = \"starttls\"\n", onHome).IMAP.Port, 143},
		{"port with STARTTLS, said so", parseWith(least+"imap.security = \"starttls\"\nimap.port = 993\n", onHome).IMAP.Port, 993},
		{"port of submission", parseWith(least+"smtp.security = \"starttls\"\n", onHome).SMTP.Port, 587},
		{"state of a service", parseWith(least, map[string]string{"STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/x"}).State.Dir, "/var/lib/a"},
		{"state of a service in a fleet", parseWith(least+"state.url = \"postgres://db/f\"\n", map[string]string{"STATE_DIRECTORY": "/var/lib/a"}).State.Dir, "/var/lib/a/anna@acme.example"},
		{"state by XDG", parseWith(least, map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/x"}).State.Dir, "/s/followupd/anna@acme.example"},
		{"relative XDG is ignored", parseWith(least, map[string]string{"XDG_STATE_HOME": "s", "HOME": "/x"}).State.Dir, "/x/.local/state/followupd/anna@acme.example"},
		{"an address is one folder", parseWith(strings.Replace(least, "anna@", "a/b@", 1), onHome).State.Dir, "/home/anna/.local/state/followupd/a%2Fb@acme.example"},
		{"loopback without TLS", parseWith(strings.Replace(least, "imap.acme.example", "127.0.0.1", 1)+"imap.security = \"none\"\nimap.port = 10143\n", onHome).IMAP.Port, 10143},
	} {
		if d := cmp.Diff(tc.got, tc.want); d != "" {
			t.Errorf("%s: got (-), want (+):\n%s", tc.name, d)
		}
	}

	_, err := parse([]byte(least), "f.toml", machine(nil))
	if err == nil || !strings.Contains(err.Error(), "state.dir: neither $STATE_DIRECTORY nor $HOME") {
		t.Errorf("without a home: %v", err)
	}
}

func TestParse_SystemdCredentialIsASource(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(least, "imap.password_env = \"PW\"\n", "", 1)
	vars := map[string]string{"HOME": "/x", "CREDENTIALS_DIRECTORY": dir}
	if _, err := parse([]byte(text), "f.toml", machine(vars)); err == nil {
		t.Error("taken for a source before it was there")
	}
	if err := os.WriteFile(filepath.Join(dir, "imap-password"), []byte("x\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := parse([]byte(text), "f.toml", machine(vars)); err != nil {
		t.Error(err)
	}
}

func TestLoad_FilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked.toml")
	if err := os.WriteFile(locked, []byte(least), 0o000); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, "mail.mbox")
	if err := os.WriteFile(long, bytes.Repeat([]byte("x = 1\n"), 50_000), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "nobody.toml")
	for _, tc := range []struct {
		path, want string
		is         error
	}{
		{missing, missing + ": no such file; `followupd init` writes one; name yours with -c", fs.ErrNotExist},
		{dir, dir + ": is a folder, not a file; name the file in it", nil},
		{long, long + ": is longer than 256 KiB; name the configuration, not another file", nil},
		{os.DevNull, os.DevNull + ": is no regular file; name a text file", nil},
		{locked, locked + ": may not be read by this user; check owner and mode of the file and its folders", fs.ErrPermission},
	} {
		if tc.path == locked && os.Geteuid() == 0 {
			continue // root may read everything
		}
		_, err := Load(tc.path)
		if err == nil || err.Error() != tc.want || tc.is != nil && !errors.Is(err, tc.is) {
			t.Errorf("got  %v\nwant %s", err, tc.want)
		}
	}
}

func TestValidate_ConfigMadeInCode(t *testing.T) {
	cfg := Default()
	cfg.Mailbox.Address = "anna@acme.example"
	cfg.IMAP.Host, cfg.IMAP.Port, cfg.IMAP.Security, cfg.IMAP.PasswordEnv = "localhost", 1143, NoTLS, "PW"
	cfg.State.Dir = "/tmp/state"
	cfg = cfg.Complete("/srv")
	if errs := cfg.Validate(); len(errs) > 0 {
		t.Errorf("good one: %v", errs)
	}
	cfg.IMAP.Host = "imap.acme.example"
	errs := cfg.Validate()
	if len(errs) != 1 || errs[0].Key != "imap.security" || errs[0].Line != 0 {
		t.Errorf("password in the clear: %v", errs)
	}
}

func TestWindow_TextRoundTrip(t *testing.T) {
	for _, s := range []string{"", "3bd", "5d", "2w", "12h", "1d", "90m"} {
		w, err := ParseWindow(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if got := w.String(); got != s && s != "1d" {
			t.Errorf("%q is written %q", s, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	var sample strings.Builder
	if err := Sample(&sample); err != nil {
		f.Fatal(err)
	}
	f.Add(sample.String())
	f.Add(least + "[cadence.grade.\"a.b\"]\nhours = \"\"\n")
	f.Add("[[a]]\n[[a.b]]\nc = [[1], {d = 2}]\n")
	f.Add("\xef\xbb\xbf[imap]\r\nport = 1e400\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := parse([]byte(text), "f.toml", home)
		var all Errors
		if err == nil {
			if problems := cfg.Validate(); len(problems) > 0 && os.Getenv("CREDENTIALS_DIRECTORY") == "" {
				t.Errorf("parsed, but impossible: %v", problems)
			}
			return
		}
		if !errors.As(err, &all) || len(all) == 0 {
			t.Fatalf("not Errors: %v", err)
		}
		lines := strings.Count(text, "\n") + 1
		for _, e := range all {
			if e.Problem == "" || e.Line > lines || (e.Line > 0) != (e.Column > 0) {
				t.Errorf("%+v of %d lines", e, lines)
			}
		}
	})
}

func TestParse_MeetingsHaveAWeekUnlessTheFileSaysOtherwise(t *testing.T) {
	three, five := []Window{{BusinessDays: 3}, {BusinessDays: 5}}, []Window{{BusinessDays: 5}, {BusinessDays: 5}}
	two := []Window{{BusinessDays: 2}}
	for _, c := range []struct {
		name, cadence    string
		meeting, general []Window
		whose            string
	}{
		{"nothing said", "", five, three, "situation meeting"},
		{"the default written out", "[cadence]\nfollow_up_after = [\"3bd\", \"5bd\"]\n", five, three, "situation meeting"},
		{"everybody's windows are everybody's", "[cadence]\nfollow_up_after = [\"2bd\"]\n", two, two, ""},
		{"the situation's own", "[cadence.situation.meeting]\nfollow_up_after = [\"2bd\"]\n", two, three, "situation meeting"},
		{"another key of the situation", "[cadence.situation.meeting]\nthank_you_after = \"2h\"\n", five, three, "situation meeting"},
		{"another situation", "[cadence.situation.proposal]\nfollow_up_after = [\"2bd\"]\n", five, three, "situation meeting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := mustParse(t, least+c.cadence)
			got := cfg.Cadence.For("", "meeting")
			if diff := cmp.Diff(c.meeting, got.FollowUpAfter); diff != "" {
				t.Errorf("a meeting (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.general, cfg.Cadence.For("", "general").FollowUpAfter); diff != "" {
				t.Errorf("others (-want +got)\n%s", diff)
			}
			if whose := cfg.Cadence.Whose("follow_up_after", "", "meeting"); whose != c.whose {
				t.Errorf("it is set for %q, want %q", whose, c.whose)
			}
			if got.BreakUpAfter != (Window{BusinessDays: 7}) || got.DraftsPerDay != 10 {
				t.Errorf("the other keys changed: %+v", got)
			}
		})
	}
}
