package dates

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Japanese and Chinese name days without spaces between words, so that they are read by their own small scanner,
// which adds its candidates as if they had been tokens.

// eastAsian holds the words of both languages; the longer ones come first where one begins with another.
var eastAsian = []struct {
	word  string
	means func(b time.Time) (from, to time.Time)
}{
	{"再来週", weekAfter(14)},
	{"来週", weekAfter(7)},
	{"翌週", weekAfter(7)},
	{"下下周", weekAfter(14)},
	{"下周", weekAfter(7)},
	{"下週", weekAfter(7)},
	{"下个星期", weekAfter(7)},
	{"下星期", weekAfter(7)},
	{"再来月", monthAfter(2)},
	{"来月", monthAfter(1)},
	{"翌月", monthAfter(1)},
	{"下个月", monthAfter(1)},
	{"下個月", monthAfter(1)},
	{"下月", monthAfter(1)},
	{"来年", yearAfter(1)},
	{"明年", yearAfter(1)},
	{"年明け", yearAfter(1)},
	{"新年", yearAfter(1)},
	{"元旦后", yearAfter(1)},
	{"明後日", daysAfter(2)},
	{"后天", daysAfter(2)},
	{"後天", daysAfter(2)},
	{"明日", daysAfter(1)},
	{"明天", daysAfter(1)},
	{"月底", monthEnd},
	{"月末", monthEnd},
	{"年末", yearEnd},
	{"年底", yearEnd},
}

func daysAfter(n int) func(time.Time) (from, to time.Time) {
	return func(b time.Time) (from, to time.Time) { return addDays(b, n), addDays(b, n) }
}

func weekAfter(n int) func(time.Time) (from, to time.Time) {
	return func(b time.Time) (from, to time.Time) {
		monday := addDays(mondayOf(b), n)
		return monday, addDays(monday, 4)
	}
}

func monthAfter(n int) func(time.Time) (from, to time.Time) {
	return func(b time.Time) (from, to time.Time) {
		first := addMonths(firstOfMonth(b), n)
		return first, lastOfMonth(first)
	}
}

func yearAfter(n int) func(time.Time) (from, to time.Time) {
	return func(b time.Time) (from, to time.Time) {
		first := time.Date(b.Year()+n, 1, 1, 0, 0, 0, 0, b.Location())
		return first, first
	}
}

func monthEnd(b time.Time) (from, to time.Time) { return lastOfMonth(b), lastOfMonth(b) }

func yearEnd(b time.Time) (from, to time.Time) {
	last := time.Date(b.Year(), 12, 31, 0, 0, 0, 0, b.Location())
	return last, last
}

// The signs of the weekdays, Sunday first.
const (
	weekdaysJa = "日月火水木金土"
	weekdaysZh = "日一二三四五六"
)

// Words around a date that make it one.
var (
	eastUntil   = []string{"まで", "迄", "为止", "為止", "之前", "前", "止"}
	eastBack    = []string{"戻り", "復帰", "出社", "再開", "以降", "から出", "より通常", "より業務", "回来", "回來", "返回", "恢复", "回到", "上班", "后联系", "再联系", "再聯繫", "再聯絡", "再联络", "联系我", "聯絡我", "ご連絡", "連絡", "改めて", "再度", "お声がけ", "頃に", "ごろに", "以后", "以後", "之后", "之後", "后再", "沟通", "再谈", "再聊", "答复", "回复", "回覆", "お返事", "返信", "回答"}
	eastAbsent  = []string{"不在", "休暇", "休業", "お休み", "休み", "出張", "育休", "産休", "外出", "休假", "度假", "出差", "放假", "产假", "請假", "请假", "外出中", "不在办公室", "闭馆", "休息", "冬季休業", "夏季休業"}
	eastAgainst = []string{"設立", "创立", "成立", "生まれ", "営業時間", "请求书", "請求書", "发票", "契約しました", "签了", "展会", "展示会", "セミナー"}
	eastFrom    = []string{"から", "より", "起", "自", "从", "開始", "开始"}
)

// hasEastAsian tells whether a text is worth the scanner.
func hasEastAsian(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	}) >= 0
}

// eastAsianDay is a date in a Japanese or Chinese text.
type eastAsianDay struct {
	start, end int // bytes
	from, to   time.Time
	worth      int
}

