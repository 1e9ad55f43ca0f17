package dashboard

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

// Bounds of the library's page.
const (
	maxAssets = 200
	perAsset  = 8 // people shown who got one
)

// libraryPage is the body of the page.
type libraryPage struct {
	Assets []assetView
	Total  int
}

type assetView struct {
	Title, Kind, File, Language string
	URL                         string // the rep's own link; "" for none or one that is no web address
	Text                        string
	Fits                        string
	Expires                     stamp
	Expired, Soon               bool
	Given                       []given
	More                        int
	Sent                        int
	Answers                     int
}

// given is a person who got an asset, and what came of it.
type given struct {
	Thread tracker.ThreadID
	Who    string
	When   stamp
	State  tracker.State
	Label  string
}

// library shows what there is to give, who got it and what came of it.
func (s *Server) library(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	assets, err := s.desk.Assets(ctx)
	if err != nil {
		return err
	}
	drafts, err := s.desk.Drafts(ctx)
	if err != nil {
		return err
	}
	standings := make(map[tracker.ThreadID]*tracker.Standing)
	view := s.view.Load()
	for i := range view.Standings {
		standings[view.Standings[i].Thread] = &view.Standings[i]
	}
	ledger := make(map[string][]tracker.Draft)
	for _, d := range drafts {
		if d.Asset != "" && d.State == tracker.DraftSent {
			ledger[d.Asset] = append(ledger[d.Asset], d)
		}
	}
	slices.SortStableFunc(assets, func(a, b playbook.Asset) int { return strings.Compare(a.Kind+a.Title, b.Kind+b.Title) })
	page := libraryPage{Total: len(assets)}
	for _, a := range assets[:min(maxAssets, len(assets))] {
		page.Assets = append(page.Assets, s.asset(a, ledger[a.File], standings))
	}
	s.show(w, r, http.StatusOK, "library", "Library", page)
	return nil
}

func (s *Server) asset(a playbook.Asset, sent []tracker.Draft, standings map[tracker.ThreadID]*tracker.Standing) assetView {
	now := s.cfg.Now().In(s.cfg.Zone)
	v := assetView{
		Title: report.Clean(a.Title), Kind: spaced(a.Kind), File: a.File, Language: a.Language, URL: webAddress(a.URL),
		Text: report.Clean(a.Text), Fits: report.Clean(strings.Join(a.Fits, ", ")), Sent: len(sent),
		Expired: a.Expired(now), Soon: !a.Expired(now) && a.Expired(now.AddDate(0, 0, 30)),
	}
	if !a.Expires.IsZero() {
		v.Expires = stamp{a.Expires.Format("2 Jan 2006"), a.Expires.Format("2006-01-02")} // a date, in no zone
	}
	slices.Reverse(sent)
	for _, d := range sent {
		st := standings[d.Thread]
		if st == nil {
			continue
		}
		if st.LastInbound.After(d.Changed) {
			v.Answers++
		}
		if len(v.Given) >= perAsset {
			v.More++
			continue
		}
		v.Given = append(v.Given, given{Thread: d.Thread, Who: report.Cut(people(st), 60), When: s.day(d.Changed), State: st.State, Label: qualified(st)})
	}
	return v
}

// webAddress lets only http and https through.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
