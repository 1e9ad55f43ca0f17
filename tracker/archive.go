package tracker

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/mail/quote"
)

// Bounds of what ties messages in an archive.
const (
	archiveLines   = 64                   // lines of a message that are remembered, new and quoted each
	keptCredit     = 300                  // bytes of the line that introduces a quote
	commonLine     = 3                    // a line in more earlier messages than this is a footer, a greeting or a form
	subjectReaches = 30 * 24 * time.Hour  // how long after a message its subject still ties
	subjectTries   = 200                  // earlier messages under a subject that are looked at
	turnReaches    = 5 * 24 * time.Hour   // how long after a message the same subject makes a turn in a talk
	quoteReaches   = 180 * 24 * time.Hour // how long after a message its lines still tie
)

// Archive ties the messages of a mailbox whose owner is not known, such as an mbox of a list. A Mailbox knows whom the rep
// wrote to and ties by that what ids cannot; here nobody is the rep, and what is left is what a reader would go by:
// ids first, and chains of References outright, since nobody is chased who wrote under a recycled one; then lines that a
// message quotes and that stand in few earlier messages; then the subject, among the same people, for a month. The
// result is the same for any order of Add. It is for one goroutine.
type Archive struct {
	box    *Mailbox
	quoted [][]uint32 // by message: fingerprints of the lines it quotes
	credit []string   // by message: whom it says it quotes
	lines  []lineAt   // what was newly written, where

	settled bool
	group   []int32      // union-find over messages; each group is named by its oldest
	weak    []archiveTie // by message: how it was tied, if not by ids
}

type lineAt struct {
	print uint32
	in    int32
}

// archiveTie is a weak link of a message to an earlier one.
type archiveTie struct {
	to  int32 // the message it answers, or one of its thread where sure is false
	why string
	// sure says that the message itself is answered, and not merely its thread
	sure bool
}

// NewArchive gives an empty one.
func NewArchive() *Archive { return &Archive{box: NewMailbox(Policy{}, nil)} }

// Add takes a message in, once; its Reading and Content are looked at now and not kept.
func (a *Archive) Add(s Seen) {
	a.settled = false
	before := len(a.box.recs)
	a.box.Add(s)
	if len(a.box.recs) == before {
		return
	}
	own := linePrints(s.Reading.NewText, false)
	for _, p := range own {
		a.lines = append(a.lines, lineAt{p, int32(before)})
	}
	var quoted []uint32
	credit := ""
	if s.Message.Content != nil {
		if s.Reading.Quoted {
			credit = strings.ToLower(quote.Cut(s.Message.Content.Text).Header)
		}
		for _, p := range linePrints(s.Message.Content.Text, true) {
			if !slices.Contains(own, p) {
				quoted = append(quoted, p)
			}
		}
	}
	a.quoted = append(a.quoted, slices.Clip(quoted))
	a.credit = append(a.credit, strings.Clone(credit[:min(len(credit), keptCredit)]))
}

// linePrints gives fingerprints of the lines that say enough to be told from others: of quoted lines only, or of all.
// Whatever follows the mark under which Outlook repeats a mail counts as quoted.
func linePrints(text string, quotedOnly bool) []uint32 {
	var prints []uint32
	below := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		bare := strings.TrimLeft(line, ">| \t")
		below = below || repeats(bare)
		if quotedOnly && !below && len(bare) == len(line) || !telling(bare) {
			continue
		}
		h := fnv.New32a()
		for word := range strings.FieldsSeq(strings.ToLower(bare)) {
			h.Write([]byte(word))
		}
		prints = append(prints, h.Sum32())
		if len(prints) == archiveLines {
			break
		}
	}
	return prints
}

// repeats says that a line is a mark like "-----Original Message-----", and not one of a signed mail's ("-----BEGIN PGP …").
func repeats(line string) bool {
	inner := strings.Trim(line, "-")
	return len(line) > len(inner)+5 && strings.HasPrefix(line, "--") && strings.Contains(inner, " ") && strings.ToUpper(inner) != inner
}

// telling says that a line is long enough, in letters, to be found again.
func telling(line string) bool {
	const letters = 16
	n := 0
	for _, r := range line {
		if r >= 'A' && (r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7f) {
			if n++; n == letters {
				return true
			}
		}
	}
	return false
}

// Of gives the thread of a message; "" for an unknown row.
func (a *Archive) Of(row int64) ThreadID {
	a.settle()
	i, ok := a.box.rows[row]
	if !ok {
		return ""
	}
	return a.box.nameBy(int(a.find(int32(i))))
}

