package tracker

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"followupd/mail"
)

// Strong links tie messages by what only the conversation can know: ids, and Outlook's conversation index. A thread is a
// connected component over them. Every link is a pair of points that follows from one message alone, so the components
// are the same for any order of arrival.
//
//   - In-Reply-To is trusted alone, even if the subject changed.
//   - References count only where the base subject is the same: some clients recycle an old mail for a new topic, and the
//     answers to it then carry the old chain on. Such a message is tied to the point (id, base subject), which everybody
//     who knows the id under that subject shares. Without In-Reply-To the last of them is trusted where the subject calls
//     itself an answer ("Re: …", "New (was: Old)"): on a list of 7,145 mails that lifts recall from .978 to 1.000 of the
//     pairs, at precision 1.000.
//   - Thread-Index counts together with base subject and correspondent: a mail copied to another customer keeps it.
//   - A bounce or receipt is tied to the id it names.

// node is a point of the graph: a message, an id, an (id, base subject), a Thread-Index.
type node uint32

type pair struct{ a, b sym }

type indexPoint struct {
	index, base sym
	who         who
}

// graph is a union-find over nodes, with the messages of each component.
type graph struct {
	parent  []node
	ids     []id // by sym, as far as named
	bases   map[pair]node
	indexes map[indexPoint]node
	facts   map[ThreadID]node // messages without an id of their own
	shared  map[sym][]int32   // messages that bear an id which is another's
	members map[node][]int32
}

// id is what is known of a Message-ID. Its node is 0, and its holder -1, while there is none.
type id struct {
	node      node
	holder    int32 // the message it stands for
	subject   sym   // the base subject under which it was first named
	named     bool
	contested bool // it was named under several subjects
}

// id gives the entry of a Message-ID, to be filled in.
func (g *graph) id(s sym) *id {
	for int(s) >= len(g.ids) {
		g.ids = append(g.ids, id{holder: -1})
	}
	return &g.ids[s]
}

// idNode gives the point of a Message-ID.
func (g *graph) idNode(s sym) node {
	if g.id(s).node == 0 {
		n := g.newNode()
		g.id(s).node = n
	}
	return g.id(s).node
}

func newGraph() graph {
	return graph{
		parent: make([]node, 1), // 0 is no node
		bases:  make(map[pair]node), indexes: make(map[indexPoint]node), facts: make(map[ThreadID]node), members: make(map[node][]int32),
		shared: make(map[sym][]int32),
	}
}

func (g *graph) newNode() node {
	n := node(len(g.parent))
	g.parent = append(g.parent, n)
	return n
}

func point[K comparable](g *graph, of map[K]node, key K) node {
	n, ok := of[key]
	if !ok {
		n = g.newNode()
		of[key] = n
	}
	return n
}

