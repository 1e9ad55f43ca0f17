package config

import (
	"fmt"
	"slices"
	"strings"
)

// Values of GradeRule.Did.
const (
	DidAnswer = "answered" // wrote to the rep in the thread
	DidMeet   = "met"      // accepted an invitation
	DidPutOff = "put_off"  // asked to be written to later, or promised to
)

// GradeRule gives prospects a grade. It fits a thread where every key that it holds does; it holds one at least.
type GradeRule struct {
	Name     string   `key:"name" doc:"The grade: one of [cadence.grade.NAME]." example:"hot"`
	People   []string `key:"people" doc:"Addresses, or whole companies as @domain: one of them is a prospect of the thread." example:"[\"@nordbau.example\"]"`
	Keywords []string `key:"keywords" doc:"Words or phrases, in any case: the subject or what somebody newly wrote in the thread holds one of them." example:"[\"invoice disputes\"]"`
	Folders  []string `key:"folders" doc:"A mail of the thread lies in one of these folders. They must be among those that are read: the inbox, imap.folders.sent or imap.folders.also." example:"[\"Key accounts\"]"`
	Did      string   `key:"did" doc:"What a prospect once did in the thread: \"answered\", \"met\" (accepted a meeting) or \"put_off\" (asked to be written to later)." example:"answered"`
}

func (k *checker) grades(c Config) {
	const most = 100
	if len(c.Grades) > most {
		k.wrong("grade", fmt.Sprintf("%d rules are too many", len(c.Grades)), fmt.Sprintf("write at most %d", most))
		return
	}
	for i, r := range c.Grades {
		at := element("grade", i)
		k.gradeName(at+".name", r.Name, c.Cadence)
		if len(r.People)+len(r.Keywords)+len(r.Folders) == 0 && r.Did == "" {
			k.wrong(at, "fits nobody", "say whom it is for: people, keywords, folders or did")
		}
		k.people(at+".people", r.People)
		for n, word := range r.Keywords {
			if strings.TrimSpace(word) == "" {
				k.wrong(element(at+".keywords", n), "is empty", "write a word, or leave it out")
			}
		}
		f := c.IMAP.Folders
		for n, name := range r.Folders {
			if name == "" || !strings.EqualFold(name, f.Inbox) && name != f.Sent && !slices.Contains(f.Also, name) {
				k.wrong(element(at+".folders", n), fmt.Sprintf("%q is no folder that is read", name), "name it in imap.folders.also, too")
			}
		}
		did := []string{DidAnswer, DidMeet, DidPutOff}
		if r.Did != "" && !slices.Contains(did, r.Did) {
			hint := "write one of " + quotedList(did)
			if near := Nearest(r.Did, did); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			k.wrong(at+".did", fmt.Sprintf("%q is not known", r.Did), hint)
		}
	}
}

func (k *checker) gradeName(at, name string, c Cadence) {
	_, known := c.Grade[name]
	switch {
	case known:
	case name == "":
		k.wrong(at, "is missing", `write the grade that the rule gives, such as name = "hot"`)
	default:
		var names []string
		for have := range c.Grade {
			names = append(names, have)
		}
		slices.Sort(names)
		hint := fmt.Sprintf("write [cadence.grade.%s] with what is different for it", dotted(name))
		if near := Nearest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		k.wrong(at, fmt.Sprintf("there is no grade %q", name), hint)
	}
}
