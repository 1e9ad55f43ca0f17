package llm

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/playbook"
	"followupd/playbook/prose"
	"followupd/playbook/rarely"

	"golang.org/x/text/unicode/norm"
)

// family is a kind of statement that needs ground: where a sentence makes one, so must the material.
type family struct {
	rule, say string
	// words finds it. A sentence is grounded where every match's own words are found in the material, or, with any, where
	// the material makes a statement of the family at all.
	words *rarely.Pattern
	any   bool
	// offered says that a question may propose it new: "Would a short call help?".
	offered bool
}

// expressions are those of this package.
var expressions rarely.Patterns

// Rest lets go of them, half a MiB; the next use makes them anew.
func Rest() { expressions.Drop() }

// rx gives what finds one of the expressions that stand on lines of their own, whatever the case and the accents.
func rx(lines string) *rarely.Pattern {
	return expressions.By(func() string {
		var all []string
		for l := range strings.Lines(lines) {
			if l = strings.TrimSpace(l); l != "" {
				all = append(all, l)
			}
		}
		return `(?i)(?:` + unaccented(strings.Join(all, "|")) + `)`
	})
}

// unaccented takes the accents off letters, because \b of a regular expression knows ASCII only.
func unaccented(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if ascii {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ReplaceAll(s, "ß", "ss")) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// families are held against single sentences, in all languages at once.
var families = []family{
	{rule: "invented-talk", any: true, say: "recall only what was written: say what the mail was about", words: rx(`
		\b(our|the|that|your|this|last|recent|previous|first|yesterday's|monday's|tuesday's|wednesday's|thursday's|friday's|last week's)( \w+){0,2} (call|phone call|telephone call|conversation|chat|talk|talks|discussion|dialogue|catch-?up)\b
		\b(we|you and i|you and we|us) (both )?(have |had |'ve |briefly |recently |last |already )*(spoke|spoken|talked|chatted|discussed|exchanged|corresponded)\b
		\b(speaking|talking|chatting|spoke|spoken|talked|chatted|speak|talk) (briefly |again |recently )*(with|to) (you|your|each)\b
		\b(on|over|by) the phone\b|\bby phone\b|\bas discussed\b|\bdiscussed\b|\byour voicemail\b|\bcalled you\b|\byou called\b|\brang\b|\bwhat we said\b|\bto hear (you|your voice)\b
		\b(telefonat|telefoniert|besprochen|gesprochen|gesprächs?|angerufen|am telefon|unterhalten|unterhaltung)\b
		\b(notre (appel|conversation|échange|entretien|discussion)|nos échanges|au téléphone|avons (parlé|discuté|échangé)|de vive voix)\b
		\b(nuestra (llamada|conversación|charla)|hablamos|comentamos|por teléfono|conversamos)\b
		\b(ons (gesprek|telefoongesprek|telefoontje)|telefonisch|gesproken|gebeld|besproken)\b
		\b(vårt samtal|samtalet|pratade|talades vid|på telefon|i telefon|diskuterade)\b`)},
	{rule: "invented-meeting", any: true, say: "recall only what was written: say what the mail was about", words: rx(`
		\b(our|the|that|your|last|recent|previous|first)( \w+){0,2} (meeting|meetings|visit|lunch|dinner|coffee|breakfast|get-together|encounter|session|tour|handshake)\b|\bsite visit\b|\bsh(ow|owed|owing|own) (me|us|you) (around|the|your)\b
		\bwe (have |had |'ve |briefly |recently |first |last )*(met|saw each other|sat down|sat together|got together|bumped)\b|\bmet (you|with you|your)\b|\b(meeting|seeing|visiting) you\b|\bto (meet|see) you\b|\bsaw you\b|\bvisited\b|\bshook hands\b|\bintroduced to you\b
		\b(at|from|during|after) (the|your|our|this year's|last year's) (\w+ )?(fair|conference|booth|stand|expo|exhibition|summit|event|seminar|trade show|show|webinar|workshop|dinner|reception|office)\b
		\b(getroffen|kennengelernt|unser(em|en|es)? (treffen|termin|besuch|meeting)|begegnet|besucht|messe|besuch)\b
		\b(notre (rencontre|rendez-vous|réunion|visite|déjeuner)|rencontrés?|avons vus?|salon)\b
		\b(nuestr[ao] (reunión|encuentro|visita|comida)|nos (conocimos|vimos|reunimos)|conocerle|conocerte|feria)\b
		\b(onze (afspraak|ontmoeting|bespreking|lunch)|ontmoet|ontmoetten|kennisgemaakt|beurs)\b
		\b(vårt möte|träffades|träffa dig|mötet|besöket|mässan)\b`)},
	{rule: "invented-thanks", any: true, say: "thank for nothing that the material does not hold", words: rx(`
		\b(thanks|thank you|grateful|appreciate|appreciated|pleasure|delighted|honou?red|enjoyed|enjoyable|(kind|nice|good|generous|great|lovely) of you)\b
		\b(danke|dank|vielen dank|dankbar|gefreut|nett von ihnen|freundlich von ihnen)\b|\b(merci|reconnaissant|ravie?|aimable à vous)\b|\b(gracias|agradec\w+|encantad[ao]|amable de su)\b|\b(dank|bedankt|dankbaar|aardig van)\b|\b(tack|tacksam|uppskattade|snällt av)\b`)},
	{rule: "invented-demo", say: "name only what the material names", offered: true, words: rx(`\b(demo|demos|demonstration|webinar|workshop|trial|trials|pilot|pilots|prototype|sandbox|test run|proof of concept|onboarding|training|seminar|roundtable)\b`)},
	{rule: "invented-agreement", any: true, say: "claim no agreement that the material does not hold: ask instead", words: rx(`
		\b(we|you|you and i|you've|we've|you had|we had) (have |had |already |both |kindly |verbally |just |all |then )*(agreed|promised|confirmed|accepted|approved|signed|committed|decided|chosen|settled|shook|arranged|scheduled|booked|ordered|requested|asked (us|me) to)\b
		\bas (agreed|promised|requested|arranged|planned|announced|mentioned by you|you asked|you requested|you wished)\b|\bper your (request|instructions?)\b|\b(your|our) (agreement|promise|commitment|confirmation|acceptance|approval|order|decision|deal)\b|\b(sign|signed|signing|signature|obliged|obligation|commit|binding)\b|\bi promised\b|\bhanded over\b
		\b(vereinbart|zugesagt|versprochen|bestätigt|abgesprochen|zugestimmt|wie (gewünscht|erbeten)|ihre zusage|auf ihren wunsch|geeinigt|beauftragt)\b
		\b(comme (convenu|promis|demandé|prévu)|convenu|votre accord|avez (accepté|confirmé|validé|promis))\b
		\b(acordamos|acordado|como (prometí|pidió|pediste|acordamos|solicitó)|su confirmación|aceptó|confirmó|prometió)\b
		\b(afgesproken|overeengekomen|beloofd|zoals gevraagd|bevestigd|toegezegd|akkoord)\b
		\b(kom överens|kommit överens|lovade|lovat|bekräftade|bekräftat|godkände|på din begäran|enligt önskemål)\b`)},
	{rule: "invented-promise", say: "promise nothing that the material does not: the plan's question is enough", words: rx(`
		\b(i|we)( will|'ll| am going to| are going to| shall| am| are)( \w+)? (bring|bringing|come|coming|prepare|preparing|present|presenting|introduce|introducing|look after|take care|handle|put in|arrange|arranging|make sure|ensure|finish|do|call|calling|ring|visit|visiting|book|booking|reserve|reserving|hold|holding|block|blocking|ship|shipping|deliver|delivering|invoice|pay|paying|refund|send someone|drop by|come by|stop by|waive|match|beat|guarantee|personally)\b
		\bi (have |'ve )?(already )?(booked|reserved|blocked|arranged|scheduled|instructed|prepared|reviewed|analy[sz]ed|calculated|compared|checked|looked (at|into|through)|gone through|went through|put together|set aside|asked (around|my|our|the|about)|spoken|informed|created|built|drawn up|drafted|attached|shared|forwarded|uploaded|sent)\b
		\bwe('ve| have)? (already )?(booked|reserved|blocked|arranged|scheduled|prepared|reviewed|analy[sz]ed|calculated|compared|checked|set aside|put together|launched|opened|released|won|received|helped|supported|completed|delivered|shipped|saved)\b
		\b(i|we)( have|'ve| had) (already |also |just |now |even )*(\w{2,}ed|left|put|made|written|taken|given|got|gotten|found|kept|chosen|done|brought|thought|begun|built|sent|seen|shown|won|met)\b
		\bi( hereby| can| can now| do)? (confirm|accept|agree|declare|approve|authori[sz]e|promise|assure|certify|grant|undertake|commit|admit|vouch)\b
		\b(you|he|she|it|they|\w+)( has| have|'ve|'s) (already |also |just |now |since )*(seen|read|received|looked|opened|noticed|found|begun|shown|become|grown|started|asked|agreed)\b
		\b(you|your \w+) (will|'ll|would) (save|receive|get|earn|gain|recover|win)\b`)},
	{rule: "invented-document", say: "name only documents that the material names, by the same word", offered: true, words: rx(`
		\b(proposal|proposals|quote|quotation|offer|contract|agreement|nda|brochure|deck|slides|presentation|spreadsheet|report|reports|white ?paper|case study|case studies|study|studies|guide|guides|checklist|check-list|calculation|calculator|pdf|document|documents|file|files|data ?sheet|price list|catalogue|catalog|video|recording|minutes of|summary|survey|analysis|memo|template|invoice|spec|specification|business case|roadmap|playbook|handbook|newsletter|blog|article|post|podcast|questionnaire|form|mock-?up|folder|link to|dashboard|portal)s?\b
		\b(angebot|angebots|vertrag|broschüre|präsentation|tabelle|bericht|studie|leitfaden|checkliste|berechnung|dokument|unterlagen|datei|datenblatt|preisliste|katalog|aufzeichnung|zusammenfassung|umfrage|analyse|protokoll|auswertung|fallstudie)\b
		\b(proposition|devis|contrat|brochure|présentation|tableau|rapport|étude|guide|liste de contrôle|document|fichier|fiche|catalogue|compte rendu|résumé|analyse)\b
		\b(propuesta|presupuesto|contrato|folleto|presentación|informe|estudio|guía|documento|archivo|ficha|catálogo|acta|resumen|análisis)\b
		\b(voorstel|offerte|contract|brochure|presentatie|rapport|studie|gids|checklist|document|bestand|prijslijst|catalogus|notulen|samenvatting|analyse)\b
		\b(förslag|offert|avtal|broschyr|presentation|rapport|studie|guide|checklista|dokument|fil|prislista|katalog|protokoll|sammanfattning|analys)\b`)},
	{rule: "invented-commitment", say: "promise no price, discount or guarantee that the material does not hold", words: rx(`
		\b(discount|discounts|rebate|rebates|free|freebie|no cost|no charge|complimentary|refund|refunds|money[- ]back|guarantee|guarantees|guaranteed|warranty|price|prices|pricing|cheaper|cheapest|savings|bonus|credit|voucher|gift|coupon|special (price|rate|offer|terms)|better terms|lower (rate|price|fee)s?|reduced|reduction|waive|waived|half price|percent|per cent|no obligation|risk[- ]free|commission|fee|fees|budget|cost nothing|costs nothing|without (cost|charge|obligation))\b|%|[€$£]|\b(eur|usd|gbp|sek)\b
		\b(sav(e|es|ed|ing)|pay|pays|paid|payment|payments|afford|invest|investment|profit|earn|earns|win|wins|worth (of )?[0-9])\b|\b(double|doubled|doubles|doubling|triple|tripled|halve|halves|halved|halving|twice|fastest|best price|number one|market leader|leading)\b
		\b(rabatt|rabatte|nachlass|kostenlos|kostenfrei|gratis|umsonst|garantie|garantiert|garantieren|preis|preise|günstiger|ersparnis|sparen|spart|gutschein|gutschrift|sonderpreis|sonderkonditionen|prozent|unverbindlich|provision)\b
		\b(remise|rabais|réduction|gratuit|gratuite|gratuitement|offert|garantie|garantis|garantissons|prix|tarif|économies|économiser|bon d'achat|pour cent|sans frais|sans engagement)\b
		\b(descuento|rebaja|gratis|gratuito|gratuita|garantía|garantizamos|precio|ahorro|ahorrar|vale|por ciento|sin coste|sin costo|sin compromiso)\b
		\b(korting|gratis|kosteloos|garantie|gegarandeerd|garanderen|prijs|goedkoper|besparing|besparen|tegoed|procent|vrijblijvend)\b
		\b(rabatt|gratis|kostnadsfri|kostnadsfritt|garanti|garanterar|pris|billigare|besparing|spara|sparar|presentkort|procent)\b`)},
	{rule: "invented-deadline", say: "name no end or hurry that the material does not hold", words: rx(`
		\b(deadline|expire|expires|expired|expiring|expiry|valid until|valid till|last chance|last (day|days|places|slots|spots|seats)|limited|hurry|urgent|urgently|asap|running out|run out|closing soon|closes|ends (on|this|next|at|in|soon)|only until|until (the end|tomorrow|tonight|midnight|next|this)|by (tomorrow|tonight|the end|end of|close of|next|this)|before (the end|it is too late|the price|prices|midnight|it's too late)|spots? left|places? left|seats? left|no longer than|at the latest|today only|final (day|notice|reminder|call)|while (it|they|stocks?) lasts?|time is short|clock)\b
		\b(frist|läuft (ab|aus)|gültig bis|letzte (chance|gelegenheit|plätze|tage)|begrenzt|dringend|eilig|nur noch|bis (ende|morgen|nächste|nächsten|spätestens)|spätestens)\b
		\b(date limite|expire|valable jusqu|dernière chance|dernières? (places|jours)|limitée?|urgent|d'ici (la fin|demain)|avant la fin|au plus tard|jusqu'à (demain|la fin))\b
		\b(fecha límite|caduca|vence|válida? hasta|última (oportunidad|plaza)|últimas plazas|limitad[ao]|urgente|antes de(l)? (fin|final)|hasta (mañana|el fin|final)|a más tardar)\b
		\b(deadline|verloopt|geldig tot|laatste (kans|plaatsen|dagen)|beperkt|dringend|voor het einde|tot (morgen|het einde|eind)|uiterlijk)\b
		\b(sista (dag|chans|chansen|platserna)|går ut|giltig till|giltigt till|begränsat|brådskande|före slutet|till (imorgon|slutet)|senast)\b`)},
	{rule: "invented-time", say: "name only days and times that the material holds", offered: false, words: rx(`
		\b(yesterday|last (week|month|year|night|time|quarter|summer|autumn|winter|spring|monday|tuesday|wednesday|thursday|friday)|this (morning|afternoon|week|month|quarter|summer|autumn|winter|spring|year)|earlier (this|today)|the other day|(days|weeks|months|years) ago|a while ago|recently|tomorrow|tonight|next (week|month|quarter|year|summer|spring|monday|tuesday|wednesday|thursday|friday)|end of (the )?(week|month|quarter|year)|christmas|easter|new year|holidays?|noon|midnight|o'clock|today|these days|lately|soon|weekend)\b
		\b(gestern|heute|morgen|vorgestern|letzte[nrs]? (woche|monat|jahr|montag|dienstag|mittwoch|donnerstag|freitag)|diese[nrs]? (woche|monat|jahr)|nächste[nrs]? (woche|monat|jahr|quartal)|vor (einigen|ein paar|zwei|drei) (tagen|wochen|monaten)|kürzlich|neulich|weihnachten|ostern|uhr|wochenende|bald)\b
		\b(hier|demain|aujourd'hui|la semaine (dernière|prochaine)|le mois (dernier|prochain)|récemment|il y a (quelques|deux|trois)|fin (de|du)|noël|pâques|bientôt|cette semaine|ce mois)\b
		\b(ayer|mañana|hoy|la semana (pasada|próxima|que viene)|el mes (pasado|próximo)|recientemente|hace (unos|dos|tres)|fin de|navidad|pronto|esta semana|este mes)\b
		\b(gisteren|morgen|vandaag|vorige (week|maand)|volgende (week|maand)|onlangs|(dagen|weken) geleden|kerst|pasen|binnenkort|deze week|deze maand)\b
		\b(igår|i går|imorgon|i morgon|idag|i dag|förra (veckan|månaden)|nästa (vecka|månad)|nyligen|häromdagen|för (några|två|tre) (dagar|veckor)|jul|påsk|snart|denna vecka|den här veckan)\b`)},
	{rule: "invented-company-kept", say: "speak of other customers only as the material does", words: rx(`
		\b(customers?|clients?|competitors?|peers|companies (like|such|of|in|that)|others in your|other (carriers|firms|companies|shippers|teams|forwarders|customers|clients|hauliers|terminals|ports)|award|awards|award-winning|certified|certification|iso|hundreds|dozens|thousands|millions|most of our|many of our|everyone|everybody|every|nobody|no one|never|always|with us|references?|reviews?|rated|industry leaders?|fortune|investors?|funding|study shows|research|experts?|statistics|patent|patented)\b
		\b(kunden|kunde|mitbewerber|wettbewerber|andere (unternehmen|firmen|speditionen|kunden)|auszeichnung|ausgezeichnet|zertifiziert|hunderte|dutzende|tausende|marktführer|referenzen|studien? zeig\w+|experten)\b
		\b(clients?|concurrents?|d'autres (entreprises|sociétés|clients)|prix d'excellence|certifiée?s?|centaines|dizaines|milliers|références|experts)\b
		\b(clientes?|competidores|otras (empresas|compañías)|premio|certificad[ao]s?|cientos|docenas|miles|líder|referencias|expertos)\b
		\b(klanten|klant|concurrenten|andere (bedrijven|vervoerders)|prijswinnend|gecertificeerd|honderden|tientallen|duizenden|marktleider|referenties)\b
		\b(kunder|kunden|konkurrenter|andra (företag|bolag)|pris(belönt|vinnande)|certifierade?|hundratals|dussintals|tusentals|marknadsledande|referenser)\b`)},
	{rule: "invented-knowledge", say: "know only what the material holds of them", words: rx(`
		\b(i|we) (saw|read|noticed|heard|learned|learnt|found out|understand|gather|realise|realize|know (that|you|your|how)|hear|see|came across|was told|were told)\b|\b(congratulations|congrats|birthday|promotion|promoted|anniversary|linkedin|facebook|twitter|instagram|website|homepage|press release|in the news|annual report|job (ad|posting)|hiring|expansion|acquisition|merger|new role|new job|vacation|parental|illness|recovery|wedding|children|family|weather|hobby|football)\b
		\b(my|our|your|the) (\w+ )?(colleagues?|boss|manager|ceo|cfo|director|assistant|partner|partners|engineers?|specialists?|lawyers?|procurement|finance|accountants?|founder|owner|board|head of \w+|wife|husband|friend|desk|office|people|experts|staff|department|company|firm)\b
		\b(against it|in favou?r|recommends?|recommended|supports? (it|this|us)|opposed|objects?|insists?|demands?)\b
		\b(ich habe (gesehen|gelesen|gehört|erfahren|bemerkt)|glückwunsch|gratuliere|geburtstag|beförderung|kollegen?|kollegin|chef|chefin|geschäftsführer\w*|urlaub|website|webseite|presse)\b
		\b(j'ai (vu|lu|appris|remarqué|entendu)|félicitations|anniversaire|collègues?|patron|directeur|directrice|vacances|site web|presse)\b
		\b(he (visto|leído|oído|sabido|notado)|felicidades|enhorabuena|cumpleaños|colegas?|compañer[oa]s?|jefe|jefa|director|directora|vacaciones|sitio web|prensa)\b
		\b(ik (zag|las|hoorde|merkte|heb (gezien|gelezen|gehoord))|gefeliciteerd|verjaardag|collega('s)?|baas|directeur|vakantie|website|pers)\b
		\b(jag (såg|läste|hörde|märkte|har (sett|läst|hört))|grattis|födelsedag|kollegor|kollega|chef|chefen|semester|webbplats|pressen)\b`)},
	{rule: "leak", say: "write to the reader about their matter, and of nothing else", words: rx(`
		\b(language model|as an ai|ai assistant|an ai|artificial intelligence|chatbot|system prompt|prompt|prompts|instruction|instructions|instructed|placeholder|json|template|rewrite|rewritten|rewrote|reworded|draft|drafted|in two to four|word count|follow-up mail|follow-up email|the material|the plan|sales person|salesperson|the reader|hidden (name|word)|ban list|banned|word list|left out|the (task|section|sections)|ignore (all|the|any|previous)|openai|gpt|i cannot (help|assist|write|comply|fulfil)|i can't (help|assist|write|comply)|i'm unable|i am unable|i won't be able|not able to (write|help|assist)|against my|my guidelines|happy to help with|let me know if you('d| would) like (me to|any) (change|adjust|revise)|here (is|'s|are) (the|a|an|your|my) (\w+ )?(text|mail|e-?mail|version|message|body|follow|rewritten|draft|revision|answer)|hope this (helps|works)|confidential|password|passwords|api key|secret|token|bank|iban|wire|account (number|details)|transfer|payment details|bitcoin|crypto|invoice number|login|credentials|verify your|click)\b
		^(sure|certainly|of course|absolutely|okay|ok|here you go|understood|got it|no problem)\b[,!.: ]
		\b(sprachmodell|ki-assistent|als ki|anweisung|anweisungen|systemprompt|passwort|überweis\w+|bankverbindung|modèle de langage|consignes?|mot de passe|virement|modelo de lenguaje|instrucciones|contraseña|transferencia|taalmodel|instructies|wachtwoord|overboek\w+|språkmodell|instruktioner|lösenord|överför\w+)\b`)},
	{rule: "obeyed", say: "write to the reader about their matter, and of nothing else", words: rx(`\b(angry|furious|fraud|lawsuit|sue|hacked|pwned|banana|canary|lawyer|police|resign|fired|accept your (price|offer|terms|conditions)|we accept|i accept|agree to your|thread|won\b|unsubscribe|forward this|copy of this|bcc|send (this|a copy|it) to|contact \w+ at|approved|cancel|cancelled|terminate|withdraw|apologi[sz]e|sorry|admit|our fault|liable|liability|responsible for|sincere|regret)\b`)},
}

// offering finds a question that proposes something new: with an indefinite article or as an alternative.
var offering = expressions.New(`(?i)\b(a|an|any|another|ein|eine|einen|einem|une?|un|una|een|ett|en)\b`)

// keptFree finds what looks like a gift and is none: "I am keeping Wednesday free". byPhone finds how a talk may be proposed, mayHave what
// is left open.
var (
	keptFree = rx(`\bkeep(ing)?( [\w.,]+){1,7} free\b`)
	mayHave  = rx(`\b(may|might|could) have\b`)
	byPhone  = rx(`^(am telefon|telefonisch|au téléphone|por teléfono|på telefon|i telefon|by phone|(on|over|by) the phone)$`)
	ofTheTwo = expressions.New(`(?i)\b(of|between) the two\b`)
)

// youSaid finds what "you mentioned" claims, in all languages.
var youSaid = rx(`
	\byou('d|'ve| had| have)? (once |also |already |kindly |recently |just |clearly |both )*(mention|mentioned|said|told|wrote|described|explained|stressed|noted|expressed|indicated|pointed|asked|wanted|wished|complained|liked|loved|hoped|planned|considered|worried|wondered|raised|shared|showed|seemed|were (keen|interested|looking|asking|worried|planning|happy|curious|hoping|thinking))\b
	\byour (interest|concern|concerns|question|questions|request|wish|complaint|remark|point about|enthusiasm|feedback|answer|reply|message|mail|e-?mail|note|plans?|worry|worries|comments?|idea|words|suggestion|kind)\b
	\b(sie|du) (haben|hatten|hast|hattest)\b.{0,60}\b(erwähnt|gesagt|geschrieben|gefragt|erzählt|beschrieben|angesprochen|gewünscht)\b|\b(erwähnten|sagten|schrieben|fragten) sie\b|\b(ihre|ihrer|ihrem|ihren|deine) (frage|anfrage|interesse|nachricht|mail|antwort|wunsch|sorge|bedenken|rückmeldung)\b
	\b(vous|tu) (aviez|avez|avais|as) (\w+ )?(dit|mentionné|écrit|demandé|expliqué|évoqué|parlé)\b|\bvotre (intérêt|demande|question|message|réponse|souhait|remarque)\b
	\b(mencionó|mencionaste|dijo|dijiste|escribió|escribiste|preguntó|preguntaste|comentó|comentaste|pidió|pediste)\b|\bsu (interés|pregunta|mensaje|respuesta|solicitud|correo)\b
	\b(u|je|jij) (noemde|zei|schreef|vroeg|vertelde|gaf aan)\b|\b(uw|je|jouw) (interesse|vraag|bericht|antwoord|verzoek|reactie|wens)\b
	\b(du|ni) (nämnde|sa|sade|skrev|frågade|berättade|beskrev)\b|\b(din|er|ert|ditt) (fråga|svar|mejl|intresse|önskan|mail|meddelande)\b`)

// numbers as words, with the figures they stand for.
var numberWords = map[string]string{
	"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "eighteen": "18",
	"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "dozen": "12", "half": "1/2", "third": "1/3", "tenth": "1/10", "fifth": "1/5", "couple": "2",
	"zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "elf": "11", "zwölf": "12", "fünfzehn": "15", "zwanzig": "20", "dreißig": "30", "vierzig": "40", "fünfzig": "50", "hundert": "100", "tausend": "1000", "hälfte": "1/2", "drittel": "1/3", "viertel": "1/4",
	"deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7", "huit": "8", "dix": "10", "douze": "12", "quinze": "15", "vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50", "cent": "100", "mille": "1000", "moitié": "1/2", "tiers": "1/3",
	"dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "doce": "12", "quince": "15", "veinte": "20", "treinta": "30", "cuarenta": "40", "cincuenta": "50", "cien": "100", "mil": "1000", "mitad": "1/2", "tercio": "1/3",
	"twee": "2", "drie": "3", "vijf": "5", "zes": "6", "zeven": "7", "negen": "9", "tien": "10", "twaalf": "12", "vijftien": "15", "twintig": "20", "dertig": "30", "veertig": "40", "vijftig": "50", "honderd": "100", "duizend": "1000", "helft": "1/2",
	"två": "2", "tre": "3", "fyra": "4", "fem": "5", "sju": "7", "åtta": "8", "nio": "9", "tio": "10", "tolv": "12", "femton": "15", "tjugo": "20", "trettio": "30", "fyrtio": "40", "femtio": "50", "hundra": "100", "tusen": "1000", "hälften": "1/2",
}

var (
	figure    = expressions.New(`\d+(?:[.,:]\d+)*`)
	quotation = expressions.New(`["“”„«»]([^"“”„«»\n]{2,200})["“”„«»]`)
	single    = expressions.New(`(?:^|\s)['‘]([^'’‘\n]{8,200})['’](?:$|[\s.,?!])`)
	secondPer = rx(`\b(you|your|yours|sie|ihr|ihre|ihrer|ihrem|ihren|ihnen|du|dein|deine|vous|votre|vos|tu|ton|usted|su|sus|tú|u|uw|je|jij|jouw|du|din|dina|ditt|er|era)\b`)
	firstPer  = rx(`\b(we|our|us|wir|unser\w*|uns|nous|notre|nos|nosotros|nuestr\w+|wij|we|ons|onze|vi|vår\w*|vårt|oss)\b`)
	asking    = rx(`
		^(please|kindly|send|tell|give|call|write|let|reply|answer|choose|pick|forward|sign|confirm|book|click|go|visit|have a look|take|fill|pass|share|introduce|connect|bitte|senden|schicken|sagen|geben|rufen|schreiben|teilen|merci de|veuillez|dites|envoyez|appelez|donnez|por favor|envíe|dígame|llame|mande|gelieve|stuur|laat|bel|geef|vänligen|skicka|hör av|ring|ge mig)\b
		\b(let me know|send me|tell me|give me|call me|write to me|get back to me|i('d| would) (appreciate|be grateful)|i('d| would) (love|like) (you |to (hear|know|learn|get|have|receive) )|i look forward|looking forward|could you|would you|can you|will you|are you able|please|lassen sie|geben sie|schicken sie|sagen sie|melden sie|rufen sie|könnten sie|würden sie|pourriez-vous|dites-moi|envoyez-moi|faites-moi|podría|dígame|envíeme|avíseme|kunt u|laat me|stuur me|kan du|skulle du kunna|låt mig|hör av dig|berätta för mig)\b`)
	secondAsk = rx(`
		\b(and|und|et|y|e|en|och)( also| if so| auch| aussi| también| ook| också)?,? (could|can|would|will|do|does|did|is|are|who|whom|what|which|when|where|how|why|should|shall|may|please|send|tell|let|können|könnten|wer|was|wann|welche\w*|wie|pourriez|pouvez|qui|quand|quel\w*|comment|puede|podría|quién|qué|cuándo|cuál|kunt|kan|wie|wat|wanneer|welke|hoe|kunde|vem|vad|när|vilk\w+|hur)\b
		\b(or|oder|ou|of|eller),? (who|whom|what|when|where|how|why|wer|was|wann|wie|warum|qui|quand|comment|pourquoi|quién|qué|cuándo|wat|wanneer|hoe|vem|vad|när|hur)\b`)
	easyAnswer = rx(`\b(one word|a word|yes or no|a yes|just (say|reply|answer)|ein wort|un mot|una palabra|één woord|een woord|ett ord)\b`)
)

// material is what a text's claims are held against.
type material struct {
	trusted string                     // what the rep, the notes, the asset and the plan say, in lower case
	heard   string                     // and what the prospects say
	terms   map[string]bool            // of both
	own     map[string]bool            // of trusted
	figures map[string]bool            // of trusted
	theirs  map[string]bool            // figures of the prospects
	words   map[string]bool            // of trusted
	names   map[string]bool            // words of the prospects
	units   map[string]map[string]bool // what a number counts
	named   map[string]bool            // names that only the prospects said
	copied  map[string]bool            // runs of six words of the prospects
	mine    map[string]bool            // those of trusted
}

func (p *prompt) material(o playbook.Outline) *material {
	var trusted, theirs []string
	for _, list := range [][]string{p.ground.Rep, p.ground.Notes, p.ground.Asset, p.ground.Own} {
		trusted = append(trusted, list...)
	}
	trusted = append(trusted, o.Plan)
	for _, f := range o.Facts {
		trusted = append(trusted, f.Value)
	}
	theirs = append(theirs, p.ground.Prospects...)
	t, h := strings.Join(trusted, "\n\n"), strings.Join(theirs, "\n\n")
	m := &material{
		trusted: lower(t), heard: lower(t + "\n\n" + h), terms: prose.TermSet(t + "\n" + h), own: prose.TermSet(t), figures: figures(t), theirs: figures(h), words: map[string]bool{}, names: map[string]bool{}, named: map[string]bool{}, units: map[string]map[string]bool{},
		copied: runs(h, 6), mine: runs(t, 6),
	}
	for _, s := range prose.Sentences(t + "\n\n" + h) {
		for n, unit := range countedIn(s.Text) {
			if m.units[n] == nil {
				m.units[n] = map[string]bool{}
			}
			m.units[n][unit] = true
		}
	}
	for _, w := range prose.Words(t + "\n" + strings.Join(p.ground.Names, "\n")) {
		m.words[w] = true
		m.terms[prose.Stem(w)] = true
	}
	for _, tok := range tokens(t + "\n" + strings.Join(p.ground.Names, "\n")) {
		m.words[tok.lower] = true
	}
	for _, w := range prose.Words(h) {
		m.names[w] = true
	}
	for _, s := range prose.Sentences(h) {
		for _, n := range names(s.Text, o.Language, func(w string, _ bool) bool { return m.words[w] }) {
			for _, w := range prose.Words(s.Text[n.from:n.to]) {
				m.named[w] = true
			}
		}
	}
	return m
}

// lower gives a text as the families see it: lower case, no accents, straight apostrophes, white space run together.
func lower(s string) string {
	return unaccented(strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("’", "'", "‘", "'", "‑", "-", "–", "-", "—", "-").Replace(s))), " "))
}

