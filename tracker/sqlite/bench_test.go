package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

var benchFolder = mail.Folder{Name: "INBOX", Role: mail.RoleInbox}

// typicalHeader gives a header literal of about 800 bytes, as the 29 fields of mail.HeaderFields take in a business mailbox.
func typicalHeader(n int) []byte {
	return fmt.Appendf(nil, "Return-Path: <ann.lindqvist%[1]d@nordfrakt.example>\r\n"+
		"From: \"Lindqvist, Ann (Logistics)\" <ann.lindqvist%[1]d@nordfrakt.example>\r\n"+
		"To: Anna Berg <anna@acme.example>, \"Purchasing\" <purchasing@nordfrakt.example>\r\n"+
		"Cc: Erik Holm <erik.holm@nordfrakt.example>\r\n"+
		"Subject: =?utf-8?Q?Re=3A_Angebot_f=C3=BCr_die_Rechnungspr=C3=BCfung_%[1]d?=\r\n"+
		"Thread-Topic: offer\r\nThread-Index: AQHaXk3mZ0m3m0KXK0mQ2j5l9xv%[1]d7wK8A==\r\n"+
		"Date: Mon, 2 Mar 2026 10:30:15 +0100\r\n"+
		"Message-ID: <DB9PR04MB%[1]08d1234567890ABCDEF%[1]d@DB9PR04MB8201.eurprd04.prod.outlook.example>\r\n"+
		"References: <CAF%[1]dxYz9-8qWmv0o3Qb4bX1c2d3e4f5g6h7i8j9k0@mail.acme.example>\r\n"+
		" <DB9PR04MB0000%[1]dA1B2C3D4E5F60718293A4B5C6D7E8F@DB9PR04MB8201.eurprd04.prod.outlook.example>\r\n"+
		"In-Reply-To: <CAF%[1]dxYz9-8qWmv0o3Qb4bX1c2d3e4f5g6h7i8j9k0@mail.acme.example>\r\n"+
		"Content-Type: multipart/alternative;\r\n boundary=\"_000_DB9PR04MB%[1]08d_\"\r\n\r\n", n)
}

func benchBatch(from, n int) mail.Batch {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := mail.Batch{Cursor: mail.Cursor{UIDValidity: 1, UIDNext: mail.UID(from + n + 1)}}
	for i := from; i < from+n; i++ {
		b.Items = append(b.Items, mail.Item{UID: mail.UID(i + 1), Received: at.Add(time.Duration(i) * time.Minute), Header: typicalHeader(i)})
	}
	return b
}

// BenchmarkSaveBatch reads a mailbox of 20,000 for the first time, in batches of 1,000.
func BenchmarkSaveBatch(b *testing.B) {
	const total, size = 20_000, 1000
	var batches []mail.Batch
	headers := 0
	for from := 0; from < total; from += size {
		batches = append(batches, benchBatch(from, size))
		for _, item := range batches[len(batches)-1].Items {
			headers += len(item.Header)
		}
	}
	var longest time.Duration
	var disk int64
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		s, err := sqlite.Open(b.Context(), dir, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for _, batch := range batches {
			start := time.Now()
			if _, err := s.SaveBatch(b.Context(), benchFolder, batch, start); err != nil {
				b.Fatal(err)
			}
			longest = max(longest, time.Since(start))
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "state.db"))
		if err != nil {
			b.Fatal(err)
		}
		disk = info.Size()
		b.StartTimer()
	}
	perBatch := b.Elapsed() / time.Duration(b.N*len(batches))
	b.ReportMetric(float64(size)/perBatch.Seconds(), "rows/s")
	b.ReportMetric(float64(perBatch.Microseconds())/1000, "ms/batch")
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/longest")
	b.ReportMetric(float64(disk)/total, "B/message")
	b.ReportMetric(float64(headers)/total, "B/header")
}

// filled gives the directory of a store with 20,000 messages, every tenth with a body of 2 kB.
func filled(b *testing.B) string {
	dir := b.TempDir()
	s, err := sqlite.Open(b.Context(), dir, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for from := 0; from < 20_000; from += 1000 {
		rows, err := s.SaveBatch(b.Context(), benchFolder, benchBatch(from, 1000), time.Now())
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; i < len(rows); i += 10 {
			content := &mail.Content{Version: mail.ContentVersion, Text: strings.Repeat("Thank you for the offer. ", 80)}
			if err := s.SaveContent(b.Context(), rows[i], content); err != nil {
				b.Fatal(err)
			}
		}
	}
	return dir
}

// BenchmarkSaveBatch_Again reads what is known already, as after a change of UIDVALIDITY.
func BenchmarkSaveBatch_Again(b *testing.B) {
	s := open(b, filled(b))
	batch := benchBatch(0, 1000)
	batch.Reset = true
	for b.Loop() {
		if _, err := s.SaveBatch(b.Context(), benchFolder, batch, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen opens a store of 20,000 messages, quick_check included.
func BenchmarkOpen(b *testing.B) {
	dir := filled(b)
	for b.Loop() {
		s, err := sqlite.Open(b.Context(), dir, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkSeen walks 20,000 messages, parsing each header.
func BenchmarkSeen(b *testing.B) {
	s := open(b, filled(b))
	for b.Loop() {
		n := 0
		if err := s.Seen(b.Context(), 0, func(tracker.Seen) error { n++; return nil }); err != nil || n != 20_000 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkSaveDraft and BenchmarkSaveContent show what durability costs.
func BenchmarkSaveDraft(b *testing.B) {
	s := open(b, b.TempDir())
	d := tracker.Draft{Key: "k", Source: make([]byte, 4000)}
	for b.Loop() {
		d.Looks++ // SQLite writes nothing where nothing changed
		if err := s.SaveDraft(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaveContent saves a body without waiting for the disk.
func BenchmarkSaveContent(b *testing.B) {
	s := open(b, b.TempDir())
	rows, err := s.SaveBatch(b.Context(), benchFolder, benchBatch(0, 1), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	content := &mail.Content{Version: mail.ContentVersion, Text: strings.Repeat("Thank you for the offer. ", 80)}
	for i := 0; b.Loop(); i++ {
		content.Language = string(rune('a' + i%26))
		if err := s.SaveContent(b.Context(), rows[0], content); err != nil {
			b.Fatal(err)
		}
	}
}
