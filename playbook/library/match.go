package library

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"followupd/playbook/prose"
)

// Library is a set of assets that can be searched. It is immutable.
type Library struct {
	assets []Asset
	docs   []document
	seen   map[string]int // in how many assets a term stands
	mean   float64        // mean length of title and text, in terms
}

// document is an asset as the search sees it.
type document struct {
	fits  [][]string // the terms of each phrase of Fits, in its order
	words map[string]float64
	len   float64
}

// Weights of the fields: what the rep says an asset fits counts most, its title as much as a mail's words do, its text less.
const (
	weighFits  = 2.5
	weighTitle = 1.0
	weighText  = 0.5
)

// New makes assets searchable.
func New(assets []Asset) *Library {
	l := &Library{assets: assets, docs: make([]document, len(assets)), seen: map[string]int{}}
	for i, a := range assets {
		d := document{words: map[string]float64{}}
		for _, t := range prose.Terms(a.Title) {
			d.words[t] += weighTitle
		}
		for _, t := range prose.Terms(a.Text) {
			d.words[t] += weighText
		}
		for _, w := range d.words {
			d.len += w
		}
		terms := map[string]bool{}
		for t := range d.words {
			terms[t] = true
		}
		for _, f := range a.Fits {
			phrase := prose.Terms(f)
			d.fits = append(d.fits, phrase)
			for _, t := range phrase {
				terms[t] = true
			}
		}
		for t := range terms {
			l.seen[t]++
		}
		l.mean += d.len / float64(len(assets))
		l.docs[i] = d
	}
	return l
}

// Assets gives all of them in order of file name. The slice is the caller's.
func (l *Library) Assets() []Asset { return slices.Clone(l.assets) }

// Len says how many there are.
func (l *Library) Len() int { return len(l.assets) }

// Query is what an asset should fit.
type Query struct {
	Prospects []string // what they newly wrote
	Rep       []string // what the rep newly wrote, the subject too
	Notes     []string // what the rep knows of them
	Language  string   // of the mail to be written; "" any
	Now       time.Time
	Leave     func(Asset) bool // assets that are out of the question (given before); nil: none
}

// Match is an asset that fits, how well, and the words that say so.
type Match struct {
	Asset Asset
	Score float64
	Words []string // the phrases of Fits that were found, best first
	Both  bool     // they and the rep used one of these words, not the rep alone
}

// most bounds the terms of a query: what stands after them in a long thread is older and matters less.
const most = 3000

// StayInView gives the assets that are for nurture, in order of file name.
func (l *Library) StayInView(q Query) []Asset {
	var out []Asset
	for _, a := range l.assets {
		if a.Use == ForNurture && a.speaks(q.Language) && !a.Expired(q.Now) && (q.Leave == nil || !q.Leave(a)) {
			out = append(out, a)
		}
	}
	return out
}

// Search gives the assets that fit, best first. The ranking is BM25 (Robertson and Zaragoza, 2009) over the new text of
// the thread; the floor keeps a single stray word from tying an asset to it: two phrases of Fits must be found, or
// one and another word of title or text. Something personal must be grounded in what they wrote or in a note.
func (l *Library) Search(q Query) []Match {
	theirs := weigh(nil, q.Prospects, 1.5)
	theirs = weigh(theirs, q.Notes, 2)
	both := weigh(maps.Clone(theirs), q.Rep, 1)
	compounds := q.Language == "" || q.Language == "de" || q.Language == "nl" || q.Language == "sv"
	var rep map[string]float64
	var out []Match
	for i, a := range l.assets {
		if a.Use != "" || !a.speaks(q.Language) || a.Expired(q.Now) {
			continue
		}
		words := both
		if a.Kind == "personal" {
			words = theirs
		}
		m, fits := l.score(l.docs[i], a, words, compounds)
		if !fits || q.Leave != nil && q.Leave(a) {
			continue
		}
		if rep == nil {
			rep = weigh(nil, q.Rep, 1)
		}
		for _, w := range m.Words {
			if phrase := prose.Terms(w); found(phrase, theirs, compounds) > 0 && found(phrase, rep, compounds) > 0 {
				m.Both = true
			}
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// ofItself are the terms in which an asset speaks of itself: that somebody wrote of "paper planes" does not tie them to
// a paper.
var ofItself = prose.TermSet(`paper article study guide leaflet webinar event case figures plan plans step steps page pages list example client customer
	company firm year quarter costs money Leitfaden Artikel Beispiel Kunde Firma guide article exemple client entreprise guía artículo ejemplo cliente empresa
	gids artikel voorbeeld klant bedrijf guide artikel exempel kund företag`)

func (l *Library) score(d document, a Asset, query map[string]float64, compounds bool) (Match, bool) {
	const k1, b = 1.2, 0.6
	m := Match{Asset: a}
	used := map[string]bool{}
	type hit struct {
		words string
		score float64
	}
	var hits []hit
	n := 0
	for j, phrase := range d.fits {
		if len(phrase) == 0 {
			continue
		}
		n++
		w := found(phrase, query, compounds)
		if w == 0 {
			continue
		}
		rarest := 0.0
		for _, t := range phrase {
			used[t] = true
			rarest = max(rarest, l.rarity(t))
		}
		s := weighFits * w * rarest
		hits = append(hits, hit{a.Fits[j], s})
		m.Score += s
	}
	others := 0
	for _, t := range slices.Sorted(maps.Keys(d.words)) {
		w := query[t]
		if w == 0 {
			continue
		}
		tf := d.words[t]
		m.Score += w * l.rarity(t) * tf * (k1 + 1) / (tf + k1*(1-b+b*d.len/max(l.mean, 1)))
		if !used[t] && !ofItself[t] {
			others++
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	for _, h := range hits {
		m.Words = append(m.Words, h.words)
	}
	return m, len(hits) >= 2 || len(hits) == 1 && (others >= 1 || n == 1 && len(strings.Fields(hits[0].words)) > 1)
}

// found gives the weight with which a phrase stands in a query: that of its weakest word, 0 where one is missing. A
// long word meets a compound that begins or ends with it, as German, Dutch and Swedish build them (Fracht,
// Frachtrechnung), at a little less.
func found(phrase []string, query map[string]float64, compounds bool) float64 {
	weakest := math.Inf(1)
	for _, t := range phrase {
		w := query[t]
		if w == 0 && compounds && utf8.RuneCountInString(t) >= 5 {
			for q, v := range query {
				if len(q) >= len(t)+3 && (strings.HasPrefix(q, t) || strings.HasSuffix(q, t)) {
					w = max(w, 0.7*v)
				}
			}
		}
		weakest = min(weakest, w)
	}
	if math.IsInf(weakest, 1) {
		return 0
	}
	return weakest
}

// rarity is the inverse document frequency of a term. Ten silent assets are added, so that a library of two ranks sanely.
func (l *Library) rarity(t string) float64 {
	n, df := float64(len(l.docs)+10), float64(l.seen[t])
	return math.Log(1 + (n-df+0.5)/(df+0.5))
}

// weigh adds the terms of texts to a query: the first mention counts whole, further ones ever less.
func weigh(query map[string]float64, texts []string, weight float64) map[string]float64 {
	if query == nil {
		query = map[string]float64{}
	}
	count := map[string]int{}
	n := 0
	for _, text := range texts {
		for _, t := range prose.Terms(text) {
			if n++; n > most {
				break
			}
			count[t]++
		}
	}
	for t, c := range count {
		query[t] += weight * (1 + math.Log(float64(c)))
	}
	return query
}
