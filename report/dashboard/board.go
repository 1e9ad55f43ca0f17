package dashboard

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"followupd/report"
	"followupd/tracker"
)

// Bounds on what a page lists, so that it stays quick and readable at any number of threads.
const (
	perPage = 50 // threads of a filtered list
	perHeap = 6  // threads of one state on the board
)

// heap is the threads of one state on the board, the oldest of them shown.
type heap struct {
	State tracker.State
	Label string
	Say   string
	Count int
	Cards []card
	More  string // the address of the whole list; "" where all are shown
}

// card is a thread on the board or in a list.
type card struct {
	ID      tracker.ThreadID
	Subject string
	Who     string
	Company string
	State   tracker.State
	Label   string
	Step    int
	Grade   string
	Since   string // how long nothing has been written
	When    stamp
	Next    string
}

// filter is which threads a list shows; zero values do not narrow it.
type filter struct {
	State     tracker.State
	Query     string
	Grade     string
	Situation tracker.Situation
}

func (f filter) empty() bool { return f == filter{} }

// values gives the filter as it stands in an address.
func (f filter) values() url.Values {
	v := url.Values{}
	for key, value := range map[string]string{"state": string(f.State), "q": f.Query, "grade": f.Grade, "situation": string(f.Situation)} {
		if value != "" {
			v.Set(key, value)
		}
	}
	return v
}

func (f filter) with(state tracker.State) string {
	f.State = state
	if v := f.values(); len(v) > 0 {
		return "/?" + v.Encode()
	}
	return "/"
}

// matches says whether a thread passes, its state left out of the question. query is folded.
func (f filter) matches(s *tracker.Standing, query string) bool {
	if f.Grade != "" && s.Grade != f.Grade || f.Situation != "" && s.Situation != f.Situation {
		return false
	}
	if query == "" || contains(s.Subject, query) || contains(s.Company, query) || string(s.Thread) == query {
		return true
	}
	for _, p := range s.Prospects {
		if contains(string(p.Address), query) || contains(p.Name, query) {
			return true
		}
	}
	return false
}

func contains(text, folded string) bool { return strings.Contains(strings.ToLower(text), folded) }

// boardPage is the body of the board.
type boardPage struct {
	Filter  filter
	Narrow  bool // the list of what a filter lets through, not the board
	Choices []choice
	Grades  []string
	Heaps   []heap
	List    []card
	Total   int
	From    int
	To      int
	Before  string
	After   string
	Nothing string // what to say where there is nothing at all
}

// choice is a state to look at.
type choice struct {
	Label string
	State tracker.State
	Link  string
	Count int
	Now   bool
}

// board shows where every thread stands: by state, oldest first; or, narrowed by a search or filter, a list.
func (s *Server) board(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := filter{
		State: tracker.State(q.Get("state")), Query: strings.TrimSpace(q.Get("q")),
		Grade: q.Get("grade"), Situation: tracker.Situation(q.Get("situation")),
	}
	view := s.view.Load()
	page := boardPage{Filter: f, Narrow: !f.empty(), Grades: s.cfg.Grades}
	if view.At.IsZero() {
		page.Nothing = "followupd is reading the mailbox for the first time. What it finds shows here."
	}
	byState := make(map[tracker.State][]*tracker.Standing)
	query := strings.ToLower(f.Query)
	all := 0
	for i := range view.Standings {
		st := &view.Standings[i]
		if f.matches(st, query) {
			byState[st.State] = append(byState[st.State], st)
			if st.State != tracker.Ignored {
				all++
			}
		}
	}
	if len(view.Standings) == 0 && page.Nothing == "" {
		page.Nothing = "No conversation with a prospect yet. Write to somebody outside your company, and it shows here."
	}
	page.Choices = append(page.Choices, choice{Label: "All", Link: f.with(""), Count: all, Now: f.State == ""})
	for _, state := range report.States() {
		n := len(byState[state])
		page.Choices = append(page.Choices, choice{Label: label(state), State: state, Link: f.with(state), Count: n, Now: f.State == state})
		if !page.Narrow && state != tracker.Ignored && n > 0 {
			page.Heaps = append(page.Heaps, s.heap(state, byState[state], f))
		}
	}
	if page.Narrow {
		s.list(&page, byState, q.Get("page"))
	}
	s.show(w, r, http.StatusOK, "board", "Where we stand", page)
	return nil
}

func (s *Server) heap(state tracker.State, threads []*tracker.Standing, f filter) heap {
	h := heap{State: state, Label: label(state), Say: meaning[state], Count: len(threads)}
	slices.SortStableFunc(threads, older)
	for _, st := range threads[:min(perHeap, len(threads))] {
		h.Cards = append(h.Cards, s.card(st))
	}
	if len(threads) > perHeap {
		h.More = f.with(state)
	}
	return h
}

