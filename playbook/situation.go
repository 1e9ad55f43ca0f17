package playbook

import (
	"strings"

	"followupd/mail"
	"followupd/playbook/prose"
	"followupd/playbook/rarely"
	"followupd/tracker"
)

// The words that tell situations apart, in en de fr es nl sv. They are looked for in what the rep wrote (proposal,
// meeting, voicemail, conference, earlier contact) or in what the prospect wrote (keen), never in quotes.
var (
	proposalFile  = expressions.New(`(?i)(proposal|offer|quote|quotation|pricing|tender|angebot|kostenvoranschlag|devis|offre|proposition|propuesta|oferta|presupuesto|offerte|voorstel|offert|anbud|f[öo]rslag)[^/\\]*\.(pdf|docx?|xlsx?|pptx?|odt|ods|pages)$`)
	proposalWords = expressions.New(`(?i)\b((attached|enclosed|here is|find|sending you|send you|sent you|below is|with this mail) .{0,30}(our|the|my|a) (\w+ )?(proposal|offer|quote|quotation|tender|pricing)|(our|the|my) (proposal|offer|quote|quotation) (for|of|on|to|is|covers|holds|below|from)|` +
		`(anbei|im anhang|beigef[üu]gt|hier) .{0,30}(angebot|kostenvoranschlag|vorschlag)|unser angebot|(ci-joint|veuillez trouver) .{0,30}(devis|offre|proposition)|notre (offre|devis|proposition)|(adjunt\w*|env[ií]o) .{0,30}(propuesta|oferta|presupuesto)|nuestra (propuesta|oferta)|` +
		`(bijgevoegd|hierbij|bijgaand) .{0,30}(offerte|voorstel)|onze offerte|(bifogat|bifogar|h[äa]r kommer|bifogad) .{0,30}(offert|anbud|f[öo]rslag)|v[åa]r offert)\b`)
	proposalSubject = expressions.New(`(?i)\b((our|your) (proposal|offer|quote|quotation)|proposal for|quot(e|ation) (for|no|nr|#)|offer for|angebot|devis|propuesta|presupuesto|offerte|offert)\b`)
	voicemailWords  = expressions.New(`(?i)\b(left (you )?(a |you a |another )?(voice ?mail|message on your (phone|mobile|machine|answering|voice))|voice ?mail|(tried|trying) to (call|reach) you by (phone|telephone)|(could not|couldn't|did not|didn't) (reach|get) (you|hold of you|through)( on the phone| by phone)?|mailbox gesprochen|anrufbeantworter|telefonisch nicht erreicht|messagerie|r[ée]pondeur|buz[óo]n de voz|contestador|voicemail ingesproken|telefoon niet te pakken|r[öo]stbrevl[åa]da|telefonsvarare)\b`)
	meetingWords    = expressions.New(`(?i)\b((thanks?|thank you|thanks a lot|many thanks)( again| so much| very much)? for (the|your|our|a|today's|yesterday's)? ?(\w+ )?(meeting|call|conversation|demo|time (today|yesterday|this morning|on \w+day)|visit|talk today|talk yesterday)|(good|great|nice|pleasure) (talking|speaking|to talk|to speak) (to|with) you (today|yesterday|on|this|last)|` +
		`(it was )?(good|great|nice|a pleasure) (meeting|to meet) (you )?(today|yesterday|on \w+day|this (morning|afternoon|week))|(in|after|from|during|since) our (meeting|call|demo|conversation|visit)|` +
		`(danke|vielen dank) f[üu]r (das|unser|den|ihren?) (gespr[äa]ch|termin|besuch|telefonat|treffen)|merci pour (notre|votre|l') ?(entretien|r[ée]union|[ée]change|rendez-vous|accueil)|gracias por (la|su|tu|nuestra) (reuni[óo]n|llamada|visita)|bedankt voor (het|ons|de) (gesprek|afspraak|meeting|bezoek)|tack f[öo]r (m[öo]tet|samtalet|bes[öo]ket|senast))\b`)
	conferenceWords = expressions.New(`(?i)\b(conference|congress|trade (fair|show)|expo|summit|exhibition|convention|symposium|messe|kongress|fachmesse|tagung|salon|congr[èe]s|foire|feria|congreso|beurs|congres|vakbeurs|m[äa]ssan?|konferens)\b`)
	metWords        = expressions.New(`(?i)\b(met|meet|meeting|see|seeing|saw|talk\w*|chat\w*|spoke|speak\w*|conversation|stand|booth|kennengelernt|getroffen|gesprochen|treffen|rencontr\w*|crois[ée]\w*|conoc\w*|conversamos|coincid\w*|ontmoet\w*|gesproken|tr[äa]ff\w*|pratade|sågs|s[åa]gs)\b`)
	keenWords       = expressions.New(`(?i)\b(sounds? (good|great|interesting|promising|very|really|like)|(very|quite|really|definitely|we are|we're|i am|i'm|would be|be) interested|interesting|interests? (me|us)|(please|could you|can you|do) (send|share|forward|call|show|tell)|would (love|like) to|love to|looking forward|yes,? please|yes please|let's (talk|do|go|meet|set)|tell me more|what (does|do|would|is) .{0,30}(cost|price)|how much|keen|happy to (talk|meet|discuss|look)|count (me|us) in|` +
		`klingt (gut|interessant|spannend)|(sehr )?interessant|interesse|gern\w*|was kostet|schicken sie|(c'est |tr[èe]s )?int[ée]ress\w+|avec plaisir|volontiers|combien|me interesa|interesante|nos interesa|con gusto|cu[áa]nto|klinkt (goed|interessant)|interessant|graag|hoeveel|wat kost|l[åa]ter (bra|intressant|sp[äa]nnande)|intressant|intresserad\w*|g[äa]rna|vad kostar)\b`)
	earlierWords = expressions.New(`(?i)\b(as (promised|agreed|discussed|mentioned|requested)|thanks? (you )?(again )?for|good to (see|meet|talk|speak)|nice to (see|meet|talk)|you (mentioned|said|told|wanted|asked|wrote|described|were|had)|our (call|meeting|conversation|talk|contract|chat)|we (met|spoke|talked|agreed|discussed)|last (year|time|month)|again|still (interested|looking|planning|need|thinking)|(do|are) you still|your (order|request|question|enquiry|inquiry|visit)|` +
		`wie (versprochen|besprochen|vereinbart)|danke f[üu]r|vielen dank f[üu]r|(sie|du) (hatten|hattest|sagten|erw[äa]hnten|wollten|fragten)|comme (convenu|promis|discut[ée])|merci pour|vous (aviez|m'aviez|vouliez)|como (acordamos|hablamos|promet[íi])|gracias por|usted (mencion[óo]|quer[íi]a)|zoals (beloofd|besproken|afgesproken)|bedankt voor|(u|je) (vertelde|wilde|noemde|vroeg)|som (utlovat|avtalat|vi)|tack f[öo]r|du (n[äa]mnde|sa|ville|fr[åa]gade))\b`)
)

