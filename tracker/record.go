package tracker

import (
	"hash/maphash"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"followupd/mail"
)

// Bounds on what is kept of a message in memory, whatever a stranger writes into it.
const (
	keptText   = 1 << 10 // bytes of Reading.NewText; the whole text is in the store
	keptLinks  = 100     // ids of In-Reply-To and References together: the first, and the last ones
	keptPeople = 200     // addresses of one message
	keptQuotes = 16      // fingerprints of quoted or written lines
)

// record is a Seen as it is kept in memory: what repeats from message to message (ids, addresses, names, folders, readings
// of machines) is kept once and named by number. Message.Signs and Message.Content are not kept.
type record struct {
	row      int64
	received int64 // microseconds since 1970
	date     int64 // seconds since 1970; noDate for none
	dateZone int32 // seconds east of UTC
	subject  string
	base     sym // key of the base subject
	id       sym
	index    sym // Thread-Index root
	key      sym // DraftKey
	node     node
	links    []sym // In-Reply-To, then References from the oldest
	people   []hop
	text     string        // Reading.NewText, cut to keptText; see aside
	why      sym           // Reading.Reasons, one a line
	reading  *mail.Reading // the rest of it, shared by all that say the same
	rare     *rare         // nil for most
	folders  uint16        // into Mailbox.folders
	answers  uint8         // how many of links are In-Reply-To
	hasBody  bool
	aside    bool // it has a text, and nobody may look at the conversation: the text is in the store
	reply    bool // the subject bears a prefix such as "Re:"
	dir      Direction
}

// rare is what only few messages have.
type rare struct {
	original sym      // Reading.Original
	failed   []who    // Reading.Failed
	listed   bool     // bears List-Id or List-Post
	lists    []who    // the addresses in List-Post
	lines    []uint32 // fingerprints: of an outbound message's own lines, of an inbound one's quoted lines
}

// rarely gives the rare facts of a message.
func (r *record) rarely() rare {
	if r.rare == nil {
		return rare{}
	}
	return *r.rare
}

const noDate = -1 << 62

// sym names a string of the Mailbox's symbol table; 0 is the empty string.
type sym uint32

// who names an address of the Mailbox's table of parties.
type who uint32

// hop is one address on a message and the field it stands in.
type hop struct {
	field field
	who   who
	name  sym
}

type field uint8

const (
	inFrom field = iota
	inSender
	inReplyTo
	inTo
	inCc
	inBcc
)

// symbols keeps each string once.
type symbols struct {
	seed  maphash.Seed
	slots []sym // by hash, the next free one where that is taken; 0: free. A map of strings takes five times as much.
	text  []string
	block *strings.Builder // what keep fills
}

func newSymbols() symbols {
	return symbols{seed: maphash.MakeSeed(), slots: make([]sym, 16), text: []string{""}, block: new(strings.Builder)}
}

func (s *symbols) get(text string) sym {
	if text == "" {
		return 0
	}
	at := s.slot(text)
	if n := s.slots[at]; n != 0 {
		return n
	}
	n := sym(len(s.text))
	s.text = append(s.text, s.keep(text))
	s.slots[at] = n
	if 4*len(s.text) > 3*len(s.slots) {
		s.slots = make([]sym, 2*len(s.slots))
		for n, text := range s.text[1:] {
			s.slots[s.slot(text)] = sym(n + 1)
		}
	}
	return n
}

// find gives the number of a string that was kept before.
func (s *symbols) find(text string) (sym, bool) {
	if text == "" {
		return 0, false
	}
	n := s.slots[s.slot(text)]
	return n, n != 0
}

// slot gives where a string is, or belongs.
func (s *symbols) slot(text string) int {
	last := len(s.slots) - 1 // their number is a power of two
	at := int(maphash.String(s.seed, text)) & last
	for s.slots[at] != 0 && s.text[s.slots[at]] != text {
		at = (at + 1) & last
	}
	return at
}

// firstBlock and textBlock are how many bytes of text lie together at first and at most; each block is twice the one before.
const (
	firstBlock = 1 << 10
	textBlock  = 64 << 10
)

