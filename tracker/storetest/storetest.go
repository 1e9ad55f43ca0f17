// Package storetest is the contract of tracker.Store as tests: every store must pass Run.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

// Run holds a store against the contract. open gives a new, empty store and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) tracker.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, tracker.Store)
	}{
		{"Origin_FirstStartIsThatOfTheFirstCall", originIsSetOnce},
		{"Origin_RecoveryIsKept", recoveryIsKept},
		{"Origin_RecoveryBeforeTheFirstCall", recoveryFirst},
		{"Reaches_EmptyAtFirst", reachesEmpty},
		{"SaveBatch_CursorAndMessagesTogether", batchSavesCursor},
		{"SaveBatch_EmptyFolderIsRead", emptyBatch},
		{"SaveBatch_GivesOnlyWhatIsNew", batchGivesNew},
		{"SaveBatch_CopyInAnotherFolderIsTheSameMessage", copyIsSameMessage},
		{"SaveBatch_CopyInOneBatchIsTheSameMessage", copyInOneBatch},
		{"SaveBatch_StolenMessageIDHidesNobody", stolenMessageID},
		{"SaveBatch_WithoutMessageID", withoutMessageID},
		{"SaveBatch_HeadersThatSayNothingAreNotOneMessage", emptyHeaders},
		{"SaveBatch_ReceivedIsTheEarliestOfTheCopies", receivedIsEarliest},
		{"SaveBatch_ReceivedWithoutServerTime", receivedGuessed},
		{"SaveBatch_ResetForgetsPlacesNotMessages", resetKeepsMessages},
		{"SaveBatch_OtherValidityWithoutResetForgetsPlaces", validityChange},
		{"SaveBatch_WhatLiesInSentBeatsACopyOfTheInbox", sentBeatsInbox},
		{"SaveBatch_NewestDraftCopyCounts", newestDraftCounts},
		{"SaveBatch_EndedContextSavesNothing", endedContext},
		{"MarkRead_KeepsTheCursor", markRead},
		{"Seen_InOrderAndAfter", seenInOrder},
		{"Seen_StopsWhereEachSays", seenStops},
		{"Seen_StoreMayBeUsedWhileWalking", seenWhileWriting},
		{"SeenRows_ExactlyThoseNamed", seenRows},
		{"Lies_BestFirst", liesBestFirst},
		{"Content_RoundTrip", contentRoundTrip},
		{"Content_OfAnOlderProgramCountsAsUnread", olderContent},
		{"Content_OfAnUnknownMessageIsRefused", contentWithoutMessage},
		{"Contents_InOrder", contentsInOrder},
		{"SeenRows_BringContents", seenRowsBringContents},
		{"Drafts_RoundTrip", draftsRoundTrip},
		{"Drafts_ReplacedByKeyKeepTheirOrder", draftsReplaced},
		{"Words_InOrderOfSaying", wordsInOrder},
		{"Opinions_TheFirstStays", opinionOnce},
		{"Opinions_GoWithTheirMessage", opinionForgotten},
		{"Edits_RoundTrip", editsRoundTrip},
		{"Edits_LoseTheirWordsWithTheDraft", editsErased},
		{"Hear_SaysAGestureOnce", heardOnce},
		{"Forget_NobodyAtFirst", nobodyForgotten},
		{"Forget_ErasesThePersonEverywhere", forgetErases},
		{"Forget_LeavesTheOthersAsTheyWere", forgetSparesOthers},
		{"Forget_TheMailboxReadAnewBringsNothingBack", forgottenStayOut},
		{"Forget_RefusesWordsAndDraftsOfThem", forgottenAreRefused},
		{"Forget_APassUnderWayCannotWriteTextsBack", forgottenTextsStayGone},
		{"Forget_IsHeardOf", forgetIsHeard},
		{"Forget_BeforeAnythingWasRead", forgetFirst},
		{"Expire_PutsContentsInPlaceAndDropsDraftTexts", expireDrops},
		{"Expire_OfWhatIsGoneIsNoError", expireUnknown},
		{"Close_ThenNothingMoreIsTaken", closed},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

var (
	inbox  = mail.Folder{Name: "INBOX", Role: mail.RoleInbox, Why: "RFC 9051"}
	sent   = mail.Folder{Name: "Gesendete Elemente", Role: mail.RoleSent, Why: `special-use \Sent`}
	drafts = mail.Folder{Name: "Drafts", Role: mail.RoleDrafts, Why: `special-use \Drafts`}
	all    = mail.Folder{Name: "[Gmail]/All Mail", Role: mail.RoleAlso, Why: `special-use \All`}

	// day is a moment with milliseconds, the precision that a store keeps.
	day = time.Date(2026, 3, 2, 9, 30, 15, 250e6, time.UTC)
)

// header gives a header literal as a server sends it.
func header(id, from, subject string) []byte {
	return fmt.Appendf(nil, "Message-ID: <%s>\r\nFrom: Somebody <%s>\r\nTo: rep@acme.example\r\nSubject: %s\r\n"+
		"Date: Mon, 2 Mar 2026 10:30:15 +0100\r\n\r\n", id, from, subject)
}

func item(uid mail.UID, received time.Time, header []byte) mail.Item {
	return mail.Item{UID: uid, Received: received, Size: 4000, Header: header}
}

// batch gives a batch of UIDVALIDITY 7 whose cursor lies behind its last item.
func batch(items ...mail.Item) mail.Batch {
	c := mail.Cursor{UIDValidity: 7, UIDNext: 1, Messages: uint32(len(items))}
	for _, i := range items {
		c.UIDNext = max(c.UIDNext, i.UID+1)
	}
	return mail.Batch{Items: items, Cursor: c}
}

func save(t *testing.T, s tracker.Store, f mail.Folder, b mail.Batch) []int64 {
	t.Helper()
	rows, err := s.SaveBatch(t.Context(), f, b, day)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func seen(t *testing.T, s tracker.Store) []tracker.Seen {
	t.Helper()
	var list []tracker.Seen
	if err := s.Seen(t.Context(), 0, func(one tracker.Seen) error {
		list = append(list, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// one gives the only message of the store.
func one(t *testing.T, s tracker.Store) tracker.Seen {
	t.Helper()
	list := seen(t, s)
	if len(list) != 1 {
		t.Fatalf("got %d messages, want 1: %v", len(list), subjects(list))
	}
	return list[0]
}

func subjects(list []tracker.Seen) []string {
	var subjects []string
	for _, one := range list {
		subjects = append(subjects, one.Message.Subject)
	}
	return subjects
}

func places(t *testing.T, s tracker.Store, row int64) []tracker.Place {
	t.Helper()
	places, err := s.Lies(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func originIsSetOnce(t *testing.T, s tracker.Store) {
	want := tracker.Origin{FirstStart: day}
	for _, now := range []time.Time{day.In(time.FixedZone("CET", 3600)), day.Add(48 * time.Hour)} {
		got, err := s.Origin(t.Context(), now)
		check(t, err)
		equal(t, "origin", got, want)
	}
}

func recoveryIsKept(t *testing.T, s tracker.Store) {
	_, err := s.Origin(t.Context(), day)
	check(t, err)
	check(t, s.MarkRecovered(t.Context(), day.Add(2*time.Hour)))
	check(t, s.MarkRecovered(t.Context(), day.Add(time.Hour))) // a clock that went back
	got, err := s.Origin(t.Context(), day.Add(3*time.Hour))
	check(t, err)
	equal(t, "origin", got, tracker.Origin{FirstStart: day, Recovered: day.Add(2 * time.Hour)})
}

func recoveryFirst(t *testing.T, s tracker.Store) {
	check(t, s.MarkRecovered(t.Context(), day))
	got, err := s.Origin(t.Context(), day.Add(time.Hour))
	check(t, err)
	equal(t, "origin", got, tracker.Origin{FirstStart: day, Recovered: day})
}

func reachesEmpty(t *testing.T, s tracker.Store) {
	got, err := s.Reaches(t.Context())
	check(t, err)
	equal(t, "reaches", got, map[string]tracker.Reach{})
}

func batchSavesCursor(t *testing.T, s tracker.Store) {
	b := batch(item(4, day, header("a@x.example", "ann@x.example", "A")))
	b.Cursor.ModSeq = 1<<63 + 5 // a server may say anything
	save(t, s, inbox, b)
	moved := inbox
	moved.Role, moved.Why = mail.RoleAlso, "the config says so"
	b = batch(item(5, day, header("b@x.example", "ann@x.example", "B")))
	save(t, s, sent, b)
	save(t, s, moved, b)
	got, err := s.Reaches(t.Context())
	check(t, err)
	equal(t, "reaches", got, map[string]tracker.Reach{
		inbox.Name: {Folder: moved, Cursor: b.Cursor},
		sent.Name:  {Folder: sent, Cursor: b.Cursor},
	})
	equal(t, "subjects", subjects(seen(t, s)), []string{"A", "B"})
}

func emptyBatch(t *testing.T, s tracker.Store) {
	b := batch()
	if rows := save(t, s, inbox, b); len(rows) != 0 {
		t.Errorf("rows %v of an empty batch", rows)
	}
	got, err := s.Reaches(t.Context())
	check(t, err)
	equal(t, "reaches", got, map[string]tracker.Reach{inbox.Name: {Folder: inbox, Cursor: b.Cursor}})
}

func batchGivesNew(t *testing.T, s tracker.Store) {
	a := item(1, day, header("a@x.example", "ann@x.example", "A"))
	b := item(2, day, header("b@x.example", "ann@x.example", "B"))
	c := item(3, day, header("c@x.example", "ann@x.example", "C"))
	if rows := save(t, s, inbox, batch(a, b)); len(rows) != 2 || rows[0] >= rows[1] {
		t.Fatalf("rows %v of two new messages, want two, growing", rows)
	}
	if rows := save(t, s, inbox, batch(a, b)); len(rows) != 0 {
		t.Errorf("rows %v of a batch read twice, want none", rows)
	}
	rows := save(t, s, inbox, batch(b, c))
	list := seen(t, s)
	if len(rows) != 1 || len(list) != 3 || rows[0] != list[2].Row || list[2].Message.Subject != "C" {
		t.Errorf("rows %v of a batch with one new message in it; store %v", rows, subjects(list))
	}
}

func copyIsSameMessage(t *testing.T, s tracker.Store) {
	h := header("a@x.example", "ann@x.example", "A")
	first := save(t, s, inbox, batch(item(9, day, h)))
	again := save(t, s, all, batch(item(3, day, h)))
	third := save(t, s, all, batch(item(4, day, h)))
	equal(t, "rows of the copy in another folder", again, first)
	if len(third) != 0 {
		t.Errorf("rows %v of a second copy in a folder, want none", third)
	}
	got := one(t, s)
	equal(t, "folders", got.Folders, []mail.Folder{inbox, all})
	equal(t, "places", places(t, s, got.Row), []tracker.Place{
		{Folder: inbox.Name, Validity: 7, UID: 9}, {Folder: all.Name, Validity: 7, UID: 4}, {Folder: all.Name, Validity: 7, UID: 3},
	})
}

func copyInOneBatch(t *testing.T, s tracker.Store) {
	h := header("a@x.example", "ann@x.example", "A")
	rows := save(t, s, inbox, batch(item(1, day, h), item(2, day.Add(-time.Hour), h), item(3, time.Time{}, h)))
	got := one(t, s)
	equal(t, "rows", rows, []int64{got.Row})
	equal(t, "received", got.Received, day.Add(-time.Hour))
	if n := len(places(t, s, got.Row)); n != 3 {
		t.Errorf("%d places, want 3", n)
	}
}

func stolenMessageID(t *testing.T, s tracker.Store) {
	save(t, s, sent, batch(item(1, day, header("a@x.example", "rep@acme.example", "Offer"))))
	save(t, s, inbox, batch(item(1, day, header("a@x.example", "ann@x.example", "Re: Offer"))))
	equal(t, "subjects", subjects(seen(t, s)), []string{"Offer", "Re: Offer"})

	// The same person's, however it is written.
	same := []byte("MESSAGE-ID:\r\n <a@x.example>\r\nfrom: \"<b@y.example>\" <Ann@X.example>\r\nSubject: Re: Offer\r\n\r\n")
	if rows := save(t, s, all, batch(item(1, day, same))); len(rows) != 1 || len(seen(t, s)) != 2 {
		t.Errorf("a rewritten copy is a message of its own: %v", subjects(seen(t, s)))
	}
}

func withoutMessageID(t *testing.T, s tracker.Store) {
	plain := func(subject, date string) []byte {
		return []byte("From: ann@x.example\r\nSubject: " + subject + "\r\n" + date + "\r\n")
	}
	const date = "Date: Mon, 2 Mar 2026 10:30:15 +0100\r\n"
	save(t, s, inbox, batch(
		item(1, day, plain("A", date)),
		item(2, day, plain("B", date)),
		item(3, day, plain("A", "")),
		item(4, day.Add(time.Minute), plain("A", "")),
	))
	save(t, s, all, batch(
		item(1, day.Add(time.Hour), plain("A", date)), // copies
		item(2, day, plain("A", "")),
	))
	equal(t, "subjects", subjects(seen(t, s)), []string{"A", "B", "A", "A"})
}

func emptyHeaders(t *testing.T, s tracker.Store) {
	b := batch(item(1, day, nil), item(2, day, []byte("\r\n")), item(32, day, []byte("X-Loop: 1\r\n\r\n")))
	if rows := save(t, s, inbox, b); len(rows) != 3 {
		t.Errorf("rows %v, want three messages", rows)
	}
	if rows := save(t, s, inbox, b); len(rows) != 0 {
		t.Errorf("rows %v of the same read twice", rows)
	}
}

func receivedIsEarliest(t *testing.T, s tracker.Store) {
	h := header("a@x.example", "ann@x.example", "A")
	first := save(t, s, inbox, batch(item(1, day, h)))
	save(t, s, all, batch(item(1, day.Add(time.Hour), h)))
	equal(t, "received", one(t, s).Received, day)
	rows := save(t, s, all, batch(item(2, day.Add(-time.Hour), h)))
	equal(t, "rows of an earlier copy", rows, first)
	equal(t, "received", one(t, s).Received, day.Add(-time.Hour))
}

func receivedGuessed(t *testing.T, s tracker.Store) {
	dated := func(date string) []byte {
		return []byte("Message-ID: <" + date + "@x.example>\r\nFrom: ann@x.example\r\nDate: " + date + "\r\n\r\n")
	}
	save(t, s, inbox, batch(
		item(1, time.Time{}, dated("Sun, 1 Mar 2026 12:00:00 +0200")),
		item(2, time.Time{}, dated("Mon, 1 Mar 2038 12:00:00 +0200")),
		item(3, time.Time{}, dated("Thu, 1 Jan 1970 00:00:00 +0000")),
		item(4, time.Time{}, dated("yesterday")),
	))
	var got []time.Time
	for _, one := range seen(t, s) {
		got = append(got, one.Received)
	}
	equal(t, "received", got, []time.Time{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), day, day, day})

	// The server's word about another copy beats the guess, though it is later; a guess does not beat it.
	save(t, s, all, batch(item(1, day.Add(-time.Hour), dated("Sun, 1 Mar 2026 12:00:00 +0200"))))
	save(t, s, sent, batch(item(1, time.Time{}, dated("Sun, 1 Mar 2026 12:00:00 +0200"))))
	equal(t, "received", seen(t, s)[0].Received, day.Add(-time.Hour))
}

func resetKeepsMessages(t *testing.T, s tracker.Store) {
	a, b := header("a@x.example", "ann@x.example", "A"), header("b@x.example", "ann@x.example", "B")
	save(t, s, inbox, batch(item(1, day, a), item(2, day, b)))
	save(t, s, sent, batch(item(5, day, a)))
	old := seen(t, s)

	again := mail.Batch{Items: []mail.Item{item(1, day, b)}, Cursor: mail.Cursor{UIDValidity: 8, UIDNext: 2}, Reset: true}
	if rows := save(t, s, inbox, again); len(rows) != 0 {
		t.Errorf("rows %v are new after a reset, though all were seen", rows)
	}
	equal(t, "messages", seen(t, s), old)
	equal(t, "places of A", places(t, s, old[0].Row), []tracker.Place{{Folder: sent.Name, Validity: 7, UID: 5}})
	equal(t, "places of B", places(t, s, old[1].Row), []tracker.Place{{Folder: inbox.Name, Validity: 8, UID: 1}})

	// UIDNEXT went back under the same UIDVALIDITY.
	again.Items = nil
	save(t, s, inbox, again)
	equal(t, "places of B", places(t, s, old[1].Row), []tracker.Place(nil))
}

func validityChange(t *testing.T, s tracker.Store) {
	save(t, s, inbox, batch(item(1, day, header("a@x.example", "ann@x.example", "A"))))
	save(t, s, inbox, mail.Batch{Cursor: mail.Cursor{UIDValidity: 8, UIDNext: 1}})
	equal(t, "places", places(t, s, one(t, s).Row), []tracker.Place(nil))
}

func sentBeatsInbox(t *testing.T, s tracker.Store) {
	forged := header("a@acme.example", "rep@acme.example", "Forged")
	rows := save(t, s, inbox, batch(item(1, day, forged)))
	check(t, s.SaveContent(t.Context(), rows[0], &mail.Content{Version: mail.ContentVersion, Text: "forged"}))

	changed := save(t, s, sent, batch(item(1, day, header("a@acme.example", "rep@acme.example", "Offer"))))
	equal(t, "rows", changed, rows)
	got := one(t, s)
	equal(t, "subject", got.Message.Subject, "Offer")
	equal(t, "folders", got.Folders, []mail.Folder{sent, inbox})
	if got.HasBody {
		t.Error("the body of the other copy is still there")
	}
	equal(t, "place", places(t, s, got.Row)[0], tracker.Place{Folder: sent.Name, Validity: 7, UID: 1})

	if again := save(t, s, inbox, batch(item(2, day, forged))); len(again) != 0 {
		t.Errorf("rows %v changed by another forged copy", again)
	}
	equal(t, "subject", one(t, s).Message.Subject, "Offer")
}

func newestDraftCounts(t *testing.T, s tracker.Store) {
	save(t, s, drafts, batch(item(1, day, header("a@acme.example", "rep@acme.example", "Of"))))
	save(t, s, drafts, batch(item(2, day, header("a@acme.example", "rep@acme.example", "Offer"))))
	equal(t, "subject", one(t, s).Message.Subject, "Offer")
}

func endedContext(t *testing.T, s tracker.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.SaveBatch(ctx, inbox, batch(item(1, day, header("a@x.example", "ann@x.example", "A"))), day)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if list := seen(t, s); len(list) != 0 {
		t.Errorf("saved all the same: %v", subjects(list))
	}
}

func markRead(t *testing.T, s tracker.Store) {
	b := batch(item(1, day, header("a@x.example", "ann@x.example", "A")))
	save(t, s, inbox, b)
	check(t, s.MarkRead(t.Context(), inbox.Name, day.Add(time.Minute)))
	save(t, s, inbox, b)
	check(t, s.MarkRead(t.Context(), "Junk", day))
	got, err := s.Reaches(t.Context())
	check(t, err)
	equal(t, "reaches", got, map[string]tracker.Reach{
		inbox.Name: {Folder: inbox, Cursor: b.Cursor, ReadAt: day.Add(time.Minute)},
		"Junk":     {Folder: mail.Folder{Name: "Junk"}, ReadAt: day},
	})
}

// saveMany saves n messages with the subjects "0", "1", … and gives their rows.
func saveMany(t *testing.T, s tracker.Store, n int) []int64 {
	t.Helper()
	var items []mail.Item
	for i := range n {
		items = append(items, item(mail.UID(i+1), day, header(fmt.Sprintf("%d@x.example", i), "ann@x.example", fmt.Sprint(i))))
	}
	return save(t, s, inbox, batch(items...))
}

func seenInOrder(t *testing.T, s tracker.Store) {
	const n = 150 // more than any statement takes at once
	rows := saveMany(t, s, n)
	all := seen(t, s)
	if len(rows) != n || len(all) != n || !slices.IsSorted(rows) {
		t.Fatalf("%d rows, %d messages, want %d in order", len(rows), len(all), n)
	}
	for i, got := range all {
		want := tracker.Seen{
			Row: rows[i], Folders: []mail.Folder{inbox}, Received: day,
			Message: mail.ParseHeader(header(fmt.Sprintf("%d@x.example", i), "ann@x.example", fmt.Sprint(i))),
		}
		equal(t, "message", got, want)
	}
	var after []int64
	check(t, s.Seen(t.Context(), rows[n-3], func(one tracker.Seen) error {
		after = append(after, one.Row)
		return nil
	}))
	equal(t, "rows after", after, rows[n-2:])
}

func seenStops(t *testing.T, s tracker.Store) {
	saveMany(t, s, 3)
	enough := errors.New("enough")
	n := 0
	err := s.Seen(t.Context(), 0, func(tracker.Seen) error {
		n++
		return enough
	})
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("error %v after %d messages, want %v after 1", err, n, enough)
	}
}

func seenWhileWriting(t *testing.T, s tracker.Store) {
	saveMany(t, s, 3)
	n := 0
	check(t, s.Seen(t.Context(), 0, func(one tracker.Seen) error {
		n++
		id := fmt.Sprintf("later%d@x.example", n)
		if _, err := s.SaveBatch(t.Context(), all, batch(item(mail.UID(n), day, header(id, "ann@x.example", id))), day); err != nil {
			return err
		}
		return s.SaveContent(t.Context(), one.Row, &mail.Content{Version: mail.ContentVersion})
	}))
	if n != 3 || len(seen(t, s)) != 6 {
		t.Errorf("walked over %d messages, then %d are there; want 3 and 6", n, len(seen(t, s)))
	}
}

func seenRows(t *testing.T, s tracker.Store) {
	rows := saveMany(t, s, 5)
	got, err := s.SeenRows(t.Context(), []int64{rows[3], rows[1], rows[4] + 100, rows[3]})
	check(t, err)
	equal(t, "subjects", subjects(got), []string{"1", "3"})
	none, err := s.SeenRows(t.Context(), nil)
	check(t, err)
	if len(none) != 0 {
		t.Errorf("%d messages where none was named", len(none))
	}
}

func liesBestFirst(t *testing.T, s tracker.Store) {
	h := header("a@acme.example", "rep@acme.example", "Offer")
	save(t, s, drafts, batch(item(30, day, h)))
	save(t, s, all, batch(item(20, day, h)))
	save(t, s, sent, batch(item(10, day, h), item(11, day, h)))
	equal(t, "places", places(t, s, one(t, s).Row), []tracker.Place{
		{Folder: sent.Name, Validity: 7, UID: 11},
		{Folder: sent.Name, Validity: 7, UID: 10},
		{Folder: all.Name, Validity: 7, UID: 20},
		{Folder: drafts.Name, Validity: 7, UID: 30},
	})
	equal(t, "places of an unknown message", places(t, s, 1000), []tracker.Place(nil))
}

// fullContent sets every field.
func fullContent() *mail.Content {
	return &mail.Content{
		Version: mail.ContentVersion, Text: "Grüße\n\x00 \u2028 <b>", FromHTML: true, Language: "de", Cut: "size",
		Attachments: []string{"", "offer.pdf"},
		Report: &mail.Report{Type: "delivery-status", Original: "a@acme.example", Disposition: "displayed", Recipients: []mail.ReportRecipient{
			{Address: "ann@x.example", Action: "failed", Status: "5.1.1", Diagnostic: "550 no such user"},
		}},
		Calendar: &mail.Calendar{Method: "REPLY", PartStat: "ACCEPTED", UID: "u", Summary: "Demo", Start: day, End: day.Add(time.Hour), Attendee: "ann@x.example"},
	}
}

func contentRoundTrip(t *testing.T, s tracker.Store) {
	rows := saveMany(t, s, 2)
	none, err := s.Content(t.Context(), rows[0])
	check(t, err)
	equal(t, "content that was not read", none, (*mail.Content)(nil))

	check(t, s.SaveContent(t.Context(), rows[0], &mail.Content{Version: mail.ContentVersion, Text: "first"}))
	check(t, s.SaveContent(t.Context(), rows[0], fullContent()))
	got, err := s.Content(t.Context(), rows[0])
	check(t, err)
	equal(t, "content", got, fullContent())

	list := seen(t, s)
	if !list[0].HasBody || list[1].HasBody {
		t.Errorf("HasBody is %t and %t, want true and false", list[0].HasBody, list[1].HasBody)
	}
	if list[0].Message.Content != nil {
		t.Error("Seen loads the content")
	}
}

func olderContent(t *testing.T, s tracker.Store) {
	row := saveMany(t, s, 1)[0]
	old := &mail.Content{Version: mail.ContentVersion - 1, Text: "poorly read"}
	check(t, s.SaveContent(t.Context(), row, old))
	if one := one(t, s); one.HasBody || !one.Outdated {
		t.Errorf("HasBody is %t, Outdated %t; want false and true", one.HasBody, one.Outdated)
	}
	got, err := s.Content(t.Context(), row)
	check(t, err)
	equal(t, "content, better than none until the body is read anew", got, old)
}

func contentWithoutMessage(t *testing.T, s tracker.Store) {
	if err := s.SaveContent(t.Context(), 4711, &mail.Content{}); err == nil {
		t.Error("content of a message that does not exist was saved")
	}
	row := saveMany(t, s, 1)[0]
	if err := s.SaveContent(t.Context(), row, nil); err == nil {
		t.Error("no content was saved")
	}
}

func contentsInOrder(t *testing.T, s tracker.Store) {
	rows := saveMany(t, s, 3)
	want := map[int64]*mail.Content{rows[2]: fullContent(), rows[0]: {Version: mail.ContentVersion, Text: "short"}}
	for row, content := range want {
		check(t, s.SaveContent(t.Context(), row, content))
	}
	got := map[int64]*mail.Content{}
	var order []int64
	check(t, s.Contents(t.Context(), func(row int64, content *mail.Content) error {
		order = append(order, row)
		got[row] = content
		return nil
	}))
	equal(t, "contents", got, want)
	equal(t, "order", order, slices.Sorted(maps.Keys(want)))
}

func seenRowsBringContents(t *testing.T, s tracker.Store) {
	rows := saveMany(t, s, 3)
	want := map[int64]*mail.Content{rows[2]: fullContent(), rows[0]: {Version: mail.ContentVersion, Text: "short"}}
	for row, content := range want {
		check(t, s.SaveContent(t.Context(), row, content))
	}
	got := map[int64]*mail.Content{}
	list, err := s.SeenRows(t.Context(), rows)
	check(t, err)
	for _, one := range list {
		if one.HasBody != (one.Message.Content != nil) {
			t.Errorf("message %d: HasBody is %t, content %v", one.Row, one.HasBody, one.Message.Content)
		}
		if one.HasBody {
			got[one.Row] = one.Message.Content
		}
	}
	equal(t, "contents", got, want)
}

// fullDraft sets every field.
func fullDraft(key string) tracker.Draft {
	return tracker.Draft{
		Key: key, Thread: "root@acme.example", Answers: "last@acme.example", Step: 2, Action: tracker.BreakUp, Approach: "break_up",
		Asset: "nordfrakt.md", Template: "break_up.en", Body: "Hi Ann,\n…", Why: []string{"7 business days are over", "Grüße, \"quoted\""},
		State: tracker.DraftIntent, MessageID: "k@acme.example", Source: []byte("From: x\r\n\r\n\x00\xff"), Validity: 1<<32 - 1, Floor: 1<<32 - 1, UID: 9,
		Created: day, Changed: day.Add(time.Minute), LookedAt: day.Add(time.Hour), Looks: 2,
	}
}

func loadDrafts(t *testing.T, s tracker.Store) []tracker.Draft {
	t.Helper()
	list, err := s.Drafts(t.Context())
	check(t, err)
	return list
}

func draftsRoundTrip(t *testing.T, s tracker.Store) {
	if list := loadDrafts(t, s); len(list) != 0 {
		t.Errorf("%d drafts in a new store", len(list))
	}
	check(t, s.SaveDraft(t.Context(), fullDraft("k")))
	equal(t, "drafts", loadDrafts(t, s), []tracker.Draft{fullDraft("k")})
}

func draftsReplaced(t *testing.T, s tracker.Store) {
	first, second, third := fullDraft("k1"), fullDraft("k2"), fullDraft("k0")
	third.Created = day.Add(time.Minute)
	for _, d := range []tracker.Draft{third, first, second} {
		check(t, s.SaveDraft(t.Context(), d))
	}
	first = tracker.Draft{Key: "k1", State: tracker.DraftSent, Created: day, Source: []byte{}}
	check(t, s.SaveDraft(t.Context(), first))
	equal(t, "drafts", loadDrafts(t, s), []tracker.Draft{first, second, third})
}

func wordsInOrder(t *testing.T, s tracker.Store) {
	said := []tracker.Word{
		{At: day, Kind: tracker.WordHold, Thread: "root@acme.example", Until: day.Add(240 * time.Hour), Text: "trade fair"},
		{At: day.Add(-time.Hour), Kind: tracker.WordClose, Address: "ann@x.example", Outcome: tracker.Won}, // a clock that went back
		{At: day, Kind: tracker.WordNote, Address: "ann@x.example", Text: "likes sailing\nGrüße"},
		{At: day, Kind: tracker.WordUnheard, Text: "no thread", Source: "you moved a mail into \"Stop\""},
	}
	for _, w := range said {
		check(t, s.AddWord(t.Context(), w))
	}
	got, err := s.Words(t.Context())
	check(t, err)
	for i := range got {
		if got[i].ID == 0 || i > 0 && got[i].ID <= got[i-1].ID {
			t.Errorf("ids do not grow: %d", got[i].ID)
		}
		got[i].ID = 0
	}
	equal(t, "words", got, said)
}

func heardOnce(t *testing.T, s tracker.Store) {
	word := func(thread tracker.ThreadID) tracker.Word {
		return tracker.Word{At: day, Kind: tracker.WordClose, Outcome: tracker.Stopped, Thread: thread, Source: "moved"}
	}
	heard := func(thread tracker.ThreadID, signs ...string) tracker.Heard {
		return tracker.Heard{Word: word(thread), Place: "Stop", Signs: signs}
	}
	hear := func(gestures ...tracker.Heard) []tracker.ThreadID {
		check(t, s.Hear(t.Context(), gestures))
		words, err := s.Words(t.Context())
		check(t, err)
		var about []tracker.ThreadID
		for _, w := range words {
			w.ID = 0
			equal(t, "word", w, word(w.Thread))
			about = append(about, w.Thread)
		}
		return about
	}
	equal(t, "two gestures", hear(heard("a", "1", "2"), heard("b", "3")), []tracker.ThreadID{"a", "b"})
	equal(t, "the same again", hear(heard("a", "2", "1"), heard("b", "3")), []tracker.ThreadID{"a", "b"})
	equal(t, "one sign more", hear(heard("a", "1", "4")), []tracker.ThreadID{"a", "b", "a"})
	check(t, s.Unsign(t.Context(), "elsewhere", nil))
	equal(t, "forgotten elsewhere", hear(heard("b", "3")), []tracker.ThreadID{"a", "b", "a"})
	check(t, s.Unsign(t.Context(), "Stop", []string{"1", "2", "4"}))
	equal(t, "one sign taken away and set anew", hear(heard("b", "3"), heard("a", "1")), []tracker.ThreadID{"a", "b", "a", "b"})
}
