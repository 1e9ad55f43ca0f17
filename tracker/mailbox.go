package tracker

import (
	"cmp"
	"iter"
	"slices"

	"followupd/mail"
)

// Mailbox holds every message seen that touches a conversation of the rep's, tied into threads. It is built anew from the store at start and kept up by Add; the
// result is the same for any order of Add. Its methods are for one goroutine.
type Mailbox struct {
	policy  Policy
	situate func(*Thread) (Situation, string)

	syms     symbols
	readings map[plainReading]*mail.Reading
	folders  [][]mail.Folder
	parties  []party
	byAddr   map[mail.Address]who
	byFirm   map[sym][]who // by company domain

	recs  []record
	rows  map[int64]int
	names map[ThreadID]int // a message of the rep's conversation that has, or last had, a name
	graph graph
	stale bool // the graph must be built anew
	ties  int  // how often it was
	shelf shelf
	bare  int     // messages whose texts were laid aside
	texts []int64 // rows of those whose texts are wanted again

	strays  strays
	touched map[circle]struct{} // correspondents of whom something changed
	moved   map[node]struct{}   // components that changed
	changed map[ThreadID]struct{}

	followed map[ThreadID]bool // by the rep's word; see Follow
	sated    bool              // no body is wanted, and nothing was added since that was found
}

// party is one address and the messages it stands on.
type party struct {
	address   mail.Address
	firm      sym     // its company's domain, 0 for free mail
	authored  []int32 // inbound messages from it
	addressed []int32 // the rep's messages to it
	failed    []int32 // reports that it could not be reached
	inside    bool    // the rep's or a colleague's
}

// circle is a company, or a single address that belongs to none: how far a weak link reaches.
type circle struct {
	firm sym
	who  who
}

// NewMailbox gives an empty one. situate finds the situation of a thread (playbook.Situation); nil: always General.
func NewMailbox(p Policy, situate func(*Thread) (Situation, string)) *Mailbox {
	if situate == nil {
		situate = func(*Thread) (Situation, string) { return General, "" }
	}
	return &Mailbox{
		policy: p, situate: situate,
		syms:     newSymbols(),
		readings: make(map[plainReading]*mail.Reading),
		parties:  make([]party, 1), // 0 is nobody
		byAddr:   make(map[mail.Address]who),
		byFirm:   make(map[sym][]who),
		rows:     make(map[int64]int),
		names:    make(map[ThreadID]int),
		graph:    newGraph(),
		shelf:    newShelf(),
		strays:   newStrays(),
		touched:  make(map[circle]struct{}),
		moved:    make(map[node]struct{}),
		changed:  make(map[ThreadID]struct{}),
	}
}

// SetPolicy puts an edited config in force: every thread is judged anew from then on.
func (m *Mailbox) SetPolicy(p Policy) {
	m.policy, m.sated = p, false
	for w := range m.parties {
		m.parties[w].inside = p.isInternal(m.parties[w].address)
		m.parties[w].authored, m.parties[w].addressed, m.parties[w].failed = nil, nil, nil
	}
	for i := range m.recs {
		r := &m.recs[i]
		r.dir = p.Direction(*m.unpack(r))
		m.file(i)
		m.wake(i)
	}
	m.stale = true
}

// Add takes a message in, or takes its newer form (a body was read, another folder). Its Reading is made by the caller.
// Of the message, Signs and Content are looked at now and not kept.
func (m *Mailbox) Add(s Seen) {
	m.sated = false
	r := m.pack(&s)
	i, known := m.rows[s.Row]
	if !known {
		i = len(m.recs)
		m.rows[s.Row] = i
		m.recs = append(m.recs, r)
		m.file(i)
		m.wake(i)
		m.link(i)
		m.touch(i)
		return
	}
	old := m.recs[i]
	m.touch(i)
	m.unfile(i)
	if old.aside {
		m.bare--
	}
	r.node = old.node
	if old.rarely().lines != nil && r.rarely().lines == nil { // read with the body then, and not given again
		few := r.rarely()
		few.lines = old.rare.lines
		r.rare = &few
	}
	m.recs[i] = r
	m.file(i)
	m.wake(i)
	if r.dir != old.dir || !slices.Equal(r.links, old.links) || r.id != old.id || r.base != old.base || r.index != old.index || r.received != old.received ||
		old.rarely().original != 0 && old.rarely().original != r.rarely().original {
		m.stale = true // a link may have gone, which a union cannot undo
	} else if r.rarely().original != old.rarely().original {
		m.tie(i)
	}
	m.touch(i)
}

// file enters message i under its correspondents; unfile takes it out.
func (m *Mailbox) file(i int) {
	m.eachParty(i, func(list *[]int32) {
		if len(*list) == 0 || (*list)[len(*list)-1] != int32(i) {
			*list = append(*list, int32(i))
		}
	})
}

func (m *Mailbox) unfile(i int) {
	m.eachParty(i, func(list *[]int32) {
		if k := slices.Index(*list, int32(i)); k >= 0 {
			*list = slices.Delete(*list, k, k+1)
		}
	})
}

