package config

import (
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// checker gathers what is impossible in a Config.
type checker struct {
	found  []finding
	getenv func(string) string
}

func (k *checker) wrong(path, problem, hint string) {
	k.found = append(k.found, finding{path: path, problem: problem, hint: hint})
}

// findings gives everything that is impossible in a completed Config.
func (c Config) findings(getenv func(string) string) []finding {
	k := &checker{getenv: getenv}
	k.choices("", reflect.ValueOf(c))
	k.mailbox(c)
	k.imap(c)
	k.oauth2(c.OAuth2)
	k.prospects(c.Prospects)
	k.cadence(c.Cadence)
	k.grades(c)
	k.content(c)
	k.steering(c.Steering)
	k.digest(c)
	k.listeners(c)
	k.webhook(c.Webhook)
	k.metrics(c)
	if c.State.Dir == "" {
		k.wrong("state.dir", "neither $STATE_DIRECTORY nor $HOME says where to keep the database", "set state.dir")
	}
	k.folder("state.dir", c.State.Dir)
	k.database(c)
	if c.State.Keep < 30*day {
		k.wrong("state.keep", "is shorter than the silences that are followed up", "write at least \"30d\"")
	}
	return k.found
}

// choices checks the keys that have a list of values.
func (k *checker) choices(path string, table reflect.Value) {
	for _, f := range fieldsOf(table.Type()) {
		at, v := join(path, f.key), table.FieldByIndex(f.index)
		if f.isTable() {
			k.choices(at, v)
			continue
		}
		allowed := strings.Fields(f.tag.Get("values"))
		if len(allowed) == 0 || slices.Contains(allowed, v.String()) {
			continue
		}
		hint := "write one of " + quotedList(allowed)
		if near := Nearest(v.String(), allowed); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		}
		k.wrong(at, fmt.Sprintf("%q is not known", v.String()), hint)
	}
}

func (k *checker) mailbox(c Config) {
	m, sound := c.Mailbox, false
	if m.Address == "" {
		k.wrong("mailbox.address", "is missing", `write the rep's address, as in address = "anna@acme.example"`)
	} else {
		sound = k.address("mailbox.address", m.Address)
	}
	k.plain("mailbox.name", m.Name)
	for i, a := range m.Aliases {
		k.address(element("mailbox.aliases", i), a)
	}
	for i, d := range m.Internal {
		if !sound && !c.Given("mailbox.internal") {
			break // it follows from the address
		}
		at := element("mailbox.internal", i)
		switch {
		case d == "" || !strings.Contains(d, "@") && !isDomain(d):
			k.wrong(at, fmt.Sprintf("%q is no domain", d), `write a domain such as "acme.example", or an address`)
		case strings.Contains(d, "@"):
			k.address(at, d)
		}
	}
	if strings.ContainsFunc(m.Signature, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
		k.wrong("mailbox.signature", "holds a control character", `lines end with \n`)
	}
}

