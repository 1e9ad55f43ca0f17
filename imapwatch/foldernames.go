package imapwatch

// generic are words that stand in the names of all kinds of folders and say nothing of what one is for.
const generic = `
mail mails e email emails item items message messages folder folders my box
elemente objekte nachrichten post ordner
éléments courrier courriers courriel courriels messagerie objets
elementos correo correos mensajes bandeja
itens mensagens correio
elementi posta messaggi
berichten
objekt meddelanden brev elementer beskeder meldinger
viestit kohteet
elementy wiadomości poczta
pošta položky zprávy správy
elemek levelek üzenetek
mesaje
елементи писма поща съобщения
письма сообщения элементы почта
листи пошта повідомлення
poruke stavke sporočila
στοιχεία μηνύματα
öğeler postalar iletiler
kirjad üksused
vienumi vēstules
laiškai elementai
العناصر البريد الرسائل
פריטים דואר הודעות
thư mục
pesan
missatges
`

// folderNames are what Outlook, Gmail, Thunderbird, Apple Mail and the webmailers name these folders, by language, for
// servers that do not say what a folder is for (Exchange among them). Outboxes are left out: what lies there was not sent.
var folderNames = []struct {
	language                           string
	sent, drafts, trash, junk, archive string
}{
	{"en", "Sent|Sent Items|Sent Mail|Sent Messages", "Drafts|Draft", "Trash|Deleted|Deleted Items|Deleted Messages|Bin", "Junk|Junk E-mail|Spam|Bulk Mail", "Archive|Archives|Archived"},
	{"de", "Gesendet|Gesendete Elemente|Gesendete Objekte|Gesendete Nachrichten", "Entwürfe|Entwurf|Entwuerfe", "Papierkorb|Gelöscht|Gelöschte Elemente|Geloescht|Gelöschte Objekte", "Junk-E-Mail|Spamverdacht|Unerwünscht|Werbung", "Archiv"},
	{"fr", "Envoyés|Envoyé|Éléments envoyés|Messages envoyés|Courrier envoyé", "Brouillons|Brouillon", "Corbeille|Éléments supprimés|Supprimés|Messages supprimés", "Courrier indésirable|Indésirables|Pourriels|Pourriel", "Archives|Archivés"},
	{"es", "Enviados|Elementos enviados|Correo enviado|Mensajes enviados", "Borradores|Borrador", "Papelera|Elementos eliminados|Eliminados|Papelera de reciclaje", "Correo no deseado|No deseados|Correo basura", "Archivo|Archivados"},
	{"pt", "Enviados|Enviadas|Itens enviados|Itens Enviados|E-mails enviados|Mensagens enviadas|Correio enviado", "Rascunhos|Rascunho", "Lixeira|Lixo|Itens excluídos|Itens eliminados|Excluídos|Apagadas", "Lixo eletrônico|Lixo electrónico|Lixo Eletrónico|Spam", "Arquivo|Arquivo morto|Arquivados"},
	{"it", "Inviati|Inviata|Posta inviata|Elementi inviati|Messaggi inviati", "Bozze|Bozza", "Cestino|Posta eliminata|Elementi eliminati", "Posta indesiderata|Indesiderata", "Archivio|Archiviati"},
	{"nl", "Verzonden|Verzonden items|Verzonden berichten|Verstuurd", "Concepten|Concept|Klad", "Prullenbak|Verwijderde items|Verwijderd", "Ongewenste e-mail|Ongewenst", "Archief"},
	{"sv", "Skickat|Skickade objekt|Skickade|Skickade meddelanden", "Utkast", "Papperskorgen|Papperskorg|Borttaget|Borttagna objekt", "Skräppost|Skräp", "Arkiv|Arkiverat"},
	{"da", "Sendt|Sendt post|Sendte elementer|Sendte", "Kladder|Kladde|Udkast", "Papirkurv|Slettet post|Slettede elementer|Slettet", "Uønsket mail|Uønsket e-mail|Uønsket post", "Arkiv"},
	{"nb", "Sendt|Sendte elementer|Sendte meldinger", "Utkast|Kladd", "Papirkurv|Søppelbøtte|Slettede elementer", "Søppelpost|Uønsket e-post", "Arkiv"},
	{"fi", "Lähetetyt|Lähetetyt viestit|Lähetetyt kohteet", "Luonnokset|Luonnos", "Roskakori|Poistetut|Poistetut kohteet", "Roskaposti", "Arkisto|Arkistoidut"},
	{"is", "Sent|Sendir hlutir|Sendur póstur", "Drög", "Rusl|Eyddir hlutir", "Ruslpóstur", "Safnvista"},
	{"pl", "Wysłane|Wyslane|Elementy wysłane|Wiadomości wysłane", "Wersje robocze|Kopie robocze|Robocze|Szkice", "Kosz|Elementy usunięte|Usunięte", "Wiadomości-śmieci|Niechciane", "Archiwum"},
	{"cs", "Odeslané|Odeslaná pošta|Odeslané zprávy|Odeslaná", "Koncepty|Rozepsané", "Koš|Odstraněná pošta|Odstraněné", "Nevyžádaná pošta|Nevyžádané", "Archiv"},
	{"sk", "Odoslané|Odoslaná pošta|Odoslané správy", "Koncepty|Rozpísané", "Kôš|Odstránená pošta|Odstránené položky", "Nevyžiadaná pošta", "Archív"},
	{"hu", "Elküldött|Elküldött elemek|Elküldött levelek|Elküldöttek", "Piszkozatok|Piszkozat", "Kuka|Törölt elemek|Lomtár", "Levélszemét", "Archívum|Archiválás"},
	{"ro", "Trimise|Elemente trimise|Mesaje trimise", "Ciorne|Schițe", "Coș de gunoi|Gunoi|Elemente șterse", "E-mail nedorit|Nedorite", "Arhivă"},
	{"bg", "Изпратени|Изпратени елементи|Изпратени писма", "Чернови|Чернова", "Кошче|Изтрити|Изтрити елементи", "Нежелана поща|Спам", "Архив"},
	{"ru", "Отправленные|Отправленные письма|Отправлено", "Черновики|Черновик", "Корзина|Удаленные|Удалённые|Удаленные элементы", "Спам|Нежелательная почта|Нежелательные", "Архив"},
	{"uk", "Надіслані|Надіслані елементи|Відправлені|Надіслане", "Чернетки|Чернетка", "Кошик|Видалені|Видалені елементи", "Спам|Небажана пошта|Небажані", "Архів"},
	{"sr", "Poslato|Poslate stavke|Послато|Послате ставке", "Nacrti|Нацрти|Недовршено|Nedovršeno", "Kanta|Смеће|Obrisane stavke|Избрисане ставке", "Bezvredna pošta|Нежељена пошта", "Arhiva|Архива"},
	{"hr", "Poslano|Poslane stavke|Poslana pošta", "Skice|Nacrti", "Otpad|Smeće|Izbrisane stavke", "Bezvrijedna pošta|Neželjena pošta", "Arhiva|Arhiv"},
	{"sl", "Poslano|Poslana pošta|Poslani elementi", "Osnutki", "Smeti|Koš|Izbrisano", "Neželena pošta|Vsiljena pošta", "Arhiv"},
	{"el", "Απεσταλμένα|Απεσταλμένα στοιχεία|Σταλμένα", "Πρόχειρα", "Κάδος|Κάδος απορριμμάτων|Διαγραμμένα|Διεγραμμένα", "Ανεπιθύμητα|Ανεπιθύμητη αλληλογραφία", "Αρχειοθέτηση|Αρχείο"},
	{"tr", "Gönderilmiş|Gönderilmiş Öğeler|Gönderilmiş Postalar|Gönderilenler|Gönderilen", "Taslaklar|Taslak", "Çöp|Çöp Kutusu|Silinmiş Öğeler|Silinmiş", "Önemsiz|Gereksiz|Önemsiz E-posta|Gereksiz E-posta|İstenmeyen", "Arşiv"},
	{"et", "Saadetud|Saadetud kirjad|Saadetud üksused", "Mustandid|Mustand", "Prügikast|Kustutatud üksused|Kustutatud", "Rämpspost", "Arhiiv"},
	{"lv", "Nosūtītie|Nosūtītie vienumi|Nosūtītās vēstules|Nosūtīts", "Melnraksti|Uzmetumi", "Miskaste|Atkritne|Izdzēstie vienumi", "Mēstules|Surogātpasts", "Arhīvs"},
	{"lt", "Išsiųsti|Išsiųsti laiškai|Išsiųstieji|Išsiųsta", "Juodraščiai", "Šiukšliadėžė|Šiukšlinė|Panaikinti elementai", "Šlamštas|Brukalas", "Archyvas"},
	{"ca", "Enviats|Enviat|Missatges enviats", "Esborranys|Esborrany", "Paperera|Eliminats", "Correu brossa", "Arxiu"},
	{"eu", "Bidalita|Bidalitakoak", "Zirriborroak", "Zakarrontzia", "Zabor-posta", "Artxiboa"},
	{"ar", "المرسلة|العناصر المرسلة|البريد المرسل|المرسل", "المسودات|مسودات", "المهملات|سلة المهملات|العناصر المحذوفة", "البريد غير الهام|غير مرغوب|البريد العشوائي", "الأرشيف|أرشيف"},
	{"he", "נשלחו|פריטים שנשלחו|דואר שנשלח|נשלח", "טיוטות|טיוטה", "אשפה|פריטים שנמחקו", "דואר זבל|ספאם|דואר זבל אלקטרוני", "ארכיון"},
	{"fa", "ارسال شده|موارد ارسال شده|ارسال‌شده", "پیش‌نویس‌ها|پیش نویس|پیش‌نویس", "زباله‌دان|سطل زباله|حذف شده", "هرزنامه", "بایگانی"},
	{"hi", "भेजे गए|भेजे गए आइटम|भेजे गए मेल", "ड्राफ़्ट|प्रारूप", "ट्रैश|हटाए गए आइटम", "स्पैम|जंक ईमेल", "संग्रह"},
	{"th", "ส่งแล้ว|รายการที่ถูกส่ง|จดหมายที่ส่งแล้ว|รายการที่ส่ง", "แบบร่าง|ฉบับร่าง|จดหมายร่าง", "ถังขยะ|รายการที่ถูกลบ", "อีเมลขยะ|จดหมายขยะ|สแปม", "เก็บถาวร"},
	{"vi", "Đã gửi|Thư đã gửi|Mục đã gửi", "Nháp|Bản nháp|Thư nháp", "Thùng rác|Thư đã xóa|Mục đã xóa", "Thư rác|Email rác", "Lưu trữ"},
	{"id", "Terkirim|Item Terkirim|Pesan Terkirim|Surat Terkirim", "Draf|Konsep", "Sampah|Item Terhapus", "Spam", "Arsip"},
	{"ja", "送信済み|送信済みアイテム|送信済みメール|送信済みトレイ|送信済みメッセージ", "下書き|草稿", "ゴミ箱|ごみ箱|削除済みアイテム|削除済み", "迷惑メール|スパム", "アーカイブ"},
	{"zh-Hans", "已发送|已发送邮件|已发邮件|已发送的邮件|已发送项目", "草稿|草稿箱|草稿夹", "已删除|已删除邮件|已删除项目|废纸篓|回收站", "垃圾邮件", "存档|归档"},
	{"zh-Hant", "寄件備份|寄件備份匣|已傳送|已傳送郵件|已傳送的郵件|已寄出", "草稿匣|草稿夾", "刪除的郵件|垃圾桶|已刪除的郵件|資源回收筒", "垃圾郵件|垃圾信", "封存|典藏"},
	{"ko", "보낸 편지함|보낸편지함|보낸 메일함|보낸메일함|보낸 항목", "임시 보관함|임시보관함|임시 보관 메일함|초안", "휴지통|지운 편지함|지운 편지함|삭제된 항목", "정크 메일|스팸|스팸 편지함|스팸메일함|정크 이메일", "보관|보관함"},
}
