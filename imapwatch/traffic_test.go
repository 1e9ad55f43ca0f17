package imapwatch

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

func TestTraffic_CountsWhatGoesOverTheWire(t *testing.T) {
	a := imaptest.Dovecot(t).User(t)
	traffic := new(Traffic)
	cfg := forAccount(t, a)
	cfg.Traffic = traffic
	m := mailbox(t, cfg)
	source := letter("ours", "rep@acme.example", "Re: Offer")
	if _, err := m.Append(t.Context(), source, day); err != nil {
		t.Fatal(err)
	}
	first := traffic.Counts()
	if first.Connected == 0 || first.Commands == 0 || first.Commands != m.Commands() || first.Sent <= int64(len(source)) || first.Received == 0 {
		t.Errorf("counted %+v for an APPEND of %d bytes", first, len(source))
	}
	if _, _, err := m.Look(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	again := mailbox(t, cfg) // as a changed configuration makes one
	if _, err := again.Folders(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := traffic.Counts()
	if second.Connected <= first.Connected || second.Commands <= first.Commands || second.Received <= first.Received {
		t.Errorf("from %+v the counts went to %+v", first, second)
	}
	if second.Lost != 0 || second.AppendsFailed != 0 || second.ConnectsFailed != [Causes]int64{} {
		t.Errorf("failures are counted where there were none: %+v", second)
	}
}

func TestTraffic_CountsFailuresByTheirCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause  Cause
		faults faultserver.Faults
		change func(*Config)
	}{
		{CauseNetwork, faultserver.Faults{Refuse: true}, nil},
		{CauseTLS, faultserver.Faults{}, func(c *Config) { c.Security = "tls" }},
		{CauseLogin, faultserver.Faults{Answers: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] no"}}, nil},
		{CauseBusy, faultserver.Faults{Answers: map[string]string{"LOGIN": "NO [UNAVAILABLE] later"}}, nil},
		{CauseSecret, faultserver.Faults{}, func(c *Config) {
			c.Password = func(context.Context) (string, error) { return "", errors.New("the safe is shut") }
		}},
		{CauseLost, faultserver.Faults{Drop: "LOGIN"}, nil},
	} {
		t.Run(c.cause.String(), func(t *testing.T) {
			t.Parallel()
			server, cfg := onFaultServer(t, faultserver.Options{})
			server.Set(c.faults)
			cfg.Traffic, cfg.Limit = new(Traffic), 2*time.Second
			if c.change != nil {
				c.change(&cfg)
			}
			if _, err := mailbox(t, cfg).open(t.Context(), nil); err == nil {
				t.Fatal("it connects")
			}
			got, want := cfg.Traffic.Counts(), [Causes]int64{}
			want[c.cause] = 1
			if d := cmp.Diff(got.ConnectsFailed, want); d != "" || got.Connected != 0 {
				t.Errorf("%d connected; failed (-), want (+):\n%s", got.Connected, d)
			}
		})
	}
}

// A login that the server refused is not asked again at once: what is spared is no further failure.
func TestTraffic_RefusedLoginCountsOnceWhileItIsSpared(t *testing.T) {
	server, cfg := onFaultServer(t, faultserver.Options{})
	server.Set(faultserver.Faults{Answers: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] no"}})
	cfg.Traffic = new(Traffic)
	m := mailbox(t, cfg)
	for range 5 {
		if _, err := m.open(t.Context(), nil); err == nil {
			t.Fatal("it logs in")
		}
	}
	asked := server.Count("LOGIN")
	if got := cfg.Traffic.Counts().ConnectsFailed[CauseLogin]; got != int64(asked) || asked == 5 {
		t.Errorf("%d refused logins are counted, the server was asked %d times", got, asked)
	}
}

func TestTraffic_CountsAppendsThatFailAndLostConnections(t *testing.T) {
	server, cfg := onFaultServer(t, faultserver.Options{})
	cfg.Traffic = new(Traffic)
	m := mailbox(t, cfg)
	server.Set(faultserver.Faults{Append: faultserver.AppendRefused, Answer: "NO [OVERQUOTA] the mailbox is full"})
	if _, err := m.Append(t.Context(), letter("a", "rep@acme.example", "Re: Offer"), day); err == nil {
		t.Fatal("a full mailbox takes a draft")
	}
	if got := cfg.Traffic.Counts(); got.AppendsFailed != 1 || got.Lost != 0 {
		t.Errorf("after a refused APPEND: %+v", got)
	}
	server.Set(faultserver.Faults{Append: faultserver.AppendAnswerLost})
	if _, err := m.Append(t.Context(), letter("b", "rep@acme.example", "Re: Offer"), day); err == nil {
		t.Fatal("an APPEND without an answer succeeds")
	}
	if got := cfg.Traffic.Counts(); got.AppendsFailed != 2 || got.Lost != 1 {
		t.Errorf("after one whose answer was lost: %+v", got)
	}
}

// echo is a connection that takes and gives everything.
type echo struct{ net.Conn }

func (echo) Read(p []byte) (int, error)  { return len(p), nil }
func (echo) Write(p []byte) (int, error) { return len(p), nil }

// What every Read and Write of a connection passes must cost nothing but the counting.
func TestTraffic_CountingAllocatesNothing(t *testing.T) {
	c := metered{echo{}, new(Traffic)}
	p := make([]byte, 512)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Read(p); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(p); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a Read and a Write cost %g allocations", n)
	}
}
