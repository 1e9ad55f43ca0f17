package tracker

import (
	"slices"
	"sort"
)

// Weak links tie what ids cannot: a prospect who answers in a fresh mail, a reply whose headers were lost, an answer to an
// id that a relay rewrote. A conversation that a person began (a stray) is tied to one that the rep had begun with that
// person before, or with somebody of the same company. It is never tied by its subject alone, nor to another
// correspondent's. A weak link says "this may be the answer", which is enough to be silent.

// attachment is to which conversation a stray is tied, and by what.
type attachment struct {
	to  node
	why string
	// alias says that the stray is surely the same conversation under ids that a relay made up: the same person, the same
	// subject, and ids nobody knows, or none. Whatever is later tied to those ids belongs to the conversation.
	alias bool
	// maybe are further open conversations that it may answer as well: nothing told them apart.
	maybe []node
}

// strays keeps the attachments, by the roots of their components.
type strays struct {
	of   map[node]attachment
	onto map[node][]node   // the reverse of attachment.to and maybe
	redo map[node]struct{} // components that changed and must be looked at again
	news []node            // components that won or lost a stray since the last look
}

func newStrays() strays {
	return strays{of: make(map[node]attachment), onto: make(map[node][]node), redo: make(map[node]struct{})}
}

// merged takes note that two components became one.
func (s *strays) merged(g *graph, winner, loser node) {
	s.drop(g, winner)
	s.drop(g, loser)
	if on := s.onto[loser]; len(on) > 0 {
		s.onto[winner] = append(s.onto[winner], on...)
		delete(s.onto, loser)
	}
	for _, stray := range s.onto[winner] {
		s.redo[stray] = struct{}{}
	}
	delete(s.redo, loser)
	s.redo[winner] = struct{}{}
}

// drop forgets what a component was tied to.
func (s *strays) drop(g *graph, stray node) {
	tied := s.tiedTo(stray)
	delete(s.of, stray)
	for _, to := range tied {
		s.news = append(s.news, to)
		for _, root := range []node{to, g.find(to)} {
			s.onto[root] = slices.DeleteFunc(s.onto[root], func(n node) bool { return n == stray })
		}
	}
}

func (s *strays) set(stray node, a attachment) {
	s.of[stray] = a
	for _, to := range s.tiedTo(stray) {
		s.news = append(s.news, to)
		if !slices.Contains(s.onto[to], stray) {
			s.onto[to] = append(s.onto[to], stray)
		}
	}
}

// attach finds out anew what a component is tied to.
func (m *Mailbox) attach(root node, asked *gathered) {
	m.strays.drop(&m.graph, root)
	if a, ok := m.attachment(root, asked); ok {
		m.strays.set(root, a)
	}
}

// tiedTo gives what a component is tied to, surely or maybe.
func (s *strays) tiedTo(stray node) []node {
	a, ok := s.of[stray]
	if !ok {
		return nil
	}
	return append([]node{a.to}, a.maybe...)
}

// opening gives the message by which a person began a conversation with the rep: the first human one, where no mail of
// the rep went before it.
func (m *Mailbox) opening(root node) (first int, ok bool) {
	first = -1
	for _, i := range m.in(root) {
		r := &m.recs[i]
		if r.dir == In && r.human() && !m.fromInside(i) && (first < 0 || m.compare(i, first) < 0) {
			first = i
		}
	}
	if first < 0 {
		return 0, false
	}
	for _, i := range m.in(root) {
		if m.recs[i].dir == Out && m.follows(first, i) {
			return 0, false
		}
	}
	return first, true
}

// candidate is a conversation that the rep had begun with the writer when the stray came.
type candidate struct {
	root    node
	last    int      // the rep's last mail to the writer before the stray
	open    bool     // the rep wrote last
	subject bool     // has the stray's base subject
	lines   []uint32 // the rep's lines that the stray quotes
	quotes  int      // how many of them stand in no other candidate
}

func (m *Mailbox) attachment(root node, asked *gathered) (attachment, bool) {
	first, ok := m.opening(root)
	if !ok {
		return attachment{}, false
	}
	exact := true
	found := m.candidates(first, root, m.authors(first), asked)
	if len(found) == 0 {
		exact = false
		found = m.candidates(first, root, m.colleagues(first, asked), asked)
	}
	if len(found) == 0 {
		return attachment{}, false
	}
	slices.SortFunc(found, func(a, b candidate) int { return m.compare(b.last, a.last) }) // newest first
	best, told := found[0], len(found) == 1
	why := "it is from somebody you wrote to"
	if !exact {
		why = "it is from the company of somebody you wrote to"
	}
	for _, c := range found {
		if c.quotes > best.quotes {
			best = c
		}
	}
	if best.quotes > 0 {
		why, told = why+" and quotes your mail", true
	} else if i := slices.IndexFunc(found, func(c candidate) bool { return c.subject }); i >= 0 {
		best, why, told = found[i], why+", under the same subject", true
	} else if i := slices.IndexFunc(found, func(c candidate) bool { return c.open }); i >= 0 {
		best = found[i]
	}
	a := attachment{to: best.root, why: why, alias: exact && best.subject && m.recs[first].base != 0 && m.idsUnknown(root, first)}
	if !told {
		for _, c := range found {
			if c.open && c.root != best.root {
				a.maybe = append(a.maybe, c.root)
			}
		}
	}
	return a, true
}

