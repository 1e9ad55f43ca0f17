package faultserver

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Append is what goes wrong with an APPEND.
type Append string

// The ways of an APPEND to go wrong. "Cut" means that the connection ends.
const (
	AppendCutAtCommand  Append = "cut at the command"           // before the server says "+"
	AppendCutInLiteral  Append = "cut in the literal"           // half of it came; nothing stored
	AppendCutLastByte   Append = "cut before the last byte"     // nothing stored
	AppendCutBeforeCRLF Append = "cut before the final CRLF"    // nothing stored
	AppendAnswerLost    Append = "cut after the final CRLF"     // stored, the answer lost
	AppendAnswerHeld    Append = "stored, never answered"       // the connection stays open
	AppendNeverAnswered Append = "neither stored nor answered"  // the connection stays open
	AppendLate          Append = "cut, and stored later"        // shown after Late, or by Arrive
	AppendNoButStored   Append = "NO, yet stored"               //
	AppendOKButNothing  Append = "OK, but nothing stored"       //
	AppendOKLate        Append = "OK, and shown later"          // after Late, or by Arrive
	AppendTwice         Append = "stored twice"                 //
	AppendWrongUID      Append = "OK, with another's APPENDUID" //
	AppendRefused       Append = "refused before the literal"   // with Answer
	AppendRefusedAfter  Append = "refused after the literal"    // with Answer; nothing stored
	AppendByeStored     Append = "stored, then BYE"             //
)

// Appends are all of them, for tests and fuzzing.
func Appends() []Append {
	return []Append{
		AppendCutAtCommand, AppendCutInLiteral, AppendCutLastByte, AppendCutBeforeCRLF, AppendAnswerLost, AppendAnswerHeld,
		AppendNeverAnswered, AppendLate, AppendNoButStored, AppendOKButNothing, AppendOKLate, AppendTwice, AppendWrongUID,
		AppendRefused, AppendRefusedAfter, AppendByeStored,
	}
}

// Faults is what the server does wrong. The zero value does nothing wrong. Command names are as the client sends them,
// in capitals: "LOGIN", "UID FETCH", "IDLE"; "greeting" stands for the greeting.
type Faults struct {
	// Of APPEND.
	Append Append
	Times  int           // how many APPENDs it strikes; 0: every one
	Late   time.Duration // after which AppendLate and AppendOKLate show the message, by the server's clock; 0: only Arrive does
	Answer string        // "NO [OVERQUOTA] the mailbox is full", for AppendRefused, AppendRefusedAfter and AppendNoButStored
	Strip  []string      // header fields not kept of what is appended: "Message-ID", "X-*"

	// Abilities not offered, by the names of capabilities: "UIDPLUS", "MOVE", "LITERAL+", "IDLE", "ESEARCH", "SPECIAL-USE". Their
	// commands are refused too.
	Without []string

	// Of connections.
	Refuse         bool              // as if nobody listened
	MaxConnections int               // the next ones get BYE [LIMIT]; 0: no limit
	Answers        map[string]string // what a command gets instead of being done: `NO [UNAVAILABLE] later`; for the greeting the whole line
	Stall          string            // the command at which the server falls silent, the connection open
	Bye            string            // the command at which the server says BYE and hangs up
	Drop           string            // the command at which it hangs up without a word
	Drip           time.Duration     // rest before each byte it says
	Bombs          map[string]Bomb   // said before a command's answer
	UnknownTag     bool              // before each answer one for a tag that nobody sent
	IdleMute       bool              // IDLE is taken and nothing announced in it, as behind a router that forgot
	IdleBye        bool              // BYE as soon as IDLE is taken

	// Of what folders tell.
	ValidityMoves bool     // another UIDVALIDITY at each SELECT, EXAMINE and STATUS; the UIDs stay
	ValidityZero  bool     // UIDVALIDITY 0
	NextLow       bool     // UIDNEXT 1, whatever is there
	List          []string // further LIST lines, after "* LIST "

	// Of SEARCH and FETCH.
	Search        Search
	FetchShuffled bool // answers in no order
	FetchRepeated bool // each message twice
	FetchUnasked  bool // beside those asked for, all others of the folder, without content
	FetchOmits    bool // of several messages the last one is left out

	// Of STARTTLS, on a server with Security StartTLS.
	StartTLS TLSFault
}