// keep copies a text, which may be a slice of a whole header, to where others lie. Strings on their own, allocated between
// headers that soon go, would leave the heap full of holes: at 20,000 messages 11 MB of 36.
func (s *symbols) keep(text string) string {
	if len(text) > textBlock/8 {
		return strings.Clone(text)
	}
	if s.block.Cap()-s.block.Len() < len(text) {
		size := min(max(firstBlock, 2*s.block.Cap(), len(text)), textBlock)
		s.block = new(strings.Builder)
		s.block.Grow(size)
	}
	from := s.block.Len()
	s.block.WriteString(text) // within what was grown, so earlier texts stay where they are
	return s.block.String()[from:]
}

func (r *record) at() time.Time { return time.UnixMicro(r.received).UTC() }

// human says that a person made the message, or, as a calendar's answer is, clicked it. What nobody judged yet may be one.
func (r *record) human() bool { return human(r.reading) }

func human(r *mail.Reading) bool {
	return r.Kind == mail.KindHuman || r.Kind == mail.KindCalendar || r.Kind == ""
}

// pack makes the record of a message.
func (m *Mailbox) pack(s *Seen) record {
	msg := &s.Message
	r := record{
		row:      s.Row,
		received: s.Received.UnixMicro(),
		date:     noDate,
		subject:  m.syms.keep(msg.Subject),
		base:     m.syms.get(subjectKey(mail.BaseSubject(msg.Subject))),
		id:       m.syms.get(string(msg.ID)),
		index:    m.syms.get(msg.ThreadIndex),
		key:      m.syms.get(msg.DraftKey),
		folders:  uint16(m.folderSet(s.Folders)),
		hasBody:  s.HasBody,
		dir:      m.policy.Direction(*s),
	}
	if !msg.Date.IsZero() {
		_, east := msg.Date.Zone()
		r.date, r.dateZone = msg.Date.Unix(), int32(east)
	}
	for _, id := range msg.InReplyTo {
		if id != "" && id != msg.ID && len(r.links) < keptLinks/2 {
			r.links = append(r.links, m.syms.get(string(id)))
		}
	}
	r.answers = uint8(len(r.links))
	r.reply = isReply(msg.Subject)
	refs := msg.References
	if over := len(refs) + len(r.links) - keptLinks; over > 0 {
		refs = append([]mail.MessageID{refs[0]}, refs[over+1:]...)
	}
	for _, id := range refs {
		if id != "" && id != msg.ID {
			r.links = append(r.links, m.syms.get(string(id)))
		}
	}
	r.links = slices.Clip(r.links)
	for _, f := range []struct {
		field  field
		people []mail.Person
	}{{inFrom, msg.From}, {inSender, msg.Sender}, {inReplyTo, msg.ReplyTo}, {inTo, msg.To}, {inCc, msg.Cc}, {inBcc, msg.Bcc}} {
		for _, p := range f.people {
			if p.Address != "" && len(r.people) < keptPeople {
				r.people = append(r.people, hop{f.field, m.who(p.Address), m.syms.get(p.Name)})
			}
		}
	}
	r.people = slices.Clip(r.people)
	few := rare{original: m.syms.get(string(s.Reading.Original))}
	for _, a := range s.Reading.Failed {
		if a != "" && len(few.failed) < keptPeople {
			few.failed = append(few.failed, m.who(a))
		}
	}
	m.keepReading(&r, s.Reading)
	m.packList(&few, &r, msg)
	switch {
	case r.dir == Out:
		few.lines = writtenLines(s.Reading.NewText)
	case msg.Content != nil:
		few.lines = quotedLines(msg.Content.Text, s.Reading.NewText)
	}
	if few.original != 0 || few.failed != nil || few.listed || few.lines != nil {
		r.rare = &few
	}
	return r
}

// subjectKey makes subjects comparable: without case and white space, for clients lose spaces where they fold a subject
// ("fileops workand what": 13 of 30 changed subjects in a list of 7,145 mails).
func subjectKey(base string) string {
	return strings.ToLower(strings.Join(strings.Fields(base), ""))
}

// isReply says that a subject calls itself the answer to something: "Re: …", "New topic (was: Old topic)". A list's tag
// counts as well: whoever writes under it without a new subject of their own answers.
func isReply(subject string) bool {
	return mail.SaysReply(subject) || subjectKey(subject) != subjectKey(mail.BaseSubject(subject))
}

