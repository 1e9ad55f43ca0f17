package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// threads measures how long it takes to tie the messages of one folder into conversations: ours from a Maildir of headers and
// through the store, Dovecot's THREAD REFERENCES over the same messages, and notmuch's index of the same Maildir. It holds what
// they find against each other, too.
func (b *bench) threads(ctx context.Context, server *imaptest.Server) error {
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	all := archive(b.large, time.Now())
	dir, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	headers := filepath.Join(dir, "mail")
	if err := layMaildir(headers, all); err != nil {
		return err
	}
	w, err := dialLogin(ctx, box.Account)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.appendAll("INBOX", wired(all)); err != nil {
		return err
	}
	if err := w.command("SELECT INBOX"); err != nil {
		return err
	}
	peers := []threader{
		{name: "ours, from files", run: b.inspectThreads(headers)},
		{name: "ours, through the store", run: storeThreads(headers, all)},
		{name: "Dovecot", run: w.conversations},
	}
	if _, err := exec.LookPath("notmuch"); err != nil {
		b.say("notmuch is not installed (Debian: apt-get install notmuch): left out")
	} else {
		peers = append(peers, threader{name: "notmuch", most: 3, run: notmuchThreads(dir, headers, all)})
	}
	for round := range b.rounds {
		line := fmt.Sprintf("threading %d:", round+1)
		for i := range peers {
			p := &peers[i]
			if p.most > 0 && round >= p.most {
				continue
			}
			took, found, err := p.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			p.walls, p.cpus, p.found = append(p.walls, took.wall), append(p.cpus, took.cpu), found
			line += fmt.Sprintf(" %s %s (processor %s)", p.name, ms(took.wall), ms(took.cpu))
		}
		b.say("%s", line)
	}
	b.tellThreading(all, peers)
	return nil
}

// threader is a program that ties messages into threads.
type threader struct {
	name  string
	most  int // rounds; 0: all
	run   func(ctx context.Context) (usage, partition, error)
	walls []time.Duration
	cpus  []time.Duration
	found partition
}

// partition says in which conversation each message lies, by its place in the archive. Names are of each program's own.
type partition []string

func (b *bench) tellThreading(all []letter, peers []threader) {
	what := fmt.Sprintf("threading of %d messages", len(all))
	ours := &peers[0]
	for i := range peers {
		p := &peers[i]
		r := row{what: what + ", " + p.name, ours: ms(median(p.walls))}
		if p.cpus[0] > 0 {
			r.ours += ", processor " + ms(median(p.cpus))
		}
		if !strings.HasPrefix(p.name, "ours") {
			r.reference, r.ours = r.ours, ms(median(ours.walls))+", processor "+ms(median(ours.cpus))
			r.ratio = fmt.Sprintf("%.2f", median(ours.walls).Seconds()/median(p.walls).Seconds())
			if p.name == "notmuch" {
				r.goal, r.met = "<= 3", yes(median(ours.walls) <= 3*median(p.walls))
			}
		}
		b.table.add(r)
	}
	for i := range peers {
		p := &peers[i]
		name, other := p.name, p.found
		if p == ours {
			name, other = "as made", truth(all)
		}
		b.table.add(row{what: what + ", conversations", ours: strconv.Itoa(ours.found.count()), reference: fmt.Sprintf("%s %d", name, other.count())})
		b.say("threading, %s: %s", name, differences(all, ours.found, other))
	}
	b.say("Why: Dovecot ties whatever has the same base subject (RFC 5256 section 3, step 5), ours and notmuch never by a subject alone. A new " +
		"topic that only carries an old one's References is apart in ours and part of the old one in the others. An answer that lost all ids " +
		"is tied to what the rep wrote to its sender in ours, by its subject in Dovecot, to nothing in notmuch.")
}

func (p partition) count() int {
	names := make(map[string]bool)
	for _, n := range p {
		names[n] = true
	}
	return len(names)
}

