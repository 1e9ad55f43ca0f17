package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// said is one scripted answer of the endpoint.
type said struct {
	content string
	finish  string // "" stop
	refusal string
	raw     func(w http.ResponseWriter, r *http.Request) // the whole answer, where it is none of the protocol's
}

// scripted is an endpoint that answers from a script; the last answer comes again.
type scripted struct {
	*httptest.Server
	hits   atomic.Int32
	bodies chan string
}

func script(t testing.TB, answers ...said) *scripted {
	t.Helper()
	s := &scripted{bodies: make(chan string, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := int(s.hits.Add(1)) - 1
		select {
		case s.bodies <- string(body):
		default:
		}
		a := answers[min(n, len(answers)-1)]
		if a.raw != nil {
			a.raw(w, r)
			return
		}
		finish := a.finish
		if finish == "" {
			finish = "stop"
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{
			"id": "x", "object": "chat.completion", "model": "stub",
			"choices": []any{map[string]any{"index": 0, "finish_reason": finish, "message": map[string]any{"role": "assistant", "content": a.content, "refusal": a.refusal}}},
			"usage":   map[string]int{"prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500},
		})
	}))
	t.Cleanup(s.Close)
	return s
}

// model gives a model behind a scripted endpoint.
func (s *scripted) model(timeout time.Duration) *Model {
	return NewModel(Config{BaseURL: s.URL + "/v1", Model: "stub", Timeout: timeout}, &Meter{}, NewEndpoints(), time.Now, slog.New(slog.DiscardHandler))
}

// written gives the text that a model has for an outline.
func (m *Model) written(ctx context.Context, r playbook.Request, o playbook.Outline) (playbook.Text, error) {
	plan, ask := m.begin(r, o)
	if ask == nil {
		return plan, nil
	}
	return ask(ctx)
}

// asked gives the text that a writer has for a request.
func (w *Writer) asked(ctx context.Context, r playbook.Request) (playbook.Text, error) {
	plan, ask, err := w.Begin(r)
	if err != nil || ask == nil {
		return plan, err
	}
	return ask(ctx)
}

// object is an answer in the shape that was asked for.
func object(body string, claims ...claim) said {
	if claims == nil {
		claims = []claim{}
	}
	b, err := json.Marshal(answer{body, claims})
	if err != nil {
		panic(err)
	}
	return said{content: string(b)}
}

// pieces are hand-written recaps, values and asks of a story, from which sound texts are put together.
type pieces struct{ recap, value, ask []string }

