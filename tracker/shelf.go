package tracker

import (
	"hash/maphash"
	"math"
	"slices"

	"followupd/mail"
)

// shelf remembers the messages that touch no conversation of the rep's (newsletters, notices, strangers, mail among
// colleagues): of each only the store's row, under keys by which it is found once it matters. In an inbox they are most of
// the mail, and as whole records they were most of the memory.
//
// A message on the shelf matters as soon as it shares a key with one that is not: an id or a conversation index, or, with
// a message of the rep's, its writer among the people addressed or at their company. So what is off the shelf in the end
// is the same for any order of arrival, and the shelf hides nothing that a link could reach. Two keys of one hash bring a
// message down that need not be; that costs its memory and changes nothing.
type shelf struct {
	seeds  [keyKinds]maphash.Seed
	lying  []lying
	sorted int                 // so many of lying are in order
	live   map[uint32]struct{} // keys of what is off the shelf
	fresh  []uint32            // those of them that have not been looked up
}

// lying is a message on the shelf under one of its keys: the key above the row, so that sorting them, which a first reading
// waits for, is sorting numbers.
type lying uint64

func lie(key, row uint32) lying { return lying(key)<<32 | lying(row) }

func (l lying) key() uint32 { return uint32(l >> 32) }
func (l lying) row() int64  { return int64(uint32(l)) }

// keyKind tells what a key is made of.
type keyKind int

const (
	keyID      keyKind = iota
	keyIndex           // Thread-Index
	keyAddress         // of its writer, or of whom the rep wrote to
	keyCompany         // the same, for a company's domain
	keyKinds
)

func newShelf() shelf {
	s := shelf{live: make(map[uint32]struct{})}
	for k := range s.seeds {
		s.seeds[k] = maphash.MakeSeed()
	}
	return s
}

func (s *shelf) key(kind keyKind, text string) uint32 {
	return uint32(maphash.String(s.seeds[kind], text) >> 32)
}

// keys gives the keys under which a message is found.
func (s *shelf) keys(m *Seen) []uint32 {
	msg := &m.Message
	keys := make([]uint32, 0, 8)
	add := func(kind keyKind, text string) {
		if text == "" {
			return
		}
		if k := s.key(kind, text); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	add(keyID, string(msg.ID))
	add(keyIndex, msg.ThreadIndex)
	for _, ids := range [][]mail.MessageID{msg.InReplyTo, msg.References} {
		for _, id := range ids {
			add(keyID, string(id))
		}
	}
	for _, people := range [][]mail.Person{msg.From, msg.Sender, msg.ReplyTo} {
		for _, p := range people {
			add(keyAddress, string(p.Address))
			add(keyCompany, Company(p.Address))
		}
	}
	return keys
}

// put lays a message on the shelf.
func (s *shelf) put(row int64, keys []uint32) {
	for _, k := range keys {
		s.lying = append(s.lying, lie(k, uint32(row)))
	}
}

// wake notes that a key belongs to a message that matters.
func (s *shelf) wake(kind keyKind, text string) {
	if text == "" {
		return
	}
	k := s.key(kind, text)
	if _, ok := s.live[k]; !ok {
		s.live[k] = struct{}{}
		s.fresh = append(s.fresh, k)
	}
}

func (s *shelf) isLive(k uint32) bool { _, ok := s.live[k]; return ok }

// loose is how much may lie on the shelf out of order: putting in order costs what looking through so many costs.
const loose = 4096

// called gives the rows under the keys that woke since the last call.
func (s *shelf) called() (rows []int64) {
	if len(s.fresh) == 0 {
		return nil
	}
	if len(s.lying)-s.sorted > loose {
		slices.Sort(s.lying)
		s.lying = slices.Compact(s.lying)
		s.sorted = len(s.lying)
	}
	inOrder, rest := s.lying[:s.sorted], s.lying[s.sorted:]
	for _, k := range s.fresh {
		at, _ := slices.BinarySearch(inOrder, lie(k, 0))
		for ; at < len(inOrder) && inOrder[at].key() == k; at++ {
			rows = append(rows, inOrder[at].row())
		}
	}
	if len(rest) > 0 {
		slices.Sort(s.fresh)
		for _, l := range rest {
			if _, ok := slices.BinarySearch(s.fresh, l.key()); ok {
				rows = append(rows, l.row())
			}
		}
	}
	s.fresh = nil
	slices.Sort(rows)
	return slices.Compact(rows)
}

// Shelve lays a message on the shelf if it touches no conversation of the rep's, as far as is known now; false: it is to be
// judged and added. Called has to be asked when all have come.
func (m *Mailbox) Shelve(s Seen) bool {
	if _, known := m.rows[s.Row]; known || m.mustKeep(&s) {
		return false
	}
	keys := m.shelf.keys(&s)
	if slices.ContainsFunc(keys, m.shelf.isLive) {
		return false
	}
	m.shelf.put(s.Row, keys)
	return true
}

// Called gives the rows of messages on the shelf that matter by now, and of those whose texts do. They are to be taken in with
// Add, and then it is to be asked again, until there are none.
func (m *Mailbox) Called() []int64 {
	if m.bare > 0 {
		m.settle()
	}
	rows := slices.DeleteFunc(m.shelf.called(), func(row int64) bool {
		_, known := m.rows[row]
		return known
	})
	rows = append(rows, m.texts...)
	m.texts = nil
	slices.Sort(rows)
	return slices.Compact(rows)
}

// weighTexts lays the texts of a conversation aside where nobody may look at it: what a person newly wrote is shown, and
// searched for what the talk is about, where the rep takes part or the conversation is tied to one of the rep's. Where the
// rep takes part by now, texts that were laid aside are called for.
func (m *Mailbox) weighTexts(root node) {
	_, tied := m.strays.of[root]
	wanted := tied || m.hasOut(m.home(root))
	for _, i := range m.in(root) {
		switch r := &m.recs[i]; {
		case wanted && r.aside:
			m.texts = append(m.texts, r.row)
		case !wanted && r.text != "":
			r.text, r.aside = "", true
			m.bare++
		}
	}
}

// mustKeep says that a message is never laid aside: the rep's own (by any policy), what may report a failed delivery, a draft
// of ours, what mattered once so that its body was read, and what has no id, so that its copies are known by other things.
func (m *Mailbox) mustKeep(s *Seen) bool {
	return s.Row > math.MaxUint32 || s.Message.ID == "" || s.Message.DraftKey != "" ||
		s.HasBody || s.Outdated || mail.MayReport(s.Message) ||
		slices.ContainsFunc(s.Folders, func(f mail.Folder) bool { return f.Role == mail.RoleSent || f.Role == mail.RoleDrafts }) ||
		m.policy.Direction(*s) == Out
}

// wake calls for what message i can be tied to.
func (m *Mailbox) wake(i int) {
	r := &m.recs[i]
	m.shelf.wake(keyID, m.syms.text[r.id])
	m.shelf.wake(keyIndex, m.syms.text[r.index])
	m.shelf.wake(keyID, m.syms.text[r.rarely().original])
	for _, id := range r.links {
		m.shelf.wake(keyID, m.syms.text[id])
	}
	if r.dir != Out {
		return
	}
	for _, h := range r.people {
		if p := &m.parties[h.who]; h.field >= inTo && !p.inside {
			m.shelf.wake(keyAddress, string(p.address))
			m.shelf.wake(keyCompany, m.syms.text[p.firm])
		}
	}
}