func (k *checker) imap(c Config) {
	i := c.IMAP
	k.server("imap", i.Host, i.Port, i.Security)
	k.plain("imap.username", i.Username)
	if i.Auth != AuthOAuth2 || len(i.sources()) > 0 || !k.grant(c) {
		k.login("imap", i.Login, "imap-password")
	}
	if i.Poll < 10*time.Second || i.Poll > day {
		k.wrong("imap.poll", fmt.Sprintf("%s is out of bounds", i.Poll), `write a time from "10s" to "1d", such as "5m"`)
	}
	if i.Settle > time.Hour {
		k.wrong("imap.settle", fmt.Sprintf("%s is too long", i.Settle), `write at most "1h", such as "120s"`)
	}
	f := i.Folders
	if f.Inbox == "" {
		k.wrong("imap.folders.inbox", "is empty", `leave it out for "INBOX"`)
	}
	if f.Sent != "" && f.Sent == f.Drafts {
		k.wrong("imap.folders.drafts", fmt.Sprintf("%q is already imap.folders.sent", f.Drafts), "name the folder for drafts")
	}
	for n, box := range f.Also {
		at := element("imap.folders.also", n)
		switch {
		case box == "":
			k.wrong(at, "is empty", "name a folder, or leave it out")
		case strings.EqualFold(box, "INBOX") || box == f.Inbox || box == f.Sent:
			k.wrong(at, fmt.Sprintf("%q is read anyway", box), "leave it out")
		case box == f.Drafts:
			k.wrong(at, fmt.Sprintf("%q is the folder for drafts, where no answer arrives", box), "leave it out")
		case slices.Contains(f.Also[:n], box):
			k.wrong(at, fmt.Sprintf("%q is named twice", box), "leave one out")
		}
	}
	k.plain("imap.folders.inbox", f.Inbox)
	k.plain("imap.folders.sent", f.Sent)
	k.plain("imap.folders.drafts", f.Drafts)
	for n, box := range f.Also {
		k.plain(element("imap.folders.also", n), box)
	}
}

func (k *checker) server(table, host string, port int, security string) {
	at := table + ".host"
	switch {
	case host == "":
		k.wrong(at, "is missing", "write the server's name, as your provider gives it")
	case strings.Contains(host, "://") || strings.Contains(host, "/"):
		k.wrong(at, fmt.Sprintf("%q is a URL", host), "write the name alone")
	case !isHost(host):
		if name, p, err := net.SplitHostPort(host); err == nil {
			k.wrong(at, fmt.Sprintf("%q holds a port", host), fmt.Sprintf("write host = %q and port = %s", name, p))
			break
		}
		k.wrong(at, fmt.Sprintf("%q is no host name", host), `write a name such as "imap.acme.example", or an IP address`)
	case security == NoTLS && !isLoopback(host):
		k.wrong(table+".security", fmt.Sprintf("%q would send the password to %s in the clear", security, host), `write "tls" or "starttls"; "none" is for this machine itself`)
	}
	k.port(table+".port", port)
}

func (k *checker) port(path string, port int) {
	if port < 1 || port > 65535 {
		k.wrong(path, fmt.Sprintf("%d is no port", port), "write a number from 1 to 65535")
	}
}

// login checks that there is exactly one source of a password.
func (k *checker) login(table string, l Login, credential string) {
	sources := l.sources()
	switch {
	case len(sources) > 1:
		k.wrong(table+"."+sources[1], fmt.Sprintf("there is already %s.%s", table, sources[0]), "keep one of them")
	case len(sources) == 0 && !hasCredential(k.getenv, credential):
		k.wrong(table+".password_command", "no source of the password is given",
			fmt.Sprintf("set one of password_command, password_file, password_env or keyring in [%s], or pass the systemd credential %s", table, credential))
	}
	if len(l.PasswordCommand) > 0 && l.PasswordCommand[0] == "" {
		k.wrong(table+".password_command", "names no program", `write ["pass", "show", "mail/anna"], say`)
	}
	if strings.ContainsAny(l.PasswordEnv, "= \x00") || strings.HasPrefix(l.PasswordEnv, "$") {
		k.wrong(table+".password_env", "is no name of a variable", `write its name alone, such as "FOLLOWUPD_PASSWORD"`)
	}
}

func hasCredential(getenv func(string) string, name string) bool {
	dir := getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(dir, name))
	return err == nil && info.Mode().IsRegular()
}

func (k *checker) prospects(p Prospects) {
	k.people("prospects.include", p.Include)
	k.people("prospects.exclude", p.Exclude)
	if p.Who == Listed && len(p.Include) == 0 {
		k.wrong("prospects.include", `is empty, so that with who = "listed" nobody is a prospect`, `name addresses or @domains, or write who = "external"`)
	}
}