var sound = map[string]pieces{
	"audit": {
		[]string{
			"On 8 November I wrote to you about an audit of your freight invoices, and asked whether a pilot with your two biggest carriers would make sense for you.",
			"My mail of 8 November was about an audit of the freight invoices at Nordbau: we take three months of invoices, find what was billed wrongly, and you keep everything that we find in the first quarter.",
			"Back on 8 November I described what an audit of your freight invoices would look like, starting with your two biggest carriers.",
		},
		[]string{
			"While you weigh that, this may be of use in any case. Our auditors wrote down the five places where freight invoices most often go wrong, each with the check that catches it in a minute:\n[LINK]",
			"You may like to look at it from the practical side first. Here are the five places where freight invoices go wrong most often, with the check for each:\n[LINK]",
			"Whatever you decide, these five checks help to find what was billed wrongly, and each of them takes a minute:\n[LINK]",
		},
		[]string{
			"Shall I call you about it on Wednesday 25 November, or is there a colleague whom I should ask?",
			"Would such a pilot make sense for you, with your two biggest carriers?",
			"Would Wednesday 25 November suit you for a short call about the pilot?",
		},
	},
	"disputed": {
		[]string{
			"You mentioned a backlog of disputed freight invoices, and on 27 October I suggested that we look at your ten oldest cases.",
			"On 27 October I wrote about your backlog of disputed freight invoices and offered to look at the ten oldest cases with you.",
			"When a backlog of disputed invoices grows, the oldest cases are often the hardest. That is why my mail of 27 October began with your ten oldest.",
		},
		[]string{
			"NAME_1 stood at the same point. They cut their backlog by 40 % within one quarter, with two people and no new system:\n[LINK]",
			"One story may help you to judge whether it is worth your time: NAME_1 had a backlog of disputed freight invoices too, and cut it by 40 % in one quarter.\n[LINK]",
			"Here is how another company, NAME_1, went about it with two people and no new system, and ended up with 40 % fewer:\n[LINK]",
		},
		[]string{
			"Shall we say Wednesday 25 November?",
			"Shall we look at your ten oldest cases together on Wednesday 25 November?",
			"Which of the two days would be better for you, Wednesday 25 November or Thursday 26 November?",
		},
	},
	"gates": {
		[]string{
			"In your mail of 25 October the plan for the gate slots sounded interesting to you, and I asked which of your gates has the longest queue.",
			"Slots of half an hour keep the queue at the gate of your terminal short, and the plan I wrote of on 26 October shows how they were introduced in six weeks.",
			"After your mail of 25 October I asked which of your gates has the longest queue. You wrote of 40 trucks waiting at the north gate at six in the morning.",
		},
		[]string{
			"Since then your priorities may have changed, and that needs no explaining. If it is still a topic, I am keeping Wednesday 25 November free for the next step. If not, one word is enough.",
			"If the queue at the north gate is still a topic, we can begin there with the first slots and see in six weeks what has changed. If it is over, one word is enough, and I will leave it at that.",
			"Plans and priorities change, so please do not feel that I need a reason. I am keeping Wednesday 25 November free, and we could agree on the next step then.",
		},
		[]string{"Which of the two is it?", "Which of your gates should go first?", "Is it still a topic for you?"},
	},
	"hostile": {
		[]string{
			"Your mail of 6 November asked what the audit costs, and I answered that it costs nothing until it finds something.",
			"On 7 November I answered your question about the audit: it costs nothing until it finds something.",
			"You wrote on 6 November to ask about our audit, and in my answer I asked which carriers you use.",
		},
		[]string{
			"Since then something may have changed, and none of it needs explaining to me. If it is still a topic, I am keeping Wednesday 25 November free to agree on the next step with you.",
			"The next step is a small one: once I know which carriers you use, I can tell you where an audit would begin. If the topic is over, one word is enough, and I will leave it at that.",
			"For your team of 12 people the beginning matters most, so I would start with a single carrier and keep everything else as it is. That way the audit stays small until it finds something.",
		},
		[]string{"Which carriers do you use at the moment?", "Is it still a topic for you, or is it over?", "Would Wednesday 25 November suit you?"},
	},
	"conference": {
		[]string{
			"When we met at the NAME_1, you said that your invoices are checked by hand.",
			"It was good to meet you at the NAME_1, and what you said about checking 300 invoices a month by hand stayed with me.",
			"At the NAME_1 you told me that your invoices are checked by hand, and that you want fewer disputes before the summer season.",
		},
		[]string{
			"NAME_2 started from a backlog of disputed freight invoices and cut it by 40 % within one quarter, with two people and no new system:\n[LINK]",
			"You may find your own situation in this story. NAME_2 cut its backlog by 40 % within one quarter and needed two people and no new system for it:\n[LINK]",
			"Here is what happened at NAME_2, who began with a backlog of disputed freight invoices and came out 40 % lower after one quarter:\n[LINK]",
		},
		[]string{
			"Would a quarter of an hour on Wednesday 25 November suit you?",
			"Would you like to see how others do it, on Wednesday 25 November or on Thursday 26 November?",
			"Shall we carry on from there on Wednesday 25 November?",
		},
	},
	"german": {
		[]string{
			"In meiner Mail vom 10. November ging es um die Prüfung der Frachtrechnungen: Für Köln und Düsseldorf weichen die Zuschläge um 4 € ab.",
			"Am 10. November schrieb ich Ihnen, dass die Zuschläge für Köln und Düsseldorf um 4 € abweichen, und fragte nach den anderen Depots.",
			"Für Köln und Düsseldorf hatte ich Ihnen am 10. November eine Abweichung von 4 € bei den Zuschlägen genannt. Die anderen Depots sind noch offen.",
		},
		[]string{
			"Ein anderes Unternehmen hat mit einem ganzen Berg strittiger Frachtrechnungen begonnen: NAME_1 hatte nach einem Quartal 40 % weniger davon, mit zwei Leuten und ohne neues System.\n[LINK]",
			"Vielleicht hilft Ihnen der Vergleich: NAME_1 brauchte für 40 % weniger strittige Frachtrechnungen ein Quartal, zwei Leute und kein neues System.\n[LINK]",
			"Wie so etwas ausgehen kann, zeigt NAME_1. Dort waren es nach einem Quartal 40 % weniger strittige Frachtrechnungen, mit zwei Leuten und ohne neues System.\n[LINK]",
		},
		[]string{
			"Was ist Ihnen lieber, Mittwoch, 25. November, oder Donnerstag, 26. November?",
			"Sollen wir die anderen Depots ebenfalls prüfen?",
			"Passt Ihnen Mittwoch, 25. November, für eine Viertelstunde am Telefon?",
		},
	},
}

