package tracker

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"followupd/mail"
)

// Company gives the organisation's domain of an address (example.com for a@mail.example.com), or "" where the domain
// belongs to a mail provider whose customers have nothing to do with each other.
func Company(a mail.Address) string {
	domain := a.Domain()
	if domain == "" {
		return ""
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	if freeMail[org] {
		return ""
	}
	name, _, _ := strings.Cut(org, ".")
	if freeBrand[name] {
		return ""
	}
	return org
}

// freeBrand holds providers that sell or give mailboxes to anybody, under the endings of many countries.
var freeBrand = set(`gmail googlemail yahoo ymail rocketmail myyahoo hotmail outlook windowslive msn aol icloud gmx yandex
	protonmail tutanota tutamail fastmail hushmail zohomail mailbox rediffmail freemail webmail posteo`)

// freeMail holds providers under one domain: free-mail services, and access providers whose customers get an address.
var freeMail = set(`
	live.com live.co.uk live.de live.fr live.it live.nl live.se live.no live.dk live.be live.at live.ca live.com.au live.com.mx live.jp
	me.com mac.com privaterelay.appleid.com appleid.com proton.me pm.me tuta.io tuta.com keemail.me hey.com duck.com mail.com email.com usa.com
	inbox.com lycos.com excite.com zoho.com zoho.eu runbox.com kolabnow.com disroot.org riseup.net startmail.com mailfence.com
	mozmail.com simplelogin.com anonaddy.com mailinator.com yopmail.com guerrillamail.com
	web.de t-online.de freenet.de arcor.de vodafone.de online.de onlinehome.de versanet.de kabelmail.de mail.de email.de ewetel.net magenta.de 1und1.de
	aon.at a1.net chello.at inode.at liwest.at kabsi.at bluewin.ch hispeed.ch sunrise.ch swissonline.ch
	orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr club-internet.fr numericable.fr aliceadsl.fr
	libero.it virgilio.it alice.it tin.it tiscali.it inwind.it iol.it fastwebnet.it email.it poste.it
	ziggo.nl kpnmail.nl planet.nl hetnet.nl xs4all.nl home.nl upcmail.nl casema.nl quicknet.nl telfort.nl online.nl solcon.nl
	skynet.be telenet.be proximus.be scarlet.be voo.be
	telefonica.net terra.es ono.com movistar.es sapo.pt netcabo.pt clix.pt mail.telepac.pt iol.pt
	spray.se home.se telia.com comhem.se bredband.net bahnhof.se passagen.se swipnet.se tele2.se
	online.no broadpark.no frisurf.no getmail.no mail.dk jubii.dk ofir.dk stofanet.dk tdcadsl.dk
	luukku.com kolumbus.fi elisanet.fi saunalahti.fi suomi24.fi pp.inet.fi inet.fi netti.fi welho.com
	wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu gazeta.pl poczta.onet.pl tlen.pl vp.pl poczta.fm
	seznam.cz email.cz centrum.cz post.cz volny.cz atlas.cz azet.sk zoznam.sk centrum.sk
	citromail.hu t-online.hu indamail.hu abv.bg mail.bg dir.bg siol.net net.hr inet.hr
	otenet.gr forthnet.gr hol.gr mynet.com superonline.com ttmail.com
	mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ya.ru ukr.net i.ua meta.ua bigmir.net tut.by inbox.lv one.lt mail.ee
	btinternet.com btopenworld.com sky.com virginmedia.com ntlworld.com blueyonder.co.uk talktalk.net tiscali.co.uk plus.com o2.co.uk eircom.net
	comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net optonline.net frontier.com juno.com
	netzero.net roadrunner.com rr.com windstream.net centurylink.net q.com aim.com
	shaw.ca rogers.com sympatico.ca bell.net telus.net videotron.ca cogeco.ca
	bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net xtra.co.nz
	uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com oi.com.br
	prodigy.net.mx fibertel.com.ar arnet.com.ar speedy.com.ar
	qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn sina.com sina.cn sohu.com aliyun.com 21cn.com tom.com
	naver.com daum.net hanmail.net nate.com kakao.com
	docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp au.com nifty.com biglobe.ne.jp ocn.ne.jp so-net.ne.jp plala.or.jp excite.co.jp
	hinet.net pchome.com.tw seed.net.tw netvigator.com singnet.com.sg indiatimes.com sify.com in.com
	walla.co.il walla.com netvision.net.il bezeqint.net 012.net.il emirates.net.ae eim.ae maktoob.com mweb.co.za telkomsa.net vodamail.co.za`)

// set makes a set of the words of a text.
func set(words string) map[string]bool {
	s := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		s[w] = true
	}
	return s
}