// people checks a list of addresses and @domains.
func (k *checker) people(path string, list []string) {
	for i, who := range list {
		at := element(path, i)
		domain, all := strings.CutPrefix(who, "@")
		switch {
		case all && !isDomain(domain):
			k.wrong(at, fmt.Sprintf("%q is no domain", who), `write "@acme.example" for everybody there`)
		case all:
		case isDomain(who) && strings.Contains(who, "."):
			k.wrong(at, fmt.Sprintf("%q is no address", who), fmt.Sprintf("write %q for everybody there", "@"+who))
		default:
			k.address(at, who)
		}
	}
}

func (k *checker) cadence(c Cadence) {
	k.pace("cadence", c.Pace, nil)
	if len(c.Away) > 100 {
		k.wrong("cadence.away", fmt.Sprintf("%d runs of days are too many", len(c.Away)), "leave out those that are long over")
	}
	k.limit("cadence.people_per_company", c.PeoplePerCompany)
	k.limit("cadence.follow_ups_per_person", c.PerPersonMonth)
	for _, name := range slices.Sorted(maps.Keys(c.Grade)) {
		o := c.Grade[name]
		if strings.TrimSpace(name) == "" {
			k.wrong("cadence.grade."+dotted(name), "a grade needs a name", "write [cadence.grade.hot], say")
		}
		k.pace("cadence.grade."+dotted(name), o.Pace, o.Keys)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Situation)) {
		at, o := "cadence.situation."+dotted(name), c.Situation[name]
		if !slices.Contains(Situations(), name) {
			hint := "the situations are " + strings.Join(Situations(), ", ")
			if near := Nearest(name, Situations()); near != "" {
				hint = fmt.Sprintf("did you mean [cadence.situation.%s]?", near)
			}
			k.found = append(k.found, finding{path: at, problem: "unknown situation", hint: hint, atKey: true})
			continue
		}
		k.pace(at, o.Pace, o.Keys)
	}
}

func (k *checker) limit(path string, n int) {
	if n < 1 || n > 1000 {
		k.wrong(path, fmt.Sprintf("%d is out of bounds", n), "write a number from 1 to 1000; 1000 is as good as no limit")
	}
}

// pace checks [cadence] whole, or of a grade or situation the keys that it gives: the others are [cadence]'s own.
func (k *checker) pace(path string, p Pace, keys []string) {
	has := func(key string) bool { return keys == nil || slices.Contains(keys, key) }
	if has("follow_up_after") {
		at := path + ".follow_up_after"
		if len(p.FollowUpAfter) == 0 {
			k.wrong(at, "is empty, so that nothing would ever be drafted", `write a window for each follow-up, such as ["3bd", "5bd"]`)
		}
		if len(p.FollowUpAfter) > 12 {
			k.wrong(at, fmt.Sprintf("%d follow-ups are too many", len(p.FollowUpAfter)), "write at most 12 windows; two or three do")
		}
		for i, w := range p.FollowUpAfter {
			if w.Zero() {
				k.wrong(element(at, i), "is empty", "write a window, or leave it out")
			}
		}
	}
	if has("holidays") {
		for i, code := range p.Holidays {
			if _, ok := holidaySet(code); !ok {
				k.wrong(element(path+".holidays", i), fmt.Sprintf("the public holidays of %q are not known", code), holidayHint(code))
			}
		}
	}
	if has("drafts_per_day") && (p.DraftsPerDay < 1 || p.DraftsPerDay > 1000) {
		k.wrong(path+".drafts_per_day", fmt.Sprintf("%d is out of bounds", p.DraftsPerDay), "write a number from 1 to 1000; to have no drafts at all, stop the service")
	}
	if has("hours") && p.Hours != (Hours{}) && (p.Hours.From < 0 || p.Hours.To > day || p.Hours.To <= p.Hours.From) {
		k.wrong(path+".hours", fmt.Sprintf("%q is no part of a day", p.Hours), `write "08:00-18:00", or "" for always`)
	}
}