// differences counts the messages whose conversation has other members by the second than by the first, by how they were made.
func differences(all []letter, a, b partition) string {
	first := make(map[string]map[string]int) // for each conversation of a, how its messages lie in b's
	second := make(map[string]map[string]int)
	for i := range all {
		count(first, a[i], b[i])
		count(second, b[i], a[i])
	}
	by := make(map[string]int)
	for i, l := range all {
		if len(first[a[i]]) > 1 || len(second[b[i]]) > 1 {
			by[l.kind]++
		}
	}
	if len(by) == 0 {
		return "the same"
	}
	var said []string
	for _, k := range letterKinds {
		if by[k] > 0 {
			said = append(said, fmt.Sprintf("%d %s", by[k], k))
		}
	}
	return "otherwise: " + strings.Join(said, ", ")
}

func count(of map[string]map[string]int, a, b string) {
	if of[a] == nil {
		of[a] = make(map[string]int)
	}
	of[a][b]++
}

// letter is a message of the archive: a header and no body, its time, how it was made and which conversation it is of.
type letter struct {
	at     time.Time
	id     string
	header string
	kind   string
	thread int
}

// How the messages of an archive are made.
const (
	chained  = "of conversations with whole References"
	bare     = "with In-Reply-To alone"
	bereft   = "answers without any ids"
	recycled = "new topics with the References of an old one"
	alike    = "newsletters under one subject"
)

var letterKinds = []string{chained, bare, bereft, recycled, alike}

// archive makes so many messages: of ten, six in conversations of two to eight, of which some lost what ties them as clients
// lose it, and four newsletters, half of them under the same subject each week.
func archive(n int, now time.Time) []letter {
	all := make([]letter, 0, n)
	at := now.Add(-fillReach)
	step := fillReach / time.Duration(n+1)
	add := func(l letter) {
		at = at.Add(step)
		l.at = at
		l.header = strings.Replace(l.header, "DATE", at.Format(dateLayout), 1)
		if len(all) < n {
			all = append(all, l)
		}
	}
	thread := 0
	for len(all) < n {
		thread++
		them := fmt.Sprintf("erik.holm%d@nordfrakt%d.example", thread, thread/3)
		subject := fmt.Sprintf("Offer %d for lane %d", thread, thread%300)
		var refs []string
		length := 2 + thread%7
		for k := range length {
			l := letter{id: fmt.Sprintf("%d.%d@mail.acme.example", thread, k), kind: chained, thread: thread}
			from, to, re := rep, them, ""
			if k%2 == 1 {
				from, to = them, rep
			}
			if k > 0 {
				re = "Re: "
			}
			head := fmt.Sprintf("Message-ID: <%s>\r\nDate: DATE\r\n", l.id)
			last := k == length-1
			switch {
			case k == 0:
			case last && thread%20 == 3:
				l.kind = bereft
			case last && thread%20 == 7:
				l.kind, re, subject, l.thread = recycled, "", fmt.Sprintf("Another thing, number %d", thread), -thread
				head += "References: <" + strings.Join(refs, "> <") + ">\r\n"
			case thread%5 == 1:
				l.kind = bare
				head += "In-Reply-To: <" + refs[len(refs)-1] + ">\r\n"
			default:
				head += "In-Reply-To: <" + refs[len(refs)-1] + ">\r\nReferences: <" + strings.Join(refs, "> <") + ">\r\n"
			}
			l.header = head + fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: %s%s\r\n\r\n", from, to, re, subject)
			refs = append(refs, l.id)
			add(l)
		}
		for k := range length * 2 / 3 {
			l := letter{id: fmt.Sprintf("n%d.%d@mailer.example", thread, k), kind: alike, thread: thread*16 + k + n*10}
			subject := fmt.Sprintf("News of list %d", k%2*(thread%50)) // the same every week, from many lists
			if k%2 == 0 {
				subject = fmt.Sprintf("News number %d.%d of the day", thread, k)
			}
			l.header = fmt.Sprintf("Message-ID: <%s>\r\nDate: DATE\r\nFrom: <letter@news%d.example>\r\nTo: <%s>\r\nSubject: %s\r\nList-Id: <weekly.news%d.example>\r\n\r\n",
				l.id, thread%50, rep, subject, thread%50)
			add(l)
		}
	}
	return all
}

