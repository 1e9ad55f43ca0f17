package dashboard

import (
	"strings"
	"testing"
	"time"

	"followupd/tracker"
)

func TestThread_ShowsWhoFollowedALink(t *testing.T) {
	o := newOffice(t)
	st := threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3)
	st.Followed = []tracker.Followed{
		{At: thursday.Add(-2 * time.Hour), Asset: "<depot>.md", Machine: "it asked for the header only (HEAD)"},
		{At: thursday.Add(-time.Hour), Asset: "<depot>.md"},
	}
	o.show(st)
	page := o.get("/thread/t1").Body.String()
	for _, want := range []string{"A program", "it asked for the header only (HEAD)", "Somebody", "followed the link to &lt;depot&gt;.md"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
