package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
)

// Bounds of a Search.
const (
	maxTerms  = 200 // addresses and ids looked for; the rest is left out
	termsEach = 10  // alternatives in one SEARCH: servers bound the length of a command and the depth of OR
	maxFound  = 500 // messages read, the newest
)

// Search looks in any folder for messages received since a day that come from one of the addresses or name one of the
// ids in References or In-Reply-To, and reads their headers. The batch's cursor tells the folder's UIDVALIDITY and nothing
// of how far it was read. Finding nothing proves nothing: servers match in their own
// ways (RELIABILITY.md section 2.2).
func (m *Mailbox) Search(ctx context.Context, f mail.Folder, since time.Time, from []mail.Address, ids []mail.MessageID) (mail.Batch, error) {
	terms := searchTerms(from, ids)
	if len(terms) == 0 {
		return mail.Batch{}, nil
	}
	var found mail.Batch
	err := m.reading(ctx, func(k *conn) error {
		found = mail.Batch{}
		sel, err := k.examine(ctx, f.Name)
		var refused *RefusedError
		if f.Role == "" && errors.As(err, &refused) {
			// Servers list folders that nobody can open. One that the config or its use names is another matter.
			m.cfg.Log.Warn("folder cannot be opened", "folder", said(f.Name), "why", refused)
			return nil
		}
		if err != nil || sel.count == 0 {
			return err
		}
		found.Cursor.UIDValidity = sel.validity
		var uids []imap.UID
		for some := range slices.Chunk(terms, termsEach) {
			hits, err := k.searchAny(ctx, since, some, int(sel.count))
			if err != nil {
				return err
			}
			uids = append(uids, hits...)
		}
		slices.Sort(uids)
		uids = slices.Compact(uids)
		uids = uids[max(0, len(uids)-maxFound):]
		r := &reader{m: m, k: k, folder: f.Name, validity: sel.validity, forms: headerForms}
		for len(uids) > 0 {
			messages, done, err := r.read(ctx, uids)
			if err != nil {
				return err
			}
			found.Items = append(found.Items, items(messages)...)
			uids = uids[done:]
		}
		return nil
	})
	if err != nil {
		return mail.Batch{}, fmt.Errorf("search %q: %w", f.Name, err)
	}
	return found, nil
}

// searchTerms gives one criterion for each thing looked for. Addresses and ids that are not plain ASCII are left out: they
// would need a CHARSET, which some servers refuse.
func searchTerms(from []mail.Address, ids []mail.MessageID) []imap.SearchCriteria {
	var terms []imap.SearchCriteria
	header := func(key, value string) {
		if value != "" && isPrintableASCII(value) && len(value) < 900 && len(terms) < maxTerms {
			terms = append(terms, imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: value}}})
		}
	}
	for _, id := range ids {
		// Without angle brackets: servers that match substrings find it, and Apple, which wants them, matches In-Reply-To only whole.
		header("References", string(id))
		header("In-Reply-To", id.String())
	}
	for _, a := range from {
		header("From", string(a))
	}
	return terms
}

// searchAny gives what matches any of the terms. Where the server does not understand the alternatives it is asked for
// one after the other.
func (k *conn) searchAny(ctx context.Context, since time.Time, terms []imap.SearchCriteria, most int) ([]imap.UID, error) {
	criteria := anyOf(terms)
	criteria.Since = since
	uids, err := k.search(ctx, &criteria, most)
	var refused *RefusedError
	if !errors.As(err, &refused) || len(terms) == 1 {
		return uids, err
	}
	for _, term := range terms {
		term.Since = since
		some, err := k.search(ctx, &term, most)
		if err != nil {
			return nil, err
		}
		uids = append(uids, some...)
	}
	return uids, nil
}

// anyOf joins terms by OR, in a tree as flat as it can be.
func anyOf(terms []imap.SearchCriteria) imap.SearchCriteria {
	if len(terms) == 1 {
		return terms[0]
	}
	half := len(terms) / 2
	return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{anyOf(terms[:half]), anyOf(terms[half:])}}}
}
