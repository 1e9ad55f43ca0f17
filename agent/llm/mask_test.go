package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/mail/quote"
	"followupd/playbook"
	"followupd/tracker"
)

// gossip is what must not leave: who else is spoken of, and how to reach them.
var gossip = []string{"Marek Dvorak", "Dvorak", "petra.holm@rival.example", "Petra Holm", "+46 70 123 45 67", "030 / 901820", "Sjöberg", "Ulla", "(555) 010-4477"}

func TestCompose_NothingOfThirdPartiesLeaves(t *testing.T) {
	b := book(t)
	for name, s := range stories {
		s.letters = append([]letter{}, s.letters...)
		s.letters = append(s.letters, letter{from: "x", days: 9, text: "Please ask Marek Dvorak, +46 70 123 45 67, or petra.holm@rival.example. Petra Holm decides with Ulla Sjöberg. Tel 030 / 901820. Marek knows Petra's number: (555) 010-4477."},
			letter{days: 8, text: "I have written to Ulla Sjöberg and to Mr Dvorak. Which of them decides?", cc: []mail.Person{{Name: "Ulla Sjöberg", Address: "ulla@nordbau.example"}}})
		s.notes = append([]string{"Marek Dvorak likes sailing; call +46 70 123 45 67"}, s.notes...)
		r := s.request()
		r.Samples = []playbook.Sample{{Text: "Hi Petra,\n\nas Marek Dvorak said, the plan is ready.\n\nAnna", To: []mail.Person{{Name: "Petra Holm", Address: "petra.holm@rival.example"}}}}
		o, err := b.Outline(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := compose(Config{}, r, o)
		for _, m := range p.messages {
			for _, g := range gossip {
				if strings.Contains(m.Content, g) {
					t.Errorf("%s: %q leaves in\n%s", name, g, m.Content)
				}
			}
		}
		if open := compose(Config{Plain: true}, r, o); !strings.Contains(open.sent, "Marek Dvorak") {
			t.Errorf("%s: with redact off, names are still hidden", name)
		}
	}
}

func TestMask_WhatIsHiddenComesBack(t *testing.T) {
	m := newMask(true, "en", "https://acme.example/a")
	m.allow("Lena Vogt")
	text := "Lena, ask Marek Dvorak or petra@rival.example, +46 70 123 45 67: https://acme.example/a."
	hidden := m.hide(text)
	if want := "Lena, ask NAME_1 or EMAIL_1, PHONE_1: [LINK]."; hidden != want {
		t.Errorf("hidden as %q, want %q", hidden, want)
	}
	if back, ok := m.show(hidden); !ok || back != text {
		t.Errorf("came back as %q, %v", back, ok)
	}
	if _, ok := m.show("NAME_7 said so"); ok {
		t.Error("a token that stands for nothing is taken")
	}
	if got := m.hide("NAME_1 is mine"); strings.Contains(got, "NAME_1") {
		t.Errorf("a stranger's own token stays: %q", got)
	}
}

// TestCompose_NothingLeavesOfRealMail holds the mask against real letters: addresses and numbers are known by their shape,
// names by the headers.
func TestCompose_NothingLeavesOfRealMail(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/msgs/*.eml")
	if len(files) == 0 {
		t.Skip("labelled mail does not lie beside the project")
	}
	letters, leaks := 0, 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		msg := mail.Parse(source)
		if msg.Content == nil || len(msg.From) == 0 {
			continue
		}
		text := clip(quote.Cut(msg.Content.Text).New, maxLetter)
		if strings.TrimSpace(text) == "" {
			continue
		}
		letters++
		m := newMask(true, "en", "")
		people := append(append(append([]mail.Person{}, msg.From...), msg.To...), msg.Cc...)
		for _, person := range people {
			m.third(person.Name)
		}
		m.read(text)
		out := stands.ReplaceAllString(m.hide(text), "hidden")
		leak := func(what string) {
			leaks++
			if leaks <= 10 {
				t.Errorf("%s: %q leaves", filepath.Base(file), what)
			}
		}
		if found := address.FindString(out); found != "" {
			leak(found)
		}
		for _, found := range phone.FindAllString(out, -1) {
			if isPhone(found) {
				leak(found)
			}
		}
		for _, person := range people {
			if words := strings.Fields(person.Name); len(words) == 2 && len(words[1]) > 3 && strings.Contains(out, person.Name) && !strings.Contains(person.Name, "@") {
				leak(person.Name)
			}
		}
	}
	t.Logf("%d letters, %d leaks", letters, leaks)
}

func TestWriter_SendsExactlyWhatIsShown(t *testing.T) {
	b := book(t)
	s := script(t, said{content: ""})
	w := s.model(5 * time.Second).Over(b)
	r := stories["audit"].request()
	if _, err := w.asked(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	sent := <-s.bodies
	var shown *Shown
	if _, err := w.Showing(func(_ tracker.ThreadID, _ string, call *Shown, _ string) { shown = call }).Write(r); err != nil {
		t.Fatal(err)
	}
	if shown == nil || shown.Body != strings.TrimSpace(sent) {
		t.Errorf("shown %v, sent %s", shown, sent)
	}
}

func TestWriter_NothingIsSentOfForbiddenThreads(t *testing.T) {
	s := script(t, said{content: "x"})
	for _, never := range []string{"lena@nordbau.example", "@nordbau.example", "@EXAMPLE"} {
		m := s.model(5 * time.Second)
		m.cfg.Never = []string{never}
		text, err := m.Over(book(t)).asked(t.Context(), stories["audit"].request())
		if err != nil || s.hits.Load() != 0 || !strings.Contains(text.Why[len(text.Why)-1], "is sent to a model") {
			t.Errorf("%s: %d calls, %v, %q", never, s.hits.Load(), err, text.Why)
		}
	}
}

func TestWriter_SecondTryNamesTheSentence(t *testing.T) {
	b := book(t)
	recap, value, ask := soundText("audit", 0)
	s := script(t, object(recap+" The pilot would take 14 days.\n\n"+value+"\n\n"+ask), object(recap+"\n\n"+value+"\n\n"+ask))
	text, err := s.model(5*time.Second).Over(b).asked(t.Context(), stories["audit"].request())
	if err != nil || !strings.HasPrefix(text.Template, "llm ") {
		t.Fatalf("%v, %q", err, text.Why)
	}
	first, second := <-s.bodies, <-s.bodies
	if strings.Contains(first, "cannot be sent") || !strings.Contains(second, "give only figures") {
		t.Errorf("the second try says\n%s", second)
	}
	for _, banned := range []string{"checking in", "touching base", "circling back", "just following"} {
		if strings.Contains(strings.ToLower(first), banned) {
			t.Errorf("the prompt teaches %q", banned)
		}
	}
}

func TestModel_LeavesAnEndpointAloneThatFails(t *testing.T) {
	s := script(t, said{raw: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }})
	m := s.model(5 * time.Second)
	at := now
	m.now = func() time.Time { return at }
	w, r := m.Over(book(t)), stories["audit"].request()
	for range 6 {
		if _, err := w.asked(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.hits.Load(); got != failuresToRest {
		t.Errorf("%d calls, want %d", got, failuresToRest)
	}
	at = at.Add(restLeast)
	if _, err := w.asked(t.Context(), r); err != nil || s.hits.Load() != failuresToRest+1 {
		t.Errorf("after the rest: %d calls, %v", s.hits.Load(), err)
	}
}

func TestModel_HonoursRetryAfter(t *testing.T) {
	s := script(t, said{raw: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusTooManyRequests)
	}})
	m := s.model(5 * time.Second)
	at := now
	m.now = func() time.Time { return at }
	for _, step := range []struct {
		after time.Duration
		calls int32
	}{{0, 1}, {599 * time.Second, 1}, {2 * time.Second, 2}} {
		at = at.Add(step.after)
		if _, err := m.ask(t.Context(), nil, nil); err == nil || s.hits.Load() != step.calls {
			t.Errorf("%s later: %d calls, want %d (%v)", step.after, s.hits.Load(), step.calls, err)
		}
	}
}

func TestModel_CountsTokensByTheDay(t *testing.T) {
	s := script(t, said{content: "x"})
	path := filepath.Join(t.TempDir(), "usage.json")
	meter, err := OpenMeter(path)
	if err != nil {
		t.Fatal(err)
	}
	m := s.model(5 * time.Second)
	m.meter, m.cfg.Day = meter, Limits{Tokens: 900}
	at := now
	m.now = func() time.Time { return at }
	for range 4 {
		_, err = m.ask(t.Context(), nil, nil)
	}
	if err == nil || s.hits.Load() != 2 {
		t.Errorf("%d calls of 500 tokens with 900 a day, last %v", s.hits.Load(), err)
	}
	again, err := OpenMeter(path)
	if err != nil || again.Today(at).Tokens != 1000 || again.Today(at.AddDate(0, 0, 1)).Tokens != 0 {
		t.Errorf("after a restart: %+v, %v", again.Today(at), err)
	}
}

func TestWriter_EndsWithItsContext(t *testing.T) {
	s := script(t, transport["slow"])
	ctx, cancel := context.WithCancel(t.Context())
	m := s.model(5 * time.Second)
	go func() { <-s.bodies; cancel() }()
	_, err := m.Over(book(t)).asked(ctx, stories["audit"].request())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if m.brk.failures != 0 {
		t.Error("our own end counts as the endpoint's failure")
	}
}

func TestModel_GoesOnWithoutResponseFormat(t *testing.T) {
	var formats []bool
	s := script(t, said{raw: func(w http.ResponseWriter, r *http.Request) {}})
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]json.RawMessage
		json.NewDecoder(r.Body).Decode(&body)
		formats = append(formats, body["response_format"] != nil)
		if body["response_format"] != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}`)
	})
	m := s.model(5 * time.Second)
	for range 2 {
		if got, err := m.ask(t.Context(), nil, m.end.text); err != nil || got != "hello" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if want := []bool{true, false, false}; !slices.Equal(formats, want) {
		t.Errorf("asked with a format: %v, want %v", formats, want)
	}
}

func FuzzRead_NeverPanics(f *testing.F) {
	f.Add(`{"body":"x","claims":[]}`)
	f.Add("```json\n{}\n```")
	f.Add("<think>a</think>b")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := read(s)
		if err == nil && len(a.Body) > 4*maxBody {
			t.Errorf("%d bytes let through", len(a.Body))
		}
		m := newMask(true, "de", "")
		m.hide(s)
		if utf := bytes.ToValidUTF8([]byte(s), nil); len(utf) < 4000 {
			shape(s)
		}
	})
}