func (k *checker) content(c Config) {
	if c.Content.Library == "" {
		k.wrong("content.library", "is empty", `name a folder, or leave it out for "library"`)
	}
	if c.Content.Templates == "" {
		k.wrong("content.templates", "is empty", `name a folder, or leave it out for "templates"`)
	}
	k.folder("content.library", c.Content.Library)
	k.folder("content.templates", c.Content.Templates)
	k.url("llm.base_url", c.LLM.BaseURL)
	if c.LLM.asked(c.Content) {
		why := `content.writer is "llm"`
		if c.Content.Writer != "llm" {
			why = "llm.second_opinion is on"
		}
		if c.LLM.Model == "" {
			k.wrong("llm.model", "is missing, and "+why, `name the model, as in model = "qwen3:8b"`)
		}
		if c.LLM.BaseURL == "" {
			k.wrong("llm.base_url", "is empty, and "+why, "write the endpoint's URL")
		}
	}
	k.people("llm.never", c.LLM.Never)
	if t := c.LLM.Timeout; t < time.Second || t > 2*time.Minute {
		k.wrong("llm.timeout", fmt.Sprintf("%s is out of bounds", t), `write a time from "1s" to "2m"`)
	}
	if t := c.LLM.Temperature; !(t >= 0 && t <= 2) { // not a number is out of bounds, too
		k.wrong("llm.temperature", fmt.Sprintf("%g is out of bounds", t), "write a number from 0 to 2")
	}
	if c.LLM.TokensPerDay < 0 {
		k.wrong("llm.tokens_per_day", fmt.Sprintf("%d is out of bounds", c.LLM.TokensPerDay), "write a number of tokens, or 0 for no limit")
	}
	if n := c.LLM.Concurrency; n < 1 || n > 32 {
		k.wrong("llm.concurrency", fmt.Sprintf("%d is out of bounds", n), "write a number from 1 to 32")
	}
	for i, l := range c.LLM.Languages {
		if !isoLanguage.MatchString(l) {
			k.wrong(element("llm.languages", i), fmt.Sprintf("%q is no code of a language", l), `write two small letters, as in "en"`)
		}
	}
	for key, amount := range map[string]float64{"money_per_day": c.LLM.MoneyPerDay, "price_in": c.LLM.PriceIn, "price_out": c.LLM.PriceOut} {
		if !(amount >= 0 && amount < 1e6) {
			k.wrong("llm."+key, fmt.Sprintf("%g is out of bounds", amount), "write an amount of money, or 0")
		}
	}
	if c.LLM.MoneyPerDay > 0 && c.LLM.PriceIn == 0 && c.LLM.PriceOut == 0 {
		k.wrong("llm.money_per_day", "is set, and neither price_in nor price_out is", "write what a million tokens cost, or leave it out")
	}
	if len(c.LLM.APIKeyCommand) > 0 && c.LLM.APIKeyCommand[0] == "" {
		k.wrong("llm.api_key_command", "names no program", `write ["pass", "show", "llm"], say`)
	}
}

// isoLanguage is the form of an ISO 639-1 code.
var isoLanguage = regexp.MustCompile(`^[a-z]{2}$`)

// asked says whether anything is asked of a model.
func (l LLM) asked(c Content) bool { return c.Writer == "llm" || l.SecondOpinion }

// folder checks that a path leads to a folder, if to anything.
func (k *checker) folder(path, dir string) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		k.wrong(path, dir+" is a file where a folder should be", "name a folder, or move the file away")
	}
}