// Situation finds what kind of silence a thread is, with the reason in plain words. It reads subjects and Reading.NewText,
// Reading.Attachments of the thread's messages; agent hands it to tracker.NewMailbox. What the rep wrote since the last
// answer counts before what was written earlier.
func Situation(t *tracker.Thread) (tracker.Situation, string) {
	if t == nil {
		return tracker.General, ""
	}
	var ours []tracker.Linked // since they last answered
	var theirs []tracker.Linked
	held := false // an invitation was accepted
	began := false
	for i, m := range t.Messages {
		if m.Seen == nil {
			continue
		}
		switch {
		case m.Direction == tracker.Out:
			ours = append(ours, m)
			began = began || i == 0
		case m.Direction == tracker.In && m.Reading.Kind == mail.KindHuman:
			ours, theirs = nil, append(theirs, m)
		case m.Direction == tracker.In && m.Reading.Kind == mail.KindCalendar && m.Reading.Sub == mail.SubAccepted:
			held = true
		}
	}
	for _, m := range ours {
		for _, name := range m.Reading.Attachments {
			if proposalFile.MatchString(name) {
				return tracker.Proposal, "you attached " + name
			}
		}
		if w := found(proposalWords, m.Reading.NewText); w != "" {
			return tracker.Proposal, `you wrote "` + w + `"`
		}
	}
	for _, m := range ours {
		if w := found(voicemailWords, m.Reading.NewText); w != "" {
			return tracker.Voicemail, `you wrote "` + w + `"`
		}
		for _, text := range []string{m.Reading.NewText, m.Message.Subject} {
			for _, s := range prose.Sentences(text) {
				if w := found(conferenceWords, s.Text); w != "" && metWords.MatchString(s.Text) {
					return tracker.Conference, `you wrote of meeting them: "` + w + `"`
				}
			}
		}
		if w := found(meetingWords, m.Reading.NewText); w != "" {
			return tracker.Meeting, `you wrote "` + w + `"`
		}
	}
	if held {
		return tracker.Meeting, "they accepted an invitation in this thread"
	}
	for _, m := range ours {
		if w := found(proposalSubject, mail.BaseSubject(m.Message.Subject)); w != "" && began {
			return tracker.Proposal, `the subject says "` + w + `"`
		}
	}
	for i := len(theirs) - 1; i >= 0; i-- {
		m := theirs[i]
		switch m.Reading.Intent {
		case mail.IntentDeclined, mail.IntentOptOut, mail.IntentWrongPerson, mail.IntentNotNow:
			return tracker.General, ""
		}
		if w := found(keenWords, m.Reading.NewText); w != "" {
			return tracker.WasKeen, `they once wrote "` + w + `"`
		}
	}
	if len(theirs) == 0 && began && len(ours) > 0 {
		first := ours[0]
		if earlierWords.MatchString(first.Reading.NewText) || len(first.Message.InReplyTo) > 0 || len(first.Message.References) > 0 {
			return tracker.General, ""
		}
		return tracker.ColdEmail, "you wrote first, and nothing in it speaks of earlier contact"
	}
	return tracker.General, ""
}

// found gives the words that a pattern finds in a text, on one line and short enough to be shown.
func found(p *rarely.Pattern, text string) string {
	return brief(strings.Join(strings.Fields(p.FindString(text)), " "))
}
