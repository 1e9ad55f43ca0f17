package rules

import (
	"regexp"
	"slices"
	"strings"

	"followupd/playbook/rarely"
)

// phraseRule is a rule on words alone. Its patterns see folded text (see fold): lower case, no accents.
type phraseRule struct {
	name, say, source string
	patterns          []string
}

const (
	adviceNever = `sales advice: never "sorry for bothering", "just checking in", "pinging", "touching base", "moving this to the top", "did you see my last email"`
	adviceThem  = "sales advice: it is about them, not about you: value first, then one clear ask"
	adviceKind  = "sales advice: the goodbye is kind, and silence is a fair answer"
)

// phraseFinder is built when a text is held against the rules, in 26 ms.
var phraseFinder = rarely.Made(func() *phraseIndex { return newPhraseIndex(phraseRules) })

// mostFound bounds the violations that are told of one text.
const mostFound = 50

// phrases gives the banned phrases in a text: the patterns in order of place, then the turns that no pattern has found.
func phrases(text string) []Violation {
	f := fold(text)
	var out []Violation
	say := func(r phraseRule, from, to int) {
		if len(out) < mostFound {
			out = append(out, Violation{Rule: r.name, Where: f.words(from, to), Line: f.line(from), Say: r.say, Source: r.source})
		}
	}
	hits := phraseFinder.Get().find(f.text)
	for _, h := range hits {
		say(phraseRules[h.rule], h.from, h.to)
	}
	for _, h := range turnTable.Get().find(f) {
		// What a pattern says of the same words is the nearer finding.
		if !slices.ContainsFunc(hits, func(p hit) bool { return p.from < h.to && h.from < p.to }) {
			say(phraseRules[slices.IndexFunc(phraseRules, func(r phraseRule) bool { return r.name == h.rule })], h.from, h.to)
		}
	}
	return out
}

