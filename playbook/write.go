package playbook

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"followupd/playbook/gist"
	"followupd/playbook/library"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// fields are what a text may name. Which of them a thread fills differs: a wording that needs an empty one is not used.
var fields = []string{
	"On",           // the day of the mail that is recalled: "8 November"
	"Topic",        // what it was about, after "about": "the demurrage in Apapa"
	"Question",     // the rep's question, whole
	"Asked",        // English: "asked which carriers you use", "offered to send you the tariff"
	"Claim",        // English: "the night ferry has thirty sockets"
	"AskedOfClaim", // English: what was asked, where it makes sense only after Claim or You
	"You",          // English: "you mentioned a backlog"
	"Event",        // English: "the Black Sea Logistics Conference"
	"Answered",     // the day they last answered
	"YesNo",        // there, where the question can be answered with yes or no
	"Named",        // there, where Topic is the subject in quotation marks
	"Stranger",     // there, where nobody has ever answered and the rep wrote first
	"Again",        // there, where this is not the first follow-up of the silence
	"AssetText", "AssetTitle", "AssetURL",
	"Day",      // a working day in a few days: "Thursday 26 November"
	"OtherDay", // the working day after it
	"By",       // the next working day but one, for what the rep will send
	"Meeting",  // the day of the meeting that was held
	"Agreed",   // what the rep noted as agreed, as it stands after a colon
	"Unasked",  // there, where the thread holds no leave to write again
}

// tries is how often a text is filled anew with other wordings before the next is taken.
const tries = 16

// candidate is a text that was filled.
type candidate struct {
	choice choice
	body   body
	took   []string
	text   string // between greeting and closing
	spent  int    // 1 where the last drafts have used up its first words
	worn   int    // how much of it was said of late, to anybody
	rank   int    // 0 for what this thread needs most: a text of its own kind, leave to write again
}

// Write chooses approach and asset and gives the text. A *NoText error says which rules every candidate broke.
func (p *Playbook) Write(r Request) (Text, error) {
	o, err := p.Outline(r)
	return o.Text, err
}

// Outline writes as Write does, and says what the text rests on.
func (p *Playbook) Outline(r Request) (Outline, error) {
	c := p.understand(r)
	greeting, closing := c.greet(), c.closeWith()
	none := &NoText{}
	said := heard(r.Recent)
	for i, ch := range p.plan(c) {
		cand, broken := p.say(c, ch, said, r.Seed+uint64(i)*1000)
		if cand == nil {
			none.add(broken)
			continue
		}
		text := greeting + "\n\n" + begin(cand.text, greeting, c.written)
		return c.outline(r, *cand, Text{
			Body: text + "\n\n" + closing, Approach: ch.approach, Asset: file(ch.match),
			Template: strings.Join(append([]string{cand.body.name}, cand.took...), " "), Why: c.why(ch),
		}, greeting, closing, cand.text, c.ground()), nil
	}
	if len(none.Broken) == 0 {
		none.Broken = []Violation{{
			Rule: somethingNew, Say: "every approach that fits has been tried: add an asset to the library, write by hand, or close the thread",
			Source: "sales advice: when something does not work, change the approach",
		}}
	}
	return Outline{}, none
}

// say gives the best wording of a choice that may be said: no twin of a recent draft, then what this thread needs most, then
// one whose own first words are fresh, then the least worn; between equals the seed decides. One whose first words are used up
// gets an opening. Where there is none it gives nil and the rules that were broken.
func (p *Playbook) say(c *conversation, ch choice, said echo, seed uint64) (*candidate, []Violation) {
	w := p.texts.in(c.written)
	greeting, closing, ground := c.greet(), c.closeWith(), c.ground()
	candidates := p.fillAll(c, w, ch, seed)
	for i := range candidates {
		candidates[i].worn = said.wear(candidates[i].text)
		if said.worn(candidates[i].text) != nil {
			candidates[i].spent = 1
		}
		if like := said.likeness(candidates[i].text); like > twinned {
			candidates[i].rank += 10 + int(20*like)
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.spent, b.spent), cmp.Compare(a.worn, b.worn))
	})
	check := func(cand candidate) []Violation {
		text := greeting + "\n\n" + begin(cand.text, greeting, c.written)
		return rules.Check(text+"\n\n"+withoutSignature(closing, c.signature), bounds(c.action), c.groundFor(ground, cand, w))
	}
	openers := sync.OnceValue(func() []opener { return c.openers(w, ch.approach, said, seed) })
	var all []Violation
	for _, cand := range candidates {
		if broken := check(cand); len(broken) > 0 {
			all = append(all, broken...)
			continue
		}
		worn := said.worn(cand.text)
		if worn == nil {
			return &cand, nil
		}
		all = append(all, worn...)
		for _, o := range openers() {
			if opened := cand.after(o); len(check(opened)) == 0 {
				return &opened, nil
			}
		}
	}
	return nil, all
}

