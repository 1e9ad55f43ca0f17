package imapwatch

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
)

// watching runs Watch until the test ends. statuses gives what it was told so far.
type watching struct {
	events chan Event
	mu     sync.Mutex
	said   []Status
}

func startWatch(t *testing.T, m *Mailbox) *watching {
	w := &watching{events: make(chan Event)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Watch(ctx, w.events, func(s Status) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.said = append(w.said, s)
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return w
}

func (w *watching) statuses() []Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.said)
}

// next gives the next event that has one of these reasons.
func (w *watching) next(t *testing.T, within time.Duration, why ...string) Event {
	t.Helper()
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	for {
		select {
		case e := <-w.events:
			if slices.Contains(why, e.Why) {
				return e
			}
		case <-timeout.C:
			t.Fatalf("no event %q within %v; statuses: %v", why, within, w.statuses())
		}
	}
}

// said waits until a status says so.
func (w *watching) says(t *testing.T, within time.Duration, what string) Status {
	t.Helper()
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		for _, s := range w.statuses() {
			if strings.Contains(s.What, what) {
				return s
			}
		}
		select {
		case <-w.events:
		case <-look.C:
		case <-timeout.C:
			t.Fatalf("no status says %q within %v: %v", what, within, w.statuses())
		}
	}
}

func TestWatch_TellsOfMailInInboxAndSent(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		w := startWatch(t, mailbox(t, forAccount(t, a)))
		connected := []string{w.next(t, 10*time.Second, "connected").Folder, w.next(t, 10*time.Second, "connected").Folder}
		if slices.Sort(connected); !slices.Equal(connected, []string{"INBOX", "Sent"}) {
			t.Fatalf("watching %v", connected)
		}
		for _, folder := range []string{"INBOX", "Sent", "INBOX"} {
			a.Append(folder, nil, day, letter("new", "ann@prospect.example", "Re: Offer"))
			sent := time.Now()
			e := w.next(t, 5*time.Second, "IDLE EXISTS", "NOTIFY STATUS")
			if e.Folder != folder {
				t.Errorf("mail in %s was told as %+v", folder, e)
			}
			t.Logf("%s: told %v after the mail was there", folder, time.Since(sent).Round(100*time.Microsecond))
		}
	})
}

func TestFault_35_FloodOfNoticesIsAFewEvents(t *testing.T) {
	flood := strings.Repeat("* 5 EXISTS\r\n", 10_000)
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Greet()
		s.Login()
		s.Serve(map[string]func(imaptest.Command){
			"LIST": func(c imaptest.Command) {
				s.Say(`* LIST (\Drafts) "/" Drafts`, `* LIST (\Sent) "/" Sent`, `* LIST () "/" INBOX`)
				s.OK(c, "done")
			},
			"IDLE": func(c imaptest.Command) {
				s.Say("+ idling")
				if s.N == 0 {
					s.Raw(flood)
				}
				s.Line()
				s.OK(c, "done")
				if s.N == 0 {
					s.Stall()
				}
			},
		})
	})
	cfg := forAccount(t, a)
	cfg.Limit = 300 * time.Millisecond
	w := startWatch(t, mailbox(t, cfg))
	w.says(t, 5*time.Second, "not watching INBOX")
	n := 0
	for range 3 {
		select {
		case e := <-w.events:
			if e.Folder == "INBOX" {
				n++
			}
		default:
		}
	}
	if n > 2 {
		t.Errorf("%d events wait for a reader who is busy", n)
	}
}

func TestWatch_ServerWithoutIdleIsPolled(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 UIDPLUS"))
	cfg := forAccount(t, a)
	cfg.Poll = 50 * time.Millisecond
	w := startWatch(t, mailbox(t, cfg))
	if s := w.says(t, 5*time.Second, "no IDLE"); !s.OK {
		t.Errorf("polling is how it should be there: %+v", s)
	}
	for range 3 {
		w.next(t, 5*time.Second, "poll")
	}
	if n := len(a.Sessions()); n != 0 {
		t.Errorf("%d connections stay open for nothing", n)
	}
}

