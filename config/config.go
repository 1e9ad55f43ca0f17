// Package config is the file that a rep writes: one TOML file per mailbox. It holds its types, defaults and documentation,
// checks it, watches it, and fetches the secrets it names.
//
// It guarantees that a Config from Parse or Load is complete (what was left out is filled in, paths are absolute) and
// possible (Validate found nothing), and that all mistakes of a file are reported at once, each with its place. It does
// not look at anything outside the file: whether a folder exists or a password is right shows where it is used.
package config

import (
	"net"
	"reflect"
	"slices"
	"time"
)

// Config is one mailbox's file. It is a value that nobody changes once it was loaded: a changed file makes a new one.
type Config struct {
	// File is the absolute path it was loaded from, "" for one made in code.
	File string

	Mailbox   Mailbox     `key:"mailbox" doc:"Who the rep is."`
	IMAP      IMAP        `key:"imap" doc:"How to reach the mailbox. Give exactly one source of the password: password_command, password_file, password_env or keyring. With none of them, the systemd credential imap-password is used, or with auth = \"oauth2\" the grant of [oauth2]."`
	OAuth2    OAuth2      `key:"oauth2" doc:"The application by which the provider lets followupd in, where imap.auth is \"oauth2\" and [imap] names no source of a token. Ask the provider, or your administrator, for a client_id; then run followupd login."`
	Prospects Prospects   `key:"prospects" doc:"Whom to follow up."`
	Cadence   Cadence     `key:"cadence" doc:"When to follow up. A window is written \"3bd\" (business days), \"5d\" (days), \"12h\" or \"2w\", and counts from the rep's last message."`
	Grades    []GradeRule `key:"grade" doc:"A rule that gives prospects a grade; write as many as you like. The first that fits counts, and only for people to whom you gave no grade yourself with the grade command."`
	Content   Content     `key:"content" doc:"What the follow-ups say."`
	LLM       LLM         `key:"llm" doc:"The language model that writes the follow-ups where content.writer is \"llm\"."`
	Steering  Steering    `key:"steering" doc:"What you say to followupd in your mail client: mail moved into folders, tags, and a line such as // stop at the top of a draft. Off until you switch it on. See docs/steering.md."`
	Digest    Digest      `key:"digest" doc:"The summary of a working day."`
	SMTP      SMTP        `key:"smtp" doc:"Only for the digest, and only to mailbox.address. What is left out is as in [imap]."`
	Dashboard Dashboard   `key:"dashboard" doc:"The local web page that shows where every thread stands."`
	Signals   Signals     `key:"signals" doc:"Who followed a link you sent. Off unless listen and base_url are set: then the link of an asset in a draft becomes base_url/TOKEN, which the daemon answers with the way to the asset and notes. Read docs/signals.md, and docs/privacy.md for what to tell prospects."`
	Webhook   Webhook     `key:"webhook" doc:"Tells your CRM, or any program that takes HTTP, of each change of a thread's state. Off unless url is set. Give one source of the secret. See docs/webhook.md."`
	Metrics   Metrics     `key:"metrics" doc:"Lets Prometheus and supervisors ask how the mailboxes fare: /metrics, /healthz and /readyz. It is the process's: what one file says counts for all mailboxes that the process works, and a change takes effect at the next start. See docs/administration.md."`
	State     State       `key:"state" doc:"Where followupd keeps what it knows."`

	given map[string]bool // the keys written in the file, dotted
	sum   [32]byte        // of the file's bytes, by which Watch knows a change
}

// Grants says that the mailbox is opened by a grant that followupd keeps itself, not by a password or by tokens from
// elsewhere.
func (c Config) Grants() bool {
	return c.IMAP.Auth == AuthOAuth2 && len(c.IMAP.sources()) == 0 && c.OAuth2.ClientID != ""
}

// Given says whether the file holds a key, such as "mailbox.timezone", with whatever value.
func (c Config) Given(key string) bool { return c.given[key] }

