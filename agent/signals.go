package agent

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// Signals are links by which the rep learns whether somebody follows what a draft brings.
type Signals struct {
	Base   string // where the daemon answers them, such as "https://read.acme.example", without a slash at its end
	Trails tracker.Trails
}

// A token is 16 random bytes and 8 by which the asset it leads to is known again among those of the library, should the
// state be lost: only who knows the address it leads to can tell that it does.
const (
	tokenRandom = 16
	tokenMark   = 8
)

// newToken makes a token that ends in a letter or a digit: what reads links out of plain text leaves a last hyphen out.
func newToken(url string) string {
	for {
		b := make([]byte, tokenRandom, tokenRandom+tokenMark)
		rand.Read(b) // it never fails (crypto/rand)
		token := base64.RawURLEncoding.EncodeToString(append(b, tokenMarkOf(b, url)...))
		if !strings.ContainsAny(token[len(token)-1:], "-_") {
			return token
		}
	}
}

func tokenMarkOf(random []byte, url string) []byte {
	h := sha256.New()
	h.Write([]byte("link/1\x00"))
	h.Write(random)
	h.Write([]byte(url))
	return h.Sum(nil)[:tokenMark]
}

// leadsTo says whether a token was made for an address.
func leadsTo(token, url string) bool {
	b, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && len(b) == tokenRandom+tokenMark && string(b[tokenRandom:]) == string(tokenMarkOf(b[:tokenRandom], url))
}

// signals is what the loop knows of the links in the rep's mail.
type signals struct {
	base  string
	links *regexp.Regexp       // finds them, the token in its first group
	found map[string]foundLink // in mails of the rep that were taken in, until they are held against the store
}

// foundLink is a link in a mail of the rep.
type foundLink struct {
	row  int64
	sent time.Time
}

// maxFound bounds how many links are looked for in one mail.
const maxFound = 20

// signalLinks gives what finds links; nil where there are none.
func (a *Agent) signalLinks() *regexp.Regexp {
	if a.set.Signals == nil {
		return nil
	}
	if s := &a.signals; s.links == nil || s.base != a.set.Signals.Base {
		s.base = a.set.Signals.Base
		s.links = regexp.MustCompile(regexp.QuoteMeta(s.base) + `/([A-Za-z0-9_-]{32})\b`)
	}
	return a.signals.links
}

// assetOf finds the asset that a token leads to; nil where the library holds it no more.
func (a *Agent) assetOf(token string) *playbook.Asset {
	for _, asset := range a.set.Playbook.Assets() {
		if asset.URL != "" && leadsTo(token, asset.URL) {
			return &asset
		}
	}
	return nil
}

// plain puts the assets' own addresses in place of the links that lead to them.
func (a *Agent) plain(text string) string {
	links := a.signalLinks()
	if links == nil || !strings.Contains(text, a.set.Signals.Base) {
		return text
	}
	return links.ReplaceAllStringFunc(text, func(link string) string {
		if asset := a.assetOf(link[strings.LastIndexByte(link, '/')+1:]); asset != nil {
			return asset.URL
		}
		return link
	})
}

// signalled gives the text as it goes into the bytes of a draft: with a link of its own in place of the asset's. The link is
// durable before that. In a pass that only looks nothing is put in.
func (a *Agent) signalled(ctx context.Context, d tracker.Draft, text playbook.Text, opt Options) (playbook.Text, error) {
	if a.set.Signals == nil || opt.DryRun || text.Asset == "" {
		return text, nil
	}
	i := slices.IndexFunc(a.set.Playbook.Assets(), func(x playbook.Asset) bool { return x.File == text.Asset })
	if i < 0 {
		return text, nil
	}
	url := a.set.Playbook.Assets()[i].URL
	at := wholeURL(text.Body, url)
	if at < 0 {
		return text, nil // the text brings the asset in words
	}
	link, err := a.set.Signals.Trails.SaveLink(ctx, tracker.Link{
		Token: newToken(url), Draft: d.Key, Thread: d.Thread, Asset: text.Asset, URL: url, Created: a.now(),
	})
	if err != nil {
		return text, err
	}
	text.Body = text.Body[:at] + a.set.Signals.Base + "/" + link.Token + text.Body[at+len(url):]
	return text, nil
}