// Search is what goes wrong with SEARCH.
type Search string

// The ways of SEARCH to go wrong.
const (
	SearchEmpty   Search = "finds nothing"
	SearchStale   Search = "finds only what was there at SELECT or the last NOOP" // as a Dovecot does
	SearchRefused Search = "is refused"
	SearchRepeats Search = "finds each twice"
	SearchFloods  Search = "finds two million"
)

// TLSFault is what goes wrong with STARTTLS.
type TLSFault string

// The ways of STARTTLS to go wrong.
const (
	TLSStripped TLSFault = "not offered, and unknown"
	TLSRefused  TLSFault = "offered, and refused"
	TLSInjected TLSFault = "plain text behind the OK"      // a second answer in the same packet
	TLSTagged   TLSFault = "capabilities in the OK"        // to be believed only after TLS
	TLSPreauth  TLSFault = "PREAUTH instead of a greeting" // which would skip STARTTLS and login
)

// Bomb is a long answer: Head, Times times Fill, Tail.
type Bomb struct {
	Head, Fill string
	Times      int
	Tail       string
}

// Named is a fault by name, as it is switched on by hand.
type Named struct {
	Name string
	Set  func(*Faults)
}

// Names gives every fault that can be switched on by hand.
func Names() []Named {
	var all []Named
	for _, a := range Appends() {
		all = append(all, Named{"append-" + slug(string(a)), func(f *Faults) {
			f.Append = a
			f.Answer = "NO [OVERQUOTA] the mailbox is full"
		}})
	}
	for _, one := range []Search{SearchEmpty, SearchStale, SearchRefused, SearchRepeats, SearchFloods} {
		all = append(all, Named{"search-" + slug(string(one)), func(f *Faults) { f.Search = one }})
	}
	for _, one := range []TLSFault{TLSStripped, TLSRefused, TLSInjected, TLSTagged, TLSPreauth} {
		all = append(all, Named{"starttls-" + slug(string(one)), func(f *Faults) { f.StartTLS = one }})
	}
	for _, cap := range []string{"UIDPLUS", "MOVE", "LITERAL+", "IDLE", "ESEARCH", "SPECIAL-USE", "LIST-STATUS"} {
		all = append(all, Named{"no-" + strings.ToLower(cap), func(f *Faults) { f.Without = append(slices.Clone(f.Without), cap) }})
	}
	for _, at := range []string{"greeting", "LOGIN", "LIST", "SELECT", "EXAMINE", "UID FETCH", "UID SEARCH", "STATUS", "IDLE", "UID STORE", "UID EXPUNGE"} {
		all = append(all,
			Named{"stall-" + slug(at), func(f *Faults) { f.Stall = at }},
			Named{"bye-" + slug(at), func(f *Faults) { f.Bye = at }},
			Named{"drop-" + slug(at), func(f *Faults) { f.Drop = at }})
	}
	for name, b := range Bombs() {
		all = append(all, Named{"bomb-" + slug(name), func(f *Faults) { f.Bombs = map[string]Bomb{b.At: b.Bomb} }})
	}
	answer := func(command, answer string) func(*Faults) {
		return func(f *Faults) { f.Answers = map[string]string{command: answer} }
	}
	all = append(all, []Named{
		{"strip", func(f *Faults) { f.Strip = []string{"X-*", "Message-ID"} }},
		{"refuse", func(f *Faults) { f.Refuse = true }},
		{"one-connection", func(f *Faults) { f.MaxConnections = 1 }},
		{"login-wrong", answer("LOGIN", "NO [AUTHENTICATIONFAILED] wrong password")},
		{"login-unavailable", answer("LOGIN", "NO [UNAVAILABLE] come back later")},
		{"throttled", answer("UID FETCH", "NO [THROTTLED] command rate limit exceeded")},
		{"drip", func(f *Faults) { f.Drip = time.Second }},
		{"unknown-tag", func(f *Faults) { f.UnknownTag = true }},
		{"idle-mute", func(f *Faults) { f.IdleMute = true }},
		{"idle-bye", func(f *Faults) { f.IdleBye = true }},
		{"validity-moves", func(f *Faults) { f.ValidityMoves = true }},
		{"validity-zero", func(f *Faults) { f.ValidityZero = true }},
		{"next-low", func(f *Faults) { f.NextLow = true }},
		{"odd-names", func(f *Faults) { f.List = OddNames() }},
		{"fetch-shuffled", func(f *Faults) { f.FetchShuffled = true }},
		{"fetch-repeated", func(f *Faults) { f.FetchRepeated = true }},
		{"fetch-unasked", func(f *Faults) { f.FetchUnasked = true }},
		{"fetch-omits", func(f *Faults) { f.FetchOmits = true }},
	}...)
	slices.SortFunc(all, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Parse gives the faults of a list of names, separated by commas or spaces. "" is none.
func Parse(list string) (Faults, error) {
	var f Faults
	known := Names()
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		i := slices.IndexFunc(known, func(n Named) bool { return n.Name == name })
		if i < 0 {
			return f, fmt.Errorf("unknown fault %q", name)
		}
		known[i].Set(&f)
	}
	return f, nil
}

func slug(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(s), ",", ""), " ", "-")
}

