package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// rep is whose mailbox the made-up one is. Everybody in it lives under .example (RFC 2606).
const rep = "anna@acme.example"

// salesBox is a rep's mailbox: 300 prospects in 200 companies, several threads each, answered by the person, by colleagues and
// assistants, and from other addresses of the person. thread says which conversation each message belongs to; far, which answers come
// from an address that nothing but ids ties to the prospect.
type salesBox struct {
	all    []source
	thread groups
	far    []bool
	random *rand.Rand
	now    time.Time
}

type prospect struct{ name, address, private, colleague, assistant string }

var (
	givenNames = strings.Fields("Ines Malik Joy Max Lena Otto Ruth Noa Igor Paul Luc Mia Sara Tom Bo Cy Ada Finn Greta Hugo Ida Jon Kaja Leo Nils")
	surnames   = strings.Fields("Roux Lind Brenner Cohen Baran Petit Babic Mensah Reyes Holm Vega Kurz Novak Silva Moreau Weber Costa Berg Falk Dahl")
	topics     = strings.Fields("lanes tolls depots drivers pallets invoices customs ferries reefers trailers fuel tyres returns audits routes slots")
	places     = strings.Fields("Lyon Gdansk Porto Malmo Graz Bari Turku Ghent Brno Cork Riga Split Vigo Basel Leeds Kiel")
)