// findEastAsian gives the best date of a Japanese or Chinese text.
func findEastAsian(text string, base time.Time) (Found, bool) {
	text = narrow(text)
	var best judged
	var phrase string
	days := eastAsianDays(text, base)
	for i, d := range days {
		if i+1 < len(days) && isEastRange(text[d.end:days[i+1].start]) {
			continue // the beginning of a range
		}
		ranged := i > 0 && isEastRange(text[days[i-1].end:d.start])
		before := text[max(0, d.start-90):d.start]
		before = before[strings.LastIndexAny(before, "。\n!?！？")+1:]
		after := text[d.end:min(len(text), d.end+120)]
		if cut := strings.IndexAny(after, "。\n!?！？"); cut >= 0 {
			after = after[:cut]
		}
		tail := after[:min(len(after), 18)]
		j := judged{day: d.from, worth: d.worth}
		until := containsAny(tail, eastUntil)
		back := containsAny(after, eastBack)
		absent := containsAny(before+after, eastAbsent)
		switch {
		case back:
			j.worth += worthBack
			j.purpose = purposeReturn
		case until || ranged:
			j.worth += worthUntil
			j.purpose = purposeLimit
		}
		if absent {
			j.worth += worthAbsent
		}
		if containsAny(before, eastAgainst) || containsAny(tail, eastAgainst) {
			j.worth += worthAgainst
		}
		if !back && !until && !ranged && containsAny(tail, eastFrom) {
			j.worth += worthFrom
		}
		if ranged || until {
			j.day, j.inclusive = d.to, true
		} else if absent && !back {
			j.day, j.inclusive = d.to, true
		}
		if j.worth < enough || j.day.Before(base) || j.day.After(addDays(base, maxAhead)) {
			continue
		}
		if best.worth == 0 || j.beats(best) {
			best, phrase = j, text[d.start:d.end]
		}
	}
	return Found{Day: best.day, Phrase: phrase, Inclusive: best.inclusive}, best.worth > 0
}

func isEastRange(between string) bool {
	between = strings.Trim(between, " ()（）月火水木金土日")
	switch between {
	case "から", "~", "〜", "～", "-", "–", "—", "至", "到", "より":
		return true
	}
	return false
}