// Mailbox is the rep.
type Mailbox struct {
	Address  string         `key:"address" doc:"The rep's address." example:"anna@acme.example"`
	Name     string         `key:"name" doc:"The rep's name, as it stands in From." example:"Anna Berg"`
	Aliases  []string       `key:"aliases" doc:"Every other address the rep writes from." example:"[\"sales@acme.example\"]"`
	Internal []string       `key:"internal" doc:"Colleagues, never prospects: domains and addresses. Default: the domain of mailbox.address, unless it belongs to a free-mail provider." example:"[\"acme.example\"]"`
	Timezone *time.Location `key:"timezone" doc:"The rep's clock, by its IANA name. Default: the machine's." example:"Europe/Stockholm"`
	// Signature ends every text; where the file does not give one it is learned from the rep's sent mail, so "" written
	// out (Given "mailbox.signature") means none at all.
	Signature string `key:"signature" doc:"What follow-ups end with. Default: as in the rep's own sent mail; \"\" = none." example:"Anna Berg\\nAcme"`
}

// IMAP is the way to the mailbox.
type IMAP struct {
	Host     string `key:"host" doc:"The server's name." example:"imap.acme.example"`
	Port     int    `key:"port" doc:"Default: 993 with tls, 143 otherwise."`
	Security string `key:"security" values:"tls starttls none" doc:"none only to this machine itself."`
	CAFile   string `key:"ca_file" kind:"path" doc:"A PEM file with a further trust root, for a server with a certificate of its own."`
	Username string `key:"username" doc:"Default: mailbox.address." example:"anna@acme.example"`
	Auth     string `key:"auth" values:"password oauth2" doc:"With oauth2, the source of the password gives an access token instead; with no source, the tokens are those of [oauth2]."`
	Login
	Poll    time.Duration `key:"poll" doc:"How often to look without being told, beside IDLE; the only clock where a server has no IDLE."`
	Settle  time.Duration `key:"settle" doc:"How long to rest after an APPEND of unknown outcome before it is looked for again."`
	Folders Folders       `key:"folders" doc:"Only where the server does not say by itself (SPECIAL-USE)."`
}

// Login is where a password comes from: at most one of the fields is set. None: a systemd credential.
type Login struct {
	PasswordCommand []string `key:"password_command" doc:"A program and its arguments, run without a shell; the first line it prints is the password. At most 30 seconds." example:"[\"pass\", \"show\", \"mail/anna\"]"`
	PasswordFile    string   `key:"password_file" kind:"path" doc:"A file whose first line is the password, readable by its owner only." example:"password"`
	PasswordEnv     string   `key:"password_env" doc:"The environment variable that holds the password." example:"FOLLOWUPD_PASSWORD"`
	Keyring         bool     `key:"keyring" doc:"Ask the desktop's keyring for service followupd and this username."`
}

// Folders names folders where the server does not say what they are for.
type Folders struct {
	Inbox  string `key:"inbox" doc:"Where mail arrives."`
	Sent   string `key:"sent" doc:"Where the rep's mail client keeps what was sent. Default: found." example:"Sent"`
	Drafts string `key:"drafts" doc:"Where drafts are laid. Default: found." example:"Drafts"`
	// Also nil means the folders marked \All, \Archive and \Junk; empty but not nil means none.
	Also []string `key:"also" doc:"Further folders in which an answer counts. Default: those the server marks as All, Archive and Junk." example:"[\"Archive\", \"Junk\"]"`
}

// Values of IMAP.Auth.
const (
	AuthPassword = "password"
	AuthOAuth2   = "oauth2"
)

// Values of OAuth2.Provider.
const (
	Google      = "google"
	Microsoft   = "microsoft"
	OwnProvider = "own"
)

