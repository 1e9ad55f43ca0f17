package rules

import (
	"regexp"
	"strings"
	"sync"
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

// phraseFinder is built when the first text is held against the rules.
var phraseFinder = sync.OnceValue(func() *phraseIndex { return newPhraseIndex(phraseRules) })

// phrases gives the banned phrases in a text, in order of place.
func phrases(text string) []Violation {
	f := fold(text)
	var out []Violation
	for _, h := range phraseFinder().find(f.text) {
		r := phraseRules[h.rule]
		out = append(out, Violation{Rule: r.name, Where: f.words(h.from, h.to), Line: f.line(h.from), Say: r.say, Source: r.source})
		if len(out) >= 50 {
			break
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
		\bcheck(ing|ed)?[ -]in\b
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
		\b(heeft u|hebt u|heb je|heeft je) (al |inmiddels |misschien |toevallig )*(de )?(tijd|gelegenheid|kans|kunnen (kijken|lezen|bekijken))
		\b(is er|heeft u|heb je) (al |inmiddels )?(nieuws|meer bekend|iets bekend)
		\bhoe (staat|is) het (er )?(nu )?(mee|met (mijn|ons|het|de|uw|je))\b
		\b(ville|vill|onskar|tankte|skulle) (bara |mest |endast |gärna )*(kort )?(hora (om|hur|av|med|vad)|kolla|stamma av|folja upp|checka|se om du|veta om du)
		\bbara (kolla|hora|stamma av|folja upp|checka)
		\b(stamma|stammer) av (med|laget|hur|om)
		\b(har du|hann du|hade du) (redan |annu )?(hunnit|haft (tid|mojlighet|chans)|titta|lasa|tid)
		\bhur (gar|ligger) (det|vi) (till )?(med|for) (mitt|min|vart|ert)
		\b(finns det|har du) (nagra |nagot )(nyheter|nytt)`)},

	{"no-circling-back", "begin with what you bring, not with the fact that you write again", adviceNever, patterns(`
		\btouch(ing|ed)?[ -]?bases?\b
		\bcircl(e|ing|ed) (back|round|around)\b
		\bloop(ing|ed)? (back|you (back )?in)\b
		\b(reach(ing)?|reached) out (again|once more|one more time|one last time|to (see|check|follow)|regarding my)
		\b(writing|mailing|e-?mailing|messaging|calling) (to )?you (yet )?(again|once more|one more time)
		\b(trying|try) (you )?(again|one (more|last) time)\b
		\b(second|third|fourth|another|one more|last) (attempt|try|e-?mail in a row)\b
		\b(nochmals?|noch einmal|erneut|wieder einmal) (bei ihnen|bei dir|auf (sie|dich)|an (sie|dich)) (melden|zukommen|zuruck|wenden)?
		\b(melde|komme) mich (nochmals?|noch einmal|erneut)\b
		\b(komme|kommen) (nochmals?|noch einmal|erneut) auf (sie|dich|meine|mein)
		\b(nouvelle|derniere|seconde|troisieme) tentative\b
		\b(vuelvo|volver) a (escribir|contactar|ponerme en contacto)
		\b(kom|kom ik) (nog (even )?|graag )?(terug op|bij (u|je) terug)
		\b(hor|aterkommer|aterkopplar) (jag )?(av mig )?(igen|pa nytt)\b`)},

	{"no-bumping", "bring the next useful thing instead of pushing the old mail up", adviceNever, patterns(`
		\bping(ing|ed|s)?\b
		\bbump(ing|ed|s)?\b
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
		\b(heeft u|hebt u|heb je|hebben jullie) (al |misschien |inmiddels |wel )*(mijn|onze|de|het).{0,25}(mail|e-?mail|bericht|offerte|voorstel|aanbod)
		\bzoals (al )?in mijn (vorige|laatste|eerdere) (mail|e-?mail|bericht)
		\b(har du|fick du|sag du|laste du|hann du) .{0,15}(mitt|mina|min|vart|vara|var)\b.{0,25}(mejl|mail|meddelande|brev|offert|forslag)
		\bsom jag (skrev|namnde) i mitt (senaste|forra|tidigare)`)},

	{"no-never-heard", "leave their silence unmentioned; make the answer easier instead", adviceKind, patterns(`
		\b(haven't|have not|hasn't|didn't|did not|never|not|yet to|without|am yet to) (yet |still |even |actually )?(hear|heard|hearing|receiv\w*|get|got|gotten|getting|had|have) (back|anything|from you|any (reply|response|answer|word|news)|an? (reply|response|answer)|your (reply|response|answer|feedback)|word)
		\b(still|been|patiently|eagerly|am|i'm) (await\w*|waiting|hoping) (for|on|to) (your|hear|a (reply|response|answer)|an answer|any|you|word|feedback)
		\bawait(ing)? your (reply|response|answer|feedback|decision)
		\b(no|any|zero) (reply|response|answer|word|feedback) (from you|so far|yet|to (my|our)|whatsoever)
		\b(radio silence|gone (quiet|silent|dark|cold)|went (quiet|silent|dark|cold)|crickets|your silence|the silence|deafening)\b
		\byou (still |just |simply )?(have|had|did|do|are)(n't| not) (yet |even |still )?(answered|answer|answering|replied|reply|replying|responded|respond|responding|got|gotten|get|getting|come|came|written|reacted)\b( back)?
		\b(tried|trying|attempted) (to )?(reach|reaching|contact|contacting|call|calling|get hold of|getting hold of) you (now )?(several|many|a few|multiple|a couple|a number|two|three|four|twice|repeatedly|already|again)
		\b(several|multiple|many|numerous|countless|two|three|four|five) (e-?mails|mails|messages|attempts|voicemails) (now|later|already|and|without|to you|from me)
		\b(second|third|fourth|fifth|2nd|3rd|4th|5th) (e-?mail|mail|message|time|note) (i|that i|i've|i'm|now|in)
		\bunanswered\b
		(keine|keinerlei|nie eine|noch keine) (antwort|ruckmeldung|nachricht|reaktion|rueckmeldung)
		\b(nichts|lange nichts|nie etwas|nie wieder|nie) (mehr )?(von (ihnen|dir) )?(gehort|vernommen)
		\bnicht (zuruck)?(gemeldet|geantwortet|reagiert)
		(warte|warten) (ich |wir )?(noch |immer |weiterhin |nach wie vor |leider )*auf (ihre|deine|eine|ihr|dein)
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
		\bvantar (jag )?(fortfarande |annu )?pa (ditt|ert|ett|svar)
		\b(radiotystnad|din tystnad)\b
		\b(du|ni) har (inte|aldrig|annu inte) (svarat|hort av)`)},

	{"no-guilt", "nobody owes an answer: leave the door open and say what they gain", adviceKind, patterns(`
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
		\b(last|final|one last|one final) (chance|notice|opportunity|call|warning|reminder|offer)\b
		\bact (now|fast|quickly|today|soon)\b
		\bbefore it's too late\b
		\blimited[ -]?(time|offer|availability|spots|seats|number of (seats|spots|places))
		\boffer (expires|ends|is valid only|runs out) 
		\b(only|just) (\d+|a few|two|three|four|five) (spots?|places?|seats?|slots?|licen[cs]es?|days?|hours?) (left|remaining)
		\b(spots?|places?|seats?|slots?) (are|is) (filling|going|running)
		\burgent(ly)?\b
		\b(asap|a\.s\.a\.p)\b
		\bas soon as (you )?possibl[ey]
		\bat your earliest convenience\b
		\b(don't|do not|you won't want to) miss (out|this|the|your)
		\b(time is running out|clock is ticking|window is closing|running out of time|time is of the essence)
		\b(today only|only today|ends (today|tonight|tomorrow|soon))\b
		\bhurry\b
		\bonce[ -]in[ -]a[ -]lifetime
		\bwhile (stocks?|supplies|places|seats) lasts?
		\bnow or never\b
		\b(you will|you'll|you would|you'd) regret
		\b(special|exclusive) (discount|offer|deal|price)
		\bneed (an|your|a) (answer|reply|response|decision) (by|before|today|now|this)
		\bif i (don't|do not) hear (back )?(from you )?(by|before|until)
		\bletzte (chance|gelegenheit|moglichkeit|mahnung|erinnerung|warnung)
		\bnur noch (heute|bis|kurze zeit|wenige|\d+)
		\b(dringend|dringlich|eilig)\w*
		\bjetzt (zugreifen|handeln|sichern|zuschlagen)
		\bbevor es zu spat
		\b(schnellstmoglich|so schnell wie moglich|umgehend|unverzuglich|baldmoglichst|zeitnah)\b
		\bbegrenzt\w* (angebot|zeit|platze|verfugbar)
		\b(verpassen sie|verpass) 
		\bderniere chance
		\burgen(t|ce|te|mment)\b
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
		\b(dringend|spoed|haast)\b
		\bvoordat het te laat
		\b(beperkte tijd|tijdelijk aanbod|beperkt beschikbaar)
		\bmis (het|dit|deze|uw|je) (niet|kans)
		\b(zo snel mogelijk|z\.?s\.?m|per omgaande)\b
		\b(sista|sista) (chansen|pameminnelsen|mojligheten)
		\bbradsk\w*
		\binnan det ar for sent
		\bbegransa(d|t) (tid|erbjudande|antal)
		\bmissa inte
		\b(sa snart som mojligt|omgaende|snarast)\b
		\bagera nu\b`)},

	{"no-flattery", "cut it: begin with what you and they were talking about", adviceThem, patterns(`
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