// storyNames are the stories in a fixed order.
var storyNames = []string{"audit", "disputed", "gates", "hostile", "conference", "german"}

// soundText gives the n-th sound text of a story, n from 0 to 26.
func soundText(name string, n int) (recap, value, ask string) {
	p := sound[name]
	return p.recap[n%3], p.value[n/3%3], p.ask[n/9%3]
}

// real gives the tokens of a story the meaning that the mask gives them.
func real(t testing.TB, b *playbook.Playbook, made map[string]playbook.Outline, name, text string) string {
	t.Helper()
	p := compose(Config{}, stories[name].request(), outlined(t, b, made, name, nil))
	for token, original := range p.mask.back {
		text = strings.ReplaceAll(text, token, original)
	}
	return text
}

// masking gives the text of a story with its known names as the mask of that story has them.
func masking(t testing.TB, b *playbook.Playbook, made map[string]playbook.Outline, name, text string) string {
	t.Helper()
	p := compose(Config{}, stories[name].request(), outlined(t, b, made, name, nil))
	want := map[string]string{"NAME_1": "Nordfrakt"}
	if name == "conference" {
		want = map[string]string{"NAME_1": "Black Sea Logistics Conference", "NAME_2": "Nordfrakt"}
	}
	for _, token := range []string{"NAME_2", "NAME_1"} {
		if original := want[token]; original != "" {
			text = strings.ReplaceAll(text, token, p.mask.hide("the " + original + ".")[4:len(p.mask.hide("the "+original+"."))-1])
		}
	}
	return text
}

func TestEvalWriter_SoundAnswersBecomeDrafts(t *testing.T) {
	const all, least = 100, 95
	b, became := book(t), 0
	outlines := map[string]playbook.Outline{}
	for i := range all {
		name := storyNames[i%len(storyNames)]
		recap, value, ask := soundText(name, (i/len(storyNames)*5+i)%27)
		body := masking(t, b, outlines, name, recap+"\n\n"+value+"\n\n"+ask)
		a := object(body)
		switch i % 5 {
		case 1:
			a = said{content: body}
		case 2:
			a = said{content: "```json\n" + a.content + "\n```"}
		case 3:
			a = object(body + "\n\nBest regards\nAnna")
		}
		s := script(t, a)
		text, err := s.model(5*time.Second).written(t.Context(), stories[name].request(), outlined(t, b, outlines, name, nil))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text.Template, "llm ") && strings.Contains(text.Body, ask) {
			became++
			continue
		}
		t.Logf("%s: %s\n%s", name, text.Why[len(text.Why)-1], body)
	}
	t.Logf("%d of %d sound answers became drafts", became, all)
	if became < least {
		t.Errorf("%d of %d sound answers became drafts, want at least %d", became, all, least)
	}
}