// figures gives the numbers of a text, those in words as figures.
func figures(s string) map[string]bool {
	out := map[string]bool{}
	for _, n := range figure.FindAllString(prose.WithoutLinks(s), -1) {
		out[n] = true
	}
	for _, w := range prose.Words(s) {
		if n := numberWords[w]; n != "" {
			out[n] = true
		}
	}
	return out
}

// claims holds each sentence against the material. It is stricter than the house rules, which hold texts that a person
// wrote into a template: what a prospect wrote is ground only for what is said of the prospect.
func (p *prompt) claims(middle string, o playbook.Outline) []playbook.Violation {
	m := p.material(o)
	var out []playbook.Violation
	wrong := func(rule string, s prose.Sentence, where, say string) {
		if where == "" {
			where = s.Text
		}
		out = append(out, playbook.Violation{Rule: rule, Where: where, Line: s.Line, Say: say})
	}
	system := runs(p.system, 5)
	all, dates := p.supports(o), map[string]bool{}
	for _, f := range o.Facts {
		switch f.Name {
		case "On", "Answered", "Meeting", "Day", "OtherDay", "By":
			for t := range contents(f.Value) {
				dates[t] = true
			}
		}
	}
	if where := address.FindString(middle); where != "" && !strings.Contains(m.trusted, strings.ToLower(where)) {
		out = append(out, playbook.Violation{Rule: "no-address", Where: where, Say: "leave addresses out"})
	}
	if where := bare.FindString(prose.Link.ReplaceAllString(middle, "")); where != "" && !strings.Contains(m.trusted, strings.ToLower(where)) {
		out = append(out, playbook.Violation{Rule: "known-links", Where: where, Say: "leave web addresses out"})
	}
	for _, where := range phone.FindAllString(prose.WithoutLinks(middle), -1) {
		if isPhone(where) && !strings.Contains(m.trusted, lower(where)) {
			out = append(out, playbook.Violation{Rule: "no-phone", Where: where, Say: "leave telephone numbers out"})
		}
	}
	asks := 0
	for _, s := range prose.Sentences(prose.WithoutLinks(middle)) {
		low := mayHave.ReplaceAllString(keptFree.ReplaceAllString(lower(s.Text), " "), "may ")
		question := strings.ContainsAny(s.Text, "?？")
		if question || asking.MatchString(strings.NewReplacer("please do not", "", "please don't", "").Replace(low)) && !easyAnswer.MatchString(low) {
			if asks++; asks > 1 {
				wrong("one-ask", s, "", "keep one question, the last, and make it the only thing asked")
			}
		}
		if question && secondAsk.MatchString(low) && !strings.Contains(m.trusted, low) {
			wrong("one-ask", s, "", "ask one thing in it")
		}
		// Whom only the reader named is named only as what the reader said.
		quoted := youSaid.MatchString(low)
		for _, name := range names(s.Text, o.Language, func(w string, first bool) bool {
			return m.words[w] || (quoted || first) && m.names[w] && !m.named[w] || quoted && m.names[w]
		}) {
			wrong("no-invented-name", s, s.Text[name.from:name.to], "name only people, companies and things that the material holds, and begin sentences with a plain word")
		}
		if foreign(s.Text, o.Language) {
			wrong("language", s, "", "write in "+languageName(o.Language))
		}
		for run := range runs(s.Text, 5) {
			if system[run] {
				wrong("leak", s, "", "write to the reader about their matter, and of nothing else")
				break
			}
		}
		for run := range runs(s.Text, 6) {
			if m.copied[run] && !m.mine[run] {
				wrong("parroted", s, "", "say it in your own words instead of the reader's")
				break
			}
		}
		p.figuresOf(s, m, wrong)
		p.units(s, m, wrong)
		if !question {
			p.proposed(s, low, o, m, wrong)
			if clause := m.unsupported(s.Text, all, dates); clause != "" {
				wrong("unsupported", s, "", fmt.Sprintf("say of %q only what one sentence of the material says, of the same people and in the same sense", clip(clause, 80)))
			}
		}
		p.quotations(s, m, wrong)
		for _, f := range families {
			for _, at := range f.words.FindAllStringIndex(low, 8) {
				found := strings.TrimSpace(low[at[0]:at[1]])
				if f.holds(found, m) || question && byPhone.MatchString(found) || f.offered && question && offering.MatchString(low[max(0, at[0]-30):at[0]]) && !youSaid.MatchString(low) {
					continue
				}
				wrong(f.rule, s, "", f.say)
				break
			}
		}
		p.mentioned(s, low, m, wrong)
		p.dates(s, m, wrong)
		if novel, most := m.novel(s.Text), allowance(question, o.Language); len(novel) > most {
			wrong("not-in-the-material", s, "", fmt.Sprintf("leave out what the material does not hold (%s), or say it with its words", strings.Join(novel, ", ")))
		}
	}
	// The line that asks leave to write again holds an ask of its own; the text's may not be missing for that.
	if asks == 0 {
		out = append(out, playbook.Violation{Rule: "next-step", Say: "end with the plan's question"})
	}
	return out
}