// OAuth2 is the application that the rep's provider knows followupd as. The tokens themselves are no configuration: they
// lie in the state folder or the keyring.
type OAuth2 struct {
	Provider            string   `key:"provider" values:"google microsoft own" doc:"google and microsoft know their addresses and scopes by themselves; own takes auth_url, token_url and device_url from here."`
	Tenant              string   `key:"tenant" doc:"Microsoft only: the organisation's domain or id. Default: common, which suits applications for many organisations." example:"acme.example"`
	ClientID            string   `key:"client_id" doc:"The application's id at the provider." example:"00000000-1111-2222-3333-444444444444"`
	ClientSecretCommand []string `key:"client_secret_command" doc:"A program and its arguments; the first line it prints is the application's secret. Empty = it has none, as applications for desktops at Microsoft." example:"[\"pass\", \"show\", \"oauth2/followupd\"]"`
	Scopes              []string `key:"scopes" doc:"What to ask for. Default: as the provider wants it for IMAP." example:"[\"https://mail.google.com/\"]"`
	AuthURL             string   `key:"auth_url" doc:"Where the rep agrees, in a browser. Default: the provider's." example:"https://login.acme.example/authorize"`
	TokenURL            string   `key:"token_url" doc:"Where tokens are given. Default: the provider's." example:"https://login.acme.example/token"`
	DeviceURL           string   `key:"device_url" doc:"Where a code for another device is given (RFC 8628). Default: the provider's." example:"https://login.acme.example/device"`
	Keyring             bool     `key:"keyring" doc:"Keep the tokens in the desktop's keyring instead of a file in the state folder."`
}

// Values of Prospects.Who.
const (
	External = "external"
	Listed   = "listed"
)

// Prospects says whom to follow up.
type Prospects struct {
	Who     string        `key:"who" values:"external listed" doc:"external: everyone outside mailbox.internal. listed: only those in include."`
	Include []string      `key:"include" doc:"Addresses, or whole companies as @domain." example:"[\"@nordbau.example\", \"lena@vogt.example\"]"`
	Exclude []string      `key:"exclude" doc:"Never chase these: addresses or @domains." example:"[\"@press.example\"]"`
	Since   time.Duration `key:"since" doc:"At the first start: how old a silence may be and still get a draft."`
}

// Pace is when steps follow, for everybody, or for a grade or a situation.
type Pace struct {
	FollowUpAfter []Window `key:"follow_up_after" doc:"The windows before follow-up 1, 2, and so on. As many as there are windows. As long as it is the default, meetings have [\"5bd\", \"5bd\"], a week after the thank-you, unless [cadence.situation.meeting] says otherwise."`
	BreakUpAfter  Window   `key:"break_up_after" doc:"The window before the goodbye; \"\" = never."`
	NurtureAfter  Window   `key:"nurture_after" doc:"How long after the goodbye to write once more; \"\" = never."`
	ThankYouAfter Window   `key:"thank_you_after" doc:"How long after the end of a meeting that they accepted a thank-you is drafted, such as \"2h\", unless you wrote first; \"\" = never."`
	Holidays      []string `key:"holidays" doc:"Countries whose public holidays are no business days, by ISO code; regions of AU, CH and DE as DE-BY." example:"[\"SE\", \"US\"]"`
	DraftsPerDay  int      `key:"drafts_per_day" doc:"At most so many drafts a day; the rest waits, oldest promise first."`
	Hours         Hours    `key:"hours" doc:"Drafts appear in these hours of a working day, by the rep's clock; \"\" = always."`
}

// Cadence is the pace for everybody and what grades and situations change of it.
type Cadence struct {
	Pace
	Away             []Days `key:"away" doc:"Days on which you are away, the first and the last of them: nothing is drafted, and no window goes on. For everybody, as are the keys below." example:"[\"2026-12-21..2027-01-06\"]"`
	PeoplePerCompany int    `key:"people_per_company" doc:"At most so many people of one company are followed up at once: those with a draft, or with a follow-up of the last five business days. Others wait for their turn. Free-mail providers are no company."`
	PerPersonMonth   int    `key:"follow_ups_per_person" doc:"At most so many follow-ups to one person within 30 days, over all threads with them, yours by hand included."`

	Grade     map[string]Override `key:"grade" doc:"Any key of [cadence] up to hours, for prospects of that grade. Keys left out are as in [cadence]. drafts_per_day bounds the drafts for that grade alone, and lets a day go beyond [cadence]'s number only for them; holidays, written out, replace those of [cadence]." example:"hot" pace:"[\"1bd\", \"2bd\"]"`
	Situation map[string]Override `key:"situation" doc:"Likewise, for a situation: cold_email, proposal, meeting, voicemail, conference, was_keen or general. Where a grade sets the same key, the grade counts." example:"proposal" pace:"[\"5bd\"]"`
}