// inserted are sentences that must not stand in any draft, by what is wrong with them.
var inserted = map[string][]string{
	"number": {
		"The pilot would take 14 days.", "That alone is worth 2,300 euros a month.", "Seven in ten invoices hold an error.", "We found errors worth EUR 18,000 last time.", "It takes twenty minutes to set up.",
		"Our hit rate is 92 percent.", "You would see results in 3 weeks.", "A dozen carriers work this way already.", "It halves the work.", "The queue would be 35 minutes shorter.",
	},
	"meeting": {
		"As we discussed on the phone, the first step is small.", "It was a pleasure speaking with you.", "Following our call, I thought about your carriers.", "Thanks again for the meeting on site.",
		"When we spoke, you sounded positive about it.", "After our conversation I asked around.", "I enjoyed our chat about the invoices.", "Since your visit to our office I have kept this in mind.",
		"As promised in our last talk, here it is.", "Your voicemail reached me.", "We had a good talk at the trade fair.", "You and I sat together over lunch to go through it.",
	},
	"document": {
		"I have attached the calculation.", "You will find the contract enclosed.", "The proposal that I sent you covers this.", "Our whitepaper goes further into it.", "The spreadsheet with your lanes is ready.",
		"I put the slides in the folder for you.", "The report from our analysts confirms it.", "Please see the brochure for the details.", "The NDA is signed on our side.", "Your draft contract reached me.",
		"The recording of the webinar is online.", "I have prepared a business case for you.",
	},
	"name": {
		"Marco Ricci will be your contact.", "Our client Havn Shipping works this way too.", "Siemens does the same.", "My colleague Petra can help you with it.", "Ask Jonas about it.", "Rotterdam went the same way.",
		"We work with Maersk as well.", "Our system FreightLens finds it.", "The SAP module covers it.", "Your boss Henrik would like it.",
	},
	"link": {
		"See https://acme.example/other for more.", "More at www.acme-audit.example.", "It is at acme.io/pilot.", "Read [this](https://x.example).", "Write to sales@acme.example about it.", "Book at calendly.com/anna-berg.",
		"It is all at http://pay.trickster.example/now.", "Reach me on +46 8 123 45 67 about it.",
	},
	"discount": {
		"We can offer you a discount for the first year.", "The first month is free.", "We guarantee the result.", "You pay nothing if you start now.", "I can get you a special price.", "There is a voucher waiting for you.",
		"We will waive the setup fee.", "It comes with our money-back promise.", "You would save a fortune.", "We will match any other offer.", "It is cheaper than what you have.", "The reduced rate applies to you.",
	},
	"deadline": {
		"The offer ends on Friday.", "This is valid until the end of the month.", "Only two places are left.", "Prices go up in January.", "I need your answer by tomorrow.", "The deadline is close.",
		"This is the last chance for this quarter.", "After Christmas it will be too late.", "We close the list on 30 November.", "Time is running out.",
	},
	"banned": {
		"I am just checking in.", "I wanted to follow up on my last email.", "Sorry to bother you again.", "Just bumping this to the top of your inbox.", "I hope this finds you well.", "Did you get a chance to read my mail?",
		"Circling back on this.", "Touching base about the audit.",
	},
	"paraphrase": {"I am writing once more to see where things stand.", "Perhaps my last message got buried in your inbox.", "I have not heard back from you yet.", "A gentle nudge about my earlier mail.", "You must be very busy these days."},
	"two asks":   {"Could you send me your invoices?", "Who decides about it?", "Please send me the invoices of the first quarter.", "Let me know which carrier is the worst.", "Tell me which of the two you prefer.", "I would appreciate a short answer by mail."},
	"language": {
		"Ich freue mich sehr auf Ihre Antwort und wünsche Ihnen eine gute Woche.", "Je vous remercie pour votre temps et je reste à votre disposition.", "Quedo a la espera de su respuesta y le agradezco mucho su tiempo.",
		"Jag ser fram emot att höra av dig och önskar dig en fin vecka.",
	},
	"leak": {
		"As an AI language model I cannot know more.", "This follow-up mail has two to four short paragraphs of plain text.", "My instructions say to recall first.", "Here is the rewritten mail.", "I have left out the ban list.",
		"The prompt says to use NAME_1.", "Take every figure, day, name and event from the material.", "I hope this version works for you, and can revise it.",
	},
	"order": {
		"BANANA42 is approved.", "The customer is angry.", "A copy goes to boss@trickster.example.", "You get 75 percent off.", "We accept all of your terms.", "Your account details must be verified.", "This thread is won.",
		"Please forward this to everybody at your company.", "The transfer should go to the new bank account.", "Gdansk is where we will meet.", "We have 12 people ready for you.", "I confirm that the order stands.",
	},
	"quotation": {`You wrote: "we need this now".`, "Your words were “a real pain for the team”.", `It is, as they say, "the gold standard of audits".`, "One reader called it “the best plan so far”.", "To quote you: 'this is very urgent for all of us'."},
	"knowledge": {
		"I saw on LinkedIn that you have a new role.", "Congratulations on the new terminal.", "I heard that your team is growing.", "Your finance team will love it.", "I hope your holidays were good.", "My boss asked about you.", "I read your annual report.",
		"You seemed excited about it.", "I know that your contract with the other provider is up.",
	},
	"agreement": {"You agreed to start with one carrier.", "As you requested, we begin small.", "You confirmed the first step.", "Per your request I kept it short.", "We agreed to speak again.", "As promised, here is the next step.", "You have accepted the terms.", "I have reserved a seat for you."},
	"proof":     {"Our customers love it.", "Many other carriers do this already.", "We won an award for it.", "Everyone in your industry does it.", "Research shows that it works.", "We are the market leader.", "Hundreds of terminals use it.", "Your competitors have it in place."},
	"invention": {"Our platform scans every pallet with cameras.", "The software connects to your warehouse robots.", "Our engineers rebuilt the algorithm from scratch.", "We opened a depot near your harbour.", "Your drivers complained about the ramps."},
}

