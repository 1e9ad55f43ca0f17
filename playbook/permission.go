package playbook

import (
	"strings"

	"followupd/mail"
	"followupd/tracker"
)

// asksLeave finds, in what the rep wrote, that leave to write again was asked or a next mail announced; givesLeave finds, in
// what they wrote, that it was given. In en de fr es nl sv.
var (
	asksLeave = expressions.New(`(?i)\b((may|shall|can|could|should) i (send|write|call|keep|come back|get back|follow up|show)|i('ll| will) (send|write|call|be in touch|come back|get back|follow up|let you know|keep you)|` +
		`(darf|soll|kann) ich (ihnen|dir|sie|dich|euch)|ich (melde mich|schicke (ihnen|dir)|rufe (sie|dich))|` +
		`(puis-je|voulez-vous que je|veux-tu que je|je (vous|te) (rappelle|envoie|tiens)|je reviendrai)|` +
		`(puedo|le|te) (enviar(le|te)?|env[ií]o|mando|llamo)|(zal|mag|kan) ik (u|je|jullie)|ik (stuur|bel|mail) (u|je)|` +
		`(ska|f[åa]r|kan) jag (skicka|ringa|h[öo]ra|visa)|jag (skickar|ringer|h[öo]r av mig|[åa]terkommer))\b`)
	givesLeave = expressions.New(`(?i)\b(keep (me|us) (posted|informed|in the loop)|(get|come) back to (me|us)|send (me|us|it|them|over)|call (me|us)|stay in touch|write (to )?me|` +
		`melden sie sich|meld dich|schicken sie|schick mir|rufen sie|envoyez|rappelez|tenez-(moi|nous)|env[ií]e(me|nos)|ll[áa]me(me|nos)|escr[ií]ba(me|nos)|stuur (me|mij|ons|het)|bel (me|mij)|houd (me|mij|ons)|skicka|ring|h[öo]r av (dig|er))\b`)
)

// permitted says whether the thread, or a follow-up of this silence, holds leave to write again, asked or given.
func (c *conversation) permitted() bool {
	for _, text := range c.ours {
		if asksLeave.MatchString(text) {
			return true
		}
	}
	for _, text := range c.theirs {
		if givesLeave.MatchString(text) {
			return true
		}
	}
	for _, d := range c.placed {
		if strings.Contains(d.Template, " permission/") {
			return true
		}
	}
	return false
}

// putOff says how often they put the rep off without naming a date, and whether their last answer did.
func putOff(t *tracker.Thread) (times int, last bool) {
	if t == nil {
		return 0, false
	}
	for _, m := range t.Messages {
		if m.Seen == nil || m.Direction != tracker.In || m.Reading.Kind != mail.KindHuman {
			continue
		}
		last = (m.Reading.Intent == mail.IntentNotNow || m.Reading.Intent == mail.IntentWillReply) && m.Reading.Until.IsZero()
		if last {
			times++
		}
	}
	return times, last
}