// Override is the pace of a grade or a situation: [cadence] with the table's own keys laid over.
type Override struct {
	Pace
	// Keys are the names of the keys that the table gives, sorted.
	Keys []string
}

// For gives the pace of a thread: [cadence], over it the keys of its situation, over them those of its prospect's grade.
// Unknown or empty names change nothing.
func (c Cadence) For(grade, situation string) Pace {
	p := c.Pace
	for _, o := range []Override{c.Situation[situation], c.Grade[grade]} {
		p = o.over(p)
	}
	return p
}

// Whose names who set a key for a thread: "grade hot", "situation proposal", or "" where it is [cadence]'s own.
func (c Cadence) Whose(key, grade, situation string) string {
	switch {
	case c.Grade[grade].gives(key):
		return "grade " + grade
	case c.Situation[situation].gives(key):
		return "situation " + situation
	}
	return ""
}

func (o Override) gives(key string) bool { return slices.Contains(o.Keys, key) }

func (o Override) over(p Pace) Pace {
	has := o.gives
	if has("follow_up_after") {
		p.FollowUpAfter = o.FollowUpAfter
	}
	if has("break_up_after") {
		p.BreakUpAfter = o.BreakUpAfter
	}
	if has("nurture_after") {
		p.NurtureAfter = o.NurtureAfter
	}
	if has("thank_you_after") {
		p.ThankYouAfter = o.ThankYouAfter
	}
	if has("holidays") {
		p.Holidays = o.Holidays
	}
	if has("drafts_per_day") {
		p.DraftsPerDay = o.DraftsPerDay
	}
	if has("hours") {
		p.Hours = o.Hours
	}
	return p
}

// withMeetings gives the cadence with followupd's own windows for meetings, where nobody set any for them: after the thank-you
// a week of working days goes by.
func (c Cadence) withMeetings() Cadence {
	const meeting, key = "meeting", "follow_up_after"
	o, ok := c.Situation[meeting]
	if o.gives(key) {
		return c
	}
	if !ok {
		o.Pace = c.Pace
	}
	o.FollowUpAfter = []Window{{BusinessDays: 5}, {BusinessDays: 5}}
	o.Keys = slices.Sorted(slices.Values(append(slices.Clone(o.Keys), key)))
	all := map[string]Override{meeting: o}
	for name, other := range c.Situation {
		if name != meeting {
			all[name] = other
		}
	}
	c.Situation = all
	return c
}

// Situations are the names that [cadence.situation.NAME] may have, as in the contract.
func Situations() []string {
	return []string{"cold_email", "proposal", "meeting", "voicemail", "conference", "was_keen", "general"}
}

// Content says what follow-ups are made of.
type Content struct {
	Library    string `key:"library" kind:"path" doc:"The folder of assets, relative to this file."`
	Templates  string `key:"templates" kind:"path" doc:"The folder of your own texts, which go before the built-in ones."`
	Writer     string `key:"writer" values:"template llm" doc:"Who writes the texts."`
	CheckLinks bool   `key:"check_links" doc:"Ask the web once a day for every link of the library; an asset whose link is gone for a day is not used. What was found takes effect at once. false asks only for \"check --links\"."`
}

