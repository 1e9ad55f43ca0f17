package mail

// attributions are the ways in which mail programs introduce a quoted mail: of each language first the one used without a
// sample. Only what differs in words or order is listed; a layout with numbers takes them as it finds them.
var attributions = []attribution{
	{language: "en", layout: "On {wd}, {d} {mon} {yyyy} at {HH}:{M}, {from} wrote:"}, // Gmail, en-GB
	{language: "en", layout: "On {wd}, {mon} {d}, {yyyy} at {h}:{M} {ap} {from} wrote:"},
	{language: "en", layout: "On {wd}, {mon} {d}, {yyyy} at {h}:{M} {ap}, {from} wrote:"},
	{language: "en", layout: "On {wd}, {mon} {d}, {yyyy}, at {h}:{M} {ap}, {from} wrote:"},
	{language: "en", layout: "On {mon} {d}, {yyyy}, at {h}:{M} {ap}, {from} wrote:"}, // Apple Mail, en-US
	{language: "en", layout: "On {d} {mon} {yyyy}, at {HH}:{M}, {from} wrote:"},      // Apple Mail, en-GB
	{language: "en", layout: "On {d}. {mon} {yyyy}, at {HH}:{M}, {from} wrote:"},
	{language: "en", layout: "On {d}/{m}/{yyyy} {h}:{M} {ap}, {from} wrote:"}, // Thunderbird
	{language: "en", layout: "On {d}/{m}/{yyyy} {HH}:{M}, {from} wrote:"},
	{language: "en", layout: "On {d}.{m}.{yyyy} {HH}:{M}, {from} wrote:"},
	{language: "en", layout: "On {m}/{d}/{yy} {h}:{M} {ap}, {from} wrote:"},
	{language: "en", layout: "On {yyyy}-{mm}-{dd} {HH}:{M}, {from} wrote:"},
	{language: "en", layout: "On {wday}, {month} {d}, {yyyy}, {from} wrote:"},
	{language: "en", layout: "-----Original Message-----\nFrom: {from}\nSent: {wday}, {month} {d}, {yyyy} {h}:{M} {ap}\n"},
	{language: "en", layout: "-----Original Message-----\nFrom: {from}\nSent: {wday}, {month} {dd}, {yyyy} {HH}:{M}\n"},
	{language: "en", layout: "-----Original Message-----\nFrom: {from}\nSent: {d} {month} {yyyy} {HH}:{M}\n"},
	{language: "en", layout: "________________________________\nFrom: {from}\nSent: {wday}, {month} {d}, {yyyy} {h}:{M} {ap}\n"},
	{language: "en", layout: "________________________________\nFrom: {from}\nSent: {wday}, {month} {dd}, {yyyy} {HH}:{M}\n"},
	{language: "en", layout: "________________________________\nFrom: {from}\nSent: {dd} {month} {yyyy} {HH}:{M}\n"},
	{language: "en", layout: "From: {from}\nSent: {wday}, {month} {d}, {yyyy} {h}:{M} {ap}\n"},
	{language: "en", layout: "From: {from}\nSent: {d} {month} {yyyy} {HH}:{M}\n"},
	{language: "en", layout: "From: {from}\nDate: {wday}, {d} {month} {yyyy} at {HH}:{M}\n"}, // Outlook for Mac

	{language: "de", layout: "Am {wd}, {d}. {mon} {yyyy} um {HH}:{M} Uhr schrieb {from}:"}, // Gmail
	{language: "de", layout: "Am {dd}.{mm}.{yyyy} um {HH}:{M} schrieb {from}:"},            // Thunderbird, Apple Mail
	{language: "de", layout: "Am {dd}.{mm}.{yy} um {HH}:{M} schrieb {from}:"},
	{language: "de", layout: "Am {d}. {month} {yyyy} {HH}:{M}:{S} schrieb {from}:"},
	{language: "de", layout: "Am {d}. {month} {yyyy} um {HH}:{M} schrieb {from}:"},
	{language: "de", layout: "-----Ursprüngliche Nachricht-----\nVon: {from}\nGesendet: {wday}, {d}. {month} {yyyy} {HH}:{M}\n"},
	{language: "de", layout: "Von: {from}\nGesendet: {wday}, {d}. {month} {yyyy} {HH}:{M}\n"},
	{language: "de", layout: "Von: {from}\nGesendet: {dd}.{mm}.{yyyy} {HH}:{M}\n"},
	{language: "de", layout: "Von: {from}\nDatum: {wday}, {d}. {month} {yyyy} um {HH}:{M}\n"},

	{language: "fr", layout: "Le {wd} {d} {mon} {yyyy} à {HH}:{M}, {from} a écrit :"},
	{language: "fr", layout: "Le {d} {mon} {yyyy} à {HH}:{M}, {from} a écrit :"},
	{language: "fr", layout: "Le {dd}/{mm}/{yyyy} à {HH}:{M}, {from} a écrit :"},
	{language: "fr", layout: "-----Message d'origine-----\nDe : {from}\nEnvoyé : {wday} {d} {month} {yyyy} {HH}:{M}\n"},
	{language: "fr", layout: "De : {from}\nEnvoyé : {wday} {d} {month} {yyyy} {HH}:{M}\n"},
	{language: "fr", layout: "De : {from}\nEnvoyé : {dd}/{mm}/{yyyy} {HH}:{M}\n"},

	{language: "es", layout: "El {wd}, {d} {mon} {yyyy} a las {H}:{M}, {from} escribió:"},
	{language: "es", layout: "El {d} {mon} {yyyy}, a las {H}:{M}, {from} escribió:"},
	{language: "es", layout: "El {d}/{m}/{yyyy} a las {H}:{M}, {from} escribió:"},
	{language: "es", layout: "De: {from}\nEnviado el: {wday}, {d} de {month} de {yyyy} {H}:{M}\n"},
	{language: "es", layout: "De: {from}\nEnviado: {wday}, {d} de {month} de {yyyy} {H}:{M}\n"},

	{language: "pt", layout: "Em {wd}., {d} de {mon}. de {yyyy} às {HH}:{M}, {from} escreveu:"},
	{language: "pt", layout: "Em {dd}/{mm}/{yyyy} {HH}:{M}, {from} escreveu:"},
	{language: "pt", layout: "No dia {d} de {month} de {yyyy}, às {HH}:{M}, {from} escreveu:"},
	{language: "pt", layout: "De: {from}\nEnviada em: {wday}, {d} de {month} de {yyyy} {HH}:{M}\n"},

	{language: "it", layout: "Il giorno {wd} {d} {mon} {yyyy} alle ore {HH}:{M} {from} ha scritto:"},
	{language: "it", layout: "Il giorno {d} {mon} {yyyy}, alle ore {HH}:{M}, {from} ha scritto:"},
	{language: "it", layout: "Il {dd}/{mm}/{yyyy} {HH}:{M}, {from} ha scritto:"},
	{language: "it", layout: "Da: {from}\nInviato: {wday} {d} {month} {yyyy} {HH}:{M}\n"},

	{language: "nl", layout: "Op {wd} {d} {mon} {yyyy} om {HH}:{M} schreef {from}:"},
	{language: "nl", layout: "Op {d} {mon} {yyyy}, om {HH}:{M} heeft {from} het volgende geschreven:"},
	{language: "nl", layout: "Op {d}-{m}-{yyyy} om {HH}:{M} schreef {from}:"},
	{language: "nl", layout: "Van: {from}\nVerzonden: {wday} {d} {month} {yyyy} {HH}:{M}\n"},

	{language: "sv", layout: "Den {wd} {d} {mon} {yyyy} kl {HH}:{M} skrev {from}:"},
	{language: "sv", layout: "Den {yyyy}-{mm}-{dd} kl. {HH}:{M}, skrev {from}:"},
	{language: "sv", layout: "{d} {mon} {yyyy} kl. {HH}:{M} skrev {from}:"},
	{language: "sv", layout: "Från: {from}\nSkickat: den {d} {month} {yyyy} {HH}:{M}\n"},

	{language: "no", layout: "{wd} {d}. {mon} {yyyy} kl. {HH}:{M} skrev {from}:"},
	{language: "no", layout: "Den {dd}.{mm}.{yyyy} {HH}:{M}, skrev {from}:"},
	{language: "no", layout: "Fra: {from}\nSendt: {wday} {d}. {month} {yyyy} {HH}:{M}\n"},

	{language: "da", layout: "Den {wd} {d}. {mon} {yyyy} kl. {HH}.{M} skrev {from}:"},
	{language: "da", layout: "Den {dd}-{mm}-{yyyy} kl. {HH}:{M} skrev {from}:"},
	{language: "da", layout: "Fra: {from}\nSendt: {d}. {month} {yyyy} {HH}:{M}\n"},

	{language: "fi", layout: "{wd} {d}. {mon} {yyyy} klo {HH}.{M} {from} kirjoitti:"},
	{language: "fi", layout: "{from} kirjoitti {d}.{m}.{yyyy} klo {HH}.{M}:"},
	{language: "fi", layout: "Lähettäjä: {from}\nLähetetty: {wday} {d}. {month} {yyyy} {HH}.{M}\n"},

	{language: "pl", layout: "{wd}, {d} {mon} {yyyy} o {HH}:{M} {from} napisał(a):"},
	{language: "pl", layout: "W dniu {dd}.{mm}.{yyyy} o {HH}:{M}, {from} pisze:"},
	{language: "pl", layout: "Od: {from}\nWysłano: {wday}, {d} {month} {yyyy} {HH}:{M}\n"},

	{language: "cs", layout: "{wd} {d}. {m}. {yyyy} v {HH}:{M} odesílatel {from} napsal:"},
	{language: "cs", layout: "Dne {dd}.{mm}.{yyyy} v {HH}:{M} {from} napsal(a):"},
	{language: "cs", layout: "Od: {from}\nOdesláno: {wday} {d}. {month} {yyyy} {HH}:{M}\n"},

	{language: "ja", layout: "{yyyy}年{m}月{d}日({wd}) {H}:{M} {from}:"},
	{language: "ja", layout: "{yyyy}/{mm}/{dd} {HH}:{M}、{from}のメール:"},
	{language: "ja", layout: "差出人: {from}\n送信日時: {yyyy}年{m}月{d}日 {H}:{M}\n"},

	{language: "zh", layout: "{from} 于{yyyy}年{m}月{d}日周{wd} {HH}:{M}写道："},
	{language: "zh", layout: "在 {yyyy}/{m}/{d} {HH}:{M}, {from} 写道:"},
	{language: "zh", layout: "发件人: {from}\n发送时间: {yyyy}年{m}月{d}日 {HH}:{M}\n"},
}

