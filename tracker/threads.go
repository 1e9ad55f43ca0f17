package tracker

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"followupd/mail"
)

// Thread is one conversation.
type Thread struct {
	ID       ThreadID
	Messages []Linked // by Received
}

// Linked is a message of a thread and how it came to belong to it.
type Linked struct {
	*Seen
	Direction Direction
	// Weak says that it was tied by its sender, quoted lines or subject, not by ids: it may be an answer, which is enough
	// to be silent, and Why says what tied it.
	Weak bool
	Why  string
	// Doubtful says that it may as well answer another conversation with the same person: nothing told them apart.
	Doubtful bool
	// Inside says that the rep or a colleague wrote it; List, that it bears the marks of a mailing list, and the list's
	// addresses where it names them.
	Inside bool
	List   bool
	Lists  []mail.Address
}

// Thread gives a conversation, its messages in order of the server's time; nil if unknown. A name that the thread had
// before older messages of it came to light is understood.
func (m *Mailbox) Thread(id ThreadID) *Thread {
	m.settle()
	root, ok := m.resolve(id)
	if !ok {
		return nil
	}
	return m.thread(root)
}

func (m *Mailbox) thread(root node) *Thread {
	found := make(map[int]Linked)
	add := func(i int, l Linked) {
		if have, ok := found[i]; ok && !have.Doubtful {
			return // tied here for sure, and once more by one of the conversation's other ends
		}
		found[i] = l
	}
	var take func(part node)
	take = func(part node) {
		attached, stray := m.strays.of[part]
		outs := m.outs(part)
		for _, i := range m.in(part) {
			var l Linked
			if part != root && stray && m.beforeOut(i, outs) {
				l.Weak, l.Why = true, attached.why
			}
			add(i, l)
		}
		for _, stray := range m.strays.onto[part] {
			a := m.strays.of[stray]
			switch {
			case m.graph.find(a.to) != part:
				m.addOpening(stray, func(i int) { add(i, Linked{Weak: true, Why: a.why, Doubtful: true}) })
			case a.alias:
				take(stray)
			default:
				m.addOpening(stray, func(i int) { add(i, Linked{Weak: true, Why: a.why}) })
			}
		}
	}
	take(root)
	order := slices.SortedFunc(maps.Keys(found), m.compare)
	t := &Thread{ID: m.idOf(root), Messages: make([]Linked, len(order))}
	for k, i := range order {
		r, l := &m.recs[i], found[i]
		l.Seen, l.Direction = m.unpack(r), r.dir
		l.Inside = r.dir != Unknown && m.fromInside(i)
		l.List = r.rarely().listed
		for _, w := range r.rarely().lists {
			l.Lists = append(l.Lists, m.parties[w].address)
		}
		t.Messages[k] = l
	}
	return t
}

// beforeOut says that message i, of an attached stray, came before the rep took it up with one of outs.
func (m *Mailbox) beforeOut(i int, outs []int) bool {
	return m.recs[i].dir == In && !slices.ContainsFunc(outs, func(out int) bool { return m.follows(i, out) })
}

// outs gives the rep's messages in a component.
func (m *Mailbox) outs(root node) (all []int) {
	for _, i := range m.in(root) {
		if m.recs[i].dir == Out {
			all = append(all, i)
		}
	}
	return all
}

// addOpening gives the messages by which a stray began, up to the rep's first in it.
func (m *Mailbox) addOpening(stray node, add func(i int)) {
	outs := m.outs(stray)
	for _, i := range m.in(stray) {
		if m.beforeOut(i, outs) {
			add(i)
		}
	}
}

// notice is one message that says something of a person in every thread: away, gone, opted out, unreachable, or at work.
type notice struct {
	row     int64
	at      time.Time
	reading *mail.Reading
	refused bool // a report that mail to the person failed; else the person's own mail
}

// notices gives what is known of a person beside the thread, in order of time.
func (m *Mailbox) notices(a mail.Address) []notice {
	w, ok := m.byAddr[a]
	if !ok {
		return nil
	}
	p := &m.parties[w]
	var all []notice
	add := func(i int32, refused bool) {
		r := &m.recs[i]
		all = append(all, notice{row: r.row, at: r.at(), reading: r.reading, refused: refused})
	}
	for _, i := range p.authored {
		add(i, false)
	}
	for _, i := range p.failed {
		if m.recs[i].reading.Kind == mail.KindBounce {
			add(i, true)
		}
	}
	sortNotices(all)
	return all
}

func sortNotices(all []notice) {
	slices.SortFunc(all, func(a, b notice) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.row, b.row)) })
}