// database checks the address of a fleet's database. Its password is a secret, and secrets are never in the file.
func (k *checker) database(c Config) {
	if c.State.URL == "" {
		return
	}
	const hint = `write "postgres://USER@HOST/DATABASE?sslmode=verify-full"`
	u, err := url.Parse(c.State.URL)
	switch {
	case err != nil: // its text would show the address, and with it a password
		k.wrong("state.url", "this is no URL", hint)
		return
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		k.wrong("state.url", fmt.Sprintf("the scheme is %q; only PostgreSQL keeps the state of a fleet", u.Scheme), hint)
	case strings.Trim(u.Path, "/") == "" && u.Query().Get("dbname") == "":
		k.wrong("state.url", "it names no database", hint)
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		k.wrong("state.url", "it holds a password, which does not belong in this file",
			"take it out and put it into the file that PGPASSFILE names (one line, HOST:PORT:DATABASE:USER:PASSWORD, mode 0600), or into PGPASSWORD")
	}
	if c.Given("state.dir") && c.Given("state.url") {
		k.wrong("state.dir", "state.url says that the state is in a database",
			"take one of the two out; with state.url this machine's own files lie in $STATE_DIRECTORY or under $XDG_STATE_HOME")
	}
}

func (k *checker) digest(c Config) {
	s := c.SMTP
	if c.Digest.To == DigestSMTP || s.Host != "" {
		k.server("smtp", s.Host, s.Port, s.Security)
		k.plain("smtp.username", s.Username)
	} else {
		k.port("smtp.port", s.Port)
	}
	if c.Digest.To == DigestSMTP && c.Grants() && len(s.sources()) == 0 {
		k.wrong("smtp.password_command", "no source of the password is given, and the tokens of [imap] are not for SMTP",
			`set one of password_command, password_file, password_env or keyring in [smtp], or write digest.to = "inbox"`)
	}
	if sources := s.sources(); len(sources) > 1 && !slices.Equal(sources, c.IMAP.sources()) {
		k.login("smtp", s.Login, "smtp-password")
	}
	if c.Digest.At >= TimeOfDay(day) {
		k.wrong("digest.at", fmt.Sprintf("%q is the next day", c.Digest.At), `write a time such as "07:45"`)
	}
}

func (k *checker) listeners(c Config) {
	if l := c.Dashboard.Listen; l != "" && k.listen("dashboard.listen", l) {
		host, _, _ := net.SplitHostPort(l)
		if !isLoopback(host) {
			k.wrong("dashboard.listen", fmt.Sprintf("%q is open to the network", l), `write "127.0.0.1:8025"; to look from elsewhere, put a web server with TLS and a login before it`)
		}
	}
	if c.Signals.Listen != "" {
		k.listen("signals.listen", c.Signals.Listen)
		if c.Signals.Listen == c.Dashboard.Listen {
			k.wrong("signals.listen", fmt.Sprintf("%q is already dashboard.listen", c.Signals.Listen), `write another port, such as "127.0.0.1:8026"`)
		}
	}
	k.url("signals.base_url", c.Signals.BaseURL)
	for i, n := range c.Signals.Scanners {
		if _, err := netip.ParsePrefix(n); err != nil {
			k.wrong(element("signals.scanners", i), fmt.Sprintf("%q is no network", n), `write it with its length, such as "203.0.113.0/24"`)
		}
	}
}

func (k *checker) metrics(c Config) {
	m, sources := c.Metrics, c.Metrics.source().keys()
	switch {
	case len(sources) > 1:
		k.wrong("metrics."+sources[1], "there is already metrics."+sources[0], "keep one of them")
	case len(m.TokenCommand) > 0 && m.TokenCommand[0] == "":
		k.wrong("metrics.token_command", "names no program", `write ["pass", "show", "followupd/metrics"], say`)
	case m.Open && len(sources) > 0:
		k.wrong("metrics.open", "would answer everybody, and there is metrics."+sources[0], "keep one of them")
	}
	if !m.On() || !k.listen("metrics.listen", m.Listen) {
		return
	}
	switch {
	case strings.HasSuffix(m.Listen, ":0"): // the system finds a free one
	case m.Listen == c.Dashboard.Listen:
		k.wrong("metrics.listen", fmt.Sprintf("%q is already dashboard.listen", m.Listen), `write another port, such as "127.0.0.1:8027"`)
	case m.Listen == c.Signals.Listen:
		k.wrong("metrics.listen", fmt.Sprintf("%q is already signals.listen", m.Listen), `write another port, such as "127.0.0.1:8027"`)
	}
	if !m.Local() && !m.Open && len(sources) == 0 {
		k.wrong("metrics.listen", fmt.Sprintf("%q is open to the network, and no token is asked for", m.Listen),
			`write "127.0.0.1:8027"; or set one of token_command, token_file or token_env; or, in a network that lets nobody else in, open = true`)
	}
}

