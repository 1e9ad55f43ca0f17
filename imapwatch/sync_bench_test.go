package imapwatch

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

// BenchmarkSync_AgainstRawSocket reads a folder of a real server by Sync, and by a socket that sends the same FETCHes and
// only counts bytes, in turn. FOLLOWUPD_BENCH_MESSAGES sets how many messages (default 2,000).
func BenchmarkSync_AgainstRawSocket(b *testing.B) {
	count := 2000
	if n, err := strconv.Atoi(os.Getenv("FOLLOWUPD_BENCH_MESSAGES")); err == nil {
		count = n
	}
	a := imaptest.Dovecot(b).User(b)
	fill(b, a, "INBOX", count)
	inbox := mail.Folder{Name: "INBOX", Role: mail.RoleInbox}
	readRaw(b, a, "INBOX", count) // the server's caches are warm from here on

	var ours, raw time.Duration
	var most uint64
	b.ResetTimer()
	for b.Loop() {
		start := time.Now()
		readRaw(b, a, "INBOX", count)
		raw += time.Since(start)

		m := New(forAccount(b, a))
		read := 0
		start = time.Now()
		err := m.Sync(context.Background(), inbox, mail.Cursor{}, day.AddDate(-1, 0, 0), func(batch mail.Batch) error {
			read += len(batch.Items)
			return nil
		})
		ours += time.Since(start)
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		most = max(most, mem.HeapSys)
		m.Close()
		if err != nil || read != count {
			b.Fatalf("read %d of %d: %v", read, count, err)
		}
	}
	b.ReportMetric(float64(count*b.N)/ours.Seconds(), "messages/s")
	b.ReportMetric(float64(count*b.N)/raw.Seconds(), "raw-messages/s")
	b.ReportMetric(raw.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}

// fill lays messages with headers as long as real ones into a folder.
func fill(t testing.TB, a imaptest.Account, folder string, count int) {
	t.Helper()
	for from := 0; from < count; from += 1000 {
		var messages []imaptest.Message
		for i := from; i < min(from+1000, count); i++ {
			raw := fmt.Appendf(nil, "Return-Path: <ann%d@prospect.example>\r\nReceived: from mx.prospect.example by mx.acme.example; Mon, 2 Mar 2026 10:00:00 +0000\r\n"+
				"DKIM-Signature: v=1; a=rsa-sha256; d=prospect.example; s=s1; b=%s\r\n"+
				"From: Ann Number %d <ann%d@prospect.example>\r\nTo: Rep <rep@acme.example>\r\nSubject: Re: Offer %d for the north\r\n"+
				"Message-ID: <%d.%d@prospect.example>\r\nIn-Reply-To: <%d@acme.example>\r\nReferences: <%d@acme.example>\r\n <%d.2@acme.example>\r\n"+
				"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThanks.\r\n",
				i, strings.Repeat("q1w2e3r4", 40), i, i, i, i, i, i, i, i)
			messages = append(messages, imaptest.Message{Received: day.Add(time.Duration(i) * time.Second), Raw: raw})
		}
		a.AppendAll(folder, messages...)
	}
}

// readRaw sends what Sync sends, over a plain socket, and counts bytes.
func readRaw(t testing.TB, a imaptest.Account, folder string, count int) {
	t.Helper()
	c, err := net.Dial("tcp", a.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReaderSize(c, 64<<10)
	command := func(n int, text string) {
		tag := fmt.Sprintf("a%d ", n)
		if _, err := c.Write([]byte(tag + text + "\r\n")); err != nil {
			t.Fatal(err)
		}
		for {
			line, err := r.ReadSlice('\n')
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if bytes.HasPrefix(line, []byte(tag)) {
				if !bytes.HasPrefix(line, []byte(tag+"OK")) {
					t.Fatalf("%s: %s", text, line)
				}
				return
			}
		}
	}
	command(1, fmt.Sprintf("LOGIN %s %s", a.Username, a.Password))
	command(2, "EXAMINE "+folder)
	for from := 1; from <= count; from += batchSize {
		command(from+10, fmt.Sprintf("UID FETCH %d:%d (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (%s)])",
			from, min(from+batchSize-1, count), strings.Join(mail.HeaderFields, " ")))
	}
	command(3, "LOGOUT")
}
