package faultserver

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

func (c *session) search(cmd Command, f Faults) error {
	box := c.box()
	if box == nil {
		return c.done(cmd, "BAD which folder?")
	}
	if f.Search == SearchRefused {
		return c.done(cmd, "NO [CANNOT] not here")
	}
	args, extended := cmd.Args, false
	if strings.HasPrefix(strings.ToUpper(args), "RETURN ") && c.has("ESEARCH") {
		_, args = field(args[len("RETURN "):])
		extended = true
	}
	var found []string
	c.server.mu.Lock()
	for i, m := range box.messages {
		words := fields(args)
		if !all(&words, i, m, box) || f.Search == SearchEmpty || f.Search == SearchStale && m.UID > c.known {
			continue
		}
		n := strconv.FormatUint(uint64(number(cmd, i, m.UID)), 10)
		found = append(found, n)
		if f.Search == SearchRepeats {
			found = append(found, n)
		}
	}
	c.server.mu.Unlock()
	switch {
	case f.Search == SearchFloods && extended:
		found = []string{"1:2000000"}
	case f.Search == SearchFloods:
		found = nil
		for n := range 2_000_000 {
			found = append(found, strconv.Itoa(n+1))
		}
	}
	if !extended {
		return c.tell(cmd, strings.TrimRight("* SEARCH "+strings.Join(found, " "), " ")+"\r\n")
	}
	uid, numbers := "", ""
	if strings.HasPrefix(cmd.Name, "UID ") {
		uid = " UID"
	}
	if len(found) > 0 {
		numbers = " ALL " + strings.Join(found, ",")
	}
	return c.tell(cmd, fmt.Sprintf("* ESEARCH (TAG %s)%s%s\r\n", quote(cmd.Tag), uid, numbers))
}

// all says whether a message meets all the criteria, and uses them up.
func all(words *[]string, i int, m Message, box *folder) bool {
	fits := true
	for len(*words) > 0 {
		if !criterion(words, i, m, box) {
			fits = false
		}
	}
	return fits
}

// criterion takes one search key (RFC 3501 section 6.4.4) off the words and says whether a message meets it. A key it does
// not know is met by all.
func criterion(words *[]string, i int, m Message, box *folder) bool {
	next := func() string {
		if len(*words) == 0 {
			return ""
		}
		w := (*words)[0]
		*words = (*words)[1:]
		return w
	}
	flag := map[string]string{"SEEN": `\Seen`, "DELETED": `\Deleted`, "DRAFT": `\Draft`, "ANSWERED": `\Answered`, "FLAGGED": `\Flagged`}
	word := next()
	if strings.HasPrefix(word, "(") {
		list := fields(inside(word))
		return all(&list, i, m, box)
	}
	upper := strings.ToUpper(word)
	switch upper {
	case "OR":
		a, b := criterion(words, i, m, box), criterion(words, i, m, box)
		return a || b
	case "NOT":
		return !criterion(words, i, m, box)
	case "UID":
		return parseSet(next()).holds(m.UID, box, Command{Name: "UID SEARCH"})
	case "SINCE", "SENTSINCE":
		day, err := time.Parse("_2-Jan-2006", next())
		return err != nil || !m.Received.Before(day)
	case "BEFORE", "SENTBEFORE":
		day, err := time.Parse("_2-Jan-2006", next())
		return err != nil || m.Received.Before(day)
	case "HEADER":
		name := next()
		return contains(part(m.Raw, "HEADER.FIELDS ("+name+")"), next())
	case "FROM", "TO", "CC", "SUBJECT":
		return contains(part(m.Raw, "HEADER.FIELDS ("+upper+")"), next())
	case "TEXT", "BODY":
		return contains(m.Raw, next())
	case "CHARSET":
		next()
		return true
	}
	if flag[upper] != "" {
		return m.Has(flag[upper])
	}
	if has, un := strings.CutPrefix(upper, "UN"); un && flag[has] != "" {
		return !m.Has(flag[has])
	}
	if upper != "" && (upper[0] == '*' || upper[0] >= '0' && upper[0] <= '9') {
		return parseSet(upper).holds(uint32(i+1), box, Command{Name: "SEARCH"})
	}
	return true
}

func contains(data []byte, part string) bool {
	return bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(part)))
}