// patterns gives one pattern a line.
func patterns(lines string) []string {
	var all []string
	for p := range strings.Lines(lines) {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// oneOf gives one expression that finds any of the patterns.
func oneOf(lines string) *regexp.Regexp {
	return regexp.MustCompile("(?:" + strings.Join(patterns(lines), "|") + ")")
}

// phraseRules are the banned phrases with their paraphrases, a pattern a line, in the order en de fr es nl sv.
var phraseRules = []phraseRule{
	{"no-apology", "take the sentence out: a mail that brings something needs no excuse", adviceNever, patterns(`
		\b(sorry|apologi[sz]e|apologies|forgive me|excuse me|pardon me) .{0,30}(clutter|(be|being) (a )?(pain|pest|pushy|back)\b|chaser|reaching out|contacting you|(writing|mailing|emailing) .{0,6}(again|yet|so)|so (often|many|much)|once more)
		\b(hate|loath|don't want|do not want|mean|wish) to (keep|be) (bug|pester|chas|nag|annoy|bother|hound)ing
		\b(keep|stop) (bugging|pestering|chasing|nagging|bothering|hounding|annoying) you
		\blast time (that )?i (will |would |am going to )?(bother|disturb|write|pester|annoy)
		\byour time is (precious|valuable|limited|scarce|short)
		\b(appreciate|know|understand|realise|realize|sure|imagine) (that )?you('ve| have)?( got)? (a lot|so much|plenty|enough|much) (on|going|to do)
		\b(will|mochte|wollte) (wirklich |keinesfalls |auch |ihnen |dir |sie |dich )*nicht (aufdringlich|lastig|penetrant|nervig|drangeln)
		\bhartnackigkeit\b
		\bviel um die ohren\b
		\b(sicher|bestimmt|gerade|derzeit|wahrscheinlich|vermutlich) (sind|haben|bist|hast) (sie|du) .{0,15}(stress|viel zu tun|beschaftigt|unter strom)
		\b(excus|pardon|desole|m'excus)\w*.{0,40}(ecri|sollicit|contact|encore une fois|une fois de plus|a nouveau|insist)
		\bne (voudrais|veux|souhaite|voulais) (surtout )?pas (vous |te )?(importun|derang|insist|embet|harcel)
		\b(votre|ton) (emploi du temps|agenda|planning) est (tres |bien |surement |sans doute )*(charge|rempli|plein)
		\b(perdon|perdone|perdona|disculp\w*|lament\w*|siento|lo siento).{0,30}(escribirle|escribirte|tantas veces|insist|molest|otra vez)
		\b(imagino|supongo|entiendo|se) que .{0,20}(ocupad|liad|atarea)
		\bopdringerig\b
		\b(sorry|excus\w*|verontschuldig\w*|neem me niet kwalijk).{0,40}(blijf|mail|schrijf|weer|nogmaals)
		\b(uw|je|jullie) agenda .{0,12}vol\b
		\bpatrangande\b
		\b(ber om ursakt|forlat|ursakta|ledsen).{0,40}(hor av mig|skriver|mejlar|ofta|igen|tjat)
		\bjag (vet|forstar|inser) att (du|ni) har .{0,12}(mycket|fullt|handerna fulla)
		\b(sorry|apologi[sz]e|apologies|forgive me|excuse me|pardon me)\b.{0,50}\b(bother|disturb|troubl|interrupt|intru|nag|chas|hound|pester|spam|persist|annoy|(writ|mail|e-?mail|messag)ing (you )?(again|once more|so)|keep (writing|mailing|emailing)|many (mails|e-?mails|messages)|repeated|follow|filling|crowding|another (mail|e-?mail|message|note)|yet another|in touch again)
		\b(pardon|excuse|forgive) (the|my|this) (persistence|intrusion|interruption|bother|follow|repeated|many|another)
		\b(do not|don't|without|never) (want|mean|wish|intend|wanting|meaning|wishing) to (bother|disturb|annoy|nag|pester|bug|spam|chase|intrude|harass|be (a )?(nuisance|pest|bother|pushy|annoying))
		\bhate to (bother|disturb|bug|nag|chase|be (a|that))
		\bhope (that )?(i'm|i am|this is|it's|it is) not (bother|disturb|annoy|a bother|being|too pushy|an? (intrusion|inconvenience|bad time))
		\b(risk of|without) (being|sounding|seeming|becoming) (like )?(a )?(pest|nuisance|annoying|pushy|nag|bother|persistent)
		\bi (know|understand|realise|realize|am sure|imagine|can imagine|appreciate) (that )?(you're|you are|you must be|your (inbox|schedule|calendar|day) is) (probably |really |very |extremely |super |so |incredibly )?(busy|full|swamped|packed|snowed)
		\bme again\b
		entschuldig\w*.{0,60}(stor|nochmal|erneut|belastig|penetran|hartnack|nachfrag|nachhak|nerv|wieder (schreib|meld))
		(tut mir leid|verzeih\w*|sorry|pardon).{0,40}(stor|nochmal|erneut|nerv|belastig)
		(will|mochte|mocht|wollte) (sie|dich|ihnen|dir) (wirklich |keinesfalls )?nicht (weiter |langer |unnotig )?(storen|nerven|belastigen|drangen|auf die nerven)
		hoffe,? (dass )?ich (store|nerve|belastige|sie nicht|dich nicht)
		ich (weis|kann mir vorstellen),? (dass )?(sie|du) (gerade |sicher |bestimmt |sehr )*(viel (zu tun|um die ohren)|beschaftigt)
		desolee? (de|pour|d').{0,30}(derang|relanc|import|insist|interr|embet|ecri)
		(excus|pardon)\w*.{0,40}(derang|relanc|insist|import)
		sans vouloir (vous |te )?(derang|import|insist|embet)
		j'espere ne pas (vous |te )?(derang|import|embet)
		je (sais|comprends|me doute) que (vous etes|tu es) (tres |bien |surement |sans doute )*(occupe|pris|deborde)
		(perdon|disculp|lament|lo siento)\w*.{0,40}(molest|insist|interrump|pesad|escribir(le|te)? (otra vez|de nuevo))
		no (quiero|quisiera|pretendo|deseo) (molest|insist|ser (pesad|insist)|abrum)
		espero no (estar )?(molest|interrump|ser (una molestia|pesad))
		(se|imagino|entiendo) que (usted )?(esta|estas|estara|estaras) (muy |bastante )?(ocupad|liad)
		(sorry|excus\w*|verontschuldig\w*|pardon|het spijt me|neem me niet kwalijk).{0,50}(stoor|storen|storing|lastig|opnieuw|nogmaals|weer (mail|schrijf)|val)
		wil (u|je|jullie) (zeker |echt )?niet (storen|lastig ?vallen|opjagen)
		hoop(,? dat)? (ik|dit) (u|je|jullie)? ?niet (stoor|lastig|te veel)
		ik (weet|begrijp|snap) dat (u|je|jullie) (het )?(erg |heel |vast )?(druk|drukbezet)
		(ursakta|forlat|ledsen|beklagar|sorry).{0,50}(stor|tjat|igen|besvar|pa nytt)
		(vill|ville) (verkligen )?inte (stora|tjata|besvara|vara (till besvar|jobbig))
		hoppas (att )?jag inte (stor|tjatar|besvarar|ar jobbig)
		jag (vet|forstar) att du (har (mycket|fullt)|ar (upptagen|stressad))`)},

	{"no-checking-in", "say what is new for them, and ask the one thing you need to know", adviceNever, patterns(`
		\bi (just |only |simply |merely )?want(ed)? to (quickly )?(check|see|ask|find out|know|confirm|make sure|verify) (if|whether|that|how|where|what)
		\bjust want(ed|ing)? to (check|confirm|make sure|verify|ask|know)
		\bwhere (are|do) we (stand |at )?(with|on) (this|that|it|the|our|my)
		\bjust (dropping|popping|making sure|keeping|wondering|stopping by|swinging by|curious|sending (a|you|another|this)|looking (for|to))\b
		\bhow (things|it|you|everything|we) (are|is|were) (going|getting on|coming along|progressing|looking)
		\b(confirm|acknowledge) (that )?(receipt|you (have )?(received|got|seen|read)|you received)
		\b(have|had|if|whether|that) you('ve| have)? (yet |already |now )?(made|come to|reached|taken) (a|any|your) decision
		\bgiven (any|it|this|some|our|my|the) (more |further |some |\w+ )?(more |further |some )?thought
		\b(wonder|wondering|curious|see|know|ask|asking|curious) (if|whether) (you|this|it|that|we|there) (managed|is still|are still|still|have decided|were able|been able|remains)
		\bfollowing up\b
		\bfollow[ -]?up (number|no|e-?mail|mail|message|note)\b
		\b(i'm|i am|am|we're|we are) (still )?chasing\b
		\bchasing (you|up|an answer|a reply|for)\b
		\bany (luck|joy|movement|decision|verdict|reaction|change)( (on|with|about|regarding|yet|from|so far)|\?)
		\b(has|have|is) there (been )?any (movement|news|progress|feedback|updates?|developments?)
		\b(this|it|that|these|i|we) (is |are |am |was |were )?still on your (list|radar|agenda|mind|plate)
		\bthoughts\?
		\b(in|ins) (erinnerung|gedachtnis) (zu )?(rufen|bringen)
		\b(konnten|hatten|haben|konntest|hast) (sie|du) .{0,40}(schon|bereits|inzwischen|mittlerweile) .{0,20}(ansehen|anschauen|durchsehen|prufen|lesen|entscheiden|angesehen|gelesen|gepruft|entschieden)
		\bwie (sieht es|schaut es|schaut's|siehts|sieht's|stehts) (denn |nun |jetzt |inzwischen |aktuell )?(aus|mit|bei|um)
		\bob sich (bei ihnen|bei dir|bei euch|da|schon|inzwischen) .{0,20}(getan|ergeben|bewegt|entschieden)
		\b(wollte|mochte|wollt) .{0,20}(nachhoren|nachfragen|nachhaken|erkundigen)
		\b(coup|lettre|mail|message) de relance
		\b(vous|te) relancer\b
		\bou en (est|sont) (votre|ta|vos|tes|le|la|notre|ce)
		\b(avez-vous|as-tu|auriez-vous) (deja |enfin )?pris (une|votre|ta) decision
		\b(voulais|voudrais|souhaitais|aimerais) (simplement |juste |seulement )?(savoir|demander|vous demander) si (vous|tu)
		\bya (han |has |ha )?(tomaron|tomado|tomo|tomaste) (una|alguna|la) decision
		\b(han|has|ha) tomado (ya )?(una|alguna) decision
		\bqueria (saber|preguntar(le|te)?|ver|confirmar) (si|como)
		\bvroeg me af (of|hoe)
		\b(heeft|heb|hebt|hebben) (u|je|jullie) (al )?(een )?(beslissing|besluit|keuze) (genomen|gemaakt)
		\bhoe (staat|gaat|zit) het er ?mee
		\bhur gar det (for er |for dig )?med (forslaget|offerten|planerna|beslutet|detta)
		\bhar (ni|du) (redan |nu )?(bestamt|beslutat|tagit (ett )?beslut)
		\b(jag )?undrar (om|hur) (du|ni|det) (har|hann|gar|fick)
		\bcheck(ing|ed|s)?[ -]in (with|on|to (see|ask|find|hear|say|make)|about|again|once|before|here|as|because|since|regarding|quickly)
		\bchecking[ -]in($|[^a-z -])
		\b(quick|friendly|brief|short|another|little) check[ -]in\b
		\bcheck(ing)? (back|up)\b( in)?( (with|on) you| on (this|that|it|my|the (status|progress)))
		\b(just|only|quickly|merely|simply) check(ing)?\b
		\b(just|only|merely|simply) (a )?(quick |short |brief )?(follow(ing)?[ -]?up|note to follow|message to follow)
		\bjust (wanted|wanting|writing|want|thought i'd|thought i would|looking|hoping|trying|reaching out) (to )?(quickly |briefly )?(follow[ -]?up|see (if|whether|where|how|what)|ask (if|whether) you|find out|know|hear|get (your|an update|a (status|sense))|say hi|remind|reconnect|connect|make sure you|confirm you (got|received|saw))
		\bfollow(ing)?[ -]up (on|to|about|regarding|with) (my|our|the|this|that|a) (last |previous |earlier |recent |below |first |initial |prior )?(e-?mail|mail|message|note|proposal|quote|offer|voicemail|call)
		\b(quick|brief|short|another|friendly|gentle|polite) follow[ -]?up\b
		\b(see|ask|wonder|wondering|know|hear|find out|curious) (if|whether) you('ve| have|'d| had)? ?(already |yet |maybe |perhaps )?(had|have|got|get|found|managed|could find) (a |the |any |some |your )?(chance|time|moment|opportunity|minute)
		\b(had|have|get|got|found) (a |the |any |some )?(chance|time|moment|opportunity|minute) to (see|read|look|review|go (through|over)|think|consider|digest|open|process|reply|respond)
		\bwonder(ing|ed)? how (it's|it is|things are|everything is|you are|you're|that is|this is) (going|coming|getting|looking|doing)
		\bhow('s| is| are) (it|things|everything) (going|coming along|looking)\b
		\bany (news|updates?|progress|word|movement|developments?|feedback|thoughts)( yet| so far)?( (on|about|regarding|from|with) (my|our|this|that|it|the|your)|\?)
		\b(what's|what is) the (status|latest)\b
		\b(get|give me|send me|have|share|for) (an|a quick|any|a status) (status )?update\b
		\bwhere (do )?(things|we|you) stand\?
		\bsee where (things|we|you|this|that) (stand|are|is|landed|sits)
		(wollte|mochte|wollt) (nur|mal|kurz|einfach|noch|noch einmal|nochmal|lediglich|gern|gerne| )+(nachfragen|nachhaken|horen|erkundigen|fragen,? (ob|wie|was)|anklopfen|melden|wissen|nachhoren|in erinnerung)
		\b(kurze|kleine|freundliche) (nachfrage|ruckfrage zum stand)
		\b(nachzuhaken|nachhaken|nachzufragen|nachhake)\b
		(hake|frage|horche) (nur |kurz |mal |noch |noch einmal |nochmal |hiermit )+nach\b
		wie (ist|steht) (denn )?(der|es um|es mit)( den| der| dem)? (aktuelle )?(stand|stand der dinge|ihrer|deiner|unserem|meinem)
		gibt es (schon |bereits |inzwischen )?(etwas |was )?neu(es|igkeiten)
		(hatten sie|hattest du|haben sie|hast du|konnten sie|konntest du|sind sie|bist du) (schon |bereits |inzwischen |denn |mittlerweile |sich )*(etwas )?(die )?(zeit|gelegenheit|moglichkeit|muse|dazu gekommen)
		\b(je )?(voulais|souhaitais|tenais|viens|me permets|reviens|souhaite)\b.{0,30}(relanc|aux nouvelles|savoir (si|ou)|prendre des nouvelles|revenir vers|faire (un|le) (point|suivi)|m'assurer que)
		\b(reviens|revenir) vers (vous|toi)\b
		\b(petite|simple|derniere|gentille) relance
		\b(avez-vous|as-tu|auriez-vous|aurais-tu|vous avez|tu as) (bien |deja )?(eu|pu|trouve) (le temps|l'occasion|un moment|prendre|lire|regarder|consulter|y reflechir|examiner)
		\b(avez-vous|as-tu|y a-t-il) (des |du )?(nouvelles|nouveau)
		\bou en (etes-vous|es-tu|sommes-nous)\b
		\b(solo|solamente|unicamente|simplemente|tan solo) (queria|quiero|escribo|paso|te escribo|le escribo|me gustaria).{0,30}(saber|pregunt|ver (si|como)|seguimiento|record|confirm)
		\b(hacer|dar|hago|doy)(le|te)? (un )?seguimiento\b
		\bseguimiento (a|de) mi (correo|mensaje|propuesta|email)
		\b(ha|has|habra|habras|pudo|pudiste) (ya )?(podido|tenido|tener)?,? ?(la |el )?(oportunidad|ocasion|tiempo|un momento|revisar|leer|echar)
		\b(alguna|hay|tiene|tienes) (alguna )?(novedad|novedades)
		\bcomo va (todo|lo de|el tema)\b
		\b(wilde|wou|wil) (alleen |nog |graag |gewoon |toch |slechts )*(even )(nog |graag )?(checken|vragen of|navragen|informeren|horen|opvolgen|weten|nagaan|polsen)
		\beven (checken|navragen|opvolgen|polsen|bijpraten)\b
		\b(heeft u|hebt u|heb je|heeft je) (al |inmiddels |misschien |toevallig )*(de )?(tijd|gelegenheid|kans|kunnen (kijken|lezen|bekijken))\b
		\b(is er|heeft u|heb je) (al |inmiddels )?(nieuws|meer bekend|iets bekend)
		\bhoe (staat|is) het (er )?(nu )?(mee|met (mijn|ons|het|de|uw|je))\b
		\b(ville|vill|onskar|tankte|skulle) (bara |mest |endast |gärna )*(kort )?(hora (om|hur|av|med|vad)|kolla|stamma av|folja upp|checka|se om du|veta om du)
		\bbara (kolla|hora|stamma av|folja upp|checka)
		\b(stamma|stammer) av (med|laget|hur|om)
		\b(har du|hann du|hade du) (redan |annu )?(hunnit|haft (tid|mojlighet|chans)|titta|lasa|tid)
		\bhur (gar|ligger) (det|vi) (till )?(med|for) (mitt|min|vart|ert)
		\b(finns det|har du) (nagra |nagot )(nyheter|nytt)`)},

	{"no-circling-back", "begin with what you bring, not with the fact that you write again", adviceNever, patterns(`
		\bre-?upping\b
		\bon your radar\b
		\breviv(e|ing) (this|the|our) (thread|conversation|mail|e-?mail|discussion)
		\bdrop(ping)? you (another|a quick|a) (line|note|message)
		\b(sending|forwarding|sharing|posting) this (again|once more|over again|one more time)
		\bi (figured|thought) (that )?i('d| would) (just )?(try (you )?again|write again|drop you|ask again|follow up)
		\bbefore i give up
		\bkeep (on )?(trying|writing|calling|mailing) (until|till)
		\b(bin es|bin's|ich bin) (noch einmal|nochmal|schon wieder|wieder da)\b
		\bkomme (noch einmal |nochmals |heute |gern )?auf (mein|meine|meinen|unser|unsere|unseren) (angebot|mail|schreiben|nachricht|vorschlag|anfrage)
		\bmelde mich (noch einmal|nochmal|nochmals|erneut|wieder) (wegen|zu|bezuglich|mit)
		\bc'est (encore|de nouveau) moi
		\b(vous|te) (reecrire|recontacter)\b
		\b(soy yo|aqui estoy) (otra vez|de nuevo)
		\bdaar ben ik (weer|alweer)
		\b(schrijf|mail) ik (u|je|jullie) (opnieuw|nogmaals|weer|nog een keer)
		\bdet ar jag igen
		\b(skriver|mejlar) (jag )?igen
		\btouch(ing|ed)?[ -]?bases?\b
		\bcircl(e|ing|ed) (back|round|around)\b
		\bloop(ing|ed)? (back|you (back )?in)\b
		\b(reach(ing)?|reached) out (again|once more|one more time|one last time|to (see|check|follow)|regarding my)
		\b(writing|mailing|e-?mailing|messaging|calling) (to )?you (yet )?(again|once more|one more time)
		\b(trying|try) (you )?(again|one (more|last) time)\b
		\b(second|third|fourth|another|one more|final|last) (attempt|try) (to|at) (reach|contact|get|call|speak|catch|reaching|contacting)
		\bmy (second|third|fourth) (attempt|try|e-?mail|mail)\b
		\b(nochmals?|noch einmal|erneut|wieder einmal) (bei ihnen|bei dir|auf (sie|dich)|an (sie|dich)) (melden|zukommen|zuruck|wenden)?
		\b(melde|komme) mich (nochmals?|noch einmal|erneut)\b
		\b(komme|kommen) (nochmals?|noch einmal|erneut) auf (sie|dich|meine|mein)
		\b(nouvelle|derniere|seconde|troisieme) tentative\b
		\b(vuelvo|volver) a (escribir|contactar|ponerme en contacto)
		\b(kom|kom ik) (nog (even )?|graag )?(terug op|bij (u|je) terug)
		\b(hor|aterkommer|aterkopplar) (jag )?(av mig )?(igen|pa nytt)\b`)},

	{"no-bumping", "bring the next useful thing instead of pushing the old mail up", adviceNever, patterns(`
		\b(end|ended|land|landed|went|gone|go|caught|stuck)( up)? in(to)? (your|the) (spam|junk)
		\b(mail|e-?mail|message|note) (must have |may have |might have |probably |has |have )?(got|gotten|been|was|gone)? ?(lost|buried|overlooked|missed|swallowed)
		\bin case (it|this|that|they) (went|got|was|fell|slipped|did not|didn't)
		\b(first|last|previous|original) (one|mail|e-?mail|message) (got|came|went|made it) through
		\bpop(ping)? (this|it|my) .{0,10}(up|to the top)
		\bspam(ordner|-ordner|filter)? (gelandet|verschwunden|gerutscht|hangen)
		\bfalls (sie|du) (meine|die|diese|mein).{0,25}(ubersehen|verpasst|uberlesen|nicht erhalten)
		\b(noch einmal|nochmal|wieder) nach oben\b
		\ban (mein|meine|unser|unsere|das|die)\w* (schreiben|angebot|mail|nachricht|anfrage|unterlagen).{0,25}erinner
		\bdans (vos|tes|les|le dossier) (spams?|indesirables|courriers? indesirables)
		\b(vous |t')(a|ait|aura) (peut-etre |sans doute )?echappe
		\bau cas ou (vous|tu) (auriez|aurais|n'auriez|n'aurais|avez|l'auriez)
		\b(carpeta de|bandeja de|ido a|parar a|llegado a|caido en).{0,12}spam
		\bse (le|te) (paso|escapo|perdio|olvido) (mi|el|responder|contestar)
		\b(le|te) recuerdo que
		\b(permito|permita|permitame|gustaria) recordar(le|te)
		\bsubo (este|mi|el) (correo|mensaje)
		\bpor si no (vio|viste|le|te|ha|has|lo|recibio)
		\bin (uw|je|jullie|de) spam
		\b(mocht|als) (u|je) .{0,25}(gemist|over het hoofd)
		\bonder (uw|je|jullie) aandacht
		\bi (skrapposten|skrappost|spammappen)
		\b(forsvann|forsvunnit|drunkna\w*) i (mangden|inkorgen|bruset|flodet)
		\bom (du|ni) missa(de|t)
		\blyfter (upp )?(mitt|det har|detta)
		\btill toppen av (din|er)
		\bpinging\b
		\bping(ed)? (you|me|us)\b
		\b(a|another|quick|gentle|friendly) ping\b
		\bbumping\b
		\bbump(ed)? (this|it|that|my|our|the (thread|mail|e-?mail|message))
		\b(a|quick|little|another|friendly|gentle) bump\b
		\bbump[.!]
		\b(to|at|in|on|near) (the )?(very )?top of (your|the) (inbox|mailbox|list|e-?mail|pile|queue|stack|to-?do)
		\b(top of mind|front of mind)\b
		\bbubbl(e|ing|ed) (this|it|that|up|my|back)
		\b(bring|float|push|mov|pull|rais|pop|surfac|resurfac|bump)(e|ing)? (this|it|that|my (e-?mail|mail|message|note))( back)? (up|to your attention|to the (top|surface)|forward in)
		\b(resurfac|re-?surfac)(e|ing)\b
		\b(gentle|friendly|quick|little|polite|kind|soft|small|just a|short|brief|another|final) (reminder|nudge|poke|prod)\b
		\bnudg(e|ing|ed) (you|this|it|things)\b
		\b(just|only|merely|a) (to )?remind(er|ing)?( you)? (about|of|that) (my|our) (e-?mail|mail|message|note|proposal|offer|last|previous)
		\bin case (you (missed|overlooked)|(this|it|my (e-?mail|mail|message|note|last)).{0,20}(lost|buried|missed|overlooked|slipped|fell|went|landed|spam))
		\b(slip|slipp|fell|fall)\w* (through|between|past|under|off) (the |your )?(cracks|radar|net|desk)
		\b(got|get|gets|been|be|was) (lost|buried) in (your|the) (inbox|mailbox|shuffle|pile)
		\b(re-?send|re-?forward|forward|send)(ing)? (you )?(this|it|my (e-?mail|mail|message|note)) (again|once more|one more time)
		\bre-?sending\b
		\b(nach|wieder nach|ganz nach|weiter nach) oben (in|auf|holen|schieben|bringen|rucken|rutsch)
		\b(hochholen|hochschieben|anstupsen|stups|anpingen|pinge)\b
		\b(freundliche|kleine|sanfte|kurze|nette|hofliche) erinnerung\b
		erinner\w* (ich )?(sie |dich )?(nochmals |noch einmal |kurz |gern |hiermit )?an (meine|mein|unser\w*) (letzte |letztes |vorherige )?(e-?mail|mail|nachricht|angebot|anfrage|schreiben)
		an (meine|unsere) (letzte |vorherige )?(e-?mail|mail|nachricht|anfrage) erinnern
		\b(untergegangen|durchgerutscht|untergeht)\b
		\b(remont|remett)\w* (mon|ce|le|notre) (e-?mail|mail|message|courriel)
		\b(en |au )?haut de (votre|ta|la) (boite|liste|pile)
		\b(rappel amical|petit rappel|gentil rappel|simple rappel|dernier rappel)
		\b(perdu|noye) (dans|au milieu|parmi)
		\b(passe|echappe) (a travers|inapercu|entre les mailles)
		\b(subir|poner|volver a poner|llevar).{0,30}(bandeja|arriba|primer lugar)
		\b(recordatorio (amistoso|amable|cordial)|(pequeno|breve|ultimo|simple) recordatorio)
		\b(se (le |te )?(haya|ha|hubiera) (perdido|traspapelado|escapado))
		\bboven ?(aan|op) (in )?(uw|je|de) (inbox|mailbox|lijst|stapel)
		\b(vriendelijke|kleine|korte|zachte) (herinnering|reminder)
		\b(herinner|herinneren).{0,15}aan (mijn|onze) (vorige |laatste )?(mail|e-?mail|bericht|offerte)
		\b(ondergesneeuwd|tussen wal en schip|aan (uw|je) aandacht ontsnapt)
		\b(hogst|overst) (upp )?i (din|er) (inkorg|inbox|lista)
		\b(vanlig|liten|kort) paminnelse
		\bpaminna (dig |er )?om (mitt|min|vart)
		\b(puff|puffa|putta|lyfta|knuffa) (upp )?(det har|mitt|detta|pa (det|dig))
		\bforsvunnit i (inkorgen|mangden|bruset)`)},

	{"no-did-you-see", "do not ask about your mail; say again in one sentence what it was about", adviceNever, patterns(`
		\b(my|our|the) (last |previous |earlier )?(message|mail|e-?mail|note|quote|proposal|offer)( i sent| we sent)? (has |have )?(reached|reach|arrived|arrive|got to|get to) (you|your|safely)
		\b(make|made|makes) it to you\b
		\b(ist|sind) (mein|meine|unser|unsere)\w* .{0,25}(angekommen|eingetroffen)
		\b(le|te) llego (bien )?(el|la|mi|nuestr)
		\bsi ya (vio|viste|leyo|recibio)
		\bis (mijn|onze) .{0,20}(mail|offerte|bericht) (wel |al |goed )*(aangekomen|ontvangen)
		\b(naar de|naar mijn|naar onze) (offerte|mail|voorstel) (hebt|heeft|heb) gekeken
		\b(kom|har) (mitt|min|vart|var) .{0,25}(fram\?|fram till)
		\b(did|have|had|if|whether|sure|assume|hope|trust) (that )?you('ve| have)? ?(had |get |got |gotten |even |already |ever |at least |actually |all )*(a |the |any )?(chance |time |moment |opportunity )?(to )?(see|seen|saw|read|receive|received|get|got|open|opened|review|reviewed|look|looked|notice|noticed)( at| over| through)? .{0,15}\b(my|our|the (last|previous|earlier|attached)).{0,25}(e-?mail|mail|message|note|proposal|offer|quote|voicemail|invit)
		\b(have you|did you|you) (seen|see|read|get|receive|received) (my|our|the) (last|previous|earlier)
		\b(last|previous|earlier|other|first|original|past) (few |two |three |several )?(e-?mails?|mails?|messages?|notes?) (to you )?(that )?(went|goes|going|has gone|have gone|seems?|remain\w*|got no|received no|is still|are still|still)
		\b(as|like) (per|stated in|mentioned in|said in|i (said|wrote|mentioned|stated) in|outlined in|noted in) (my|our|the) (last|previous|earlier|prior|recent|first|other)? ?(e-?mails?|mails?|messages?|notes?)
		\bper my (last|previous|earlier)\b
		\b(refer|referring|reference|reply|respond|answer|response)(ing)? (back )?to (my|our) (last|previous|earlier|prior|below|recent)
		\b(see|scroll|look) (my |the )?(e-?mail |mail |message |note )?(below|down below|underneath)
		(haben sie|hast du|konnten sie|konntest du|hatten sie|hattest du|ist|sind).{0,25}\b(meine|mein|meinen|unser|unsere|unseren|mein letztes|meine letzte)\b.{0,25}(e-?mail|mail|nachricht|angebot|unterlagen|schreiben|vorschlag|anfrage)
		\b(meine|unsere) (letzte|vorherige|vorige|fruhere) (e-?mail|mail|nachricht) (schon |bereits )?(erhalten|bekommen|gelesen|gesehen|angekommen)
		\bwie (bereits |schon )?in meiner (letzten|vorherigen|vorigen) (e-?mail|mail|nachricht)
		\b(avez-vous|as-tu|vous avez|tu as) (bien |deja )?(recu|lu|vu|ouvert|pu (lire|voir|consulter|regarder|prendre connaissance)).{0,20}(mon|ma|mes|notre)\b
		\b(suite a|concernant|comme (indique|mentionne|dit|ecrit) dans) (mon|mes|ma) (dernier|precedent|derniere|derniers)
		\b(ha|has|habra|habras) (visto|recibido|leido|podido ver|abierto|revisado) (ya )?(mi|mis|nuestr|el correo|la propuesta)
		\b(recibio|recibiste|vio|viste|leyo|leiste) (mi|mis|nuestr|el correo|la propuesta)
		\bcomo (le |te )?(dije|comente|indique|mencione) en mi (ultimo|anterior)
		\bzoals (al )?in mijn (vorige|laatste|eerdere) (mail|e-?mail|bericht)
		\b(har du|fick du|sag du|laste du|hann du) .{0,15}(mitt|mina|min|vart|vara|var)\b.{0,25}(mejl|mail|meddelande|brev|offert|forslag)
		\bsom jag (skrev|namnde) i mitt (senaste|forra|tidigare)`)},

	{"no-never-heard", "leave their silence unmentioned; make the answer easier instead", adviceKind, patterns(`
		\bstill (have |had )?no (reply|response|answer|word|news|feedback)
		\bhop(ing|ed) (to|that i would|i'd|i would) (hear|get|receive|have heard)
		\bexpect(ing|ed) (your|a|an) (call|reply|answer|response|mail|e-?mail)
		\byou('ve| have|'re| are)? (been|gone|become|fallen|went) (very |so |rather |awfully |a bit |remarkably )?(quiet|silent)
		\b(haven't|have not|hasn't|didn't|did not) (written|replied|answered|responded|reacted|come|write) back
		\b(caught|catch|got) you at a bad time
		\b(e-?mailed|mailed|written to|written|called|contacted|messaged) you (two|three|four|five|several|many|multiple|a few|\d+) times
		\b(essaye|tente|cherche) (plusieurs fois |deja )?(de |a )(vous |te )?(joindre|contacter|appeler)
		\b(n'avez|n'as|n'avez-vous) pas (encore )?donne suite
		\bsans (nouvelles|reponse|retour) (de|a ce)
		\b(intentado|tratado de) (localizar|contactar|llamar|hablar)(le|te|lo|la)?\b
		\bsin (tener|recibir) (noticias|respuesta)
		\bno me (ha|has|han) (contestado|respondido|escrito)
		\bno haber sabido
		\bgeen (antwoord|reactie|bericht) (kreeg|ontving|gekregen|gehad)
		\b(geprobeerd) (u|je|jullie) (telefonisch )?(te )?(bereiken|bellen|contacteren)
		\b(nog )?niet gereageerd
		\bniets van (u|je|jullie) (hoor|hoorde|gehoord)
		\b(forsokt|forsokte|provat) (att )?(na|kontakta|ringa) (dig|er)
		\binte (hor|hort|fatt) (nagot|nagonting|svar)
		\bhar inte svarat
		\b(haven't|have not|hasn't|didn't|did not|never|not|yet to|without|am yet to) (yet |still |even |actually )?(hear|heard|hearing|receiv\w*|get|got|gotten|getting|had|have) (back|anything|from you|any (reply|response|answer|word|news)|an? (reply|response|answer)|your (reply|response|answer|feedback)|word)
		\b(still|been|patiently|eagerly|am|i'm) (await\w*|waiting|hoping) (for|on|to) (your|hear|a (reply|response|answer)|an answer|any|you|word|feedback)
		\bawait(ing)? your (reply|response|answer|feedback|decision)
		\b(no|any|zero) (reply|response|answer|word|feedback) (from you|so far|yet|to (my|our)|whatsoever)
		\b(radio silence|gone (quiet|silent|dark|cold)|went (quiet|silent|dark|cold)|crickets|your silence|deafening)\b
		\byou (still |just |simply )?(have|had|did|do|are)(n't| not) (yet |even |still )?(answered|answer|answering|replied|reply|replying|responded|respond|responding|got|gotten|get|getting|come|came|written|reacted)\b( back)?
		\b(tried|trying|attempted) (to )?(reach|reaching|contact|contacting|call|calling|get hold of|getting hold of) you (now )?(several|many|a few|multiple|a couple|a number|two|three|four|twice|repeatedly|already|again)
		\b(several|multiple|many|numerous|countless|two|three|four|five) (e-?mails|mails|messages|attempts|voicemails) (now|later|already|and|without|to you|from me)
		\b(second|third|fourth|fifth|2nd|3rd|4th|5th) (e-?mail|mail|message|time|note) (i|that i|i've|i'm|now|in)
		\bunanswered\b
		(keine|keinerlei|nie eine|noch keine) (antwort|ruckmeldung|nachricht|reaktion|rueckmeldung)
		\b(nichts|lange nichts|nie etwas|nie wieder|nie) (mehr )?(von (ihnen|dir) )?(gehort|vernommen)
		\bnicht (zuruck)?(gemeldet|geantwortet|reagiert)
		(warte|warten) (ich |wir )?(noch |immer |weiterhin |nach wie vor |leider )*auf (ihre|deine|eine (antwort|ruckmeldung|reaktion|nachricht|entscheidung)|ihr|dein)\b
		\b(funkstille|ihr schweigen|dein schweigen)\b
		\b(mehrfach|mehrmals|schon oft|wiederholt|schon zweimal|bereits zweimal) (versucht|kontaktiert|angeschrieben|geschrieben|angerufen|gemailt)
		\b(pas|jamais|point|toujours rien|rien) (encore |toujours )?(eu |recu |obtenu |entendu )(de |votre |ta |une |aucune )?(reponse|retour|nouvelles|signe|de vous|de toi)?
		\b(sans|aucune?|toujours pas de|pas de) (reponse|nouvelles|retour|signe) (de (votre|ta)|de vous|a (mon|mes|ce jour))
		j'attends (toujours |encore )?(votre|ta|une|un|de vos)
		\b(silence radio|votre silence|ton silence)\b
		\b(vous ne m'avez|tu ne m'as|n'avez|n'as) (toujours |encore )?(pas|jamais) (encore |toujours )?(repondu|donne|fait)
		\bno (he|hemos|me ha|me has|he vuelto a) (recibido|tenido|sabido|oido|saber|contestado|respondido|obtenido)
		\b(sigo|todavia|aun|continuo) (esperando|espero|a la espera)
		\bsin (respuesta|noticias|contestacion) (suya|tuya|de su|de tu|a mi)
		\bsu silencio\b
		(nog |helaas |nooit |nog steeds )(niets|geen (antwoord|reactie|bericht|terugkoppeling)|iets).{0,30}(gehoord|ontvangen|gekregen|vernomen|van u|van je)
		\b(niets|geen (antwoord|reactie)) (meer )?(van (u|je) )?(gehoord|ontvangen|gekregen|vernomen)
		\bwacht (ik )?(nog )?(steeds |altijd )?op (uw|je|een) (antwoord|reactie|bericht)
		\b(radiostilte|uw stilte)\b
		\b(niet|nooit) (heeft |hebt |meer )?(gereageerd|geantwoord|teruggemaild)
		\b(inte|aldrig|annu inte|fortfarande inte) (hort|fatt|mottagit|annu) .{0,25}(nagot|svar|av dig|fran dig|ifran|av er)
		\bhar inte (hort|fatt)\b
		\bvantar (jag )?(fortfarande |annu )?pa (ditt|ert|ett svar|svar)
		\b(radiotystnad|din tystnad)\b
		\b(du|ni) har (inte|aldrig|annu inte) (svarat|hort av)`)},

	{"no-guilt", "nobody owes an answer: leave the door open and say what they gain", adviceKind, patterns(`
		\b(guess|assume|suppose|take it|conclude) (that )?you('re| are|'ve| have)? (not|no longer|lost|don't|do not|aren't) (interested|interest|bothered|serious|care|want)
		\byou (don't|do not) care\b
		\b(forget|forgot|forgotten) (about )?(me|us)\b
		\beaten by (a|an)\b
		\bis this thing on\b
		\b(worry|worried|worrying) about you\b
		\bmy (boss|manager|director) (is|keeps|wants|needs|has been)\b
		\bi (need|have|want) to (close|finali[sz]e|finish|update|complete|hit|make) (this|my|the|our) (deal|forecast|quarter|target|pipeline|numbers?|quota)
		\b(would|'d) be (a )?(shame|pity) (if|to)
		\b(offenbar|anscheinend|scheinbar) (haben|hast|besteht|sind) .{0,20}keine?n? (interesse|bedarf)
		\b(sie|du) .{0,15}doch .{0,40}(versprochen|zugesagt)
		\betwas falsch gemacht
		\b(m'aviez|m'avais|m'avez|m'as) (pourtant |bien )?promis
		\b(suppose|imagine|conclus|comprends) que .{0,15}(ne |n').{0,18}interesse
		\bquelque chose de mal\b
		\b(surpris|etonne)e? (de|par) (votre|ton)
		\bme prometi(o|ste)\b
		\b(entiendo|supongo|imagino) que (ya )?no (le|te|les|os) interesa
		\bhecho algo mal
		\bme (sorprende|extrana) (no|que no|su|tu)
		\b(antwoord|reactie) beloofd
		\bblijkbaar (heeft|heb|hebt|bent|ben)\b
		\biets verkeerds? gedaan
		\bverbaast me dat
		\b(lovade|lovat) (ju |faktiskt )?(att )?(svara|aterkomma|hora)
		\bverkar inte (vara )?intresserad
		\bgjort (nagot|nagonting) fel
		\bforvanad (over )?att (jag|du|ni)
		\b(disappoint(ed|ing|ment)?|frustrat(ed|ing)|saddened|hurt) (that|to|by|not|if|when|you|in you)
		\b(i'm|i am|we are|we're|bit|somewhat|rather|quite|very) (surprised|sad|sorry|disappointed|frustrated|confused|offended) (that |by |at |about )?(you|your|not to)
		\b(spent|put|invested|wasted|worked|devoted) (so much|a lot of|a great deal of|hours|considerable|much|many hours|days|too much) ?(of )?(time|effort|hours|work|on|into|in|energy)
		\bafter (all|everything) (the|my|our|of the|i|we) (time|work|effort|trouble|help|have|did|'ve)
		\bthe (very )?least you (could|can|might)\b
		\b(common|professional|basic|simple) courtesy\b
		\bcourtesy (of|to) (a |an |your )?(reply|response|answer|let)
		\b(ignor|ghost)(e|ed|ing|s)? (me|my|us|our|by you|this|all)
		\b(being|been|feel|feeling|felt) (ignored|ghosted)\b
		\bwhy (have|did|are|do|would|won't|haven't|didn't|don't)(n't)? ?you (not |never |still )*(answer|repl|respond|ignor|react|get|got|writ|come|com)
		\byou (owe|promised|said you would|told me you would|were supposed)
		\b(wast(e|ed|ing)|respect) (of )?(my|our) time\b
		\bdid (i|we) (do|say) (something|anything) (wrong|to)
		\bhave i (offended|done (something|anything)|upset)
		\bleav(e|ing) (me|us) hanging\b
		\bunfortunately,? you\b
		\bhow many (times|e-?mails|mails) (do|must|should)
		\b(would|could) it (hurt|kill) you\b
		\benttausch\w*
		\bignorier\w*
		\b(schade|traurig|bedauerlich),? dass (sie|du)\b
		\b(zumindest|wenigstens) (eine |kurz )?(antwort|absage|ruckmeldung|antworten|absagen)
		\b(viel|so viel|sehr viel|einige) (zeit|arbeit|muhe|energie) (in|investiert|gesteckt|aufgewendet)
		\b(decue?|decevant|deception)\b
		\b(ignor)(e|ez|er|es) (mes|mon|mon message|nos)
		\bau moins (me |une |un )?(repondre|reponse|retour)
		\bdommage que (vous|tu)\b
		\b(decepcion\w*|me entristece|me sorprende que no)
		\b(ignora|ignoras|ignorando|ignorado) (mis|mi|nuestr)
		\bal menos (una |un |podria |podrias |me )?(respuesta|contestar|responder|aviso)
		\blastima que (no|usted|tu)
		\bteleurgesteld\b
		\b(negeert|negeer|genegeerd|negeren)\b
		\bjammer dat (u|je|jullie)\b
		\b(op zijn minst|tenminste) (een )?(antwoord|reactie|reageren|antwoorden)
		\bbesviken\b
		\bignorera\w*
		\b(trakigt|synd|trist) att (du|ni) inte
		\b(atminstone|i alla fall) (svara|ett svar|hora av)`)},

	{"no-fake-urgency", "name a real date that follows from their work, or none", adviceThem, patterns(`
		\b(price|prices|rates?|costs?) (go|goes|will go|going|are going) up (tomorrow|soon|tonight|any day)
		\bgrab (your|the|a|one)\b
		\b(before it is|before it's|until it is|when it is) too late
		\bleft behind by\b
		\b(revert|reply|respond|answer) (back )?(at|by) (the|your) (earliest|soonest)
		\bby (the )?(end of (the )?day|eod|cob|close of business)\b
		\byes or no (today|now|right away)
		\b(appreciate|grateful for|welcome) (a|an|your|any) (quick |prompt |swift |short |timely |kind )?(response|reply|answer)
		\ba reply would be
		\bplease advise\b
		\bplease (come|get|write|report|revert) back to (me|us)
		\b(your|a) (prompt|swift|speedy|kind) (reply|response|answer)
		\bas soon as you can\b
		\bspare (me )?a (moment|minute) to (answer|reply|respond|read)
		\blook(ing)? forward to (hearing|your (reply|response|answer|feedback))
		\bawait(ing)? your
		\b(um|auf|uber|fur) (eine |ihre |deine )?(zeitnahe|baldige|schnelle|rasche|prompte|kurze)\w* (ruckmeldung|antwort|reaktion)
		\b(gelegenheit|chance|angebot) nicht entgehen
		\b(greifen sie zu|schlagen sie (jetzt )?zu|solange (der )?vorrat reicht)
		\bvalable (seulement |uniquement )?jusqu'a (ce soir|demain|minuit|dimanche)
		\b(laissez|laisse) pas (passer|echapper)
		\breste (plus )?que (quelques|\d+|deux|trois) (places|jours|heures)
		\b(depechez-vous|depeche-toi)\b
		\bl'attente (de |d')(votre|ton|un|une) (reponse|retour)
		\b(votre|une) (reponse|retour) (tres )?rapide
		\b(oferta|promocion|descuento) (vence|caduca|termina|acaba) (hoy|manana|esta|el|pronto)
		\bno dej(e|es|en) (pasar|escapar)
		\bquedan (pocas|solo|muy pocas|\d+) (plazas|unidades|dias)
		\b(a la espera|en espera) de (su|tu|una) (pronta |rapida )?(respuesta|contestacion)
		\b(su|tu|una) (pronta|rapida) (respuesta|contestacion)
		\baprovech(e|a) (ahora|ya|antes)
		\b(alleen|enkel|uitsluitend) vandaag
		\bnog maar (een paar|enkele|\d+|weinig) (plaatsen|plekken|dagen)
		\b(uw|je|een) (spoedige|snelle|vlotte) (reactie|antwoord)
		\bwees er snel bij
		\b(actie|aanbieding) (loopt|eindigt|stopt) (vandaag|morgen|zondag|vrijdag|snel)
		\b(galler|giltigt) (bara|endast) (idag|i dag|till)
		\b(bara|endast) (nagra )?(fa|\d+) (platser|dagar)
		\b(skynda dig|passa pa nu)\b
		\b(ett|for|pa) snabbt svar
		\btacksam for (ett )?(snabbt |snart )?svar
		\b(aterkom|svara) (garna )?sa snart
		\b(last|final|one last|one final) (chance|notice|opportunity|call|warning|reminder|offer)\b
		\bact (now|fast|quickly|today|soon)\b
		\bbefore it's too late\b
		\blimited[ -]?(time|offer|availability|spots|seats|number of (seats|spots|places))
		\boffer (expires|ends|is valid only|runs out) (today|tonight|tomorrow|soon|on|this|in|at|by|until)
		\b(only|just) (\d+|a few|two|three|four|five) (spots?|places?|seats?|slots?|licen[cs]es?|days?|hours?) (left|remaining)
		\b(spots?|places?|seats?|slots?) (are|is) (filling|going|running)
		\burgently\b
		\burgent (reply|response|answer|need|matter|attention|action|request|decision)
		\b(this|it|that) is (very |really |quite |extremely |rather )?(urgent|time[ -]sensitive)
		\burgent[:!]
		\b(asap|a\.s\.a\.p)\b
		\bas soon as (you )?possibl[ey]
		\bat your earliest convenience\b
		\b(don't|do not|you won't want to) miss (out|this|the|your)
		\b(time is running out|clock is ticking|window is closing|running out of time|time is of the essence)
		\b(today only|only today|ends (today|tonight|tomorrow|soon))\b
		\bonce[ -]in[ -]a[ -]lifetime
		\bwhile (stocks?|supplies|places|seats) lasts?
		\bnow or never\b
		\b(you will|you'll|you would|you'd) regret
		\b(special|exclusive) (discount|offer|deal|price)
		\bneed (an|your|a) (answer|reply|response|decision) (by|before|today|now|this)
		\bif i (don't|do not) hear (back )?(from you )?(by|before|until)
		\bletzte (chance|gelegenheit|moglichkeit|mahnung|erinnerung|warnung)
		\bnur noch (heute|bis|kurze zeit|wenige|\d+)
		\b(dringend|dringlich)\w*
		\bjetzt (zugreifen|handeln|sichern|zuschlagen)
		\bbevor es zu spat
		\b(schnellstmoglich|so schnell wie moglich|umgehend|unverzuglich|baldmoglichst|zeitnah)\b
		\bbegrenzt\w* (angebot|zeit|platze|verfugbar)
		\b(verpassen sie|verpass) 
		\bderniere chance
		\burgemment\b
		\b(c'est|tres|assez|plutot|reponse) urgente?\b
		\bavant qu'il ne soit trop tard
		\b(offre|duree|places) limitee
		\bne (manquez|ratez|manque|rate) pas
		\b(des que possible|au plus vite|dans les plus brefs delais|le plus rapidement)
		\bagissez
		\bultim[oa] (oportunidad|aviso|llamada|plazas)
		\burgente(mente)?\b
		\bantes de que sea (demasiado )?tarde
		\b(tiempo|plazas|oferta) limitad
		\bno (se|te) (lo|la) pierdas?\b
		\bno (se|te) pierdas? (la|el|esta|este|nuestr|su)
		\b(cuanto antes|lo antes posible|a la mayor brevedad)
		\bactue ahora
		\blaatste kans\b
		\b(dringend|spoed)\b
		\bvoordat het te laat
		\b(beperkte tijd|tijdelijk aanbod|beperkt beschikbaar)
		\bmis (het|dit|deze|uw|je) (niet|kans)
		\b(zo snel mogelijk|z\.?s\.?m|per omgaande)\b
		\b(sista|sista) (chansen|pameminnelsen|mojligheten)
		\bbradskar\b
		\bdet ar (mycket |valdigt )?bradskande
		\binnan det ar for sent
		\bbegransa(d|t) (tid|erbjudande|antal)
		\bmissa inte
		\b(sa snart som mojligt|omgaende|snarast)\b
		\bagera nu\b`)},

	{"no-flattery", "cut it: begin with what you and they were talking about", adviceThem, patterns(`
		\b(huge|big|great) (fan|admirer) of
		\bmost (inspiring|impressive|innovative|exciting) .{0,40}(ever|come across|seen)
		\b(hope|trust|hoping) (that )?(all|everything) is (well|good|fine)
		\bfinds you (in|well)\b
		\b(beeindruckt|begeistert|fasziniert) (mich|uns) (schon|seit|sehr|immer)
		\b(grande?|fervente?) (admirateur|admiratrice|fan) de
		\badmiro (much|el|su|enormemente)
		\b(groot|grote|enorme) (fan|bewonderaar) van
		\bstore? ?t? (fan|beundrare) av
		\bett stort fan\b
		\b(hope|hoping|trust|pray) (that )?(this|my|the) (e-?mail |mail |message |note |letter )?(finds|reaches|is finding)
		\b(hope|hoping|trust) (that )?(you are|you're|you and|all is|all's|everything is|everything's|things are|life is|your (week|day|monday|tuesday|wednesday|thursday|friday|weekend|summer|month|year|morning|holiday)) .{0,25}(well|great|good|fine|amazing|fantastic|wonderful|productive|off to|smooth)
		\bhope (that )?you (had|have|are having|enjoyed|have had) (a|an|your|the) (great|good|nice|lovely|wonderful|fantastic|amazing|relaxing|productive|restful|happy)
		\b(love|loved|admire|admired|impressed (by|with)|big fan of|huge fan of|fan of|blown away by|inspired by|in awe of|amazed (by|at)) (everything |all )?(what (you|your)|how (you|your)|your|the (amazing|great|incredible|impressive) work)
		\b(i've|i have|have|we've) (long |always |really |recently )?(been (following|watching|impressed|admiring)|admired) (you|your|by|with)
		\bcongrat(s|ulations) on (all )?(your|the) (amazing|great|success|growth|impressive|continued|incredible|recent success)
		\bas (an? )?(industry|thought|market|visionary|true|respected|recognised|recognized)[ -]?(leader|expert|visionary)
		\b(someone|a leader|a person|a professional|an expert) (as (busy|important|successful|experienced)|of your (calib|stature|standing|experience))
		\byour (amazing|incredible|impressive|fantastic|outstanding|awesome|brilliant|remarkable|stellar|inspiring|exceptional) 
		\b(genius|rock ?stars?|world[ -]class|game[ -]?chang(er|ing)|best[ -]in[ -]class|cutting[ -]edge|revolutionary|no[ -]brainer)\b
		\bich hoffe,? (es geht (ihnen|dir)|(diese|meine) (e-?mail|mail|nachricht)|(ihnen|dir|bei ihnen|bei dir) geht|alles|sie hatten|du hattest|sie haben|du hast)
		\b(beeindruckt|begeistert|fasziniert) von (ihr|dein|dem|der|den)
		\b(ihre|ihr|deine|dein) (tolle|grosartige|beeindruckende|hervorragende|fantastische|erfolgreiche)[rsnm]? 
		\bj'espere que (vous allez|tu vas|ce (mail|message|e-?mail)|tout (va|se passe)|vous vous portez|votre (semaine|journee))
		\b(impressionne|admiratif|seduit|epate)e? (par|de) (votre|ton|ta|vos|le|la)
		\bvotre (formidable|incroyable|remarquable|brillant|impressionnant)
		\bespero que (este|esta|se encuentre|te encuentres|todo (vaya|marche|este)|te vaya|le vaya|haya tenido)
		\b(impresionad[oa]|admiro|fascinad[oa]) (por|con|su|tu)
		\bsu (increible|impresionante|magnific|extraordinari)
		\bik hoop dat (het (goed|met)|alles (goed|naar)|u het|je het|deze (mail|e-?mail)|dit bericht|u een|je een)
		\b(onder de indruk van|bewonder|grote fan van) (uw|je|jullie)?
		\b(uw|je|jullie) (geweldige|indrukwekkende|fantastische|prachtige)
		\bhoppas (att )?(allt|det) (ar|star|gar|flyter) (bra|val|fint)
		\bhoppas (att )?(du|ni) (mar|har haft|har en|haft)
		\b(imponerad|impad) av\b
		\b(din|er|ert|ditt|era) (fantastiska|imponerande|otroliga|grymma)`)},

	{"no-pressing", "ask for the next small step, not for the deal", adviceThem, patterns(`
		\bready to (sign|buy|commit|close|pull the trigger|move forward with the (contract|order))
		\b(sign|buy|order|book) (today|now|right away|immediately)\b
		\b(close|closing|seal|get) (this|the) (deal|sale|contract)\b
		\b(pick|pickin[g]) your brain\b
		\bare you (still )?(the )?(right person|decision[ -]?maker)\b.{0,40}\bor (should|who)
		\b(sollen|konnen) wir (den vertrag|das geschaft|den abschluss) (jetzt |heute |endlich )?(abschliesen|unterschreiben|unter dach)
		\b(pret|prets) a (signer|acheter)
		\blist[oa]s? para (firmar|comprar)
		\bklaar om te (tekenen|kopen)
		\bredo att (skriva under|kopa|skriva pa)`)},
}
