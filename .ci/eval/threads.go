package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"regexp"
)

// groups is which thread each message is in, by any name.
type groups []string

// byHeaders ties messages by the ids they name, and by nothing else: the truth where headers are whole.
func byHeaders(all []source) groups {
	parent := make(map[string]string)
	var find func(string) string
	find = func(id string) string {
		if p, ok := parent[id]; ok && p != id {
			parent[id] = find(p)
			return parent[id]
		}
		return id
	}
	for _, s := range all {
		for _, id := range s.names() {
			parent[find(id)] = find(s.id())
		}
	}
	g := make(groups, len(all))
	for i, s := range all {
		g[i] = find(s.id())
	}
	return g
}

// answersByHand names messages, by the SHA-256 of their ids, that answer one of the list though neither header nor quote
// shows it: a person read them ("Have you tried …?", "that works, thank you").
var answersByHand = map[string]bool{
	"fa97ae3f7786": true, "a66afd1e95ad": true, "9ac89da64bec": true, "14d975db79b1": true, "8cfd0ccbae8a": true, "489bc4535c0d": true,
	"8d449d3de669": true, "72f3ab4a85f6": true, "bb8971fdd2e8": true, "d4e29cf25ce6": true, "cf2093447340": true, "620d1a5f40dd": true,
}

// whole says of each message whether the headers of all its thread tell their place: each message names one that is there,
// but for one that shows no sign of answering anything. Elsewhere the truth by headers is not the truth.
func whole(all []source, truth groups) []bool {
	there := make(map[string]bool)
	for _, s := range all {
		there[s.id()] = true
	}
	broken := make(map[string]bool)
	for i, s := range all {
		known := false
		for _, id := range s.names() {
			known = known || there[id]
		}
		if !known && (len(s.names()) > 0 || answers(s)) {
			broken[truth[i]] = true
		}
	}
	ok := make([]bool, len(all))
	for i := range all {
		ok[i] = !broken[truth[i]]
	}
	return ok
}

var (
	replyMark = regexp.MustCompile(`(?i)(^|[\]\s])(re|aw|sv|antw)(\[\d+\])?:`)
	quoteMark = regexp.MustCompile(`(?mi)^\s*>|^-+ ?(original message|ursprüngliche nachricht)|^.*\b(wrote|writes|said|schrieb|écrit|escribió|ha scritto):?\s*$`)
)

// answers says that a message looks like an answer: "Re:" in its subject, or quoted lines; or is known for one.
func answers(s source) bool {
	if answersByHand[fmt.Sprintf("%x", sha256.Sum256([]byte(s.id())))[:12]] {
		return true
	}
	_, body := s.split()
	return replyMark.MatchString(s.get("subject")) || quoteMark.Match(body)
}

// pairs compares two groupings by the pairs of messages they put together, of those that count.
func pairs(truth, found groups, counts []bool) (precision, recall float64) {
	t, f, both := make(map[string]int), make(map[string]int), make(map[[2]string]int)
	for i := range truth {
		if counts == nil || counts[i] {
			t[truth[i]]++
			f[found[i]]++
			both[[2]string{truth[i], found[i]}]++
		}
	}
	return share(pairsIn(both), pairsIn(f)), share(pairsIn(both), pairsIn(t))
}

func pairsIn[K comparable](sizes map[K]int) (n int) {
	for _, size := range sizes {
		n += size * (size - 1) / 2
	}
	return n
}

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// damage is one way in which a reply loses its place: it changes message i, which answers message parent and is the n-th.
type damage struct {
	name string
	do   func(all []source, i, parent, n int)
}

// damages are those measured on real mailboxes: relays and clients do each of them.
var damages = []damage{
	{"headers stripped", func(all []source, i, _, _ int) { all[i] = all[i].without("in-reply-to", "references", "thread-index") }},
	{"unknown id", func(all []source, i, _, n int) {
		all[i] = all[i].without("in-reply-to", "references", "thread-index").put("In-Reply-To", fmt.Sprintf("<0100018f-%06d@relay.example>", n))
	}},
	{"stripped, other subject", func(all []source, i, _, n int) {
		all[i] = all[i].without("in-reply-to", "references", "thread-index", "subject").put("Subject", newSubjects[n%len(newSubjects)])
	}},
}

var newSubjects = []string{"one more thing", "Question", "our talk", "the documents you wanted", "hello again", "tomorrow"}

// spoilt is a mailbox with some replies damaged, and which.
type spoilt struct {
	all     []source
	damaged []int
}

// spoil damages n replies, chosen by seed among those that name a message there is, that no other message names (nobody else
// can give away where they belong), and that may be taken.
func spoil(all []source, d damage, n int, seed uint64, may func(i int) bool) spoilt {
	there, named := make(map[string]int), make(map[string]bool)
	for i, s := range all {
		there[s.id()] = i
		for _, id := range s.names() {
			named[id] = true
		}
	}
	parent := make(map[int]int)
	var can []int
	for i, s := range all {
		names := s.names()
		if s.id() == "" || named[s.id()] || len(names) == 0 || !may(i) {
			continue
		}
		if p, ok := there[names[len(names)-1]]; ok {
			can, parent[i] = append(can, i), p
		}
	}
	random := rand.New(rand.NewPCG(seed, 2))
	random.Shuffle(len(can), func(i, j int) { can[i], can[j] = can[j], can[i] })
	out := spoilt{all: append([]source(nil), all...), damaged: can[:min(n, len(can))]}
	for k, i := range out.damaged {
		d.do(out.all, i, parent[i], k)
	}
	return out
}

// outcome counts what became of the damaged replies: with the thread they belong to, with another one, or alone.
type outcome struct{ attached, wrong, alone, of int }

func (o outcome) String() string {
	return fmt.Sprintf("%d of %d attached, %d wrong, %d alone", o.attached, o.of, o.wrong, o.alone)
}

// judge tells where the damaged replies lie. A thread is right if it holds another message of the reply's own; that threads are
// not simply poured together is what pairs shows.
func (sp spoilt) judge(truth, found groups) outcome {
	members := make(map[string][]int)
	for i, g := range found {
		members[g] = append(members[g], i)
	}
	o := outcome{of: len(sp.damaged)}
	for _, i := range sp.damaged {
		own := false
		for _, j := range members[found[i]] {
			own = own || j != i && truth[j] == truth[i]
		}
		switch {
		case own:
			o.attached++
		case len(members[found[i]]) == 1:
			o.alone++
		default:
			o.wrong++
		}
	}
	return o
}
