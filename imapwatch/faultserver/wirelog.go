package faultserver

import (
	"fmt"
	"slices"
	"strings"
)

// Command is what the program said: `T3 UID FETCH 1:5 (FLAGS)` has the Tag T3, the Name "UID FETCH" and the Args
// `1:5 (FLAGS)`. The arguments of LOGIN and AUTHENTICATE are not kept.
type Command struct {
	Conn            int // which connection, counted from 1
	Tag, Name, Args string
	Selected        string // the folder that was selected, "" none
}

// Commands gives what the program said so far, on all connections, in the order in which it came.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count gives how many commands of a name the program sent.
func (s *Server) Count(name string) int {
	n := 0
	for _, c := range s.Commands() {
		if c.Name == name {
			n++
		}
	}
	return n
}

// Violations gives what the program did that it must never do: a plain EXPUNGE or CLOSE, which take along what the rep has
// marked; DELETE or RENAME of a folder; a flag or a removal outside its own drafts; a fetch that sets \Seen; a password
// in plain text.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func (s *Server) violate(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, what)
}

// note keeps a command of the program and judges it.
func (s *Server) note(c *session, cmd Command) {
	if c.user == Hand {
		return
	}
	kept := cmd
	if kept.Name == "LOGIN" || kept.Name == "AUTHENTICATE" {
		kept.Args = ""
	}
	s.mu.Lock()
	s.log = append(s.log, kept)
	if wrong := s.judge(c, cmd); wrong != "" {
		s.seen = append(s.seen, fmt.Sprintf("connection %d: %s %s: %s", cmd.Conn, cmd.Name, cmd.Args, wrong))
	}
	each := s.onEach
	s.mu.Unlock()
	if each != nil {
		each(kept)
	}
}

// judge says what is wrong with a command, "" nothing, with mu held.
func (s *Server) judge(c *session, cmd Command) string {
	switch cmd.Name {
	case "EXPUNGE", "CLOSE":
		return "it removes what others have marked"
	case "DELETE", "RENAME", "CREATE", "SUBSCRIBE", "UNSUBSCRIBE", "SETACL", "SETMETADATA", "COPY", "UID COPY", "MOVE", "STORE":
		return "the program has no need of it"
	case "UID STORE", "UID EXPUNGE", "UID MOVE":
		box := s.folders[c.selected]
		if box == nil || box.use != `\Drafts` {
			return "it is not in Drafts"
		}
		words := fields(cmd.Args)
		if len(words) == 0 {
			return "it names no message"
		}
		if cmd.Name == "UID STORE" && (len(words) != 3 || inside(words[2]) != `\Deleted`) {
			return `it stores another flag than \Deleted`
		}
		uids := parseSet(words[0])
		for _, m := range box.messages {
			if uids.holds(m.UID, box, cmd) && !own(m) {
				return fmt.Sprintf("message %d is not its own draft", m.UID)
			}
		}
	case "FETCH", "UID FETCH":
		upper := strings.ToUpper(cmd.Args)
		if strings.Contains(upper, "BODY[") || strings.Contains(upper, "RFC822.TEXT") || strings.Contains(upper, " RFC822 ") {
			return `it sets \Seen`
		}
	case "APPEND":
		words := fields(cmd.Args)
		if box := s.folders[words[0]]; box != nil && box.use != `\Drafts` && words[0] != "INBOX" {
			return "it writes into a folder other than Drafts, and the digest's INBOX"
		}
	}
	return ""
}

// probeSubject is the subject of the test draft that `check --probe` lays down and removes whatever the server keeps of it.
const probeSubject = "Test draft, may be deleted"

// own says whether a message bears a key as followupd's drafts do: 32 hex digits, in the key header or left of the @ of
// its Message-ID, or in the subject of its test draft.
func own(m Message) bool {
	_, subject, _ := strings.Cut(string(part(m.Raw, "HEADER.FIELDS (Subject)")), ":")
	if strings.Contains(subject, probeSubject) { // composed as an answer, it begins with Re:
		return true
	}
	for _, name := range []string{"X-Draft-Key", "Message-ID"} {
		field := string(part(m.Raw, "HEADER.FIELDS ("+name+")"))
		_, value, _ := strings.Cut(field, ":")
		value = strings.TrimLeft(strings.TrimSpace(value), "<")
		if len(value) >= 32 && strings.Trim(value[:32], "0123456789abcdef") == "" {
			return true
		}
	}
	return false
}