func TestFault_31_FewConnectionsAreLeftToTheWorker(t *testing.T) {
	const plain = "IMAP4rev1 IDLE UIDPLUS SPECIAL-USE"
	for _, tt := range []struct {
		limit int
		caps  string
		says  string
	}{
		{1, plain, "to watch INBOX"},
		{2, plain, "to watch Sent"},
		{3, plain, "watching Sent"},
		{1, plain + " NOTIFY", "to watch Sent"},
		{2, plain + " NOTIFY", "watching Sent"},
	} {
		t.Run(fmt.Sprint(tt.limit, strings.TrimPrefix(tt.caps, plain)), func(t *testing.T) {
			a := imaptest.Dovecot(t).User(t, imaptest.Connections(tt.limit), imaptest.Capability(tt.caps))
			a.Append("INBOX", nil, day, letter("one", "ann@prospect.example", "Offer"))
			a.CountedOut()
			m := mailbox(t, forAccount(t, a))
			w := startWatch(t, m)
			w.says(t, 5*time.Second, "watching INBOX")
			if tt.limit > 2 {
				w.says(t, 5*time.Second, "watching Sent")
			}

			ctx := context.Background()
			folders, err := m.Folders(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var g gather
			if err := m.Sync(ctx, role(t, folders, mail.RoleInbox), mail.Cursor{}, time.Time{}, g.store); err != nil || len(g.items) != 1 {
				t.Fatalf("sync: %d items, %v", len(g.items), err)
			}
			if _, err := m.Append(ctx, letter("draft", "rep@acme.example", "Re: Offer"), day); err != nil {
				t.Fatal(err)
			}
			if _, items, err := m.Look(ctx, 0); err != nil || len(items) != 1 {
				t.Fatalf("look: %d items, %v", len(items), err)
			}
			w.says(t, 5*time.Second, tt.says)
			stepsDown := func(s Status) bool { return strings.Contains(s.What, "to watch INBOX") }
			if tt.limit > 1 && slices.ContainsFunc(w.statuses(), stepsDown) {
				t.Errorf("there is room for the worker and INBOX: %v", w.statuses())
			}
		})
	}
}

// pipes is a server that lives in a synctest bubble: every dial gives one end of a net.Pipe, serve has the other.
func pipes(m *Mailbox, serve func(n int, c net.Conn)) *logins {
	l := &logins{}
	m.dial = func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		l.mu.Lock()
		n := l.dialed
		l.dialed++
		l.mu.Unlock()
		go func() {
			defer server.Close()
			serve(n, server)
		}()
		return client, nil
	}
	return l
}

type logins struct {
	mu     sync.Mutex
	dialed int
	times  []time.Time
}

func (l *logins) login() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, time.Now())
}

// speak answers commands until the client hangs up or answer says that it is enough.
func speak(c net.Conn, greeting string, answer func(tag, command string) (say string, more bool)) {
	if _, err := io.WriteString(c, greeting+"\r\n"); err != nil {
		return
	}
	buf := make([]byte, 4096)
	line, idling := "", ""
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		line += string(buf[:n])
		for {
			one, rest, whole := strings.Cut(line, "\r\n")
			if !whole {
				break
			}
			line = rest
			tag, command, _ := strings.Cut(one, " ")
			say, more := answer(tag, command)
			switch {
			case command == "IDLE":
				idling = tag
			case tag == "DONE" && say == "":
				say = idling + " OK done"
			}
			if say != "" {
				if _, err := io.WriteString(c, say+"\r\n"); err != nil {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

const pipeGreeting = "* OK [CAPABILITY IMAP4rev1 IDLE] ready"

// ordinary is how a server answers that has nothing to hide.
func ordinary(tag, command string) (string, bool) {
	word, _, _ := strings.Cut(command, " ")
	switch word {
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + " OK done", true
	case "LOGIN":
		// Without the list, go-imap asks for it in a goroutine that then waits for a mutex all through IDLE, and a bubble
		// does not count that as waiting.
		return tag + " OK [CAPABILITY IMAP4rev1 IDLE] done", true
	case "EXAMINE":
		return "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n" + tag + " OK done", true
	case "LIST":
		return `* LIST (\Sent) "/" Sent` + "\r\n" + `* LIST (\Drafts) "/" Drafts` + "\r\n" + `* LIST () "/" INBOX` + "\r\n" + tag + " OK done", true
	case "IDLE":
		return "+ idling", true
	}
	if tag == "DONE" {
		return "", true
	}
	return tag + " OK done", true
}

func bubble(t *testing.T, test func(t *testing.T, m *Mailbox)) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Config{
			Host: "127.0.0.1", Port: 143, Security: "none", Username: "rep",
			Password: func(context.Context) (string, error) { return "secret", nil },
		})
		m.jitter = func() float64 { return 0 } // the worst there is
		defer m.Close()
		test(t, m)
	})
}

