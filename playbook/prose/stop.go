package prose

import "strings"

// stop holds words that say nothing about what a mail is about, those of the sales mail itself included ("call",
// "mail", "week"): they would tie every asset to every thread.
var stop = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(stopWords) {
		set[w] = true
	}
	return set
}()

const stopWords = `
a about above after again against ago all already also although always am an and another any anything are around as ask
asked at away back be because become been before being below best better between both but by call called can cannot come
could day days dear did do does doing done don down during each either else end enough even ever every everything
example few first for from full further get give given glad go goes going good got great had half happy has have having he hear
hello help helped her here hi him his hour hours how however i if in into is it its just keep kind know last later least
less let like little ll long look looking lot made mail mails make makes many matter may maybe me mean means mention mentioned
might mine minute minutes month months more most much must my near need needs never new next no none nor not nothing now
of off offer often ok on once one only open or other others our ours out over own part people perhaps please point possible
put quarter question quick quite rather re really reason regards right said same say says see seen send sent she
shall short should show shows since small so some something soon still such sure take taken takes tell than thank thanks that
the their them then there these they thing things think this those three through thus time times to today together
told tomorrow too two under until up upon us use used using ve very via want wanted was way we week weeks well were what
when where whether which while who whole whom whose why will wish with within without wonder work worked works would write
wrote year years yes yesterday yet you your yours
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
october november december
ab aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis bitte bist da damit
dann das dass dem den denn der des dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine
einem einen einer eines er es etwas euch euer für gar gerne gibt gut habe haben hallo hat hatte hatten hier ich ihm ihn ihnen ihr
ihre ihrem ihren ihrer im in ins ist ja jede jeder jetzt kann kein keine können könnte machen man mehr mein meine mich mir mit möchte
muss nach nicht noch nun nur ob oder ohne schon schreiben sehr sein seine seit sich sie sind so soll sollen sollte sowie
über um und uns unser unsere unserem unseren unter viel viele vom von vor war waren was weil welche wenn wer werden wie wieder will
wir wird wo wurde wäre würde würden zu zum zur zwei zwischen grüße freundlichen herr frau geehrte geehrter guten tag uhr
woche wochen monat tage jahr jahre frage antwort mail termin heute morgen gern gestern
au aux avec avez bien bonjour bonne ce ceci cela ces cet cette chez comme cordialement dans de des deux donc du elle elles en est et
été être eux faire fait il ils je la le les leur leurs lui ma mais me mes moi mon ne nos notre nous on ont ou où par pas peu plus
pour pourquoi pouvez qu que quel quelle qui sa sans se semaine ses si son sont sous sur ta te tes toi ton tous tout très tu un une votre
vos vous voulez merci jour jours mois année
al algo ante antes aquí así aunque cada como con contra cual cuando de del desde donde dos el ella ellos en entre era es esa ese
eso esta estaba este esto estos está están fue gracias ha hace han hasta hay hola la las le les lo los me mi mis mucho muy más nada ni no nos
nosotros nuestra nuestro o os otra otro para pero poco por porque puede que quien quiere se semana ser si sin sobre son
su sus también tan te tiene todo todos tu tus un una uno unos usted ustedes ya yo día días mes año saludos
aan al alles als bent bij dan dat de deze die dit doen door dus een en er ge geen goed haar had heb hebben heeft hem het hier hij hoe hun ik in
is ja je jij jou jouw jullie kan kunnen maar meer met mij mijn moet na naar niet nog nu of om omdat onder ons onze ook op over
te tegen toch toe tot u uit uw van veel voor want waren was wat we week wel werd wie wij wil worden wordt zal ze zei zich zij
zijn zo zonder zou groet groeten beste geachte dag vraag
alla allt att av bara bli blir då de dem den denna deras dess det detta dig din dina ditt du där efter ej eller en er era ert ett från för
ha hade han har hej hennes hon honom hur i icke inte ja jag just kan kunna man med mellan men mig min mina mitt mot
mycket nu när någon något några och om oss på samma sedan sig sin sina sitt ska skulle som så till under upp ut utan vad var vara
vem vi vid vilka vilken vill vår våra vårt är över hälsningar vänliga tack vecka dag fråga
http https www com example se html`
