package llm

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestQueue_MailboxesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewEndpoints().line("http://x.example/v1/", "anna", 1)
		if err := l.queue.enter(t.Context(), "anna"); err != nil {
			t.Fatal(err)
		}
		order := make(chan string, 6)
		wait := func(mailbox string) {
			go func() {
				if err := l.queue.enter(t.Context(), mailbox); err != nil {
					t.Error(err)
				}
				order <- mailbox
				l.queue.leave()
			}()
			synctest.Wait()
		}
		for _, mailbox := range []string{"anna", "anna", "anna", "ben", "cy"} {
			wait(mailbox)
		}
		l.queue.leave()
		synctest.Wait()
		var got string
		for range 5 {
			got += <-order + " "
		}
		if want := "anna ben cy anna anna "; got != want {
			t.Errorf("in the order %q, want %q", got, want)
		}
	})
}

func TestQueue_LetsNoMoreInThanTheSmallestNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := NewEndpoints()
		all.line("http://x.example/v1", "anna", 5)
		l := all.line("http://x.example/v1", "ben", 2)
		other := all.line("http://y.example/v1", "ben", 1)
		inside := 0
		for range 4 {
			go func() {
				if l.queue.enter(t.Context(), "anna") == nil {
					inside++ // nobody leaves, and the bubble runs one after the other
				}
			}()
			synctest.Wait()
		}
		if inside != 2 {
			t.Errorf("%d inside, want 2", inside)
		}
		if err := other.queue.enter(t.Context(), "ben"); err != nil {
			t.Errorf("another endpoint waits, too: %v", err)
		}
		all.line("http://x.example/v1", "ben", 5)
		synctest.Wait()
		if inside != 4 {
			t.Errorf("%d inside after the limit rose, want 4", inside)
		}
	})
}

// A mailbox with 500 texts to write holds one with a single text up by no more than the calls that are under way.
func TestQueue_ManyTextsOfOneMailboxStarveNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const call = 5 * time.Second
		l := NewEndpoints().line("http://x.example/v1", "anna", 2)
		l.queue.limit("ben", 2)
		written := make(map[string]int)
		var last time.Duration
		began := time.Now()
		var wg sync.WaitGroup
		ask := func(mailbox string, done func()) {
			wg.Go(func() {
				if err := l.queue.enter(t.Context(), mailbox); err != nil {
					t.Error(err)
					return
				}
				time.Sleep(call)
				l.queue.leave()
				done()
			})
		}
		var mu sync.Mutex
		count := func(mailbox string) func() {
			return func() {
				mu.Lock()
				defer mu.Unlock()
				written[mailbox]++
				last = time.Since(began)
			}
		}
		for range 500 {
			ask("anna", count("anna"))
		}
		synctest.Wait()
		time.Sleep(time.Minute)
		came := time.Now()
		ask("ben", func() {
			if waited := time.Since(came); waited > 2*call {
				t.Errorf("one text was there after %s, of which its own call took %s", waited, call)
			}
		})
		wg.Wait()
		if written["anna"] != 500 || last > 501*call/2+call {
			t.Errorf("%d texts in %s: places stood empty", written["anna"], last)
		}
	})
}

func TestQueue_NumberOfAMailboxThatIsGoneCountsNoMore(t *testing.T) {
	all := NewEndpoints()
	open := func(mailbox string, most int) *Model {
		c := Config{Mailbox: mailbox, BaseURL: "http://x.example/v1", Model: "stub", Concurrency: most}
		return NewModel(c, &Meter{}, all, time.Now, slog.New(slog.DiscardHandler))
	}
	anna, ben := open("anna", 1), open("ben", 3)
	enter := func() {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // who does not get in at once gives up
		_ = ben.line.queue.enter(ctx, "ben")
	}
	enter()
	enter()
	if got := inside(ben); got != 1 {
		t.Fatalf("%d inside, want 1", got)
	}
	anna.Close()
	enter()
	if got := inside(ben); got != 2 {
		t.Errorf("%d inside after the mailbox with the smallest number is gone, want 2", got)
	}
}

func inside(m *Model) int {
	m.line.queue.mu.Lock()
	defer m.line.queue.mu.Unlock()
	return m.line.queue.inside
}