// dateNames are the words of one language's dates, in the order of the calendar, Sunday and January first.
type dateNames struct{ days, longDays, months, longMonths string }

var calendarNames = map[string]dateNames{
	"en": {
		"Sun Mon Tue Wed Thu Fri Sat", "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
		"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "January February March April May June July August September October November December",
	},
	"de": {
		"So. Mo. Di. Mi. Do. Fr. Sa.", "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		"Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
	},
	"fr": {
		"dim. lun. mar. mer. jeu. ven. sam.", "dimanche lundi mardi mercredi jeudi vendredi samedi",
		"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	},
	"es": {
		"dom lun mar mié jue vie sáb", "domingo lunes martes miércoles jueves viernes sábado",
		"ene feb mar abr may jun jul ago sept oct nov dic", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
	},
	"pt": {
		"dom seg ter qua qui sex sáb", "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
		"jan fev mar abr mai jun jul ago set out nov dez", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	},
	"it": {
		"dom lun mar mer gio ven sab", "domenica lunedì martedì mercoledì giovedì venerdì sabato",
		"gen feb mar apr mag giu lug ago set ott nov dic", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	},
	"nl": {
		"zo ma di wo do vr za", "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
		"jan feb mrt apr mei jun jul aug sep okt nov dec", "januari februari maart april mei juni juli augustus september oktober november december",
	},
	"sv": {
		"sön mån tis ons tors fre lör", "söndag måndag tisdag onsdag torsdag fredag lördag",
		"jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.", "januari februari mars april maj juni juli augusti september oktober november december",
	},
	"no": {
		"søn. man. tir. ons. tor. fre. lør.", "søndag mandag tirsdag onsdag torsdag fredag lørdag",
		"jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des.", "januar februar mars april mai juni juli august september oktober november desember",
	},
	"da": {
		"søn. man. tirs. ons. tors. fre. lør.", "søndag mandag tirsdag onsdag torsdag fredag lørdag",
		"jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec.", "januar februar marts april maj juni juli august september oktober november december",
	},
	"fi": {
		"su ma ti ke to pe la", "sunnuntaina maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina",
		"tammik. helmik. maalisk. huhtik. toukok. kesäk. heinäk. elok. syysk. lokak. marrask. jouluk.",
		"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
	},
	"pl": {
		"niedz. pon. wt. śr. czw. pt. sob.", "niedziela poniedziałek wtorek środa czwartek piątek sobota",
		"sty lut mar kwi maj cze lip sie wrz paź lis gru", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
	},
	"cs": {
		"ne po út st čt pá so", "neděle pondělí úterý středa čtvrtek pátek sobota",
		"led úno bře dub kvě čvn čvc srp zář říj lis pro", "ledna února března dubna května června července srpna září října listopadu prosince",
	},
	"ja": {"日 月 火 水 木 金 土", "日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日", "", ""},
	"zh": {"日 一 二 三 四 五 六", "星期日 星期一 星期二 星期三 星期四 星期五 星期六", "", ""},
}