func (m *Mailbox) eachParty(i int, do func(list *[]int32)) {
	r := &m.recs[i]
	for _, h := range r.people {
		p := &m.parties[h.who]
		switch {
		case p.inside:
		case r.dir == In && h.field <= inReplyTo:
			do(&p.authored)
		case r.dir == Out && (h.field == inTo || h.field == inCc || h.field == inBcc):
			do(&p.addressed)
		}
	}
	for _, w := range r.rarely().failed {
		do(&m.parties[w].failed)
	}
}

// who gives the number of an address.
func (m *Mailbox) who(a mail.Address) who {
	if w, ok := m.byAddr[a]; ok {
		return w
	}
	a = mail.Address(m.syms.keep(string(a)))
	w := who(len(m.parties))
	p := party{address: a, inside: m.policy.isInternal(a), firm: m.syms.get(Company(a))}
	m.parties = append(m.parties, p)
	m.byAddr[a] = w
	if p.firm != 0 {
		m.byFirm[p.firm] = append(m.byFirm[p.firm], w)
	}
	return w
}

func (m *Mailbox) internal(w who) bool { return m.parties[w].inside }

func (m *Mailbox) circle(w who) circle {
	if firm := m.parties[w].firm; firm != 0 {
		return circle{firm: firm}
	}
	return circle{who: w}
}

// members gives everybody of a circle.
func (m *Mailbox) members(c circle) []who {
	if c.firm != 0 {
		return m.byFirm[c.firm]
	}
	return []who{c.who}
}

// author gives the first address of From, 0 for none.
func (m *Mailbox) author(i int) who {
	for _, h := range m.recs[i].people {
		if h.field == inFrom {
			return h.who
		}
	}
	return 0
}

// fromInside says that the rep or a colleague wrote message i.
func (m *Mailbox) fromInside(i int) bool { return m.internal(m.author(i)) }

// authors gives the outside addresses that stand for the writer of message i.
func (m *Mailbox) authors(i int) []who {
	var all []who
	for _, h := range m.recs[i].people {
		if h.field <= inReplyTo && !m.internal(h.who) && !slices.Contains(all, h.who) {
			all = append(all, h.who)
		}
	}
	return all
}

// touch notes that something changed for message i's conversation and correspondents.
func (m *Mailbox) touch(i int) {
	m.moved[m.recs[i].node] = struct{}{}
	m.touchPeople(i)
}

func (m *Mailbox) touchPeople(i int) {
	r := &m.recs[i]
	for _, h := range r.people {
		if !m.internal(h.who) {
			m.touched[m.circle(h.who)] = struct{}{}
		}
	}
	for _, w := range r.rarely().failed {
		m.touched[m.circle(w)] = struct{}{}
	}
}

// settle brings weak links up to what was added since the last time. Its cost is that of the correspondents touched.
func (m *Mailbox) settle() {
	if m.stale {
		m.retie()
	}
	if len(m.touched) == 0 && len(m.moved) == 0 && len(m.strays.redo) == 0 {
		return
	}
	again := m.strays.redo
	m.strays.redo = make(map[node]struct{})
	conversations := make(map[node]struct{}) // thousands may have moved in one
	for n := range m.moved {
		conversations[m.graph.find(n)] = struct{}{}
	}
	for root := range conversations {
		again[root] = struct{}{}
		for _, i := range m.in(root) {
			m.touchPeople(i) // whoever is on the conversation may have a stray that fits it now
		}
	}
	for c := range m.touched {
		for _, w := range m.members(c) {
			for _, i := range m.parties[w].authored {
				again[m.graph.find(m.recs[i].node)] = struct{}{}
			}
			for _, i := range m.parties[w].addressed {
				m.moved[m.recs[i].node] = struct{}{}
			}
		}
	}
	asked := newGathered()
	for root := range again {
		m.attach(m.graph.find(root), asked)
	}
	for _, n := range m.strays.news {
		m.moved[n] = struct{}{}
	}
	m.strays.news = nil
	moved := make(map[node]struct{})
	for n := range m.moved {
		moved[m.graph.find(n)] = struct{}{}
	}
	for own := range moved {
		if m.hasOut(own) { // of the others, nobody keeps the name
			m.names[m.idOf(own)] = int(m.graph.members[own][0])
		}
		if root := m.home(own); m.hasOut(root) {
			m.changed[m.idOf(root)] = struct{}{}
		}
		again[own] = struct{}{}
	}
	for root := range again {
		m.weighTexts(m.graph.find(root))
	}
	m.touched = make(map[circle]struct{}) // anew, not cleared: after a first reading they are as large as the mailbox
	m.moved = make(map[node]struct{})
}

// in goes over the messages of a component.
func (m *Mailbox) in(root node) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for k, i := range m.graph.members[root] {
			if !yield(k, int(i)) {
				return
			}
		}
	}
}