// LLM is an OpenAI-compatible endpoint.
type LLM struct {
	BaseURL       string        `key:"base_url" doc:"Any OpenAI-compatible endpoint."`
	Model         string        `key:"model" doc:"The model's name there." example:"qwen3:8b"`
	APIKeyCommand []string      `key:"api_key_command" doc:"A program and its arguments; the first line it prints is the key. Empty = the endpoint wants none." example:"[\"pass\", \"show\", \"llm\"]"`
	Redact        bool          `key:"redact" doc:"Mask addresses, telephone numbers and the names of third parties in what is sent, and put them back in what comes. false sends them as they stand."`
	Never         []string      `key:"never" doc:"Nothing of a thread with one of these is ever sent: addresses or @domains." example:"[\"@ministry.example\"]"`
	Languages     []string      `key:"languages" doc:"The languages of the drafts that the model writes, by their ISO 639-1 codes; others are written from templates. [] = all." example:"[\"en\"]"`
	SecondOpinion bool          `key:"second_opinion" doc:"Ask the model, once, what an answer means that the rules call unclear. It can hold a thread until a day, or leave it to review; it never causes a draft."`
	Timeout       time.Duration `key:"timeout" doc:"How long the model may take for one draft once its turn has come, a second try included. Then the template is used."`
	Concurrency   int           `key:"concurrency" doc:"So many calls are under way at the endpoint at once, over all mailboxes of the process that name it; the smallest number counts."`
	Temperature   float64       `key:"temperature" doc:"How freely the model chooses its words, up to 2; 0 leaves it to the endpoint."`
	TokensPerDay  int           `key:"tokens_per_day" doc:"So many tokens may be used on a day; then templates are used until the next. 0 = no limit."`
	MoneyPerDay   float64       `key:"money_per_day" doc:"So much may be spent on a day, by the two prices below; then templates are used until the next. 0 = no limit."`
	PriceIn       float64       `key:"price_in" doc:"What a million tokens cost that are sent, in your currency; 0 = nothing."`
	PriceOut      float64       `key:"price_out" doc:"What a million tokens cost that come back, thoughts included; 0 = nothing."`
}

// Values of Digest.To.
const (
	DigestInbox = "inbox"
	DigestSMTP  = "smtp"
	DigestOff   = "off"
)

// Digest is the summary of a working day.
type Digest struct {
	To string    `key:"to" values:"inbox smtp off" doc:"inbox: laid into the inbox. smtp: mailed to the rep's own address."`
	At TimeOfDay `key:"at" doc:"When, by the rep's clock."`
}

// SMTP is the way for the digest, and for nothing else. After loading, a username or login that was left out is that
// of [imap].
type SMTP struct {
	Host     string `key:"host" doc:"The server's name." example:"smtp.acme.example"`
	Port     int    `key:"port" doc:"Default: 465 with tls, 587 otherwise."`
	Security string `key:"security" values:"tls starttls none" doc:"none only to this machine itself."`
	CAFile   string `key:"ca_file" kind:"path" doc:"A PEM file with a further trust root."`
	Username string `key:"username" doc:"Default: imap.username." example:"anna@acme.example"`
	Login
}

// Dashboard is the local web page.
type Dashboard struct {
	Listen string `key:"listen" doc:"An address of this machine itself, with its port; \"\" = off."`
}

// Signals is the receiver of followed links.
type Signals struct {
	Listen   string   `key:"listen" doc:"Where to listen, behind the company's own web server. Mailboxes that one daemon watches may share it." example:"127.0.0.1:8026"`
	BaseURL  string   `key:"base_url" doc:"How the world reaches it." example:"https://read.acme.example"`
	Sooner   Window   `key:"sooner" doc:"How long after a person followed a link the next follow-up is due, where its window would run longer; \"\" = no sooner for it. A goodbye is not hurried."`
	Scanners []string `key:"scanners" doc:"Networks whose visits are a machine's, besides those that followupd knows: your prospects' mail filters." example:"[\"203.0.113.0/24\"]"`
}

// On says whether links are signals: both keys are set.
func (s Signals) On() bool { return s.Listen != "" && s.BaseURL != "" }

// Webhook is where changes of a thread's state are told. At most one of the sources of the secret is set.
type Webhook struct {
	URL           string   `key:"url" doc:"Where each change of a thread's state is posted to; https, or this machine itself." example:"https://crm.acme.example/hooks/followupd"`
	SecretCommand []string `key:"secret_command" doc:"A program and its arguments; the first line it prints is the secret that signs what is posted, as the other side knows it." example:"[\"pass\", \"show\", \"crm/followupd\"]"`
	SecretFile    string   `key:"secret_file" kind:"path" doc:"A file whose first line is the secret, readable by its owner only." example:"webhook-secret"`
	SecretEnv     string   `key:"secret_env" doc:"The environment variable that holds the secret." example:"FOLLOWUPD_WEBHOOK_SECRET"`
}

// On says whether changes are told.
func (w Webhook) On() bool { return w.URL != "" }