// list fills in one page of the threads that a filter lets through.
func (s *Server) list(page *boardPage, byState map[tracker.State][]*tracker.Standing, number string) {
	var found []*tracker.Standing
	for state, threads := range byState {
		if page.Filter.State == state || page.Filter.State == "" && state != tracker.Ignored {
			found = append(found, threads...)
		}
	}
	slices.SortStableFunc(found, older)
	page.Total = len(found)
	pages := max(1, (len(found)+perPage-1)/perPage)
	n, err := strconv.Atoi(number)
	if err != nil {
		n = 1
	}
	n = min(max(n, 1), pages)
	from, to := (n-1)*perPage, min(n*perPage, len(found))
	for _, st := range found[from:to] {
		page.List = append(page.List, s.card(st))
	}
	page.From, page.To = from+1, to
	link := func(n int) string {
		v := page.Filter.values()
		v.Set("page", strconv.Itoa(n))
		return "/?" + v.Encode()
	}
	if n > 1 {
		page.Before = link(n - 1)
	}
	if n < pages {
		page.After = link(n + 1)
	}
}

// older orders threads by when somebody last wrote; the id makes it the same every time.
func older(a, b *tracker.Standing) int {
	return cmp.Or(lastWritten(a).Compare(lastWritten(b)), strings.Compare(string(a.Thread), string(b.Thread)))
}

func lastWritten(s *tracker.Standing) time.Time {
	if s.LastInbound.After(s.LastOutbound) {
		return s.LastInbound
	}
	return s.LastOutbound
}

func (s *Server) card(st *tracker.Standing) card {
	c := card{
		ID: st.Thread, Subject: report.Cut(subject(st.Subject), 120), Who: report.Cut(people(st), 80), Company: report.Cut(report.Clean(st.Company), 60),
		State: st.State, Label: qualified(st), Step: st.Step, Grade: st.Grade, Next: s.next(st),
	}
	if at := lastWritten(st); !at.IsZero() {
		c.Since, c.When = s.ago(at), s.moment(at)
	}
	return c
}

func subject(text string) string {
	if text = strings.TrimSpace(report.Clean(text)); text == "" {
		return "(no subject)"
	}
	return text
}

// people names the prospects of a thread: the first, and how many more.
func people(st *tracker.Standing) string {
	if len(st.Prospects) == 0 {
		return "nobody"
	}
	p := st.Prospects[0]
	name := report.Clean(p.Name)
	if strings.TrimSpace(name) == "" {
		name = report.Clean(string(p.Address))
	}
	if n := len(st.Prospects) - 1; n > 0 {
		name += " and " + plural(n, "other", "others")
	}
	return name
}

// next says in a few words what comes next, and whose turn it is.
func (s *Server) next(st *tracker.Standing) string {
	switch st.State {
	case tracker.Review:
		return "Decide"
	case tracker.Answered:
		return "Answer"
	case tracker.Drafted:
		if st.Draft != nil && st.Draft.Approach != "" {
			return "Send or delete the draft: " + spaced(st.Draft.Approach)
		}
		return "Send or delete the draft"
	case tracker.Held:
		return "Held until " + s.day(st.HeldUntil).Text
	case tracker.Closed, tracker.Ignored:
		return ""
	}
	if st.Next == nil {
		return ""
	}
	if st.State == tracker.Due {
		return step(st.Next) + ", due since " + s.day(st.Next.At).Text
	}
	at := st.Next.At
	if st.Next.Expected.After(at) {
		at = st.Next.Expected
	}
	return step(st.Next) + " on " + s.day(at).Text
}

// step names a step to come.
func step(n *tracker.Next) string {
	switch n.Action {
	case tracker.FollowUp:
		return "Follow-up " + strconv.Itoa(n.Step)
	case tracker.BreakUp:
		return "Goodbye"
	case tracker.Nurture:
		return "A word after long"
	case tracker.ThankYou:
		return "Thank-you"
	}
	return spaced(string(n.Action))
}

func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// label names a state on a page.
func label(s tracker.State) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// qualified is the label with what qualifies it: Closed, declined.
func qualified(st *tracker.Standing) string {
	switch {
	case st.State == tracker.Closed && st.Outcome != "":
		return "Closed: " + spaced(string(st.Outcome))
	case st.State == tracker.Held && st.HoldReason != "":
		return "Held: " + spaced(string(st.HoldReason))
	case st.State == tracker.Drafted && st.Draft != nil && st.Draft.State == tracker.DraftEdited:
		return "Drafted: edited by you"
	}
	return label(st.State)
}

// meaning says in a line what a state asks of the rep.
var meaning = map[tracker.State]string{
	tracker.Review:   "Doubtful: you decide",
	tracker.Answered: "They answered: your turn",
	tracker.Drafted:  "A draft waits in Drafts",
	tracker.Due:      "The window is over, a draft comes",
	tracker.Waiting:  "You wrote last, the window runs",
	tracker.Held:     "Not before a day",
	tracker.Closed:   "Nothing more is drafted",
	tracker.Ignored:  "Not a prospect's thread",
}
