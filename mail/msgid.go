package mail

import (
	"bytes"
	"strings"
)

// maxID bounds one msg-id: it has to stand on a header line of 998 octets (RFC 5322 section 2.1.1).
const maxID = 900

// msgIDs reads the msg-ids of a Message-ID, In-Reply-To or References field (RFC 5322 section 3.6.4), oldest first,
// each once. It reads what programs really write: phrases beside the ids (RFC 822's In-Reply-To), ids without brackets,
// a missing closing bracket, white space from bad folding inside an id, and ids put into encoded words.
// Of a chain longer than maxIDs the first id and the last ones are kept.
func msgIDs(value []byte) []MessageID {
	if len(value) == 0 {
		return nil
	}
	if bytes.Contains(value, []byte("=?")) {
		value = []byte(decodeText(value))
	}
	var ids []MessageID
	if bytes.IndexByte(value, '<') >= 0 {
		ids = bracketed(value)
	}
	if ids == nil {
		for _, word := range bytes.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \t,;<>", r) }) {
			if at := bytes.IndexByte(word, '@'); at > 0 && at < len(word)-1 {
				ids = appendID(ids, word)
			}
		}
	}
	if len(ids) > maxIDs {
		ids = append(ids[:1:1], ids[len(ids)-maxIDs+1:]...)
	}
	return unique(ids)
}

// bracketed reads what stands in angle brackets. An id whose closing bracket is missing ends at the next opening one.
func bracketed(value []byte) (ids []MessageID) {
	for {
		open := bytes.IndexByte(value, '<')
		if open < 0 {
			return ids
		}
		value = value[open+1:]
		end := bytes.IndexAny(value, "<>")
		if end < 0 {
			return appendID(ids, value)
		}
		ids = appendID(ids, value[:end])
		if value[end] == '>' {
			end++
		}
		value = value[end:]
	}
}

// appendID adds an id without white space and control characters, which are never part of one.
func appendID(ids []MessageID, raw []byte) []MessageID {
	id := bytes.Trim(raw, "<> \t")
	clean := true
	for _, c := range id {
		if c <= ' ' || c == 0x7f {
			clean = false
			break
		}
	}
	if !clean {
		id = bytes.Map(func(r rune) rune {
			if r <= ' ' || r == 0x7f {
				return -1
			}
			return r
		}, id)
	}
	valid := strings.ToValidUTF8(string(id), "") // unlike bytes.ToValidUTF8 it copies nothing that is valid
	if len(valid) == 0 || len(valid) > maxID {
		return ids
	}
	return append(ids, MessageID(valid))
}

func firstID(ids []MessageID) MessageID {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// unique drops repeated ids, keeping the first place of each.
func unique(ids []MessageID) []MessageID {
	if len(ids) < 2 {
		return ids
	}
	if len(ids) <= 16 {
		out := ids[:0]
	next:
		for _, id := range ids {
			for _, have := range out {
				if have == id {
					continue next
				}
			}
			out = append(out, id)
		}
		return out
	}
	seen := make(map[MessageID]bool, len(ids))
	out := ids[:0]
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