// fillAll fills every text of a choice several times over.
func (p *Playbook) fillAll(c *conversation, w *wording, ch choice, seed uint64) []candidate {
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	bodies := slices.Clone(w.bodies[ch.approach])
	if ch.match != nil && ch.approach != Nurture && ch.approach != Personal {
		bodies = append(bodies, w.bodies[assetFor]...)
	}
	bodies = slices.DeleteFunc(bodies, func(b body) bool { return (b.situation == newsletter) != ch.letter() })
	rng.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
	// A text written for this situation comes before the general ones, one for another situation not at all.
	data := c.data(ch)
	var kinds []string
	if _, agreed := data["Agreed"]; agreed {
		kinds = append(kinds, "agreed")
	}
	if c.excuses > 1 {
		kinds = append(kinds, excuses)
	}
	if c.delayed {
		kinds = append(kinds, delayed)
	}
	if ch.letter() {
		kinds = append(kinds, newsletter)
	}
	kinds = append(kinds, ch.approach)
	if !c.answered.IsZero() {
		kinds = append(kinds, "answered")
	}
	if _, again := data["Again"]; again {
		kinds = append(kinds, "again")
	}
	kinds = append(kinds, string(c.situation))
	place := func(b body) int {
		if b.situation == "" {
			return len(kinds)
		}
		return slices.Index(kinds, b.situation)
	}
	bodies = slices.DeleteFunc(bodies, func(b body) bool { return place(b) < 0 })
	slices.SortStableFunc(bodies, func(a, b body) int { return cmp.Compare(place(a), place(b)) })
	f := &filling{words: w, data: data, kinds: kinds, rng: rng, familiar: c.familiar()}
	bound, err := f.bind(bodies)
	if err != nil {
		return nil
	}
	var out []candidate
	seen := map[string]bool{}
	_, unasked := data["Unasked"]
	rests := map[string]bool{}
	for _, b := range bodies {
		if rests[b.name] = len(bodies) > 1 && c.habits.Rests(b.name, seed); rests[b.name] {
			c.rested = append(c.rested, b.name)
		}
	}
	for i := range tries * len(bodies) {
		n := i % len(bodies)
		text, err := f.fill(bound[n])
		if err != nil || seen[text] {
			continue
		}
		seen[text] = true
		cand := candidate{choice: ch, body: bodies[n], took: f.took, text: text}
		if place(bodies[n]) > place(bodies[0]) {
			cand.rank += 2
		}
		if rests[bodies[n].name] {
			cand.rank += 3
		}
		if unasked && !slices.ContainsFunc(f.took, asksPermission) {
			cand.rank++
		}
		out = append(out, cand)
	}
	return out
}

// The kinds of thread, besides situations, that texts and parts can be written for.
const (
	excuses = "excuses" // they put the rep off again and again
	delayed = "put_off" // they put the rep off and named no date

	newsletter = "newsletter" // the asset is one that is only for nurture
)

func asksPermission(part string) bool {
	return strings.HasPrefix(part, "permission/") && part != "permission/none"
}