// Metrics is where machines ask how the mailboxes of a process fare. At most one of the sources of the token is set.
type Metrics struct {
	Listen       string   `key:"listen" doc:"Where to answer, as host:port; \"\" = off. Other machines are answered only with a token, or where open says so." example:"127.0.0.1:8027"`
	TokenCommand []string `key:"token_command" doc:"A program and its arguments; the first line it prints is the token that whoever asks must show (Authorization: Bearer). Read at the start." example:"[\"pass\", \"show\", \"followupd/metrics\"]"`
	TokenFile    string   `key:"token_file" kind:"path" doc:"A file whose first line is the token, readable by its owner only." example:"metrics-token"`
	TokenEnv     string   `key:"token_env" doc:"The environment variable that holds the token." example:"FOLLOWUPD_METRICS_TOKEN"`
	Open         bool     `key:"open" doc:"true answers everybody who reaches listen, without a token: for a network that lets nobody else in."`
}

// On says whether anybody is answered.
func (m Metrics) On() bool { return m.Listen != "" }

// Local says that only this very machine can ask.
func (m Metrics) Local() bool {
	host, _, err := net.SplitHostPort(m.Listen)
	return err == nil && isLoopback(host)
}

// Same says whether both are the same settings.
func (m Metrics) Same(other Metrics) bool { return reflect.DeepEqual(m, other) }

// State is where the database lies.
type State struct {
	Dir string `key:"dir" kind:"path" doc:"Default: $STATE_DIRECTORY, else $XDG_STATE_HOME/followupd/ADDRESS, else ~/.local/state/followupd/ADDRESS." example:"/var/lib/followupd"`
	// URL takes the database's place only: what belongs to a machine (status, the dashboard's key) stays in a folder there.
	URL string `key:"url" doc:"A PostgreSQL database that keeps what many mailboxes know, in place of a file for each, so that several machines share the mailboxes out; see docs/fleet.md. Without a password: that comes from PGPASSFILE, ~/.pgpass or PGPASSWORD. Instead of dir." example:"postgres://followupd@db.acme.example/followupd?sslmode=verify-full"`
	// Keep is long enough for a reopened quarter's talks and bounded by itself (GDPR article 5: no longer than needed).
	Keep time.Duration `key:"keep" doc:"How long after a thread's end the texts of its mails and drafts are kept in the database; then only what they were found to be stays, so that a no is still honoured. At least 30 days. The mailbox itself is never changed."`
}

// Values of IMAP.Security and SMTP.Security.
const (
	TLS      = "tls"
	STARTTLS = "starttls"
	NoTLS    = "none"
)

// Default gives what a file means that says nothing. It lacks what no default can give (mailbox.address, imap.host, the
// password) and what follows from that: Parse fills in the latter.
func Default() Config {
	return Config{
		Mailbox: Mailbox{Timezone: time.Local},
		IMAP: IMAP{
			Port: 993, Security: TLS, Auth: AuthPassword,
			Poll: 5 * time.Minute, Settle: 2 * time.Minute,
			Folders: Folders{Inbox: "INBOX"},
		},
		OAuth2:    OAuth2{Provider: OwnProvider},
		Prospects: Prospects{Who: External, Since: 30 * day},
		Cadence: Cadence{Pace: Pace{
			FollowUpAfter: []Window{{BusinessDays: 3}, {BusinessDays: 5}},
			BreakUpAfter:  Window{BusinessDays: 7},
			NurtureAfter:  Window{Days: 90},
			DraftsPerDay:  10,
			Hours:         Hours{From: 8 * time.Hour, To: 18 * time.Hour},
		}, PeoplePerCompany: 2, PerPersonMonth: 4}.withMeetings(),
		Content:   Content{Library: "library", Templates: "templates", Writer: "template"},
		LLM:       LLM{BaseURL: "http://127.0.0.1:11434/v1", Redact: true, Timeout: 30 * time.Second, Concurrency: 2, TokensPerDay: 200_000},
		Digest:    Digest{To: DigestInbox, At: TimeOfDay(7*time.Hour + 45*time.Minute)},
		Steering:  defaultSteering(),
		SMTP:      SMTP{Port: 465, Security: TLS},
		State:     State{Keep: 180 * day},
		Dashboard: Dashboard{Listen: "127.0.0.1:8025"},
		Signals:   Signals{Sooner: Window{BusinessDays: 1}},
	}
}