// eastAsianDays reads 2025年12月1日, 12月1日, 12/1, 1日, 三月, 来週月曜日, 下周一, 两周后 and the like.
func eastAsianDays(text string, base time.Time) []eastAsianDay {
	var days []eastAsianDay
	p := parser{base: base}
	for i := 0; i < len(text); {
		d, ok := eastAsianNumber(text, i, &p)
		if !ok {
			d, ok = eastAsianWord(text, i, base)
		}
		if ok && d.end > i {
			days = append(days, d)
			i = d.end
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return days
}

// eastAsianNumber reads a date or span that begins with a number at byte i.
func eastAsianNumber(text string, i int, p *parser) (eastAsianDay, bool) {
	d := eastAsianDay{start: i}
	n, at, ok := readCount(text, i)
	if !ok || i > 0 && text[i-1] >= '0' && text[i-1] <= '9' {
		return d, false
	}
	year := 0
	if rest, ok := strings.CutPrefix(text[at:], "年"); ok && n > 1900 && n < 2200 {
		year = n
		skipped := len(rest) - len(strings.TrimLeft(rest, " "))
		if n, at, ok = readCount(text, at+len("年")+skipped); !ok {
			return d, false
		}
	}
	zone := p.base.Location()
	single := func(t time.Time, end, worth int) (eastAsianDay, bool) {
		d.from, d.to, d.end, d.worth = t, t, end, worth
		return d, true
	}
	for _, unit := range []string{"週間後", "周后", "週後", "个星期后", "星期后", "個星期後", "周之后", "周以后"} {
		if strings.HasPrefix(text[at:], unit) && n <= 60 {
			return single(addDays(p.base, 7*n), at+len(unit), believed[formRelative])
		}
	}
	for _, unit := range []string{"ヶ月後", "か月後", "カ月後", "ケ月後", "个月后", "個月後", "个月之后", "个月以后"} {
		if strings.HasPrefix(text[at:], unit) && n <= 14 {
			return single(addMonths(p.base, n), at+len(unit), believed[formRelative])
		}
	}
	for _, unit := range []string{"日後", "天后", "天後"} {
		if strings.HasPrefix(text[at:], unit) && n <= 400 {
			return single(addDays(p.base, n), at+len(unit), believed[formRelative])
		}
	}
	switch {
	case strings.HasPrefix(text[at:], "月") && n >= 1 && n <= 12:
		month := time.Month(n)
		end := at + len("月")
		gap := len(text[end:]) - len(strings.TrimLeft(text[end:], " "))
		if dayNumber, after, ok := readCount(text, end+gap); ok {
			for _, mark := range []string{"日", "号", "號"} {
				if strings.HasPrefix(text[after:], mark) {
					if t, ok := p.resolve(dayNumber, month, year); ok {
						return single(t, skipWeekday(text, after+len(mark)), believed[formDayMonth])
					}
					return d, false
				}
			}
		}
		c, _ := p.wholeMonth(month, 0)
		if year != 0 {
			c.from = time.Date(year, month, 1, 0, 0, 0, 0, zone)
			c.to = lastOfMonth(c.from)
		}
		d.from, d.to, d.end, d.worth = c.from, c.to, end, believed[formMonth]
		for _, part := range []struct {
			word string
			day  func(time.Time) time.Time
		}{{"末", lastOfMonth}, {"底", lastOfMonth}, {"下旬", func(t time.Time) time.Time { return addDays(t, 20) }}, {"中旬", func(t time.Time) time.Time { return addDays(t, 14) }}, {"上旬", func(t time.Time) time.Time { return t }}, {"初", func(t time.Time) time.Time { return t }}} {
			if strings.HasPrefix(text[end:], part.word) {
				return single(part.day(c.from), end+len(part.word), believed[formDayMonth])
			}
		}
		return d, true
	case (strings.HasPrefix(text[at:], "日") || strings.HasPrefix(text[at:], "号") || strings.HasPrefix(text[at:], "號")) && year == 0 && n <= 31 && !strings.HasPrefix(text[at:], "日間"):
		first := firstOfMonth(p.base)
		for m := range 12 {
			month := addMonths(first, m)
			if t, ok := day(month.Year(), month.Month(), n, zone); ok && !t.Before(p.base) {
				return single(t, skipWeekday(text, at+len("日")), believed[formBareDay])
			}
		}
	case strings.HasPrefix(text[at:], "/") && year == 0 && n <= 12:
		if dayNumber, after, ok := readCount(text, at+1); ok && dayNumber <= 31 && !strings.HasPrefix(text[after:], "/") {
			if t, ok := p.resolve(dayNumber, time.Month(n), 0); ok {
				return single(t, skipWeekday(text, after), believed[formShort])
			}
		}
	case (strings.HasPrefix(text[at:], "/") || strings.HasPrefix(text[at:], "-") || strings.HasPrefix(text[at:], ".")) && n > 1900 && n < 2200:
		month, next, ok := readCount(text, at+1)
		if !ok || next >= len(text) || text[next] != text[at] {
			return d, false
		}
		if dayNumber, after, ok := readCount(text, next+1); ok {
			if t, ok := day(n, time.Month(month), dayNumber, zone); ok {
				return single(t, skipWeekday(text, after), believed[formFull])
			}
		}
	}
	return d, false
}

// eastAsianWord reads 来週, 下周一, 来週の月曜日 … at byte i.
func eastAsianWord(text string, i int, base time.Time) (eastAsianDay, bool) {
	for _, w := range eastAsian {
		if !strings.HasPrefix(text[i:], w.word) {
			continue
		}
		from, to := w.means(base)
		end := i + len(w.word)
		rest := text[end:]
		if from.Weekday() == time.Monday && !from.Equal(to) && int(to.Sub(from).Hours()) < 24*6 {
			trimmed := strings.TrimPrefix(strings.TrimPrefix(rest, "の"), "的")
			for n := range 7 {
				for _, signs := range []string{weekdaysJa, weekdaysZh} {
					sign := string([]rune(signs)[n])
					if strings.HasPrefix(trimmed, sign+"曜") || signs == weekdaysZh && strings.HasPrefix(rest, sign) && !strings.HasPrefix(w.word, "来") {
						t := addDays(from, (n+6)%7)
						return eastAsianDay{start: i, end: end + len(rest) - len(trimmed) + len(sign), from: t, to: t, worth: believed[formRelative]}, true
					}
				}
			}
		}
		return eastAsianDay{start: i, end: end, from: from, to: to, worth: believed[formRelative]}, true
	}
	return eastAsianDay{}, false
}

// skipWeekday goes over "(月)" and "（星期一）" behind a date.
func skipWeekday(text string, i int) int {
	for _, open := range []string{"(", "（"} {
		if rest, ok := strings.CutPrefix(text[i:], open); ok {
			if end := strings.IndexAny(rest, ")）"); end >= 0 && end <= 15 {
				_, size := utf8.DecodeRuneInString(rest[end:])
				return i + len(open) + end + size
			}
		}
	}
	return i
}

// counts are the Han numbers of months and weeks.
var counts = []struct {
	word  string
	value int
}{
	{"十二", 12}, {"十一", 11}, {"十", 10}, {"九", 9}, {"八", 8}, {"七", 7}, {"六", 6}, {"五", 5}, {"四", 4}, {"三", 3}, {"二", 2}, {"两", 2}, {"兩", 2}, {"一", 1}, {"数", 3}, {"几", 3},
}

func readCount(text string, i int) (n, end int, ok bool) {
	end = i
	for end < len(text) && text[end] >= '0' && text[end] <= '9' && end-i < 5 {
		n = n*10 + int(text[end]-'0')
		end++
	}
	if end > i {
		return n, end, true
	}
	for _, c := range counts {
		if strings.HasPrefix(text[i:], c.word) {
			return c.value, i + len(c.word), true
		}
	}
	return 0, i, false
}

// narrow makes full-width digits and signs plain.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, text)
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
