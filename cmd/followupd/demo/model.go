package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Model is a scripted endpoint of the OpenAI protocol on this machine. It is no language model: it says the plan that it is
// sent in one more friendly sentence, and, as models do, sometimes adds what nobody told it.
type Model struct {
	URL    string
	server *http.Server
	ended  chan struct{}
}

// maxAsked bounds a request in bytes.
const maxAsked = 1 << 20

// warm is what the scripted model adds where it behaves; temptations, what it adds where it does not. obstinate ones it says
// again when it is told what is wrong.
var (
	warm        = "A short answer is fine."
	temptations = []struct {
		sentence  string
		obstinate bool
	}{
		{"", false},
		{"As we discussed on the phone, the first step is small.", true},
		{"I can offer you a discount of 20 % for the first year.", false},
		{"", false},
		{"I am just checking in on this.", true},
		{"I have attached the calculation for you.", false},
	}
	plan = regexp.MustCompile(`(?s)<plan>\n(.*?)\n</plan>`)
)

// StartModel listens on a free port of the loopback address.
func StartModel(ctx context.Context) (*Model, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo's scripted model: %w", err)
	}
	m := &Model{URL: "http://" + listener.Addr().String() + "/v1", ended: make(chan struct{})}
	m.server = &http.Server{Handler: http.HandlerFunc(serve), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(m.ended)
		_ = m.server.Serve(listener) // it ends by Close; before that, drafts are the templates'
	}()
	return m, nil
}

// Close ends it and waits until it has.
func (m *Model) Close() {
	m.server.Close()
	<-m.ended
}

func serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/models") {
		fmt.Fprint(w, `{"object":"list","data":[{"id":"scripted","object":"model"}]}`)
		return
	}
	var asked struct {
		Messages []struct{ Content string }
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsked)).Decode(&asked); err != nil || len(asked.Messages) == 0 {
		http.Error(w, `{"error":{"message":"nothing was asked"}}`, http.StatusBadRequest)
		return
	}
	body, err := json.Marshal(map[string]any{"body": Say(asked.Messages[min(1, len(asked.Messages)-1)].Content, len(asked.Messages) > 2), "claims": []any{}})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer := map[string]any{
		"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": string(body)}}},
		"usage":   map[string]int{"prompt_tokens": len(asked.Messages[0].Content) / 2, "completion_tokens": len(body) / 4},
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		return // who asked has gone
	}
}

// Say gives the text for a prompt; again says that an earlier one was sent back.
func Say(prompt string, again bool) string {
	found := plan.FindStringSubmatch(prompt)
	if found == nil {
		return "There is no plan."
	}
	h := fnv.New32a()
	h.Write([]byte(found[1]))
	added := temptations[h.Sum32()%uint32(len(temptations))]
	sentence := added.sentence
	if sentence == "" || again && !added.obstinate {
		sentence = warm
	}
	paragraphs := strings.Split(found[1], "\n\n")
	last := len(paragraphs) - 1
	paragraphs[last] = sentence + " " + paragraphs[last]
	return strings.Join(paragraphs, "\n\n")
}
