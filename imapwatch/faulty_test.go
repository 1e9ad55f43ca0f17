package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

// onFaultServer is how to reach a fault server, with limits that a test can wait out.
func onFaultServer(t *testing.T, options faultserver.Options) (*faultserver.Server, Config) {
	t.Helper()
	server, account := imaptest.Faulty(t, options)
	cfg := forAccount(t, account)
	cfg.Username = imaptest.FaultyUser
	return server, cfg
}

// eventually waits for something to become true, and takes the events of a Watch meanwhile.
func eventually(t *testing.T, w *watching, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-w.events:
		case <-late:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestFault_32_SilentPeerInIdle(t *testing.T) {
	server, cfg := onFaultServer(t, faultserver.Options{})
	cfg.IdleRound, cfg.Limit = 300*time.Millisecond, 2*time.Second
	w := startWatch(t, mailbox(t, cfg))
	well := func(s Status) bool { return s.OK }
	eventually(t, w, "a watched mailbox", func() bool { return slices.ContainsFunc(w.statuses(), well) })
	server.Set(faultserver.Faults{IdleMute: true, Stall: "IDLE"})
	ill := func() int { return slices.IndexFunc(w.statuses(), func(s Status) bool { return !s.OK }) }
	eventually(t, w, "a status that tells of the silence", func() bool { return ill() >= 0 })
	server.Heal()
	eventually(t, w, "a watched mailbox again", func() bool { return slices.ContainsFunc(w.statuses()[ill():], well) })
}

func TestFault_34_GreetingOfAByteAtATime(t *testing.T) {
	// A server that is never silent for the limit and would take ten of them for its greeting: errSlow would be too late.
	_, cfg := onFaultServer(t, faultserver.Options{Faults: faultserver.Faults{Drip: 100 * time.Millisecond}})
	cfg.Limit = time.Second
	start := time.Now()
	err := mailbox(t, cfg).Sync(context.Background(), theInbox, mail.Cursor{}, day, new(gather).store)
	if !errors.Is(err, guard.ErrSilent) {
		t.Errorf("error: %v", err)
	}
	t.Attr("measured", fmt.Sprintf("given up after %.1f limits", time.Since(start).Seconds()/cfg.Limit.Seconds()))
}

func TestFault_49_FiveHundredMailboxesReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mailboxes, most = 500, 10
		var (
			turnstile Turnstile
			mu        sync.Mutex
			passed    []time.Time
			wg        sync.WaitGroup
		)
		for range mailboxes {
			wg.Go(func() {
				if err := sleep(t.Context(), turnstile.turn("imap.acme.example")); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				passed = append(passed, time.Now())
			})
		}
		wg.Wait()
		slices.SortFunc(passed, time.Time.Compare)
		for i := most; i < len(passed); i++ {
			if in := passed[i].Sub(passed[i-most]); in < time.Second {
				t.Fatalf("%d logins in %s", most+1, in)
			}
		}
		if whole := passed[len(passed)-1].Sub(passed[0]); whole > 2*time.Minute {
			t.Errorf("the last mailbox is let through after %s", whole)
		}
	})
}

// The mailboxes of one process lose their server all at once.
func TestFault_49_FiveHundredWatchedMailboxesLoseTheirServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mailboxes, most = 500, 10
		var (
			turnstile Turnstile
			mu        sync.Mutex
			logins    []time.Time
			open      []net.Conn
			running   sync.WaitGroup
		)
		ctx, cancel := context.WithCancel(t.Context())
		chance := rand.New(rand.NewPCG(49, 49))
		for range mailboxes {
			m := New(Config{
				Host: "127.0.0.1", Port: 143, Security: "none", Username: "rep", Turnstile: &turnstile,
				Password: func(context.Context) (string, error) { return "secret", nil },
			})
			m.jitter = func() float64 {
				mu.Lock()
				defer mu.Unlock()
				return chance.Float64()
			}
			pipes(m, func(_ int, c net.Conn) {
				mu.Lock()
				open = append(open, c)
				mu.Unlock()
				speak(c, pipeGreeting, func(tag, command string) (string, bool) {
					if strings.HasPrefix(command, "LOGIN") {
						mu.Lock()
						logins = append(logins, time.Now())
						mu.Unlock()
					}
					return ordinary(tag, command)
				})
			})
			running.Go(func() {
				defer m.Close()
				m.Watch(ctx, make(chan Event), func(Status) {})
			})
		}
		calm := func(what string) int {
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			slices.SortFunc(logins, time.Time.Compare)
			for i := most; i < len(logins); i++ {
				if in := logins[i].Sub(logins[i-most]); in < time.Second {
					t.Fatalf("%s: %d logins in %s", what, most+1, in)
				}
			}
			return len(logins)
		}
		const each = 2 // INBOX and Sent
		if n := calm("at the start"); n != each*mailboxes {
			t.Errorf("%d logins of %d mailboxes in five minutes", n, mailboxes)
		}
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		if n := calm("after the server was lost"); n != 2*each*mailboxes {
			t.Errorf("%d logins in all, five minutes after the server was lost, want everybody back", n)
		}
		cancel()
		running.Wait()
	})
}

func TestTurnstile_HoldsNoLoneMailboxUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turnstile Turnstile
		for range 3 {
			start := time.Now()
			if err := sleep(t.Context(), turnstile.turn("imap.acme.example")); err != nil || time.Since(start) != 0 {
				t.Errorf("waited %s, %v", time.Since(start), err)
			}
			time.Sleep(time.Second)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := sleep(gone, turnstile.turn("imap.acme.example")); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever gives up hears %v", err)
		}
	})
}

// Reading tells that it waits, for it may hold a database open meanwhile; who watches holds nothing.
func TestTurnstile_TellsReadingThatItsTurnIsFarAway(t *testing.T) {
	for name, c := range map[string]struct {
		before int // who came first
		notice func(why string)
		want   int
	}{
		"its turn has come":     {before: 0},
		"its turn is near":      {before: 5},
		"reading, turn far off": {before: 50, want: 1},
		"watching, far off":     {before: 50, notice: func(string) {}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var turnstile Turnstile
				told := 0
				m := New(Config{
					Host: "imap.acme.example", Port: 993, Security: "tls", Username: "rep", Turnstile: &turnstile,
					Password: func(context.Context) (string, error) { return "secret", nil }, Waits: func() { told++ },
				})
				m.dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody is there") }
				for range c.before {
					turnstile.turn("imap.acme.example")
				}
				if _, err := m.open(t.Context(), c.notice); err == nil {
					t.Error("connected to nobody")
				}
				if told != c.want {
					t.Errorf("told %d times, want %d", told, c.want)
				}
			})
		})
	}
}

func TestTurnstile_ServerThatManyWaitForHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			turnstile Turnstile
			crowd     sync.WaitGroup
		)
		for range 500 {
			crowd.Go(func() {
				if err := sleep(t.Context(), turnstile.turn("imap.acme.example")); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		for _, at := range []struct {
			host  string
			after time.Duration
		}{{"imap.other.example", 0}, {"IMAP.acme.example", 50 * time.Second}} {
			if err := sleep(t.Context(), turnstile.turn(at.host)); err != nil || time.Since(start) != at.after {
				t.Errorf("%s: let through after %s, %v; want %s", at.host, time.Since(start), err, at.after)
			}
		}
		crowd.Wait()
	})
}