// OddNames are LIST lines that have upset clients: names that are no UTF-7, too long, or paths.
func OddNames() []string {
	return []string{
		`() "/" "&AGE"`, `() "/" "&&&"`, `() "/" "../../etc/cron.d"`, `() "/" "..\\..\\x"`, `() "/" "` + strings.Repeat("n", 300) + `"`,
		`(\HasNoChildren) NIL "\"quoted\""`,
	}
}

// At is a Bomb with the command it stands before.
type At struct {
	Bomb
	At string
}

// Bombs are answers that have taken memory, processor time or the whole process of programs that believed them
// (RFC 9051 sets no bound on any of them).
func Bombs() map[string]At {
	const mib = 1 << 20
	kib := strings.Repeat("x", 1<<10)
	return map[string]At{
		"greeting":           {Bomb{"* OK [CAPABILITY 0(", "", 0, "\r\n"}, "greeting"},
		"deep bodystructure": {Bomb{"* 1 FETCH (BODYSTRUCTURE ", "(", 5_000_000, "\r\n"}, "UID FETCH"},
		"long line":          {Bomb{"* OK ", kib, 256 << 10, "\r\n"}, "UID FETCH"},
		"long literal":       {Bomb{fmt.Sprintf("* 1 FETCH (UID 1 BODY[HEADER] {%d}\r\n", 256*mib), kib, 256 << 10, ")\r\n"}, "UID FETCH"},
		"long envelope":      {Bomb{fmt.Sprintf("* 1 FETCH (ENVELOPE ({%d}\r\n", 256*mib), kib, 256 << 10, "))\r\n"}, "UID FETCH"},
		"fetch flood":        {Bomb{"", "* 1 FETCH (FLAGS (\\Seen))\r\n", 1_000_000, ""}, "UID FETCH"},
		"exists flood":       {Bomb{"", "* 5 EXISTS\r\n", 100_000, ""}, "IDLE"},
		"idle fetch flood":   {Bomb{"", "* 1 FETCH (FLAGS (\\Seen))\r\n", 1_000_000, ""}, "IDLE"},
		"unknown untagged":   {Bomb{"* XFOO bar (1 \"2\")\r\n* 7 XBAZ\r\n* OK [XQUUX 1] hm\r\n", "", 0, ""}, "UID FETCH"},
	}
}
