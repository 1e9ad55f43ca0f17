package agent

import (
	"context"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

const (
	readAt   = "https://read.acme.example/go"
	assetURL = "https://acme.example/cases/nordfrakt"
)

// stocked is a playbook with one asset, which fits the offer.
func stocked(t *testing.T) *playbook.Playbook {
	t.Helper()
	asset := "---\nkind: case_study\ntitle: How Nordfrakt audited its invoices\nurl: " + assetURL + "\nfits: [freight, invoices, audit, carriers, pilot]\nlanguage: en\n---\n" +
		"Nordfrakt let its freight invoices be audited and found every tenth to be wrong.\n"
	book, problems, err := playbook.LoadFS(fstest.MapFS{"nordfrakt.md": {Data: []byte(asset)}}, nil)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return book
}

// signalling does something with a program that draws links, on the world's state.
func (w *world) signalling(do func(a *Agent, store *sqlite.Store)) {
	w.t.Helper()
	store, err := sqlite.Open(context.Background(), w.dir, sqlite.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer store.Close()
	set := plainSettings(w.t, w.settle)
	set.Playbook, set.Signals = stocked(w.t), &Signals{Base: readAt, Trails: store}
	set.Policy.Sooner = tracker.Window{BusinessDays: 1}
	do(New(set, fakeBox{w}, fakeStore{store, w}, func() time.Time { return w.now }, slog.New(slog.DiscardHandler)), store)
}

func (w *world) passSignalling(opt Options) (links []tracker.Link, journal []tracker.Draft) {
	w.t.Helper()
	w.signalling(func(a *Agent, store *sqlite.Store) {
		if _, err := a.Pass(w.t.Context(), opt); err != nil {
			w.t.Fatal(err)
		}
		links, journal = must(store.Links(w.t.Context())), must(store.Drafts(w.t.Context()))
	})
	return links, journal
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var linkInText = regexp.MustCompile(regexp.QuoteMeta(readAt) + `/([A-Za-z0-9_-]+)`)

// body gives the text of the only draft that lies in Drafts.
func (w *world) body() string {
	w.t.Helper()
	if len(w.drafts()) != 1 {
		w.t.Fatalf("%d drafts", len(w.drafts()))
	}
	return mail.Parse(w.drafts()[0]).Content.Text
}

func TestSignals_ADraftBearsALinkOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.silent()
	links, journal := w.passSignalling(Options{})
	text := w.body()
	found := linkInText.FindStringSubmatch(text)
	if found == nil || strings.Contains(text, assetURL) {
		t.Fatalf("the draft bears no link in place of the asset's address:\n%s", text)
	}
	if len(links) != 1 || links[0].Token != found[1] || links[0].URL != assetURL || links[0].Asset != "nordfrakt.md" || links[0].Draft != journal[0].Key {
		t.Errorf("links %+v, want one to the asset with the token %s", links, found[1])
	}
	if !strings.Contains(journal[0].Body, assetURL) || strings.Contains(journal[0].Body, readAt) {
		t.Errorf("`show` would show another address than the asset's:\n%s", journal[0].Body)
	}
	if _, journal = w.passSignalling(Options{}); journal[0].State != tracker.DraftPlaced || w.body() != text {
		t.Errorf("the next pass takes the draft for %s", journal[0].State)
	}
}

func TestSignals_OffOrOnlyLookingPutsInNothing(t *testing.T) {
	w := newWorld(t)
	w.silent()
	if links, _ := w.passSignalling(Options{DryRun: true}); len(links) != 0 {
		t.Errorf("a pass that changes nothing left links %v", links)
	}
	w.signalling(func(a *Agent, _ *sqlite.Store) {
		set := a.set
		set.Signals = nil
		a.SetSettings(set)
		must(a.Pass(t.Context(), Options{}))
	})
	if text := w.body(); !strings.Contains(text, assetURL) || strings.Contains(text, readAt) {
		t.Errorf("without [signals] the draft reads\n%s", text)
	}
}

func TestSignals_ATryOfUnknownOutcomeKeepsItsLink(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.onAppend = func([]byte) (bool, error) { return false, errCut }
	w.signalling(func(a *Agent, _ *sqlite.Store) {
		if _, err := a.Pass(t.Context(), Options{}); err == nil {
			t.Fatal("the cut line went unnoticed")
		}
	})
	w.onAppend = nil
	var links []tracker.Link
	for range 6 {
		w.now = w.now.Add(w.settle + time.Second)
		links, _ = w.passSignalling(Options{})
	}
	if found := linkInText.FindStringSubmatch(w.body()); len(links) != 1 || found[1] != links[0].Token {
		t.Errorf("links %+v, the draft bears %v", links, found)
	}
}

func TestSignals_LinksOutliveALostState(t *testing.T) {
	for _, c := range []struct {
		name  string
		moved func(w *world, source []byte) // what the rep did with the draft before the state was lost
		draft bool
	}{
		{"of a draft that waits", func(*world, []byte) {}, true},
		{"of a mail that was sent", func(w *world, source []byte) {
			w.folders["Drafts"].items = nil
			m := mail.Parse(source)
			// As a client sends it that keeps no header of ours.
			w.deliver("Sent", rep, person, "sent-by-the-client@acme.example", "offer@acme.example", m.Content.Text, w.now.Add(time.Hour))
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			before, _ := w.passSignalling(Options{})
			c.moved(w, w.drafts()[0])
			w.dir = t.TempDir()
			w.now = w.now.Add(2 * time.Hour)
			links, journal := w.passSignalling(Options{})
			if len(links) != 1 || links[0].Token != before[0].Token || links[0].URL != assetURL || links[0].Thread != before[0].Thread {
				t.Fatalf("links %+v, want %+v again", links, before)
			}
			if c.draft && (links[0].Draft != before[0].Draft || journal[0].Asset != "nordfrakt.md" || strings.Contains(journal[0].Body, readAt)) {
				t.Errorf("the draft was taken over as %+v with the link %+v", journal[0], links[0])
			}
			if !c.draft && !links[0].Created.Equal(w.now.Add(-time.Hour)) {
				t.Errorf("sent at %s by the link, want %s", links[0].Created, w.now.Add(-time.Hour))
			}
		})
	}
}

// After a lost state the rep's sent mail is all that says which asset a person had.
func TestSignals_AnAssetSentByItsLinkIsNotBroughtAgain(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.passSignalling(Options{})
	text := mail.Parse(w.drafts()[0]).Content.Text
	w.folders["Drafts"].items = nil
	w.deliver("Sent", rep, person, "sent-by-the-client@acme.example", "offer@acme.example", text, w.now.Add(time.Hour))
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 10)
	if _, journal := w.passSignalling(Options{}); len(journal) != 1 || journal[0].Asset != "" {
		t.Errorf("the second follow-up brings the asset again:\n%s", journal[0].Body)
	}
}

func TestWholeURL_IsNotTheBeginningOfALongerOne(t *testing.T) {
	const url = "https://acme.example/a"
	for text, want := range map[string]int{
		"see " + url: 4, "see " + url + ".": 4, "see " + url + ".\n\nAnna": 4, "(" + url + ")": 1, url + ": how": 0, "„" + url + "“": len("„"),
		url + "/b": -1, url + "bc": -1, url + "?x=1": -1, url + ".html": -1, url + "#top": -1, "nothing": -1,
		url + "/b and " + url + " alone": len(url + "/b and "),
	} {
		if got := wholeURL(text, url); got != want {
			t.Errorf("%q: found at %d, want %d", text, got, want)
		}
	}
	if wholeURL("text", "") != -1 {
		t.Error("no address was found")
	}
}

func TestToken_TellsNobodyButWhoKnowsTheAddress(t *testing.T) {
	a, b := newToken(assetURL), newToken(assetURL)
	if a == b || len(a) != 32 || !leadsTo(a, assetURL) || leadsTo(a, assetURL+"/") || leadsTo("short", assetURL) {
		t.Errorf("tokens %s and %s", a, b)
	}
}

// Programs that find links in plain text leave a hyphen at the end out.
func TestSignals_TokensEndInALetterOrADigit(t *testing.T) {
	for range 1000 {
		if token := newToken(assetURL); strings.HasSuffix(token, "-") || strings.HasSuffix(token, "_") {
			t.Fatalf("token %q", token)
		}
	}
}