// truth is how the archive was made.
func truth(all []letter) partition {
	p := make(partition, len(all))
	for i, l := range all {
		p[i] = strconv.Itoa(l.thread)
	}
	return p
}

func wired(all []letter) []message {
	out := make([]message, len(all))
	for i, l := range all {
		out[i] = message{at: l.at, flags: `\Seen`, raw: l.header}
	}
	return out
}

// layMaildir writes each message into a file of its own, in their order.
func layMaildir(dir string, all []letter) error {
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	for i, l := range all {
		if err := os.WriteFile(maildirFile(dir, i), []byte(l.header), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func maildirFile(dir string, i int) string {
	return filepath.Join(dir, "cur", fmt.Sprintf("1000000000.%07d.bench:2,S", i))
}

// inspectThreads has the program read the files: it parses each, says what it is, ties them and prints a line for each.
func (b *bench) inspectThreads(dir string) func(context.Context) (usage, partition, error) {
	return func(ctx context.Context) (usage, partition, error) {
		cmd := exec.CommandContext(ctx, b.bin, "inspect", "--json", "--me", rep, dir)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, os.Stderr
		u, err := timed(cmd)
		if err != nil {
			return u, nil, err
		}
		var found partition
		for scan := json.NewDecoder(&out); scan.More(); {
			var m struct {
				Path   string `json:"path"`
				Thread string `json:"thread"`
			}
			if err := scan.Decode(&m); err != nil {
				return u, nil, err
			}
			if found, err = found.put(m.Path, m.Thread); err != nil {
				return u, nil, err
			}
		}
		return u, found, nil
	}
}

// put notes the thread of a file of the Maildir.
func (p partition) put(path, thread string) (partition, error) {
	parts := strings.Split(filepath.Base(path), ".")
	if len(parts) < 2 {
		return p, fmt.Errorf("%s is no file of the Maildir", path)
	}
	i, err := strconv.Atoi(parts[1])
	if err != nil {
		return p, err
	}
	for len(p) <= i {
		p = append(p, "")
	}
	p[i] = thread
	return p, nil
}

// timed runs a program whose output is read.
func timed(cmd *exec.Cmd) (usage, error) {
	began := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(began)}
	if err == nil {
		u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return u, err
}

// storeThreads reads the files, stores them as a first reading does (SQLite), and ties what it reads back. The files are read
// twice, once for each folder.
func storeThreads(dir string, all []letter) func(context.Context) (usage, partition, error) {
	return func(ctx context.Context) (usage, partition, error) {
		state, err := os.MkdirTemp("", "followupd-bench")
		if err != nil {
			return usage{}, nil, err
		}
		defer os.RemoveAll(state)
		store, err := sqlite.Open(ctx, state, sqlite.Options{})
		if err != nil {
			return usage{}, nil, err
		}
		defer store.Close()
		place := make(map[mail.MessageID]int, len(all))
		for i, l := range all {
			place[mail.MessageID(l.id)] = i
		}
		began, before := time.Now(), ownCPU()
		const atOnce = 1000
		for _, f := range []mail.Folder{{Name: "Sent", Role: mail.RoleSent}, {Name: "INBOX", Role: mail.RoleInbox}} {
			var batch mail.Batch
			save := func() error {
				_, err := store.SaveBatch(ctx, f, batch, began)
				batch.Items = nil
				return err
			}
			for i, l := range all {
				header, err := os.ReadFile(maildirFile(dir, i))
				if err != nil {
					return usage{}, nil, err
				}
				if mine := bytes.Contains(header, []byte("From: <"+rep+">")); mine != (f.Role == mail.RoleSent) {
					continue
				}
				batch.Items = append(batch.Items, mail.Item{UID: mail.UID(i + 1), Received: l.at, Size: int64(len(header)), Header: header})
				batch.Cursor = mail.Cursor{UIDValidity: 1, UIDNext: mail.UID(i + 2)}
				if len(batch.Items) == atOnce {
					if err := save(); err != nil {
						return usage{}, nil, err
					}
				}
			}
			if err := save(); err != nil {
				return usage{}, nil, err
			}
		}
		m := tracker.NewMailbox(tracker.Policy{Me: []mail.Address{rep}, Internal: []string{"acme.example"}}, nil)
		found := make(partition, len(all))
		rows := make([]int64, len(all))
		err = store.Seen(ctx, 0, func(s tracker.Seen) error {
			rows[place[s.Message.ID]] = s.Row
			m.Add(s)
			return nil
		})
		if err != nil {
			return usage{}, nil, err
		}
		for i, row := range rows {
			found[i] = string(m.Of(row))
		}
		return usage{wall: time.Since(began), cpu: ownCPU() - before}, found, nil
	}
}

// ownCPU gives the processor time of this program.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// conversations asks Dovecot. Its processor time is not ours to see.
func (w *wire) conversations(context.Context) (usage, partition, error) {
	began := time.Now()
	if _, err := fmt.Fprint(w.conn, "x UID THREAD REFERENCES UTF-8 ALL\r\n"); err != nil {
		return usage{}, nil, err
	}
	var found partition
	for {
		line, err := w.r.ReadString('\n')
		if err != nil {
			return usage{}, nil, err
		}
		switch {
		case strings.HasPrefix(line, "* THREAD "):
			found = readThreads(strings.TrimSpace(strings.TrimPrefix(line, "* THREAD ")))
		case strings.HasPrefix(line, "x OK"):
			return usage{wall: time.Since(began)}, found, nil
		case strings.HasPrefix(line, "x "):
			return usage{}, nil, fmt.Errorf("UID THREAD: %s", strings.TrimSpace(line))
		}
	}
}

// readThreads takes the answer apart (RFC 5256 section 4): what stands in one outermost pair of brackets is one conversation.
func readThreads(s string) partition {
	var found partition
	depth, thread, uid := 0, 0, 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			uid = uid*10 + int(c-'0')
			continue
		}
		if uid > 0 {
			for len(found) < uid {
				found = append(found, "")
			}
			found[uid-1] = strconv.Itoa(thread)
			uid = 0
		}
		switch c {
		case '(':
			if depth++; depth == 1 {
				thread++
			}
		case ')':
			depth--
		}
	}
	return found
}

// notmuchThreads has notmuch index the files anew.
func notmuchThreads(dir, headers string, all []letter) func(context.Context) (usage, partition, error) {
	return func(ctx context.Context) (usage, partition, error) {
		state, err := os.MkdirTemp(dir, "notmuch")
		if err != nil {
			return usage{}, nil, err
		}
		defer os.RemoveAll(state)
		config := filepath.Join(state, "config")
		text := fmt.Sprintf("[database]\npath=%s\nmail_root=%s\n[new]\ntags=\n[user]\nname=Anna Berg\nprimary_email=%s\n[maildir]\nsynchronize_flags=false\n", state, headers, rep)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return usage{}, nil, err
		}
		notmuch := func(args ...string) *exec.Cmd {
			cmd := exec.CommandContext(ctx, "notmuch", args...)
			cmd.Env = append(os.Environ(), "NOTMUCH_CONFIG="+config)
			cmd.Stderr = os.Stderr
			return cmd
		}
		u, err := timed(notmuch("new", "--quiet"))
		if err != nil {
			return u, nil, err
		}
		list := notmuch("search", "--output=summary", "--format=json", "--exclude=false", "*")
		out, err := list.Output()
		if err != nil {
			return u, nil, err
		}
		var threads []struct {
			Thread string    `json:"thread"`
			Query  []*string `json:"query"` // those that match and those that do not, as "id:a id:b"
		}
		if err := json.Unmarshal(out, &threads); err != nil {
			return u, nil, fmt.Errorf("read what notmuch search says: %w", err)
		}
		place := make(map[string]int, len(all))
		for i, l := range all {
			place[l.id] = i
		}
		found := make(partition, len(all))
		for _, t := range threads {
			for _, q := range t.Query {
				if q == nil {
					continue
				}
				for id := range strings.FieldsSeq(*q) {
					if i, ok := place[strings.Trim(strings.TrimPrefix(id, "id:"), `"`)]; ok {
						found[i] = t.Thread
					}
				}
			}
		}
		return u, found, nil
	}
}