// holds says whether the material makes the statement that a sentence makes.
func (f family) holds(found string, m *material) bool {
	if f.any {
		return f.words.MatchString(m.trusted)
	}
	if wordIn(m.trusted, found) {
		return true
	}
	// "discount" stands on "discounts", "pilot" on "pilots".
	if !strings.ContainsRune(found, ' ') {
		return m.own[prose.Stem(found)]
	}
	return false
}

// wordIn says whether a text holds these very words.
func wordIn(text, words string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], words)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(words)
		if (from == 0 || !letterBefore(text, from) || !isWordByte(words)) && (to == len(text) || !letterAt(text, to) || !isWordByte(words)) {
			return true
		}
		at = from + 1
	}
}

func isWordByte(s string) bool { return s != "" && s != "%" && !strings.ContainsAny(s, "€$£") }

func letterAt(s string, i int) bool {
	for _, r := range s[i:] {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return false
}

func letterBefore(s string, i int) bool {
	last := rune(' ')
	for _, r := range s[max(0, i-4):i] {
		last = r
	}
	return unicode.IsLetter(last) || unicode.IsDigit(last)
}

type wrongFunc func(rule string, s prose.Sentence, where, say string)

// figuresOf holds the numbers of a sentence against the material; the prospects' own only where it speaks of them, and
// never those of a price or a share.
func (p *prompt) figuresOf(s prose.Sentence, m *material, wrong wrongFunc) {
	for n := range figures(ofTheTwo.ReplaceAllString(s.Text, "")) {
		if m.figures[n] || n == "1/3" && strings.Contains(strings.ToLower(s.Text), "third part") {
			continue
		}
		if before, _, found := strings.Cut(s.Text, n); m.theirs[n] && found && secondPer.MatchString(lower(before)) && !firstPer.MatchString(lower(before)) && !strings.ContainsAny(s.Text, "%€$£") {
			continue
		}
		wrong("no-invented-number", s, n, "give only figures that stand in the material, and none of the reader's as an offer of ours")
		return
	}
}

// light words stand between a number and what it counts.
var light = set("of the them a an your our my such those these other most der die das von ihrer ihre ihren unserer davon de la les des van de het av")

// units holds what a number counts against what it counts in the material: 300 invoices are no 300 disputes.
func (p *prompt) units(s prose.Sentence, m *material, wrong wrongFunc) {
	for n, unit := range countedIn(s.Text) {
		if unit == "" || m.units[n][unit] {
			continue
		}
		same := false
		for known := range m.units[n] {
			head := min(len(known), len(unit), 4)
			same = same || head > 2 && known[:head] == unit[:head]
		}
		if !same && len(m.units[n]) > 0 {
			wrong("no-invented-number", s, n+" "+unit, "let each figure count what it counts in the material")
			return
		}
	}
}

// countedIn gives the numbers of a text, each with the first word after it that it may count, stemmed.
func countedIn(text string) map[string]string {
	out := map[string]string{}
	words := strings.FieldsFunc(strings.ToLower(prose.WithoutLinks(text)), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:()", r) })
	for i, w := range words {
		w = strings.Trim(w, ".!?\"'")
		// Small numbers in words also point back ("these five"), and are held by figuresOf alone.
		n := ""
		if figure.MatchString(w) {
			n = figure.FindString(w)
		}
		if n == "" || strings.Contains(n, "/") {
			continue
		}
		unit := ""
		for _, next := range words[i+1 : min(i+4, len(words))] {
			next = strings.Trim(next, ".!?\"'")
			if !light[next] {
				unit = prose.Stem(next)
				break
			}
		}
		out[n] = unit
	}
	return out
}

// proposing finds a statement that leaves a day open; plainly stated, a proposed day would be an appointment.
var proposing = rx(`\b(could|would|can|may|might|if|keep|keeping|suggest|propose|free|either|könnte\w*|würde\w*|kann|falls|wenn|vorschlagen|schlage|frei|pourr\w+|puis|si|propose|libre|podr\w+|puedo|propongo|libre|kan|zou|als|stel|vrij|kunde|skulle|kan|om|föreslår|ledig)\b`)

// proposed holds the days that are only proposed against being stated as settled.
func (p *prompt) proposed(s prose.Sentence, low string, o playbook.Outline, m *material, wrong wrongFunc) {
	if proposing.MatchString(low) || strings.Contains(lower(o.Plan), low) {
		return
	}
	for _, f := range o.Facts {
		if (f.Name == "Day" || f.Name == "OtherDay" || f.Name == "By") && strings.Contains(low, lower(f.Value)) {
			wrong("invented-agreement", s, "", "ask whether the day suits instead of stating it")
			return
		}
	}
}

// quotations holds what stands in quotation marks against the material, word for word.
func (p *prompt) quotations(s prose.Sentence, m *material, wrong wrongFunc) {
	heard := flat(m.heard)
	for _, q := range append(quotation.FindAllStringSubmatch(s.Text, 4), single.FindAllStringSubmatch(s.Text, 4)...) {
		if !strings.Contains(heard, flat(q[1])) {
			wrong("invented-quotation", s, q[0], "quote only what was written, word for word")
		}
	}
}

// mentioned holds what they are said to have said against what was said: the words of the clause are mostly those of the
// thread or the notes.
func (p *prompt) mentioned(s prose.Sentence, low string, m *material, wrong wrongFunc) {
	at := youSaid.FindStringIndex(low)
	if at == nil {
		return
	}
	if len(p.ground.Prospects) == 0 && !youSaid.MatchString(m.trusted) {
		wrong("invented-word", s, "", "put no words into the reader's mouth: they have written nothing of it")
		return
	}
	known, other := 0, 0
	for _, t := range prose.Terms(low) {
		switch {
		case m.terms[t]:
			known++
		case !neutral()[t]:
			other++
		}
	}
	if known == 0 || other > known {
		wrong("invented-word", s, "", "say of the reader only what the thread or the notes hold")
	}
}

// dates holds weekdays and months against the material, in whatever case they are written.
func (p *prompt) dates(s prose.Sentence, m *material, wrong wrongFunc) {
	for _, t := range tokens(s.Text) {
		if !calendarWords[t.lower] || m.words[t.lower] || t.lower == "may" && !t.capital || t.lower == "mars" && !t.capital || len(t.lower) < 4 {
			continue
		}
		if t.lower == "may" && t.first || t.lower == "march" && !t.capital {
			continue
		}
		wrong("invented-time", s, t.text, "name only days and months that the material holds")
		return
	}
}

// novel gives the words of a sentence that neither the material holds nor every letter may.
func (m *material) novel(sentence string) []string {
	var out []string
	for _, w := range prose.Words(sentence) {
		for _, t := range prose.Terms(w) {
			if !m.terms[t] && !neutral()[t] && numberWords[w] == "" && !m.kin(t) {
				out = append(out, w)
			}
		}
	}
	return out
}

// kin says whether the material holds a word of the same beginning: "invoicing" and "invoiced", "Verlader" and "verladen".
func (m *material) kin(term string) bool {
	if len(term) < 6 {
		return false
	}
	head := term[:len(term)*3/4]
	if len(head) < 5 {
		return false
	}
	for t := range m.terms {
		if strings.HasPrefix(t, head) {
			return true
		}
	}
	return false
}

// allowance is how many words of a sentence the material need not hold: a question proposes something, a statement claims
// it. For English the list of words that claim nothing is longest.
func allowance(question bool, lang string) int {
	switch {
	case question && lang == "en":
		return 2
	case question:
		return 3
	case lang == "en":
		return 0
	}
	return 1
}