// Weak says by what a message was tied where its ids did not do it, and the message it answers where that is plain.
// why is "" for a message that is tied by ids, or begins a thread.
func (a *Archive) Weak(row int64) (parent mail.MessageID, why string) {
	a.settle()
	i, ok := a.box.rows[row]
	if !ok || a.weak[i].why == "" {
		return "", ""
	}
	if t := a.weak[i]; t.sure {
		parent = mail.MessageID(a.box.syms.text[a.box.recs[t.to].id])
	}
	return parent, a.weak[i].why
}

func (a *Archive) find(i int32) int32 {
	for a.group[i] != i {
		a.group[i] = a.group[a.group[i]]
		i = a.group[i]
	}
	return i
}

// join makes one thread of two.
func (a *Archive) join(i, j int32) {
	i, j = a.find(i), a.find(j)
	if i == j {
		return
	}
	if a.box.compare(int(j), int(i)) < 0 {
		i, j = j, i
	}
	a.group[j] = i
}

// settle ties everything anew; an archive is read whole before it is asked.
func (a *Archive) settle() {
	if a.settled {
		return
	}
	a.settled = true
	n := len(a.box.recs)
	a.group, a.weak = make([]int32, n), make([]archiveTie, n)
	for i := range a.group {
		a.group[i] = int32(i)
	}
	a.tieByIDs()
	a.tieByWords()
}

func (a *Archive) tieByIDs() {
	byRoot := make(map[node]int32)
	bySym := make(map[sym]int32)
	same := func(first int32, known bool, i int) int32 {
		if known {
			a.join(first, int32(i))
			return first
		}
		return int32(i)
	}
	for i := range a.box.recs {
		r := &a.box.recs[i]
		root := a.box.graph.find(r.node)
		first, known := byRoot[root]
		byRoot[root] = same(first, known, i)
		for _, id := range append(r.links[:len(r.links):len(r.links)], r.id) {
			if id != 0 {
				first, known := bySym[id]
				bySym[id] = same(first, known, i)
			}
		}
	}
}