func TestWatch_ServerThatLetsInAndDropsSeesFewLogins(t *testing.T) {
	for _, drop := range []string{"CAPABILITY", "EXAMINE", "IDLE"} {
		t.Run(drop, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Mailbox) {
				var l *logins
				l = pipes(m, func(_ int, c net.Conn) {
					speak(c, pipeGreeting, func(tag, command string) (string, bool) {
						if strings.HasPrefix(command, "LOGIN") {
							l.login()
						}
						if strings.HasPrefix(command, drop) {
							return "", false
						}
						return ordinary(tag, command)
					})
				})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				events := make(chan Event)
				go func() {
					for range events { // a reader who syncs at every event
						_, _ = m.Changed(ctx, []mail.Folder{{Name: "INBOX"}}, nil)
					}
				}()
				m.Watch(ctx, events, func(Status) {})
				close(events)
				synctest.Wait()
				if len(l.times) > 12 || len(l.times) < 3 {
					t.Errorf("%d logins in ten minutes", len(l.times))
				}
				t.Logf("%d logins in ten minutes", len(l.times))
			})
		})
	}
}

func TestFault_29_WrongPasswordIsTriedOnceAQuarter(t *testing.T) {
	bubble(t, func(t *testing.T, m *Mailbox) {
		var l *logins
		l = pipes(m, func(_ int, c net.Conn) {
			speak(c, pipeGreeting, func(tag, command string) (string, bool) {
				if strings.HasPrefix(command, "LOGIN") {
					l.login()
					return tag + " NO [AUTHENTICATIONFAILED] Authentication failed.", true
				}
				return ordinary(tag, command)
			})
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		events := make(chan Event)
		go func() {
			for range events {
				_, _ = m.Changed(ctx, []mail.Folder{{Name: "INBOX"}}, nil)
			}
		}()
		var last Status
		m.Watch(ctx, events, func(s Status) { last = s })
		close(events)
		synctest.Wait()
		for i := 1; i < len(l.times); i++ {
			if rest := l.times[i].Sub(l.times[i-1]); rest < 15*time.Minute {
				t.Errorf("login %d came %s after the one before", i+1, rest)
			}
		}
		if len(l.times) < 3 {
			t.Errorf("%d logins in an hour", len(l.times))
		}
		if last.OK || !strings.Contains(last.What, "login refused: [AUTHENTICATIONFAILED] Authentication failed.") || last.Retry.IsZero() {
			t.Errorf("status: %+v", last)
		}
	})
}

func TestFault_30_RestsFromFiveSecondsToTenMinutes(t *testing.T) {
	for name, answer := range map[string]func() (net.Conn, error){
		"connection refused": func() (net.Conn, error) { return nil, syscall.ECONNREFUSED },
		"BYE greeting": func() (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				_, _ = theirs.Write([]byte("* BYE going down\r\n"))
				theirs.Close()
			}()
			return ours, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Mailbox) {
				m.jitter = rand.New(rand.NewPCG(30, 30)).Float64
				var tries []time.Time
				m.dial = func(context.Context, string, string) (net.Conn, error) {
					tries = append(tries, time.Now())
					return answer()
				}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
				defer cancel()
				m.Watch(ctx, make(chan Event), func(Status) {})
				var longest []time.Duration
				for i := 1; i < len(tries); i++ {
					rest := tries[i].Sub(tries[i-1])
					if rest < 5*time.Second || rest > 10*time.Minute {
						t.Errorf("try %d came %s after the one before", i+1, rest)
					}
					if rest >= 8*time.Minute {
						longest = append(longest, rest)
					}
				}
				if len(longest) < 10 {
					t.Fatalf("%d tries in three hours, %d of them after the longest rest", len(tries), len(longest))
				}
				slices.Sort(longest)
				if spread := longest[len(longest)-1] - longest[0]; spread < 30*time.Second {
					t.Errorf("the longest rests differ by no more than %s: where is the jitter?", spread)
				}
			})
		})
	}
}