// data fills the fields.
func (c *conversation) data(ch choice) map[string]any {
	d := map[string]any{}
	put := func(name, value string) {
		if value != "" {
			d[name] = value
		}
	}
	lang := c.written
	if !c.first.at.IsZero() {
		put("On", dateWords(lang, c.first.at.In(c.now.Location())))
	}
	put("Topic", c.gist.Topic)
	put("Question", c.gist.Question)
	if asksYesNo(c.gist) {
		put("YesNo", "yes or no")
	}
	if strings.HasPrefix(c.gist.Topic, `"`) {
		put("Named", c.gist.Topic)
	}
	put("Asked", c.gist.Asked)
	put("Claim", c.gist.Claim)
	put("AskedOfClaim", c.gist.AskedOfClaim)
	put("You", c.gist.You)
	put("Event", c.gist.Event)
	if !c.answered.IsZero() {
		put("Answered", dateWords(lang, c.answered.In(c.now.Location())))
	}
	if c.action == tracker.FollowUp && (c.step > 1 || len(c.silence) > 1) {
		put("Again", "again")
	}
	if c.situation == tracker.ColdEmail {
		put("Stranger", "stranger")
	}
	put("Agreed", c.agreed())
	if c.action == tracker.FollowUp && !c.delayed && !c.permitted() {
		put("Unasked", "unasked")
	}
	if ch.match != nil {
		put("AssetText", ch.match.Asset.Text)
		put("AssetTitle", ch.match.Asset.Title)
		put("AssetURL", ch.match.Asset.URL)
	}
	day := c.proposedDay()
	put("Day", dayWords(lang, day))
	put("OtherDay", dayWords(lang, workingDay(c.calendar, day, 1)))
	put("By", dayWords(lang, workingDay(c.calendar, c.now, 2)))
	if !c.meeting.IsZero() && c.meeting.Before(c.now) {
		put("Meeting", dateWords(lang, c.meeting.In(c.now.Location())))
	}
	return d
}

// asksYesNo says whether the rep's question wants a yes or a no. Only of English it is known.
func asksYesNo(g gist.Gist) bool {
	for _, asked := range []string{g.Asked, g.AskedOfClaim} {
		if strings.HasPrefix(asked, "asked whether ") || strings.HasPrefix(asked, "offered to ") || strings.HasPrefix(asked, "suggested that ") {
			return true
		}
	}
	return false
}

// proposedDay is a working day far enough away that the rep can still send the draft tomorrow; rather not a Monday or a
// Friday, when fewer people plan a call.
func (c *conversation) proposedDay() time.Time {
	for n := 3; n <= 5; n++ {
		if day := workingDay(c.calendar, c.now, n); day.Weekday() != time.Monday && day.Weekday() != time.Friday {
			return day
		}
	}
	return workingDay(c.calendar, c.now, 3)
}

// beforeDaysOff says whether this is a working day before one that is none: a Friday, the day before a holiday. Then people
// rather hear of something else than work (sales advice).
func (c *conversation) beforeDaysOff() bool {
	return c.calendar.Working(c.now) && !c.calendar.Working(c.now.AddDate(0, 0, 1))
}

// groundFor adds to the ground what this candidate may say besides: its asset, and the words of the text itself, for which
// whoever wrote the text answers.
func (c *conversation) groundFor(g rules.Ground, cand candidate, w *wording) rules.Ground {
	if agreed := c.agreed(); agreed != "" {
		g.Own = append(g.Own, agreed)
	}
	if m := cand.choice.match; m != nil {
		g.Asset = []string{m.Asset.Title, m.Asset.URL, m.Asset.Text}
	}
	for _, name := range []string{"On", "Answered", "Day", "OtherDay", "By", "Meeting"} {
		if v, ok := c.data(cand.choice)[name].(string); ok {
			g.Own = append(g.Own, v)
		}
	}
	g.Own = append(g.Own, cand.body.tmpl.Root.String())
	for _, part := range cand.took {
		g.Own = append(g.Own, w.parts.Lookup(part).Root.String())
	}
	g.Names = append(g.Names, c.signature)
	return g
}

// withoutSignature gives what of a closing counts as the text's own.
func withoutSignature(closing, signature string) string {
	if signature == "" {
		return closing
	}
	return strings.TrimSpace(strings.TrimSuffix(closing, signature))
}

// smallAfterComma are the words with which German texts begin; after a greeting with a comma they are written small.
var smallAfterComma = set("Abseits Als Auf Dazu Dein Deine Diesmal Du Danke Falls Heute Jetzt Meiner Meinem Statt Telefonisch Trotz Wegen Worum Alles Bei Einmal Etwas Hinter Nicht Seit Solche Unser Unserem Wie Zuletzt Am An Aus Damit Das Der Die Dies Ein Eine Einen Es Für Gern Hier Ich Im In Kurz Manchmal Mein Meine Mit Nach Noch Ob Ohne Um Vielen Vielleicht Von Vor Was Wenn Wir Zu Zum Zur Zwei Diese Jede Nichts Lange So Bevor Zuerst Vorweg Eines Lieber Neues Manche Alte Kein Gute Persönlich Lesen")

