package faultserver

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

func (c *session) authenticate(cmd Command) error {
	words := fields(cmd.Args)
	if len(words) == 0 || !strings.EqualFold(words[0], "PLAIN") {
		return c.done(cmd, "NO unknown mechanism")
	}
	answer := ""
	if len(words) > 1 {
		answer = words[1]
	} else {
		if err := c.say("+ \r\n"); err != nil {
			return err
		}
		var err error
		if answer, err = c.line(); err != nil {
			return err
		}
	}
	plain, err := base64.StdEncoding.DecodeString(answer)
	parts := strings.Split(string(plain), "\x00")
	if err != nil || len(parts) != 3 {
		return c.done(cmd, "BAD not RFC 4616")
	}
	return c.login(cmd, parts[1], parts[2])
}

// refresh lets what has come meanwhile be seen, also by SEARCH.
func (c *session) refresh() {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.show(func(l late) bool { return !l.at.IsZero() && !l.at.After(now) })
	if f := s.folders[c.selected]; f != nil {
		c.known = f.next - 1
	}
}

func (c *session) exists() string {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	f := c.server.folders[c.selected]
	if f == nil {
		return ""
	}
	return fmt.Sprintf("* %d EXISTS\r\n", len(f.messages))
}

func (c *session) list(cmd Command, f Faults) error {
	words := fields(cmd.Args)
	if len(words) < 2 || strings.HasPrefix(cmd.Args, "(") {
		return c.done(cmd, "BAD only LIST \"\" \"*\" is known here")
	}
	upper := strings.ToUpper(cmd.Args)
	special, withStatus := c.has("SPECIAL-USE"), c.has("LIST-STATUS")
	var out strings.Builder
	c.refresh()
	c.server.mu.Lock()
	for _, name := range c.server.names() {
		attrs := `\HasNoChildren`
		if use := c.server.folders[name].use; use != "" && special {
			attrs += " " + use
		}
		fmt.Fprintf(&out, "* LIST (%s) \"/\" %s\r\n", attrs, quote(name))
		if _, items, ok := strings.Cut(upper, "STATUS ("); ok && withStatus {
			items, _, _ = strings.Cut(items, ")")
			fmt.Fprintf(&out, "* STATUS %s (%s)\r\n", quote(name), c.server.state(name, items, f))
		}
	}
	c.server.mu.Unlock()
	for _, line := range f.List {
		out.WriteString("* LIST " + line + "\r\n")
	}
	return c.tell(cmd, out.String())
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func (c *session) status(cmd Command, f Faults) error {
	words := fields(cmd.Args)
	if len(words) != 2 {
		return c.done(cmd, "BAD STATUS takes a folder and a list")
	}
	c.refresh()
	c.server.mu.Lock()
	state, ok := "", c.server.folders[words[0]] != nil
	if ok {
		state = c.server.state(words[0], strings.ToUpper(inside(words[1])), f)
	}
	c.server.mu.Unlock()
	if !ok {
		return c.done(cmd, "NO [NONEXISTENT] no such folder")
	}
	return c.tell(cmd, fmt.Sprintf("* STATUS %s (%s)\r\n", quote(words[0]), state))
}

// state gives the items of a STATUS, with mu held.
func (s *Server) state(name, items string, f Faults) string {
	box := s.folders[name]
	validity, next := box.tells(f)
	var out []string
	for _, item := range strings.Fields(items) {
		switch item {
		case "MESSAGES":
			out = append(out, fmt.Sprint(item, " ", len(box.messages)))
		case "UIDNEXT":
			out = append(out, fmt.Sprint(item, " ", next))
		case "UIDVALIDITY":
			out = append(out, fmt.Sprint(item, " ", validity))
		case "UNSEEN":
			unseen := 0
			for _, m := range box.messages {
				if !m.Has(`\Seen`) {
					unseen++
				}
			}
			out = append(out, fmt.Sprint(item, " ", unseen))
		}
	}
	return strings.Join(out, " ")
}

// tells gives the UIDVALIDITY and UIDNEXT that a folder claims.
func (box *folder) tells(f Faults) (validity, next uint32) {
	if f.ValidityMoves {
		box.validity++
	}
	validity, next = box.validity, box.next
	if f.ValidityZero {
		validity = 0
	}
	if f.NextLow {
		next = 1
	}
	return validity, next
}

func (c *session) selects(cmd Command, f Faults) error {
	words := fields(cmd.Args)
	if len(words) == 0 {
		return c.done(cmd, "BAD which folder?")
	}
	c.server.mu.Lock()
	box := c.server.folders[words[0]]
	c.server.mu.Unlock()
	if box == nil {
		c.selected = ""
		return c.done(cmd, "NO [NONEXISTENT] no such folder")
	}
	c.selected, c.readOnly = words[0], cmd.Name == "EXAMINE"
	c.refresh()
	c.server.mu.Lock()
	validity, next := box.tells(f)
	count := len(box.messages)
	c.server.mu.Unlock()
	mode := "[READ-WRITE]"
	if c.readOnly {
		mode = "[READ-ONLY]"
	}
	return c.say(fmt.Sprintf("* %d EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)\r\n"+
		"* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n%s OK %s done\r\n", count, validity, next, cmd.Tag, mode))
}

func (c *session) store(cmd Command) error {
	words := fields(cmd.Args)
	box := c.box()
	if box == nil || c.readOnly || len(words) < 3 {
		return c.done(cmd, "NO not here")
	}
	set := parseSet(words[0])
	given := strings.Fields(inside(words[2]))
	how := strings.ToUpper(words[1])
	c.server.mu.Lock()
	for i := range box.messages {
		m := &box.messages[i]
		if !set.holds(number(cmd, i, m.UID), box, cmd) {
			continue
		}
		switch how[0] {
		case '+':
			for _, flag := range given {
				if !m.Has(flag) {
					m.Flags = append(m.Flags, flag)
				}
			}
		case '-':
			m.Flags = slices.DeleteFunc(m.Flags, func(f string) bool { return slices.Contains(given, f) })
		default:
			m.Flags = given
		}
	}
	c.server.mu.Unlock()
	return c.done(cmd, "OK done")
}

func (c *session) expunge(cmd Command) error {
	box := c.box()
	if box == nil || c.readOnly {
		return c.done(cmd, "NO not here")
	}
	all := set{{1, 1 << 31}}
	if cmd.Name == "UID EXPUNGE" {
		if !c.has("UIDPLUS") {
			return c.done(cmd, "BAD unknown command")
		}
		all = parseSet(cmd.Args)
	}
	c.server.mu.Lock()
	gone := c.server.expunge(c.selected, func(m Message) bool { return m.Has(`\Deleted`) && all.holds(m.UID, box, cmd) })
	c.server.mu.Unlock()
	return c.tell(cmd, expunged(gone))
}

func expunged(numbers []int) string {
	var out strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&out, "* %d EXPUNGE\r\n", n)
	}
	return out.String()
}

func (c *session) move(cmd Command) error {
	words := fields(cmd.Args)
	box := c.box()
	if box == nil || c.readOnly || len(words) != 2 || !c.has("MOVE") {
		return c.done(cmd, "NO not here")
	}
	uids := parseSet(words[0])
	if c.unknown(words[1]) {
		return c.done(cmd, "NO [TRYCREATE] no such folder")
	}
	c.server.mu.Lock()
	for _, m := range box.messages {
		if uids.holds(m.UID, box, cmd) {
			c.server.add(words[1], m)
		}
	}
	gone := c.server.expunge(c.selected, func(m Message) bool { return uids.holds(m.UID, box, cmd) })
	c.server.mu.Unlock()
	return c.tell(cmd, expunged(gone))
}

// box is the selected folder, nil without one.
func (c *session) box() *folder {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.folders[c.selected]
}