func (k *checker) webhook(w Webhook) {
	before := len(k.found)
	if w.URL != "" {
		u, err := url.Parse(w.URL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			k.wrong("webhook.url", "is no web address", `write it whole, such as "https://crm.acme.example/hooks/followupd"`)
		case u.User != nil || u.Fragment != "":
			k.wrong("webhook.url", "holds a user name, a password or a #", "leave them out: what is posted is signed with the secret")
		case u.Scheme == "http" && !isLoopback(u.Hostname()):
			k.wrong("webhook.url", "would send your prospects' addresses in the clear", "write https://")
		}
	}
	sources := w.source().keys()
	switch {
	case len(sources) > 1:
		k.wrong("webhook."+sources[1], "there is already webhook."+sources[0], "keep one of them")
	case w.URL != "" && len(sources) == 0 && len(k.found) == before:
		k.wrong("webhook.url", "has no secret to sign with", "set one of secret_command, secret_file or secret_env in [webhook]")
	case len(w.SecretCommand) > 0 && w.SecretCommand[0] == "":
		k.wrong("webhook.secret_command", "names no program", `write ["pass", "show", "crm/followupd"], say`)
	}
}

// listen checks host:port; port 0 is left to the system. It says whether the address is one.
func (k *checker) listen(path, s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err == nil {
		n, perr := strconv.ParseUint(port, 10, 16)
		if perr == nil && n <= 65535 && (host == "" || isHost(host)) {
			return true
		}
	}
	k.wrong(path, fmt.Sprintf("%q is no address to listen on", s), `write host and port, such as "127.0.0.1:8025", or "" for off`)
	return false
}

func (k *checker) url(path, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		k.wrong(path, fmt.Sprintf("%q is no web address", s), `write it whole, such as "https://read.acme.example"`)
	case u.User != nil:
		k.wrong(path, "holds a user name or password", "leave them out of the address")
	case u.RawQuery != "" || u.Fragment != "":
		k.wrong(path, fmt.Sprintf("%q holds more than a base", s), "leave out everything from ? or # on")
	}
}

// address checks a bare address and says whether it is one.
func (k *checker) address(path, s string) bool {
	a, err := mail.ParseAddress(s)
	switch {
	case err != nil:
		k.wrong(path, fmt.Sprintf("%q is no address", s), `write it as "anna@acme.example"`)
	case a.Name != "" || a.Address != s:
		k.wrong(path, fmt.Sprintf("%q is more than an address", s), fmt.Sprintf("write %q", a.Address))
	case !isDomain(s[strings.LastIndexByte(s, '@')+1:]):
		k.wrong(path, fmt.Sprintf("%q has no valid domain", s), `write it as "anna@acme.example"`)
	default:
		return true
	}
	return false
}

// plain refuses what would break a protocol line.
func (k *checker) plain(path, s string) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		k.wrong(path, "holds a control character", "write it on one line")
	}
}

func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// isDomain accepts host names (RFC 1123 section 2.1) with letters of any script.
func isDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.IndexFunc(label, func(r rune) bool {
			return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) >= 0 {
			return false
		}
	}
	return true
}

func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || isDomain(strings.TrimSuffix(s, "."))
}

func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") // RFC 6761 section 6.3
}

func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return strings.Join(quoted, ", ")
}