func TestFault_30_HonoursHowLongTheServerWantsToBeLeftAlone(t *testing.T) {
	for name, refusal := range map[string]string{
		"throttled":   "BAD Request is throttled. Suggested Backoff Time: 924150 milliseconds",
		"unavailable": "NO [UNAVAILABLE] Temporary authentication failure",
		"in use":      "NO [INUSE] locked",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Mailbox) {
				var l *logins
				l = pipes(m, func(_ int, c net.Conn) {
					speak(c, pipeGreeting, func(tag, command string) (string, bool) {
						if strings.HasPrefix(command, "LOGIN") {
							l.login()
							return tag + " " + refusal, true
						}
						return ordinary(tag, command)
					})
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				m.Watch(ctx, make(chan Event), func(Status) {})
				least := 5 * time.Minute
				if name == "throttled" {
					least = 924150 * time.Millisecond
				}
				for i := 1; i < len(l.times); i++ {
					if rest := l.times[i].Sub(l.times[i-1]); rest < least {
						t.Errorf("came back after %v", rest)
					}
				}
				if len(l.times) < 2 {
					t.Error("never came back")
				}
			})
		})
	}
}

func TestWatch_JumpOfTheClockWakesReaderAndConnections(t *testing.T) {
	bubble(t, func(t *testing.T, m *Mailbox) {
		var mu sync.Mutex
		var slept time.Duration
		m.cfg.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(slept)
		}
		dones := 0
		pipes(m, func(_ int, c net.Conn) {
			speak(c, pipeGreeting, func(tag, command string) (string, bool) {
				if tag == "DONE" {
					mu.Lock()
					dones++
					mu.Unlock()
				}
				return ordinary(tag, command)
			})
		})
		m.cfg.Limit = 10 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		defer cancel()
		events := make(chan Event, 10)
		time.AfterFunc(2*time.Minute, func() {
			mu.Lock()
			defer mu.Unlock()
			slept = 3*time.Hour + 12*time.Minute
		})
		m.Watch(ctx, events, func(Status) {})
		close(events)
		var whys []string
		for e := range events {
			whys = append(whys, e.Why)
		}
		if !slices.Contains(whys, "the clock jumped by 3h12m0s") {
			t.Errorf("events: %q", whys)
		}
		if want := 2 * 2; dones != want { // each connection's first, short round, and the one that was cut short
			t.Errorf("%d rounds of IDLE ended, want %d", dones, want)
		}
	})
}

func TestFault_33_ComesBackAfterTheConnectionIsCut(t *testing.T) {
	bubble(t, func(t *testing.T, m *Mailbox) {
		var mu sync.Mutex
		var open []net.Conn
		pipes(m, func(_ int, c net.Conn) {
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			speak(c, pipeGreeting, ordinary)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		events := make(chan Event, 100)
		cut := time.Now().Add(5 * time.Minute)
		time.AfterFunc(5*time.Minute, func() {
			mu.Lock()
			defer mu.Unlock()
			for _, c := range open {
				c.Close()
			}
		})
		back := make(map[string]time.Duration)
		go func() {
			for e := range events {
				if e.Why == "reconnected" {
					back[e.Folder] = time.Since(cut)
				}
			}
		}()
		var healthy []bool
		m.Watch(ctx, events, func(s Status) { healthy = append(healthy, s.OK) })
		close(events)
		synctest.Wait()
		if len(back) != 2 || back["INBOX"] > 7*time.Second || back["Sent"] > 7*time.Second {
			t.Errorf("back after %v", back)
		}
		if want := []bool{true, true, false, false, true, true}; !slices.Equal(healthy, want) {
			t.Errorf("health was told as %v, want %v", healthy, want)
		}
	})
}
