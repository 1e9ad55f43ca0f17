package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// successor gives the name and address of the person that a text names instead of its writer: the first address in it,
// with the name before it or after a word such as "colleague"; a name alone where no address stands.
func (f findings) successor() (name, address string) {
	where := -1
	for i, s := range f.sentences {
		for at, field := range s.written {
			if found := addressIn(field); found != "" {
				address, where = found, i
				if name = nameBefore(s.written, at); name != "" {
					return name, address
				}
				break
			}
		}
		if where >= 0 {
			break
		}
	}
	if name = f.namedIn(where); name == "" && address != "" {
		name = nameFromAddress(address)
	}
	return name, address
}

// namedIn looks behind the cue words ("my colleague …"), first in the sentence of the address, then everywhere.
func (f findings) namedIn(sentence int) string {
	for _, anywhere := range []bool{false, true} {
		for _, h := range f.byKind[kindGone] {
			if h.sentence != sentence && !anywhere {
				continue
			}
			s := f.sentences[h.sentence]
			if h.end <= len(s.written) {
				if name := nameAfter(s.written, h.end); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// titles stand before names and are no part of them.
var titles = map[string]bool{"mr": true, "mrs": true, "ms": true, "dr": true, "herr": true, "herrn": true, "frau": true, "monsieur": true, "madame": true, "m": true, "mme": true, "sr": true, "sra": true, "señor": true, "señora": true, "don": true, "doña": true, "signor": true, "signora": true, "sig": true, "dhr": true, "mevr": true, "mevrouw": true, "meneer": true, "pan": true, "pani": true, "my": true, "our": true}

// nameAfter reads up to three capitalised words from the given one on.
func nameAfter(written []string, from int) string {
	var name []string
	for _, word := range written[min(from, len(written)):] {
		bare := strings.Trim(word, "()<>[],.;:!?\"'“”„*")
		if titles[strings.ToLower(bare)] && len(name) == 0 {
			continue
		}
		if !isNameWord(bare) || len(name) == 3 {
			break
		}
		name = append(name, bare)
		if strings.TrimRight(word, ",.;:!?)") != word {
			break
		}
	}
	return strings.Join(name, " ")
}

// nameBefore reads the capitalised words that end right before the address at index at.
func nameBefore(written []string, at int) string {
	from := at
	for from > 0 && at-from < 3 {
		word := written[from-1]
		bare := strings.Trim(word, "()<>[],;:\"'“”„*")
		if at-from == 0 && isLink(bare) { // "Mia Babic at mia@…"
			at--
			from--
			continue
		}
		if !isNameWord(bare) || titles[strings.ToLower(bare)] {
			break
		}
		from--
	}
	if at-from < 1 || at-from == 1 && from == 0 {
		return ""
	}
	return nameAfter(written[:at], from)
}

func isLink(word string) bool {
	switch strings.ToLower(word) {
	case "at", "on", "via", "under", "by", "unter", "à", "en", "em", "su", "op", "via:", "på", "pod", "email", "e-mail", "mail", "por", "per", "bei":
		return true
	}
	return false
}

func isNameWord(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	if !unicode.IsUpper(first) || strings.ContainsAny(word, "@0123456789/_:") || utf8.RuneCountInString(word) < 2 {
		return false
	}
	return true
}

// addressIn gives the mail address in a word, lower case, or "".
func addressIn(word string) string {
	word = strings.ToLower(strings.Trim(word, "()<>[],.;:!?\"'“”„*"))
	word = strings.TrimPrefix(word, "mailto:")
	if i := strings.IndexAny(word, "<>()[]"); i >= 0 {
		word = word[:i]
	}
	local, domain, ok := strings.Cut(word, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.Contains(domain, "@") || len(word) > 254 {
		return ""
	}
	for _, r := range word {
		if r <= ' ' || strings.ContainsRune(`"\,;:`, r) {
			return ""
		}
	}
	return word
}

// nameFromAddress reads "Sara Lind" in sara.lind@…; "" where the local part is no first and last name.
func nameFromAddress(address string) string {
	local, _, _ := strings.Cut(address, "@")
	parts := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' })
	if len(parts) != 2 {
		return ""
	}
	for i, part := range parts {
		if len(part) < 2 || strings.ContainsAny(part, "0123456789+-") {
			return ""
		}
		first, size := utf8.DecodeRuneInString(part)
		parts[i] = string(unicode.ToUpper(first)) + part[size:]
	}
	return strings.Join(parts, " ")
}