func (g *graph) find(n node) node {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

// union joins two components; ok is false where they were one already.
func (g *graph) union(a, b node) (winner, loser node, ok bool) {
	a, b = g.find(a), g.find(b)
	if a == b {
		return a, a, false
	}
	if len(g.members[a]) < len(g.members[b]) || len(g.members[a]) == len(g.members[b]) && a > b {
		a, b = b, a
	}
	g.parent[b] = a
	if lost := g.members[b]; len(lost) > 0 {
		g.members[a] = append(g.members[a], lost...)
		delete(g.members, b)
	}
	return a, b, true
}

// link ties message i into the graph.
func (m *Mailbox) link(i int) {
	r := &m.recs[i]
	r.node = m.ownNode(i)
	root := m.graph.find(r.node)
	m.graph.members[root] = append(m.graph.members[root], int32(i))
	m.tie(i)
}

// tie draws the links of message i; drawing them again changes nothing.
func (m *Mailbox) tie(i int) {
	r := &m.recs[i]
	g := &m.graph
	for k, id := range r.links {
		if k < int(r.answers) || r.answers == 0 && r.reply && k == len(r.links)-1 {
			m.join(r.node, g.idNode(id))
		}
		m.joinUnder(r, id)
	}
	if r.id != 0 && g.id(r.id).node == r.node {
		m.joinUnder(r, r.id)
	}
	if r.rarely().original != 0 {
		m.join(r.node, g.idNode(r.rarely().original))
	}
	if r.index != 0 {
		for _, h := range r.people {
			if !m.internal(h.who) {
				m.join(r.node, point(g, g.indexes, indexPoint{r.index, r.base, h.who}))
			}
		}
	}
}

// joinUnder ties a message to an id under its base subject.
func (m *Mailbox) joinUnder(r *record, id sym) {
	g := &m.graph
	m.join(r.node, point(g, g.bases, pair{id, r.base}))
	switch known := g.id(id); {
	case !known.named:
		known.named, known.subject = true, r.base
	case known.subject != r.base && !known.contested:
		known.contested = true
		m.moved[g.bases[pair{id, known.subject}]] = struct{}{} // it may go by another name now
	}
}

func (m *Mailbox) join(a, b node) {
	winner, loser, ok := m.graph.union(a, b)
	if ok {
		m.strays.merged(&m.graph, winner, loser)
	}
}

// ownNode gives the point of a message: that of its Message-ID, unless the id is missing or belongs to another message.
// Then it is that of its facts, so that copies of such a mail are still one.
func (m *Mailbox) ownNode(i int) node {
	r := &m.recs[i]
	if r.id != 0 {
		known := m.graph.id(r.id)
		if known.holder < 0 {
			known.holder = int32(i)
		}
		h := int(known.holder)
		if m.before(i, h) {
			m.stale = true // the id is this one's, and who shares it must be asked anew
		}
		if h == i || m.sameMail(h, i) {
			return m.graph.idNode(r.id)
		}
		m.graph.shared[r.id] = append(m.graph.shared[r.id], int32(i))
	}
	return point(&m.graph, m.graph.facts, m.digest(r))
}

// holders gives messages that bear an id, of each conversation with such a message at least one.
func (m *Mailbox) holders(id mail.MessageID) []int {
	s, ok := m.syms.find(string(id))
	if !ok || int(s) >= len(m.graph.ids) || m.graph.ids[s].holder < 0 {
		return nil
	}
	all := []int{int(m.graph.ids[s].holder)}
	for _, i := range m.graph.shared[s] {
		all = append(all, int(i))
	}
	return all
}

// digest names a message by what stays of it when its ids say nothing.
func (m *Mailbox) digest(r *record) ThreadID {
	facts := fmt.Sprint(m.syms.text[r.id], "\n", r.received, "\n", r.date, "\n", r.subject)
	for _, h := range r.people {
		facts += "\n" + string(m.parties[h.who].address)
	}
	return nameOf(facts)
}

// sameMail says that two messages under one Message-ID are copies of one mail, as a list or a second account makes them,
// and not two mails of a client that numbers badly, or of somebody who borrowed the id.
func (m *Mailbox) sameMail(i, j int) bool {
	a, b := &m.recs[i], &m.recs[j]
	alike := 0
	if m.author(i) == m.author(j) {
		alike++
	}
	if a.base == b.base {
		alike++
	}
	if a.date == b.date {
		alike++
	}
	return alike >= 2
}

// before is the order in which messages claim an id: the rep's own first, then by the server's time.
func (m *Mailbox) before(i, j int) bool {
	a, b := &m.recs[i], &m.recs[j]
	if (a.dir == Out) != (b.dir == Out) {
		return a.dir == Out
	}
	return m.compare(i, j) < 0
}

// compare orders messages by the server's time; ties by what does not depend on the order of arrival.
func (m *Mailbox) compare(i, j int) int {
	a, b := &m.recs[i], &m.recs[j]
	return cmp.Or(
		cmp.Compare(a.received, b.received),
		strings.Compare(m.syms.text[a.id], m.syms.text[b.id]),
		strings.Compare(a.subject, b.subject),
		cmp.Compare(a.row, b.row),
	)
}

// retie builds the graph anew. It is needed where a message turned out to be another's than it seemed (a claimed id, a
// changed policy); in an ordinary day that does not happen.
func (m *Mailbox) retie() {
	m.stale = false
	m.ties++
	m.graph = newGraph()
	m.strays = newStrays()
	clear(m.moved) // the old graph's numbers
	order := make([]int, len(m.recs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		if m.before(i, j) {
			return -1
		}
		return 1
	})
	for _, i := range order {
		m.link(i)
	}
	m.stale = false
	for i := range m.recs {
		m.touch(i)
	}
}

// nameBy gives the thread's name as message i knows it: from the first of its References, else the last thing it answers,
// else its own id, else its facts.
func (m *Mailbox) nameBy(i int) ThreadID {
	r := &m.recs[i]
	g := &m.graph
	switch {
	case len(r.links) > int(r.answers):
		first := r.links[r.answers]
		known := g.id(first)
		if !known.contested || known.node != 0 && g.find(known.node) == g.find(r.node) {
			return nameOf(m.syms.text[first])
		}
		return nameOf(m.syms.text[first] + "\n" + m.syms.text[r.base]) // another conversation goes by that id
	case r.answers > 0:
		return nameOf(m.syms.text[r.links[0]])
	case r.id != 0 && g.id(r.id).node == r.node:
		return nameOf(m.syms.text[r.id])
	}
	return m.digest(r)
}

var nameDigits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// nameLength is how many of a name's digits are kept: 60 bits, short enough to type.
const nameLength = 12

// nameOf gives the ThreadID of a root id: so many digits of its SHA-256.
func nameOf(root string) ThreadID {
	sum := sha256.Sum256([]byte(root))
	return ThreadID(nameDigits.EncodeToString(sum[:8])[:nameLength])
}