func makeSalesBox(seed uint64) *salesBox {
	b := &salesBox{random: rand.New(rand.NewPCG(seed, 7)), now: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
	for n := range 300 {
		firm := fmt.Sprintf("firm%d.example", n%200)
		given, family := b.pick(givenNames), b.pick(surnames)
		p := prospect{
			name:      given + " " + family,
			address:   fmt.Sprintf("%s.%s%d@%s", strings.ToLower(given), strings.ToLower(family), n, firm),
			private:   fmt.Sprintf("%s%d@private%d.example", strings.ToLower(given), n, n),
			colleague: fmt.Sprintf("%s%d@%s", strings.ToLower(b.pick(givenNames)), n, firm),
			assistant: fmt.Sprintf("office%d@%s", n, firm),
		}
		start := b.now.Add(time.Duration(b.random.IntN(60*24)) * time.Hour)
		for k := range 1 + b.random.IntN(4) {
			b.conversation(p, fmt.Sprintf("%d.%d", n, k), start)
			start = start.Add(time.Duration(2+b.random.IntN(30*24)) * time.Hour)
		}
	}
	return b
}

func (b *salesBox) pick(from []string) string { return from[b.random.IntN(len(from))] }

// conversation writes a thread of one to three rounds, each a mail of the rep's and, mostly, an answer.
func (b *salesBox) conversation(p prospect, name string, at time.Time) {
	subject := fmt.Sprintf("%s in %s", b.pick(topics), b.pick(places))
	var chain []string
	last := ""
	for round := range 1 + b.random.IntN(3) {
		text := fmt.Sprintf("Hello %s,\n\nsince we spoke I worked through the figures for %s in %s.\nRound %d of case %s shows what ten trucks would save a month.\n\nWould that be worth a short call?\n",
			strings.Fields(p.name)[0], b.pick(topics), b.pick(places), round+1, name)
		b.add(name, "Anna Berg <"+rep+">", p.name+" <"+p.address+">", subject, text+"\nAnna Berg\nAcme Freight AB\n", at, &chain, false)
		last = text
		if b.random.IntN(5) == 0 {
			at = at.Add(time.Duration(96+b.random.IntN(96)) * time.Hour)
			continue
		}
		at = at.Add(time.Duration(2+b.random.IntN(72)) * time.Hour)
		from, far := p.name+" <"+p.address+">", false
		switch n := b.random.IntN(100); {
		case n < 8:
			from = p.colleague
		case n < 13:
			from = p.assistant
		case n < 16:
			from, far = p.name+" <"+p.private+">", true
		}
		b.add(name, from, "Anna Berg <"+rep+">", "Re: "+subject, b.answer(name, round, last), at, &chain, far)
		at = at.Add(time.Duration(24+b.random.IntN(96)) * time.Hour)
	}
}

// answer writes what comes back, with the rep's mail quoted as one client or another does it, or not at all.
func (b *salesBox) answer(name string, round int, quoted string) string {
	text := fmt.Sprintf("Hi Anna,\n\n%s, and please look at the %s, too.\n", b.pick([]string{"the numbers look fine", "we would start in May", "send the offer to our office", "I have to ask our planner first"}), b.pick(topics))
	switch b.random.IntN(10) {
	case 0, 1, 2:
		return text
	case 3, 4:
		return text + "\n-----Original Message-----\nFrom: Anna Berg <" + rep + ">\nSent: Monday\nSubject: " + name + "\n\n" + quoted
	}
	return text + "\nOn Mon, 5 Jan 2026 at 10:00, Anna Berg <" + rep + "> wrote:\n\n> " + strings.ReplaceAll(strings.TrimRight(quoted, "\n"), "\n", "\n> ") + "\n"
}

func (b *salesBox) add(thread, from, to, subject, text string, at time.Time, chain *[]string, far bool) {
	id := fmt.Sprintf("<%s.%d@mail.example>", thread, len(*chain))
	s := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: %s\n", from, to, subject, at.Format(time.RFC1123Z), id)
	if n := len(*chain); n > 0 {
		s += "In-Reply-To: " + (*chain)[n-1] + "\nReferences: " + strings.Join(*chain, " ") + "\n"
	}
	*chain = append(*chain, id)
	b.all = append(b.all, source(s+"Content-Type: text/plain; charset=utf-8\n\n"+text))
	b.thread = append(b.thread, thread)
	b.far = append(b.far, far)
}

// salesDamages are what a sales mailbox sees besides: a relay that gives the rep's mails other ids, so that answers name what
// was never seen here, and Outlook without ids.
var salesDamages = append(damages[:len(damages):len(damages)],
	damage{"ids rewritten by a relay", func(all []source, i, parent, n int) {
		mark := func(id string) string {
			return fmt.Sprintf("<0100%06d-%s-000000@relay.example>", n, strings.Map(alphanumeric, id))
		}
		var refs []string
		for _, id := range ids(all[i].get("references")) {
			refs = append(refs, mark(id))
		}
		all[i] = all[i].without("in-reply-to", "references").put("References", strings.Join(refs, " ")).put("In-Reply-To", refs[len(refs)-1])
	}},
	damage{"Thread-Index only", func(all []source, i, parent, n int) {
		root := fmt.Sprintf("\x01\xd9%020d", n)
		all[parent] = all[parent].put("Thread-Index", base64.StdEncoding.EncodeToString([]byte(root)))
		all[i] = all[i].without("in-reply-to", "references").put("Thread-Index", base64.StdEncoding.EncodeToString([]byte(root+"12345")))
	}},
)

func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// aliasBox is a mailbox behind a relay that rewrites ids: to each mail of the rep's two answers come under an id never seen, the first
// from the person, the second from another address under another subject. Only what the first one teaches tells where the
// second belongs.
func aliasBox(n int) (b *salesBox, second []int) {
	b = &salesBox{random: rand.New(rand.NewPCG(1, 9)), now: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
	for k := range n {
		name := fmt.Sprintf("a%d", k)
		at := b.now.Add(time.Duration(k) * time.Hour)
		subject := fmt.Sprintf("%s in %s", b.pick(topics), b.pick(places))
		them := fmt.Sprintf("person%d@firm%d.example", k, k)
		var sent []string
		b.add(name, rep, them, subject, "Hello,\n\nshall I send the figures for "+b.pick(places)+"?\n\nAnna\n", at, &sent, false)
		alias := []string{fmt.Sprintf("<0100%06d-000000@relay.example>", k)}
		b.add(name, them, rep, "Re: "+subject, "Please do, my colleague will write to you.\n", at.Add(5*time.Hour), &alias, false)
		alias = alias[:1]
		alias = append(alias, fmt.Sprintf("<%s.1@mail.example>", name))[:1]
		second = append(second, len(b.all))
		from := fmt.Sprintf("desk%d@elsewhere%d.example", k, k)
		s := fmt.Sprintf("From: %s\nTo: %s\nSubject: The figures (%d)\nDate: %s\nMessage-ID: <%s.2@mail.example>\nIn-Reply-To: %s\n\nPlease send them to me.\n", from, rep, k, at.Add(9*time.Hour).Format(time.RFC1123Z), name, alias[0])
		b.all, b.thread, b.far = append(b.all, source(s)), append(b.thread, name), append(b.far, true)
	}
	return b, second
}