func TestQueue_WhoGivesUpKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewEndpoints().line("http://x.example/v1", "anna", 1)
		if err := l.queue.enter(t.Context(), "anna"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.queue.enter(ctx, "ben"); err == nil {
			t.Error("two inside where one may be")
		}
		l.queue.leave()
		if err := l.queue.enter(t.Context(), "cy"); err != nil {
			t.Error(err)
		}
	})
}

func TestBreaker_OfAnEndpointIsSharedButNotOfAKey(t *testing.T) {
	for _, tt := range []struct{ status, calls int }{{http.StatusInternalServerError, failuresToRest}, {http.StatusUnauthorized, failuresToRest + 1}} {
		s := script(t, said{raw: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(tt.status) }})
		all := NewEndpoints()
		open := func(mailbox string) *Model {
			return NewModel(Config{Mailbox: mailbox, BaseURL: s.URL + "/v1", Model: "stub"}, &Meter{}, all, func() time.Time { return now }, slog.New(slog.DiscardHandler))
		}
		anna, ben := open("anna"), open("ben")
		for range 6 {
			if _, err := anna.ask(t.Context(), nil, nil); err == nil {
				t.Error("a failure is taken for an answer")
			}
		}
		if _, err := ben.ask(t.Context(), nil, nil); err == nil {
			t.Error("a failure is taken for an answer")
		}
		if got := int(s.hits.Load()); got != tt.calls {
			t.Errorf("status %d: %d calls of two mailboxes, want %d", tt.status, got, tt.calls)
		}
	}
}

func TestMeter_MoneyOfADay(t *testing.T) {
	price := Price{In: 1, Out: 10}
	m := &Meter{}
	for i, want := range []string{"<nil>", "<nil>", "today's 0.01 of money for the model are used up"} {
		err := m.begin(now, 1000, Limits{Money: 0.009}, price)
		if fmt.Sprint(err) != want {
			t.Errorf("call %d: %v, want %s", i+1, err, want)
		}
		if err == nil {
			if err := m.end(now, 1000, 1200, 300, price); err != nil { // 0.0042 in all
				t.Fatal(err)
			}
		}
	}
	if got := m.Today(now); got.Calls != 2 || got.Tokens != 3000 || got.Money < 0.0083 || got.Money > 0.0085 {
		t.Errorf("counted %+v", got)
	}
	if err := m.begin(now.AddDate(0, 0, 1), 1000, Limits{Money: 0.009}, price); err != nil {
		t.Errorf("the next day: %v", err)
	}
	for day := range 2 * daysKept {
		if err := m.begin(now.AddDate(0, 0, day+1), 1, Limits{}, price); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.Days()); n != daysKept {
		t.Errorf("%d days kept, want %d", n, daysKept)
	}
}

// TestMeter_CallsSideBySideKeepTheLimit holds that a call counts before it is answered.
func TestMeter_CallsSideBySideKeepTheLimit(t *testing.T) {
	m := &Meter{}
	if err := m.begin(now, 600, Limits{Tokens: 1000}, Price{}); err != nil {
		t.Fatal(err)
	}
	if err := m.begin(now, 600, Limits{Tokens: 1000}, Price{}); err == nil {
		t.Error("two calls of 600 tokens are under way with 1000 a day")
	}
}

// The day's count is bounded by its limits; what was asked in all is told to Prometheus, and only goes up.
func TestMeter_TotalsGoOnOverTheDays(t *testing.T) {
	m, err := OpenMeter("")
	if err != nil {
		t.Fatal(err)
	}
	price := Price{In: 2, Out: 10}
	for day := range 2 {
		now := time.Date(2026, 3, 2+day, 10, 0, 0, 0, time.UTC)
		if err := m.begin(now, 1000, Limits{}, price); err != nil {
			t.Fatal(err)
		}
		if err := m.end(now, 1000, 1500, 200, price); err != nil {
			t.Fatal(err)
		}
	}
	m.failed()
	got, want := m.Totals(), Totals{Calls: 2, Errors: 1, Tokens: 3400, Money: 0.01}
	if math.Abs(got.Money-want.Money) > 1e-9 {
		t.Errorf("%g of money, want %g", got.Money, want.Money)
	}
	if got.Money = want.Money; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if days := m.Days(); len(days) != 2 || days[0].Tokens != 1700 {
		t.Errorf("by the day: %+v", days)
	}
}
