package llm

import (
	"strings"
	"sync"

	"followupd/playbook/prose"
)

// neutral gives the terms that claim nothing: a sentence made of them and of the material's words says nothing new.
var neutral = sync.OnceValue(func() map[string]bool {
	terms := make(map[string]bool)
	for w := range strings.FieldsSeq(neutralWords) {
		terms[prose.Stem(w)] = true
	}
	return terms
})

const neutralWords = `
able add added advance along answer answers apply approach around article aside aspect attention bear bearing became begin begins behind believe beside bigger bit brief briefly brings bring brought build case cases certain chance change changed changes
chapter cheap check choice choose clear clearer clearly close closer comes comfortable common compare compared comparison complete concern concerns concrete consider context conversation convenient couple cover covers
critical curious current deal decide decided decision deeper depend depends describe described detail details differ difference different difficult direct direction discuss double doubt earlier early ease easier easiest easy
effort effect example exact exactly expect explain explains explore extra fact fair fairly far fast feel figure figures final find finding fits fit fitted fix focus follow follows form found free fresh front full gather
general gives giving goal half hand handle handled happen happens hard head heart helpful helps hold holds honest honestly idea ideas imagine important include includes including information input interest interested interesting issue issues
join judge jump justify keeps kept kind large larger lead leads learn leave leaves left length lesson level light line lines link list live longer looks lost main makes manage manageable mark match meaningful meant measure method mind minor missing
moment move moves moved name narrow natural necessary number obvious occurred opinion option options order original outcome outline page paragraph particular pass past path perspective person picture piece place plain plan plans
play position possible practical practice prefer prepare present problem process promise properly purpose push puts question quiet quieter quickly raise range read reader reading real reality reason reasonable recall receive refer regard relate related relevant relief remain remains remember reply
require result results return review rough round rule run runs running saying scope sense sentence separate serve service set sets setting settle shape share shared sharing shift shorter show showed shows side sides simple simpler simplest simply single sit sits situation size slow
smaller solid solve somebody someone sort sound sounds space speak specific spend spending stand standing stands start started starting starts stay step steps story straight straightforward strong stuck subject suggest suggested suggestion suit suits summer support
suppose surprise table talk task team terms test thinking thought thoughts tie tied topic touch track treat tried true try trying turn turns type typical understand unit useful usual usually value view visible wait waiting walk ways weigh whole wide willing wise wondered wondering word words work works worked workable world worry worth
worthwhile wrong wrote quick glance shape keen evidence background note notes mentioned raised spare spent conclude reach reached reaches apart exist exists pick picking pull remind reminded handy rather remark hear heard glad grateful pleased appreciated thanks thank kindly regards attach piece forward onward onwards
enough proof scale scales roughly broadly basis based pause busy desk priority priorities later sooner minute minutes hour afternoon mornings slot date dates weekday calendar schedule schedules scheduled meet meeting call calls phone reply answered write writing written mail email message messages note short shorter long
came come went gone ended fewer lower higher company companies another grow grows growing grew hard harder hardest easy easiest kept needed needs needing wanted wants happened happening helped showed managed
respect reaches turned turning began begun stood stand step smallest biggest single whole possible certainty sense needed worked doing done taken took gave given found put set left said told wrote thought felt saw sent
explanation explained explaining owe owes fine nice pleasant warm welcome gladly note moved stays stayed matter mattered settle clearly nearly almost away ahead behind instead anyway besides
whatever whoever whichever whenever wherever itself themselves yourself yourselves myself ourselves herself himself rarely seldom sometimes often always usually mostly almost nearly already particularly especially entirely simply truly really merely
gets getting got goes offer offered offers agree prove proves proved proving prefer preferred mean means meaning depend relies rely rest rests sense sensible sensibly reasonable reasonably ordinary certain certainly sure surely perhaps maybe otherwise meanwhile afterwards beforehand straight away once
somewhere anywhere anything everything nothing someone anyone nobody none neither either both several few fewer little less least more most much many enough too very quite rather pretty somewhat hardly scarcely barely
therefore thus hence because although though unless whether while whereas despite instead besides moreover also likewise similarly similar alike equally
old older young tell tells telling lose loses losing win chance risk big bigger great greater
decide weighing compare compares comparing judging thinking starting beginning narrowing bring bringing looking picking choosing knowing hearing knowing seeing reading
vielleicht brauchen braucht brauchte schrieb schrieben geschrieben fragte fragten gefragt abweichen abweicht weicht nannte genannt ausgehen ausging zeigt zeigte begonnen begann ganzen dort dabei damals seitdem inzwischen
hatte hatten wurde wurden gingen ging kam kamen blieb blieben stand standen lag lagen tat taten gab gaben nahm nahmen sah sahen hieß heißt wollte wollten konnte konnten mehr weniger gleich anders andere anderer anderes unternehmen firma
absicht abschnitt allerdings anfang angehen ansehen ansatz anschauen antwort antworten aspekt aufwand augenblick auswahl bedarf bedeutet beginnen behalten beispiel beitrag bekommen beleg bereit bericht besser besseres besten betrachten betreff betrifft bewegen bezug bild bleiben bleibt blick bringen bringt
darstellen dauert denken denkbar dienen dinge durchgehen eigene einblick einfach einfacher einordnen einschätzen einschätzung eintrag einzelne entscheiden entscheidung ergebnis ergebnisse erinnern erinnerung erklären erleichtern erst fall fällen finden findet folgen folgt form frage fragen früher führen führt ganze ganzes
gebracht gedanke gedanken gefunden gehen geht gehört geholfen gelesen gemeinsam genau genannt genaue geschrieben gespräch gewinnen gibt glauben greifen grund gründe gut guten halten hält handelt helfen hilft hilfreich hinweis idee ideen interessant interesse jeweils kennen klar klarer klären kleine kleiner kommen kommt konkret kurz kurzer kurzes
lassen lässt leicht leichter leiten lesen liegt lohnt lösen machen macht meinung melden möglich möglichkeit nächste nächsten nachricht nehmen nennen nimmt notwendig nützlich offen passen passend passt person plan praxis prüfen punkt punkte reden reicht richtig richtung sache sagen schaffen schauen schicken schließlich schnell schreiben schritt schritte
sehen sieht seite sinn sinnvoll sinnvolles sitzt sorge sprechen stehen steht stelle stellen teil teilen termin thema treffen überblick überlegen überlegung übersicht umgehen unterschied unterstützen ursprünglich vergleich vergleichen verlieren verstehen versuchen vorgehen vorschlag vorschlagen vorteil wahl wählen weg wege weiter weiteres wenig wert wichtig wichtiger wissen wort worte zeigen zeigt zeile zeilen zeit ziel zusammen zusammenfassen zeitpunkt woche tag tage minuten stunde
`
