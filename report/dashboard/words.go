package dashboard

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// notices are what a page says after a word was stored, by the name in its address: the address never carries a text.
var notices = map[string]string{
	"hold":    "Held. Nothing is drafted before that day.",
	"close":   "Closed. Nothing more is drafted in this thread.",
	"reopen":  "Reopened. The thread goes on.",
	"note":    "Noted, for the next draft.",
	"another": "Asked for. Another draft takes the place of this one with the next pass.",
	"grade":   "Graded.",
	"done":    "Ticked off. It is named no more.",
}

// maxNote is the longest text of a word, in bytes.
const maxNote = 60_000

// say takes a word of the rep about the thread, or about one of its people, and shows the page anew.
func (s *Server) say(w http.ResponseWriter, r *http.Request) error {
	id := tracker.ThreadID(r.PathValue("id"))
	story, err := s.desk.Thread(r.Context(), id)
	if err != nil {
		return err
	}
	if story == nil {
		s.notFound(w, r, "There is no such thread. It may have been joined with another.")
		return nil
	}
	word, wrong := s.word(r, story)
	if wrong != "" {
		s.refuse(w, r, http.StatusUnprocessableEntity, "That cannot be said", wrong+" Nothing was changed; go back and try again.")
		return nil
	}
	if err := s.desk.Say(r.Context(), word); err != nil {
		return err
	}
	http.Redirect(w, r, "/thread/"+string(story.Standing.Thread)+"?done="+string(word.Kind), http.StatusSeeOther)
	return nil
}

// word reads a form. wrong says what is the matter with it, in a sentence.
func (s *Server) word(r *http.Request, story *Story) (word tracker.Word, wrong string) {
	st := story.Standing
	get := func(key string) string { return strings.TrimSpace(r.PostForm.Get(key)) }
	word = tracker.Word{Kind: tracker.WordKind(get("word")), Text: strings.ReplaceAll(get("text"), "\r\n", "\n")}
	if len(word.Text) > maxNote || !utf8.ValidString(word.Text) {
		return word, "The text is too long or no text."
	}
	switch word.Kind {
	case tracker.WordHold:
		day, err := time.ParseInLocation(time.DateOnly, get("until"), s.cfg.Zone)
		if err != nil {
			return word, "Name a day, such as 2027-01-11."
		}
		if !day.After(s.cfg.Now()) {
			return word, "That day has begun already; name one to come."
		}
		word.Until = day
	case tracker.WordClose:
		word.Outcome = tracker.Outcome(get("outcome"))
		if !slices.Contains(repOutcomes, word.Outcome) {
			return word, "A thread is closed as won, lost or stopped."
		}
	case tracker.WordReopen:
		word.Text = ""
	case tracker.WordAnother:
		if st.State != tracker.Drafted {
			return word, "No draft waits in this thread."
		}
		word.Text = ""
	case tracker.WordDone:
		if !slices.ContainsFunc(story.Tasks, func(t playbook.Task) bool { return t.Name() == word.Text }) {
			return word, "There is no such task in this thread; it may have been ticked off already."
		}
	case tracker.WordNote, tracker.WordGrade:
		return s.wordOf(word, mail.Address(get("address")), st)
	default:
		return word, "That is no word this page knows."
	}
	word.Thread = st.Thread
	return word, ""
}

var repOutcomes = []tracker.Outcome{tracker.Won, tracker.Lost, tracker.Stopped}

// wordOf completes a word about one of the thread's people.
func (s *Server) wordOf(word tracker.Word, who mail.Address, st tracker.Standing) (tracker.Word, string) {
	if !slices.ContainsFunc(st.Prospects, func(p mail.Person) bool { return p.Address == who }) {
		return word, "That person is not in this thread."
	}
	word.Address = who
	switch {
	case word.Kind == tracker.WordNote && word.Text == "":
		return word, "The note is empty."
	case word.Kind == tracker.WordGrade && word.Text != noGrade && !slices.Contains(s.cfg.Grades, word.Text):
		return word, "The configuration has no such grade."
	}
	return word, ""
}

// noGrade takes a grade away.
const noGrade = "none"