// packList notes the marks of a mailing list. A list whose posts come from its own domain is a company's shared mailbox
// (purchasing@ as a group): its people answer from it, and it is no list.
func (m *Mailbox) packList(few *rare, r *record, msg *mail.Message) {
	var firm string
	if len(msg.From) > 0 {
		firm = Company(msg.From[0].Address)
	}
	add := func(a mail.Address) {
		if len(few.lists) < 4 && (firm == "" || Company(a) != firm) {
			few.lists = append(few.lists, m.who(a))
		}
	}
	for _, post := range msg.Signs["List-Post"] {
		few.listed = true
		if _, rest, ok := strings.Cut(strings.ToLower(post), "mailto:"); ok {
			if end := strings.IndexAny(rest, ">?, "); end >= 0 {
				rest = rest[:end]
			}
			if strings.Contains(rest, "@") {
				add(mail.Address(rest))
			}
		}
	}
	for _, id := range msg.Signs["List-Id"] { // RFC 2919: usually the address with a dot for the @
		few.listed = true
		for _, h := range r.people {
			a := m.parties[h.who].address
			if h.field >= inTo && strings.Contains(strings.ToLower(id), "<"+strings.Replace(string(a), "@", ".", 1)+">") {
				add(a)
			}
		}
	}
}

// unpack gives the message back.
func (m *Mailbox) unpack(r *record) *Seen {
	reading := *r.reading
	reading.NewText = r.text
	if r.why != 0 {
		reading.Reasons = strings.Split(m.syms.text[r.why], "\n")
	}
	s := &Seen{
		Row: r.row, Received: r.at(), HasBody: r.hasBody, Folders: m.folders[r.folders], Reading: reading,
		Message: mail.Message{
			ID: mail.MessageID(m.syms.text[r.id]), Subject: r.subject, ThreadIndex: m.syms.text[r.index], DraftKey: m.syms.text[r.key],
		},
	}
	msg := &s.Message
	if r.date != noDate {
		msg.Date = time.Unix(r.date, 0).In(time.FixedZone("", int(r.dateZone)))
	}
	for i, l := range r.links {
		id := mail.MessageID(m.syms.text[l])
		if i < int(r.answers) {
			msg.InReplyTo = append(msg.InReplyTo, id)
		} else {
			msg.References = append(msg.References, id)
		}
	}
	lists := map[field]*[]mail.Person{inFrom: &msg.From, inSender: &msg.Sender, inReplyTo: &msg.ReplyTo, inTo: &msg.To, inCc: &msg.Cc, inBcc: &msg.Bcc}
	for _, h := range r.people {
		l := lists[h.field]
		*l = append(*l, mail.Person{Name: m.syms.text[h.name], Address: m.parties[h.who].address})
	}
	return s
}

// plainReading is what makes most readings equal, but for text and reasons.
type plainReading struct {
	kind     mail.Kind
	sub      mail.Sub
	intent   mail.Intent
	language string
	asks     bool
	quoted   bool
}

// keepReading keeps a message's reading, cut to its bounds.
func (m *Mailbox) keepReading(in *record, r mail.Reading) {
	switch {
	case in.dir == Out: // what the rep wrote is always wanted
	case r.Kind == mail.KindBulk, r.Kind == mail.KindSystem, r.Kind == mail.KindBounce, r.Kind == mail.KindReceipt:
		r.NewText, r.Attachments = "", nil // nobody quotes a machine
	}
	if len(r.NewText) > keptText {
		cut := keptText
		for cut > 0 && !utf8.RuneStart(r.NewText[cut]) {
			cut--
		}
		r.NewText = r.NewText[:cut]
	}
	if len(r.Failed) > keptPeople {
		r.Failed = r.Failed[:keptPeople]
	}
	in.text, in.why = strings.Clone(r.NewText), m.syms.get(strings.Join(r.Reasons, "\n"))
	r.NewText, r.Reasons = "", nil
	in.reading = &r
	if len(r.Attachments) > 0 || len(r.Failed) > 0 || r.Original != "" || r.Successor != nil || !r.Until.IsZero() {
		return
	}
	key := plainReading{r.Kind, r.Sub, r.Intent, r.Language, r.Asks, r.Quoted}
	if have := m.readings[key]; have != nil {
		in.reading = have
		return
	}
	m.readings[key] = in.reading
}

// folderSet keeps each set of folders once.
func (m *Mailbox) folderSet(folders []mail.Folder) int {
	for i, have := range m.folders {
		if slices.Equal(have, folders) {
			return i
		}
	}
	m.folders = append(m.folders, slices.Clone(folders))
	return len(m.folders) - 1
}