// begin writes the first word of a text as the greeting before it asks: German goes on in small letters after a comma.
func begin(text, greeting, lang string) string {
	if lang != "de" || !strings.HasSuffix(greeting, ",") {
		return text
	}
	if first, _, _ := strings.Cut(text, " "); smallAfterComma[first] {
		return strings.ToLower(first[:1]) + text[1:]
	}
	return text
}

func file(m *library.Match) string {
	if m == nil {
		return ""
	}
	return m.Asset.File
}

func (e *NoText) add(broken []Violation) {
	for _, v := range broken {
		if !slices.ContainsFunc(e.Broken, func(old Violation) bool { return old.Rule == v.Rule }) {
			e.Broken = append(e.Broken, v)
		}
	}
}

// kindWords are the approaches as a person says them.
var kindWords = map[string]string{
	Recap: "a recap", Question: "a question", Article: "an article", Whitepaper: "a whitepaper", CaseStudy: "a case study", Testimonial: "a testimonial",
	Introduction: "an introduction", Insight: "an insight", Event: "an event", Personal: "something personal", ThankYou: "a thank-you", BreakUp: "a goodbye", Nurture: "a note to stay in view",
}

// why explains a choice in plain sentences.
func (c *conversation) why(ch choice) []string {
	var out []string
	sentence := kindWords[ch.approach]
	switch {
	case ch.noted:
		sentence += ", because you noted it for them: " + brief(ch.match.Asset.Text)
		if ch.approach == Personal && c.beforeDaysOff() {
			out = append(out, "days off begin tomorrow: a word on something else than work fits")
		}
	case ch.letter():
		sentence += ", because it has been quiet for a long time: " + ch.match.Asset.Title
	case ch.match != nil:
		who := "your mail is about "
		if ch.match.Both {
			who = "you both wrote of "
		}
		sentence += ", because " + who + list(ch.match.Words) + ": " + ch.match.Asset.Title
	case ch.approach == BreakUp:
		sentence += ", because the follow-ups of this silence are used up"
	case ch.approach == ThankYou:
		sentence += ", because a meeting has just been held"
	case ch.approach == Nurture:
		sentence += ", because it has been quiet for a long time"
	case ch.approach == Question && c.situation == tracker.WasKeen:
		sentence += ", because they were keen once, and the honest question is what has changed"
	default:
		sentence += ", because no asset of the library fits that they have not had"
		if c.unstocked {
			sentence = kindWords[ch.approach] + ", because there are no assets in the library"
		}
		if c.situation == tracker.Meeting && ch.approach == Recap {
			sentence = kindWords[Recap] + ", because after a meeting the next step comes first"
		}
	}
	out = append(out, sentence)
	if c.delayed && (c.action == tracker.FollowUp || c.action == "") {
		out = append(out, "asks for a date, because they put you off without one")
	}
	for _, name := range c.rested {
		t := c.habits[name]
		out = append(out, fmt.Sprintf("the text %s stood back: you rewrote or deleted %d of %d drafts made of it", name, t.Unwanted(), t.Judged()))
	}
	if c.mailed > 0 {
		out = append(out, SentToMany(c.mailed))
	}
	if c.excuses > 1 && c.action == tracker.BreakUp {
		out = append(out, fmt.Sprintf("thanks them and leaves the door open, because they put you off %d times", c.excuses))
	}
	for _, d := range c.placed {
		if d.Created.After(c.since) && d.State == tracker.DraftSent {
			out = append(out, fmt.Sprintf("%s (%s) did not get an answer", kindWords[d.Approach], dateWords("en", d.Created.In(c.now.Location()))))
		}
	}
	if !ch.again.IsZero() {
		out = append(out, "every approach that fits has been used with them; this one was last used on "+dateWords("en", ch.again.In(c.now.Location())))
	}
	if c.language != "" && c.language != c.written {
		out = append(out, fmt.Sprintf("in English, because there are no texts in the thread's language (%s)", c.language))
	}
	return out
}

func list(words []string) string {
	if len(words) > 3 {
		words = words[:3]
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
