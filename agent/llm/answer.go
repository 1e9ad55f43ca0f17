package llm

import (
	"encoding/json"
	"errors"
	"strings"
)

// answer is what a model wrote.
type answer struct {
	Body   string  `json:"body"`
	Claims []claim `json:"claims"`
}

// claim is a statement of the body and what it rests on, as the model sees it.
type claim struct {
	Claim  string `json:"claim"`
	Source string `json:"source"`
}

// maxBody bounds a body in bytes: no follow-up is longer.
const maxBody = 4000

var (
	thoughts = expressions.New(`(?s)^\s*<think(?:ing)?>.*?</think(?:ing)?>`)
	fence    = expressions.New("(?s)^```[a-z]*\\s*\n(.*?)\n?```$")
)

// read takes an answer apart: the JSON object that was asked for, in a fence or not, or plain text, for not every
// endpoint knows structured answers.
func read(said string) (answer, error) {
	s := strings.TrimSpace(thoughts.ReplaceAllString(said, ""))
	if m := fence.FindStringSubmatch(s); m != nil {
		s = strings.TrimSpace(m[1])
	}
	switch {
	case s == "":
		return answer{}, errors.New("write the text: the answer was empty")
	case len(s) > 4*maxBody:
		return answer{}, errors.New("write one short mail: the answer was longer than any mail")
	case s[0] == '{':
		var a answer
		d := json.NewDecoder(strings.NewReader(s))
		if err := d.Decode(&a); err != nil || d.More() {
			return answer{}, errors.New("answer with one whole JSON object")
		}
		a.Body = strings.TrimSpace(strings.ReplaceAll(a.Body, "\r\n", "\n"))
		if a.Body == "" {
			return answer{}, errors.New("put the text into body: it was empty")
		}
		if len(a.Body) > maxBody {
			return answer{}, errors.New("write one short mail: the answer was longer than any mail")
		}
		return a, nil
	case s[0] == '[' && !strings.HasPrefix(s, linkToken), s[0] == '<', s[0] == '"':
		return answer{}, errors.New("answer with the JSON object alone")
	case len(s) > maxBody:
		return answer{}, errors.New("write one short mail: the answer was longer than any mail")
	}
	return answer{Body: strings.ReplaceAll(s, "\r\n", "\n")}, nil
}