// candidates gives the conversations in which the rep had written to any of these addresses when the stray came.
func (m *Mailbox) candidates(stray int, own node, to []who, asked *gathered) []candidate {
	byRoot := make(map[node]candidate)
	for _, w := range to {
		for _, n := range m.parties[w].addressed {
			i := int(n)
			if m.follows(i, stray) {
				continue
			}
			root := m.graph.find(m.recs[i].node)
			if root == own {
				continue
			}
			c, ok := byRoot[root]
			if !ok || m.compare(i, c.last) > 0 {
				c.last = i
			}
			c.root = root
			byRoot[root] = c
		}
	}
	found := make([]candidate, 0, len(byRoot))
	s := &m.recs[stray]
	for _, c := range byRoot {
		in := m.conversation(c.root, asked)
		c.subject = s.base != 0 && in.bases[s.base]
		if len(byRoot) > 1 {
			for _, i := range in.outs {
				c.lines = append(c.lines, shared(m.recs[i].rarely().lines, s.rarely().lines)...)
			}
		}
		next := sort.Search(len(in.answers), func(k int) bool { return m.compare(in.answers[k], c.last) > 0 })
		c.open = next == len(in.answers) || m.compare(in.answers[next], stray) >= 0
		found = append(found, c)
	}
	countQuotes(found)
	return found
}

// gathered is what strays ask, found out once for all that are looked at together: thousands may ask the same conversation.
type gathered struct {
	conversations map[node]*conversation
	written       map[sym][]who // by company: whom the rep ever wrote to
}

func newGathered() *gathered {
	return &gathered{conversations: make(map[node]*conversation), written: make(map[sym][]who)}
}

// conversation is what a stray asks of one.
type conversation struct {
	bases   map[sym]bool // the base subjects in it
	outs    []int        // the rep's messages
	answers []int        // what people from outside wrote, in order
}

func (m *Mailbox) conversation(root node, asked *gathered) *conversation {
	if c, ok := asked.conversations[root]; ok {
		return c
	}
	c := &conversation{bases: make(map[sym]bool)}
	for _, i := range m.in(root) {
		r := &m.recs[i]
		c.bases[r.base] = true
		switch {
		case r.dir == Out:
			c.outs = append(c.outs, i)
		case r.dir == In && r.human() && !m.fromInside(i):
			c.answers = append(c.answers, i)
		}
	}
	slices.SortFunc(c.answers, m.compare)
	asked.conversations[root] = c
	return c
}

// colleagues gives those of the writer's company whom the rep ever wrote to.
func (m *Mailbox) colleagues(i int, asked *gathered) []who {
	var all []who
	for _, w := range m.authors(i) {
		firm := m.parties[w].firm
		if firm == 0 {
			continue
		}
		written, ok := asked.written[firm]
		if !ok {
			for _, w := range m.members(m.circle(w)) {
				if len(m.parties[w].addressed) > 0 {
					written = append(written, w)
				}
			}
			asked.written[firm] = written
		}
		all = append(all, written...)
	}
	return all
}

// countQuotes counts the quoted lines that stand in one conversation alone: what the rep writes to somebody each time tells
// nothing.
func countQuotes(found []candidate) {
	in := make(map[uint32]int)
	for k := range found {
		slices.Sort(found[k].lines)
		found[k].lines = slices.Compact(found[k].lines)
		for _, line := range found[k].lines {
			in[line]++
		}
	}
	for k := range found {
		for _, line := range found[k].lines {
			if in[line] == 1 {
				found[k].quotes++
			}
		}
	}
}

// follows says that message i came after message j. Ids beat the server's times: what answers a message is later.
func (m *Mailbox) follows(i, j int) bool {
	a, b := &m.recs[i], &m.recs[j]
	if b.id != 0 && slices.Contains(a.links, b.id) {
		return true
	}
	if a.id != 0 && slices.Contains(b.links, a.id) {
		return false
	}
	return a.received > b.received
}

// idsUnknown says that nothing the stray's opening mail names was ever seen.
func (m *Mailbox) idsUnknown(root node, first int) bool {
	for _, id := range m.recs[first].links {
		if m.graph.id(id).holder >= 0 {
			return false
		}
	}
	return true
}

// shared gives the lines of a that b has, too.
func shared(a, b []uint32) (both []uint32) {
	for _, x := range a {
		if slices.Contains(b, x) {
			both = append(both, x)
		}
	}
	return both
}

// home gives the component whose conversation a component belongs to. An alias leads back in time, so this ends.
func (m *Mailbox) home(root node) node {
	root = m.graph.find(root)
	for range len(m.strays.of) + 1 {
		a, ok := m.strays.of[root]
		if !ok || !a.alias {
			break
		}
		root = m.graph.find(a.to)
	}
	return root
}

// Weak says by what a message was tied to its thread where its ids did not do it; "" where they did, or where the message
// begins a thread.
func (m *Mailbox) Weak(row int64) string {
	m.settle()
	i, ok := m.rows[row]
	if !ok {
		return ""
	}
	root := m.graph.find(m.recs[i].node)
	if a, ok := m.strays.of[root]; ok && m.beforeOut(i, m.outs(root)) {
		return a.why
	}
	return ""
}
