package main

// row is one fault of the table, as docs/faults.md shows it.
type row struct {
	number   int
	fault    string // how it is provoked
	expected string // what must hold
	note     string // what the tests leave out, or where it is held otherwise; "" nothing
}

// rows are the faults, sorted by importance. "One each" means: exactly one draft for each due thread in the end, judged by the
// whole of Drafts.
var rows = []row{
	{1, "kill -9 at the start, in the middle and at the end of an APPEND, before and after its answer, in each of the first 20 drafts", "one each", "`make test` takes one draft for each moment, `make test-storms` every draft and moment; the numbered crash points of `agent` kill at every write besides (TestCrash)"},
	{2, "connection cut after the final CRLF of an APPEND, the answer lost", "one each", ""},
	{3, "the server commits later than the settle time", "two at most for a while, one each after the next sweep", ""},
	{4, "two daemons on one mailbox, their APPENDs overlap", "one each", ""},
	{5, "the owner deletes, edits or sends the draft; restart", "it never comes back, and an edited one stays as it is", ""},
	{6, "a reply arrives between decision and APPEND", "no draft, or it is withdrawn at the next poll", ""},
	{7, "database deleted", "drafts are adopted, none doubled; what was due waits for the rep", ""},
	{8, "database replaced by an older copy", "as 7; a directory that is moved is what it was", ""},
	{9, "SEARCH finds nothing, only old mail, too much, or is refused, after an unknown outcome", "one each", ""},
	{10, "kill -9 at random times", "one each", "44 kills on Dovecot, 150 with `make test-storms`; the storms (TestStorm) kill more and measure restarts"},
	{11, "cut at the \"+\", in the literal, before its last byte, before the final CRLF", "nothing stored; then one each", ""},
	{12, "the reply to an APPEND never comes", "given up at the time limit (60 s, for an APPEND 120 s), then one each", ""},
	{13, "a 20-byte greeting that spins clients, 5 million parentheses", "other mailboxes unharmed, less than 5 % of a core", ""},
	{14, "256 MiB line, literal, envelope, headers", "at most 64 MiB more memory", ""},
	{15, "mail with 20,000 nested parts, 20 MB part header, and other bombs", "less than 1 s of processor time, the reply still counts", ""},
	{16, "STARTTLS stripped, refused, injected, capabilities in its OK, PREAUTH", "no credential in plain text, no injected ability believed", ""},
	{17, "certificate self-signed, expired, of another host", "refused, with the reason", ""},
	{18, "OK but nothing stored, NO yet stored, stored twice, wrong APPENDUID", "one each", ""},
	{19, "UIDVALIDITY changes at every SELECT, is 0; UIDNEXT too low", "one each", ""},
	{20, "FETCH answers shuffled, repeated, for messages unasked, some left out", "one each; the only copy is never removed", ""},
	{21, "the server strips X- headers and Message-ID", "one each", ""},
	{22, "no UIDPLUS, no MOVE", "one each; of a double both stay until they can be removed singly; no plain EXPUNGE", ""},
	{23, "disk full before the intent, before a draft is noted as placed, and while storing", "no APPEND without a durable intent; recovers when there is space", ""},
	{24, "fsync fails with EIO before the intent, and after the APPEND", "as 23, and says why", ""},
	{25, "database damaged at start and while running", "found, set aside, the mailbox read again; as 7", ""},
	{26, "write-ahead log or its index deleted between runs", "no doubles", ""},
	{27, "state directory read-only, or another owner's", "refuses to start, says why", ""},
	{28, "Drafts over quota, read-only, unwritable, missing, two of them", "a visible error, at most one try in 15 minutes, then one each", ""},
	{29, "login refused with AUTHENTICATIONFAILED", "at most one try in 15 minutes, or at once with another password or a changed configuration; status says so", ""},
	{30, "login refused with UNAVAILABLE, BYE as greeting, connection refused", "rests that double from 5 seconds up to 10 minutes, with jitter", ""},
	{31, "too many connections", "falls back to one connection and polling", ""},
	{32, "the server is silent in IDLE, a router forgot the connection", "noticed when IDLE is renewed, after 9 minutes at most", ""},
	{33, "BYE or a cut at any command, and in IDLE", "reconnects, nothing lost, one each", ""},
	{34, "a greeting of one byte a second", "given up at the time limit (60 s), others unharmed", ""},
	{35, "in IDLE 100,000 EXISTS, 1 million FETCH; 2 million SEARCH hits", "a few passes, at most 64 MiB more memory", ""},
	{36, "unknown answers and tags, folder names that are no UTF-7, too long, or paths", "the session survives or restarts; nothing is written outside the state directory", ""},
	{37, "clock +400 days, -1 day, back and forth", "at most one step of a thread a pass, none twice; after a jump of more than a day nothing is drafted until the next poll", "a program that is started anew cannot tell a jump from a rest"},
	{38, "daylight saving time, leap day, time zones", "business days as in the table of the test", ""},
	{39, "three days asleep", "catches up with at most drafts_per_day, and reads before it drafts", "by the clock in `agent`; the program itself by SIGSTOP for a second"},
	{40, "future and absurd Date headers", "the server's time decides", ""},
	{41, "auto-reply, out of office, bounce, list mail, calendar answer", "each its own class; a bounce ends, an absence holds, neither list mail nor an acknowledgement counts as a reply", ""},
	{42, "opt-out words in the new text, or only in the quote", "ends the chase, or does not", ""},
	{43, "script, formula, terminal and direction-changing characters in every header", "nothing executes, nothing is injected", ""},
	{44, "orders to the machine in mail", "recipients, links and other threads unchanged; the template instead", ""},
	{45, "language model down, slow, 5xx, endless, empty, HTML", "the template after 30 s at most; the draft is not lost", ""},
	{46, "the digest by SMTP fails or times out", "drafts unaffected; a digest at most once a day", ""},
	{47, "SIGTERM during an APPEND", "ends within 10 s, one each after the restart", ""},
	{48, "upgrade from every schema in the middle of an intent, and downgrade", "facts and frozen drafts kept; an older program refuses a newer schema", ""},
	{49, "500 mailboxes reconnect at once", "at most 10 logins a second", ""},
	{50, "random faults for a long time", "one each; memory and goroutines go back to where they were", "the long run is `make soak`"},
}