// Changed gives the threads whose standing may have changed through Add since the last call, and forgets them.
func (m *Mailbox) Changed() []ThreadID {
	m.settle()
	if len(m.changed) == 0 {
		return nil
	}
	ids := make([]ThreadID, 0, len(m.changed))
	for id := range m.changed {
		ids = append(ids, id)
	}
	m.changed = make(map[ThreadID]struct{})
	slices.Sort(ids)
	return ids
}

// Threads gives the ids of all threads with a message of the rep, those whose facts changed since the last call to Changed
// included. Order: oldest silence first.
func (m *Mailbox) Threads() []ThreadID {
	m.settle()
	roots := m.homes()
	ids := make([]ThreadID, len(roots))
	for k, root := range roots {
		ids[k] = m.idOf(root)
	}
	return ids
}

// homes gives the conversations with a message of the rep, in the order of Threads.
func (m *Mailbox) homes() []node {
	last := make(map[node]int) // the rep's newest message, by home
	for i := range m.recs {
		if m.recs[i].dir != Out {
			continue
		}
		root := m.home(m.recs[i].node)
		if j, ok := last[root]; !ok || m.compare(i, j) > 0 {
			last[root] = i
		}
	}
	roots := make([]node, 0, len(last))
	for root := range last {
		roots = append(roots, root)
	}
	slices.SortFunc(roots, func(a, b node) int { return m.compare(last[a], last[b]) })
	return roots
}

// eachOut goes over the rep's messages of a conversation: those whose home it is.
func (m *Mailbox) eachOut(home node, do func(i int)) {
	for _, i := range m.in(home) {
		if m.recs[i].dir == Out {
			do(i)
		}
	}
	for _, stray := range m.strays.onto[home] {
		if a := m.strays.of[stray]; a.alias && m.graph.find(a.to) == home {
			m.eachOut(stray, do)
		}
	}
}

func (m *Mailbox) hasOut(root node) bool {
	return slices.ContainsFunc(m.graph.members[root], func(i int32) bool { return m.recs[i].dir == Out })
}

// idOf gives the name of a conversation: from its oldest message, the rep's where that is known.
func (m *Mailbox) idOf(root node) ThreadID {
	first := -1
	for _, i := range m.in(root) {
		if first < 0 || m.compare(i, first) < 0 {
			first = i
		}
	}
	if first < 0 {
		return ""
	}
	return m.nameBy(first)
}

// resolve finds a conversation by its name, or by a name it had before older messages of it came to light.
func (m *Mailbox) resolve(id ThreadID) (node, bool) {
	i, ok := m.names[id]
	if !ok {
		return 0, false
	}
	return m.home(m.recs[i].node), true
}

// Of gives the thread a message belongs to: its own, or the one it is weakly tied to; "" for an unknown row.
func (m *Mailbox) Of(row int64) ThreadID {
	m.settle()
	i, ok := m.rows[row]
	if !ok {
		return ""
	}
	root := m.graph.find(m.recs[i].node)
	if a, ok := m.strays.of[root]; ok && !m.hasOut(root) {
		root = m.graph.find(a.to)
	}
	return m.idOf(m.home(root))
}

// Wanted gives the rows of messages whose bodies matter and have not been read: those of threads with a prospect, mail of
// anybody the rep wrote to, reports of failed delivery.
func (m *Mailbox) Wanted() []int64 {
	if m.sated {
		return nil
	}
	m.settle()
	prospects := make(map[node]bool)
	var rows []int64
	for i := range m.recs {
		r := &m.recs[i]
		if !r.hasBody && m.wants(i, prospects) {
			rows = append(rows, r.row)
		}
	}
	slices.SortFunc(rows, cmp.Compare[int64])
	m.sated = len(rows) == 0
	return rows
}

func (m *Mailbox) wants(i int, prospects map[node]bool) bool {
	r := &m.recs[i]
	if r.reading.Kind == mail.KindBounce {
		return true
	}
	root := m.home(m.graph.find(r.node))
	has, ok := prospects[root]
	if !ok {
		has = m.hasProspect(root)
		prospects[root] = has
	}
	if has {
		return true
	}
	if r.dir != In || r.reading.Kind == mail.KindBulk {
		return false
	}
	for _, w := range m.authors(i) {
		if len(m.parties[w].addressed) > 0 {
			return true
		}
	}
	if _, tied := m.strays.of[m.graph.find(r.node)]; tied {
		return true
	}
	return false
}

// hasProspect says that the rep wrote to somebody in the conversation who may be chased.
func (m *Mailbox) hasProspect(root node) bool {
	policy := m.policy
	if len(m.followed) > 0 && m.followed[m.idOf(root)] {
		policy = policy.unlisted()
	}
	for _, i := range m.in(root) {
		if m.recs[i].dir != Out {
			continue
		}
		for _, h := range m.recs[i].people {
			if h.field == inTo || h.field == inCc {
				if ok, _ := policy.IsProspect(m.parties[h.who].address); ok {
					return true
				}
			}
		}
	}
	return false
}