// tieByWords ties each thread whose beginning is an answer to something to the earlier thread that its words point to.
func (a *Archive) tieByWords() {
	order := make([]int32, len(a.box.recs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int { return a.box.compare(int(i), int(j)) })
	place := make([]int32, len(order)) // by message: its place in time
	for k, i := range order {
		place[i] = int32(k)
	}
	slices.SortFunc(a.lines, func(x, y lineAt) int {
		return cmp.Or(cmp.Compare(x.print, y.print), cmp.Compare(place[x.in], place[y.in]))
	})
	subjects := make(map[string][]int32) // messages under a subject, in order of time
	for _, i := range order {
		if a.find(i) == i {
			if t, ok := a.byQuotes(i, place); ok {
				a.weak[i] = t
			} else if t, ok := a.bySubject(i, subjects); ok {
				a.weak[i] = t
			}
			if t := a.weak[i]; t.why != "" {
				a.join(t.to, i)
			}
		}
		for _, key := range subjectKeys(a.box.recs[i].subject) {
			subjects[key] = append(subjects[key], i)
		}
	}
}

// byQuotes finds the thread in which most of the rare lines that message i quotes were written. Under another subject one
// line is not enough.
func (a *Archive) byQuotes(i int32, place []int32) (archiveTie, bool) {
	threads, messages := make(map[int32]int), make(map[int32]int)
	for _, p := range a.quoted[i] {
		for _, j := range a.rare(p, i, place) {
			if messages[j]++; a.find(j) != i {
				threads[a.find(j)]++
			}
		}
	}
	answered, most := int32(-1), 0
	keys := subjectKeys(a.box.recs[i].subject)
	for j, n := range messages {
		t := a.find(j)
		score := 2*threads[t] + n
		if overlap(keys, subjectKeys(a.box.recs[j].subject)) {
			score += 2 * archiveLines
		} else if threads[t] < 2 {
			continue
		}
		if t != i && (score > most || score == most && a.box.compare(int(j), int(answered)) > 0) {
			answered, most = j, score
		}
	}
	if most == 0 {
		return archiveTie{}, false
	}
	return archiveTie{to: answered, sure: true, why: fmt.Sprintf("tied weakly: quotes lines of %q", a.box.recs[answered].subject)}, true
}

// rare gives the earlier messages in which a line was newly written, if they are few and not long ago.
func (a *Archive) rare(print uint32, i int32, place []int32) (in []int32) {
	k, _ := slices.BinarySearchFunc(a.lines, print, func(l lineAt, p uint32) int { return cmp.Compare(l.print, p) })
	for ; k < len(a.lines) && a.lines[k].print == print && place[a.lines[k].in] < place[i]; k++ {
		if j := a.lines[k].in; len(in) == 0 || in[len(in)-1] != j {
			if len(in) == commonLine {
				return nil
			}
			in = append(in, j)
		}
	}
	return slices.DeleteFunc(in, func(j int32) bool {
		return a.box.recs[i].at().Sub(a.box.recs[j].at()) > quoteReaches
	})
}

// bySubject finds the one thread that went under the same subject among the same people lately; of several, none.
func (a *Archive) bySubject(i int32, subjects map[string][]int32) (archiveTie, bool) {
	r := &a.box.recs[i]
	marked := mail.SaysReply(r.subject)
	reaches := subjectReaches
	if !marked && a.credit[i] == "" && len(strings.Fields(mail.BaseSubject(r.subject))) < 3 {
		reaches = turnReaches // "Question" says little of what was asked
	}
	answers := marked || len(r.links) > 0 || len(a.quoted[i]) > 0
	for _, key := range subjectKeys(r.subject) {
		earlier := subjects[key]
		newest, thread, credited := int32(-1), int32(-1), marked || a.credit[i] == ""
		for k := len(earlier) - 1; k >= max(0, len(earlier)-subjectTries); k-- {
			j := earlier[k]
			if r.at().Sub(a.box.recs[j].at()) > reaches {
				break
			}
			t := a.find(j)
			if t == i || !a.acquainted(i, j) || !answers && !a.takesTurns(i, j, t) {
				continue
			}
			credited = credited || a.credits(i, j)
			if thread >= 0 && t != thread {
				return archiveTie{}, false
			}
			if newest < 0 {
				newest, thread = j, t
			}
		}
		if newest >= 0 && credited {
			return archiveTie{to: newest, why: "tied weakly: the same subject, among the same people, within a month"}, true
		}
	}
	return archiveTie{}, false
}

// credits says that the line by which message i introduces its quote ("On Monday Ruth Cohen wrote:") names the writer of j.
func (a *Archive) credits(i, j int32) bool {
	for _, h := range a.box.recs[j].people {
		if h.field != inFrom {
			continue
		}
		address, _, _ := strings.Cut(string(a.box.parties[h.who].address), "@")
		for _, name := range append(strings.Fields(strings.ToLower(a.box.syms.text[h.name])), address) {
			if len(name) > 3 && strings.Contains(a.credit[i], name) {
				return true
			}
		}
	}
	return false
}

// takesTurns says that a mail i without any sign of an answer would be one by its place behind j in thread t: somebody else
// began the thread, or wrote j a few days ago. A series of notices has one author, and a day of the week.
func (a *Archive) takesTurns(i, j, t int32) bool {
	author := a.box.author(int(i))
	return a.box.author(int(t)) != author ||
		a.box.author(int(j)) != author && a.box.recs[i].at().Sub(a.box.recs[j].at()) < turnReaches
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// acquainted says that somebody stands on both messages, or that one of them names no recipients, as archives of lists
// strip them: then all its people are the list.
func (a *Archive) acquainted(i, j int32) bool {
	p, q := a.box.recs[i].people, a.box.recs[j].people
	if !addressed(p) || !addressed(q) {
		return true
	}
	for _, h := range p {
		if slices.ContainsFunc(q, func(o hop) bool { return o.who == h.who }) {
			return true
		}
	}
	return false
}

func addressed(people []hop) bool {
	return slices.ContainsFunc(people, func(h hop) bool { return h.field >= inTo })
}

// subjectKeys gives what a subject is compared by: its base without white space, which relays and archives lose at folds,
// and of "new (was: old)" the old and the new.
func subjectKeys(subject string) []string {
	base := strings.ToLower(mail.BaseSubject(subject))
	var keys []string
	add := func(s string) {
		if key := strings.Join(strings.Fields(mail.BaseSubject(s)), ""); len(key) > 3 && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	fresh, old, found := strings.Cut(base, "(was")
	if !found {
		fresh, old, found = strings.Cut(base, "(re:")
	}
	add(fresh)
	if found {
		add(strings.Trim(old, "): "))
	}
	return keys
}
