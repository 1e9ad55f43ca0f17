package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch/imaptest"
	"followupd/tracker/postgres"
	"followupd/tracker/postgres/pgtest"
)

// pgMeter reads what the server has done for the connections of followupd in one database.
type pgMeter struct {
	t  *testing.T
	db *pgx.Conn
}

type pgWork struct {
	transactions, written int
	processor             time.Duration
}

func (m pgMeter) read() (w pgWork) {
	m.t.Helper()
	rows, err := m.db.Query(m.t.Context(), `SELECT pid FROM pg_stat_activity WHERE application_name = 'followupd' AND datname = current_database()`)
	if err != nil {
		m.t.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		m.t.Fatal(err)
	}
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			m.t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		for _, f := range strings.Fields(rest)[11:13] { // proc(5), fields 14 and 15, in hundredths of a second
			n, err := strconv.Atoi(f)
			if err != nil {
				m.t.Fatal(err)
			}
			w.processor += time.Duration(n) * time.Second / 100
		}
	}
	<-time.After(11 * time.Second) // a process that is idle tells its counts after ten
	if err := m.db.QueryRow(m.t.Context(), `SELECT xact_commit, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = current_database()`).
		Scan(&w.transactions, &w.written); err != nil {
		m.t.Fatal(err)
	}
	return w
}

// What a pass, a draft and the loading of a mailbox cost the database: the figures that the simulation of a fleet works with.
func TestFleetCost_OfPassesDraftsAndLoading(t *testing.T) {
	if os.Getenv(wholeFleet) != "full" {
		t.Skipf("measures, and proves nothing: run with %s=full", wholeFleet)
	}
	server := imaptest.Dovecot(t)
	whole := pgtest.Database(t)
	u, err := url.Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(u.User.Username())
	t.Setenv("PGPASSWORD", pgtest.Password)
	t.Setenv("HOME", t.TempDir())
	d := newDesk(t, server.User(t))
	const messages, drafts = 2000, 20
	old := time.Now().AddDate(0, 0, -20)
	arrival := func(i int) imaptest.Message {
		return imaptest.Message{Received: old, Raw: letter(fmt.Sprintf("From: p%d@prospect%d.example", i, i%300), "To: "+repAddress,
			"Subject: Offer", "Date: "+old.Format(time.RFC1123Z), fmt.Sprintf("Message-ID: <m%d@prospect.example>", i), "", "Hello.")}
	}
	var all []imaptest.Message
	for i := range messages {
		all = append(all, arrival(i))
	}
	d.mailbox.AppendAll("INBOX", all...)
	d.configure("state.dir", "", "state.url", quoted(u.String()), "cadence.drafts_per_day", "1000")
	cfg, err := config.Load(d.file())
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(t.Context(), cfg.State.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, store, release, err := db.Hold(t.Context(), cfg.Mailbox.Address, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	conn, err := pgx.Connect(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	m := pgMeter{t, conn}
	a := &app{errs: os.Stderr}
	w, err := a.openMailboxOn(held, cfg, func(context.Context) (state, error) { return &fleetState{Store: store}, nil }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	pass := func() {
		t.Helper()
		if _, err := w.agent.Pass(held, agent.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	load := func() {
		t.Helper()
		other, err := a.wireOn(held, cfg, func(context.Context) (state, error) { return &fleetState{Store: store.Again()}, nil }, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.agent.Load(held); err != nil {
			t.Fatal(err)
		}
	}
	measure := func(what string, n int, do func()) {
		t.Helper()
		before, began := m.read(), time.Now()
		do()
		wall := time.Since(began)
		after := m.read()
		per := func(x int) float64 { return float64(x) / float64(n) }
		t.Logf("%s: %.1f transactions, %.1f rows written, %.2f ms of the server's processor, %.1f ms on the wall", what,
			per(after.transactions-before.transactions), per(after.written-before.written),
			per(int((after.processor-before.processor).Microseconds()))/1000, per(int(wall.Microseconds()))/1000)
	}
	pass()
	measure("a pass without change", 100, func() {
		for range 100 {
			pass()
		}
	})
	measure("a pass with a new message", 20, func() {
		for i := range 20 {
			d.mailbox.AppendAll("INBOX", arrival(messages+i))
			pass()
		}
	})
	for i := range drafts {
		d.offer(fmt.Sprintf("lena@nord%d.example", i))
	}
	measure("a draft, with its mail read", drafts, pass)
	const loads = 10
	measure("loading, a thousand messages", loads*messages/1000, func() {
		for range loads {
			load()
		}
	})
	if n := len(d.mailbox.Read("Drafts")); n != drafts {
		t.Errorf("%d drafts, want %d", n, drafts)
	}
}