// wholeURL finds an address in a text where it is not the beginning of a longer one; -1 where it is not there.
func wholeURL(text, url string) int {
	if url == "" {
		return -1
	}
	for from := 0; ; {
		at := strings.Index(text[from:], url)
		if at < 0 {
			return -1
		}
		at += from
		rest := strings.TrimLeft(text[at+len(url):], ".,;:!?)")
		ended := rest == "" || strings.ContainsRune(" \t\r\n\"'<>", rune(rest[0])) || rest[0] >= 0x80
		if ended {
			return at
		}
		from = at + len(url)
	}
}

// noteLinks remembers the links in a mail of the rep, to be held against the store.
func (a *Agent) noteLinks(s tracker.Seen) {
	links := a.signalLinks()
	if links == nil || s.Message.Content == nil || !strings.Contains(s.Message.Content.Text, a.set.Signals.Base) {
		return
	}
	for _, m := range links.FindAllStringSubmatch(s.Message.Content.Text, maxFound) {
		if a.signals.found == nil {
			a.signals.found = make(map[string]foundLink)
		}
		if old, ok := a.signals.found[m[1]]; !ok || s.Received.Before(old.sent) { // later mails quote it
			a.signals.found[m[1]] = foundLink{s.Row, s.Received}
		}
	}
}

// keepLinks stores the links in the rep's sent mail that the store does not know: the state was lost. Those whose asset has
// left the library lead nowhere any more.
func (a *Agent) keepLinks(ctx context.Context, opt Options) error {
	if len(a.signals.found) == 0 || opt.DryRun || a.set.Signals == nil {
		return nil
	}
	known, err := a.set.Signals.Trails.Links(ctx)
	if err != nil {
		return err
	}
	kept := 0
	for token, f := range a.signals.found {
		if slices.ContainsFunc(known, func(l tracker.Link) bool { return l.Token == token }) {
			continue
		}
		asset := a.assetOf(token)
		thread := a.threads.Of(f.row)
		if asset == nil || thread == "" {
			continue
		}
		if _, err := a.set.Signals.Trails.SaveLink(ctx, tracker.Link{Token: token, Thread: thread, Asset: asset.File, URL: asset.URL, Created: f.sent}); err != nil {
			return err
		}
		kept++
	}
	a.signals.found = nil
	if kept > 0 {
		a.log.Warn("links in sent mail that this state did not know: it was lost or is older", slog.Int("links", kept))
	}
	return nil
}

// adoptLink takes the link of a draft that was found in Drafts after the state was lost, and gives its asset; "" where there
// is none.
func (a *Agent) adoptLink(ctx context.Context, d tracker.Draft, text string) (asset string, err error) {
	links := a.signalLinks()
	if links == nil {
		return "", nil
	}
	for _, m := range links.FindAllStringSubmatch(text, maxFound) {
		found := a.assetOf(m[1])
		if found == nil {
			continue
		}
		_, err := a.set.Signals.Trails.SaveLink(ctx, tracker.Link{Token: m[1], Draft: d.Key, Thread: d.Thread, Asset: found.File, URL: found.URL, Created: d.Created})
		if err != nil {
			return "", fmt.Errorf("adopt draft %s: %w", d.Key, err)
		}
		return found.File, nil
	}
	return "", nil
}

// followed adds the links and who followed them to the facts.
func (a *Agent) followed(ctx context.Context, facts *tracker.Facts) error {
	if a.set.Signals == nil {
		return nil
	}
	var err error
	if facts.Links, err = a.set.Signals.Trails.Links(ctx); err != nil {
		return err
	}
	facts.Visits, err = a.set.Signals.Trails.Visits(ctx)
	return err
}