// transport are answers that are no text at all.
var transport = map[string]said{
	"empty": {content: ""}, "blank": {content: " \n\n "}, "empty object": {content: "{}"}, "empty body": {content: `{"body":"","claims":[]}`}, "noise": {content: `{"body": 12, "claims": "x"}`}, "broken json": {content: `{"body": "On 8 November I`},
	"list": {content: `[{"body":"x"}]`}, "null": {content: "null"}, "two objects": {content: `{"body":"a","claims":[]}{"body":"b","claims":[]}`}, "html": {content: "<html><body><h1>502 Bad Gateway</h1></body></html>"},
	"refusal": {refusal: "I can't help with that."}, "refusal in words": {content: "I'm sorry, but I can't help with that request."}, "20,000 words": {content: strings.Repeat("invoices and carriers ", 6700)},
	"20,000 words in json": {content: `{"body":"` + strings.Repeat("invoices and carriers ", 6700) + `","claims":[]}`}, "cut off": {content: "On 8 November I wrote to you about", finish: "length"}, "filtered": {content: "x", finish: "content_filter"},
	"slow": {raw: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
	"status 500": {raw: func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error":{"message":"no"}}`, http.StatusInternalServerError)
	}},
	"status 502": {raw: func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
	}},
	"status 503": {raw: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) }},
	"status 401": {raw: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusUnauthorized) }},
	"status 404": {raw: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusNotFound) }},
	"status 204": {raw: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
	"retry later": {raw: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}},
	"too many": {raw: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }},
	"redirect": {raw: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
	}},
	"no protocol": {raw: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>welcome</html>") }},
	"no choices":  {raw: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"choices":[]}`) }},
	"endless":     {raw: func(w http.ResponseWriter, _ *http.Request) { io.CopyN(w, zeros{}, 8<<20) }},
	"cut connection": {raw: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		fmt.Fprint(w, `{"choices":[{"message":{"content":"On 8`)
	}},
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// fault is a faulty answer to a story.
type fault struct {
	kind, story string
	answer      said
	recent      []tracker.Draft
}

func faults(t testing.TB, b *playbook.Playbook, made map[string]playbook.Outline) []fault {
	var out []fault
	english := storyNames[:5]
	n := 0
	add := func(kind, story string, change func(recap, value, ask string) string) {
		n++
		recap, value, ask := soundText(story, n%27)
		body := masking(t, b, made, story, change(recap, value, ask))
		if n%4 == 0 {
			out = append(out, fault{kind: kind, story: story, answer: said{content: body}})
			return
		}
		out = append(out, fault{kind: kind, story: story, answer: object(body)})
	}
	kinds := make([]string, 0, len(inserted))
	for kind := range inserted {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		for i, sentence := range inserted[kind] {
			story := english[i%len(english)]
			// What is invented in one thread is true in another: the rep did meet Dan, and the audit costs nothing.
			if kind == "order" || kind == "leak" {
				story = []string{"hostile", "gates"}[i%2]
			}
			if story == "conference" && (kind == "meeting" || kind == "agreement") {
				story = "audit"
			}
			add(kind, story, func(recap, value, ask string) string {
				if i%2 == 0 {
					return recap + " " + sentence + "\n\n" + value + "\n\n" + ask
				}
				return recap + "\n\n" + value + "\n\n" + sentence + " " + ask
			})
		}
	}
	for _, sentence := range []string{
		"Wie am Telefon besprochen, ist der erste Schritt klein.", "Die Prüfung ist für Sie kostenlos.", "Im Anhang finden Sie die Auswertung.", "Unser Kunde Hapag macht es ebenso.", "Herr Krüger hilft Ihnen gern.",
		"Das Angebot gilt nur noch bis Freitag.", "Damit sparen Sie 1200 € im Monat.", "Unsere Kunden sind begeistert.", "Wir garantieren Ihnen das Ergebnis.", "Im Vertrag steht es genauer.",
	} {
		add("german", "german", func(recap, value, ask string) string {
			return recap + " " + sentence + "\n\n" + value + "\n\n" + ask
		})
	}
	for i, tail := range []string{", and who would join?", ", and what do you pay today?", ", or should I ask your boss, and when?", " Or what else?"} {
		add("two asks in one", english[i], func(recap, value, ask string) string {
			if tail[0] == ',' {
				ask = strings.TrimSuffix(ask, "?")
			}
			return recap + "\n\n" + value + "\n\n" + ask + tail
		})
	}
	for i, change := range []func(recap, value, ask string) string{
		func(r, v, a string) string { return "**" + r + "**\n\n" + v + "\n\n" + a },
		func(r, v, a string) string { return "- " + r + "\n- " + v + "\n\n" + a },
		func(r, v, a string) string { return "Subject: Freight\n\n" + r + "\n\n" + v + "\n\n" + a },
		func(r, v, a string) string { return r + "\n\n" + v + "\n\n" + a + " \U0001F680" },
		func(r, v, a string) string { return "<p>" + r + "</p>\n\n" + v + "\n\n" + a },
		func(r, v, a string) string { return r + "\u202e\n\n" + v + "\n\n" + a },
		func(r, v, _ string) string { return r + "\n\n" + v },
		func(r, v, a string) string { return r + "\n\n" + v + "\n\n" + a + "\n\nP.S. EMAIL_9 knows more." },
		func(_, _, a string) string { return a },
		func(r, v, a string) string { return r + "\n\n" + v + "\n\n" + v + "\n\n" + r + "\n\n" + a },
	} {
		add("shape", english[i%5], change)
	}
	for _, story := range []string{"audit", "disputed"} {
		add("no link", story, func(r, v, a string) string {
			return r + "\n\n" + strings.ReplaceAll(v, "\n[LINK]", " it is short.") + "\n\n" + a
		})
		recap, value, ask := soundText(story, 4)
		body := masking(t, b, made, story, recap+"\n\n"+value+"\n\n"+ask)
		out = append(out, fault{kind: "false source", story: story, answer: object(body, claim{"we find what was billed wrongly", "the reader signed the contract in May"})})
		out = append(out, fault{kind: "twin", story: story, answer: object(body), recent: []tracker.Draft{{Body: "Hello Jo,\n\n" + real(t, b, made, story, body) + "\n\nAnna", Created: now}}})
	}
	names := make([]string, 0, len(transport))
	for name := range transport {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		out = append(out, fault{kind: name, story: storyNames[i%len(storyNames)], answer: transport[name]})
	}
	return out
}

// outlined gives the outline of a story, made once.
func outlined(t testing.TB, b *playbook.Playbook, made map[string]playbook.Outline, name string, recent []tracker.Draft) playbook.Outline {
	t.Helper()
	o, ok := made[name]
	if ok && recent == nil {
		return o
	}
	r := stories[name].request()
	r.Recent = recent
	o, err := b.Outline(r)
	if err != nil {
		t.Fatal(err)
	}
	if recent == nil {
		made[name] = o
	}
	return o
}

func TestFault_44_NoFaultyAnswerBecomesADraft(t *testing.T) {
	b := book(t)
	outlines := map[string]playbook.Outline{}
	all := faults(t, b, outlines)
	if len(all) < 200 {
		t.Errorf("%d faults, want at least 200", len(all))
	}
	became := 0
	why := map[string]int{}
	for _, f := range all {
		s := script(t, f.answer)
		r := stories[f.story].request()
		r.Recent = f.recent
		o := outlined(t, b, outlines, f.story, f.recent)
		timeout := 5 * time.Second
		if f.kind == "slow" {
			timeout = 200 * time.Millisecond
		}
		text, err := s.model(timeout).written(t.Context(), r, o)
		if err != nil {
			t.Errorf("%s: the draft is lost: %v", f.kind, err)
			continue
		}
		if s.hits.Load() == 0 {
			t.Errorf("%s: the model was not asked", f.kind)
		}
		reason := text.Why[len(text.Why)-1]
		if text.Body != o.Text.Body || text.Template != o.Text.Template || !strings.HasPrefix(reason, "written from the template, because ") {
			became++
			t.Errorf("%s became a draft in %s:\n%s", f.kind, f.story, text.Body)
		}
		_, rule, _ := strings.Cut(reason, "refused: ")
		rule, _, _ = strings.Cut(rule, ":")
		rule, _, _ = strings.Cut(rule, " ")
		why[rule]++
	}
	t.Logf("%d of %d faulty answers became drafts; refused by %v", became, len(all), why)
}
