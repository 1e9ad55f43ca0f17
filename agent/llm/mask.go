package llm

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"followupd/playbook/prose"
)

var (
	address = expressions.New(`(?i)[^\s<>"'(),;:]+@[^\s<>"'(),;]+|[\p{L}0-9._+-]+ ?[(\[](?:at|ät|@)[)\]] ?[\p{L}0-9.-]+(?: ?[(\[](?:dot|punkt|\.)[)\]] ?\p{L}+)?`)
	// phone finds runs of digits as people write telephone numbers; dates and amounts are told apart by isPhone.
	phone = expressions.New(`\+?[(\[]?\+?\d[\d\s\x{a0}().\[\]/–‑-]{4,28}\d`)
	date  = expressions.New(`^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,3}(?:[. ]\d{3})+)$`)
	// bare finds hosts without a scheme.
	bare = expressions.New(`(?i)\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|eu|info|biz|co|dev|app|ai|de|at|ch|fr|es|nl|se|no|dk|fi|it|pl|be|uk|example)\b(?:/\S*)?`)
	// masked finds the words that stand for what is hidden.
	masked = expressions.New(`^(?:NAME|EMAIL|PHONE|LINK)_?\d*$`)
	stands = expressions.New(`\b(?:NAME|EMAIL|PHONE)_\d+\b`)
	forged = expressions.New(`(?i)\b(NAME|EMAIL|PHONE|LINK)_(\d)`)
)

const (
	linkToken  = "[LINK]"   // the chosen asset's
	otherLinks = "(a link)" // any other: the model has no use for it
)

// isPhone tells a telephone number from a date or an amount.
func isPhone(s string) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 6 && !date.MatchString(strings.TrimSpace(s)) && (digits >= 7 || s[0] == '+' || s[0] == '0' || s[0] == '(')
}

// mask hides who is spoken of, and knows how to put them back. The same words are always hidden by the same token.
type mask struct {
	on     bool
	lang   string
	link   string          // of the chosen asset
	open   map[string]bool // words that may be said: the rep, the prospects, their companies
	common map[string]bool // words that the material writes small: at the beginning of a sentence they name nobody
	people []string        // names known from the headers, the longest first: hidden however they are spelt
	tokens map[string]string
	back   map[string]string
	count  map[string]int
}

func newMask(on bool, lang, link string) *mask {
	return &mask{on: on, lang: lang, link: link, open: map[string]bool{}, common: map[string]bool{}, tokens: map[string]string{}, back: map[string]string{}, count: map[string]int{}}
}

// allow lets the words of a name be said.
func (m *mask) allow(name string) {
	for _, w := range prose.Words(name) {
		m.open[w] = true
	}
	for _, t := range tokens(name) {
		m.open[t.lower] = true
	}
}

// read learns which words a text writes small.
func (m *mask) read(text string) {
	for _, t := range tokens(text) {
		if !t.capital {
			m.common[t.lower] = true
		}
	}
}

// third notes a name from a header that is to be hidden.
func (m *mask) third(name string) {
	for _, t := range tokens(name) {
		if len([]rune(t.text)) > 2 && !m.open[t.lower] && !plain(t.lower) {
			m.people = append(m.people, t.text)
		}
	}
	sort.Slice(m.people, func(i, j int) bool { return len(m.people[i]) > len(m.people[j]) })
}

func (m *mask) token(kind, original string) string {
	key := kind + " " + strings.ToLower(strings.Join(strings.Fields(original), " "))
	if t, ok := m.tokens[key]; ok {
		return t
	}
	m.count[kind]++
	t := fmt.Sprintf("%s_%d", kind, m.count[kind])
	m.tokens[key], m.back[t] = t, original
	return t
}

// hide gives a text as it may leave.
func (m *mask) hide(text string) string {
	text = strings.NewReplacer("[LINK]", "link", "<", "(", ">", ")").Replace(text)
	text = forged.ReplaceAllString(text, "$1 $2") // a stranger's own tokens would be put back as somebody's name
	text = prose.Link.ReplaceAllStringFunc(text, func(l string) string {
		end := l[len(strings.TrimRight(l, ".,;:!?")):]
		if m.link != "" && strings.TrimSuffix(l, end) == m.link {
			return linkToken + end
		}
		return otherLinks + end
	})
	if !m.on {
		return text
	}
	text = address.ReplaceAllStringFunc(text, func(s string) string {
		end := s[len(strings.TrimRight(s, ".!?")):]
		return m.token("EMAIL", strings.TrimSuffix(s, end)) + end
	})
	text = bare.ReplaceAllString(text, otherLinks)
	text = phone.ReplaceAllStringFunc(text, func(s string) string {
		if !isPhone(s) {
			return s
		}
		return m.token("PHONE", s)
	})
	if len(m.people) > 0 {
		var all []string
		for _, p := range m.people {
			all = append(all, regexp.QuoteMeta(p))
		}
		known := regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}_])(` + strings.Join(all, "|") + `)($|[^\p{L}\p{N}_])`)
		for range 2 { // names side by side share the blank between them
			text = known.ReplaceAllStringFunc(text, func(s string) string {
				p := known.FindStringSubmatch(s)
				return p[1] + m.token("NAME", p[2]) + p[3]
			})
		}
	}
	spans := names(text, m.lang, func(lower string, first bool) bool { return m.open[lower] || first && m.common[lower] })
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.from])
		b.WriteString(m.token("NAME", text[s.from:s.to]))
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// show puts back what was hidden, and the link. ok is false where a token remains that stands for nothing.
func (m *mask) show(text string) (out string, ok bool) {
	ok = true
	text = stands.ReplaceAllStringFunc(text, func(t string) string {
		original, known := m.back[t]
		if !known {
			ok = false
			return t
		}
		return original
	})
	if m.link != "" {
		text = strings.ReplaceAll(text, linkToken, m.link)
	}
	return text, ok && !strings.Contains(text, otherLinks) && !strings.Contains(text, linkToken)
}
