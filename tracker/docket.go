package tracker

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Docket keeps by when each thread must be judged again, and judges only those whose time has come or of which something
// changed: a message, what was done or said of it, the policy. What it holds can be thrown away at any time; a new docket over
// the same Mailbox comes to the same.
//
// Of most threads it keeps a few numbers. Only standings that a pass acts on are kept whole: what is due or the rep's to
// review, what has a draft in Drafts, and, for the limits that reach across threads, what was followed up within the last
// month.
//
// Its methods are for the one goroutine of its Mailbox.
type Docket struct {
	m     *Mailbox
	facts Facts
	led   *ledger
	now   time.Time
	ties  int // of the mailbox, when all was judged
	begun bool

	cases  []matter
	free   []int32               // of cases
	of     []int32               // by message, the case of a mail of the rep's; 0: none
	checks checks                // cases by when they must be judged again
	live   map[int32]*Standing   // kept whole, by case
	open   map[int32]struct{}    // those of them that Open gives
	near   map[circle][]int32    // live by the prospects' circles
	counts map[State]int         // of all threads
	struck map[ThreadID]struct{} // scratch of Update: names that threads had before
	again  map[node]struct{}     // scratch of Update: what is to be judged
	drawn  []node                // the same, in order
}

// matter is a thread as the docket knows it.
type matter struct {
	name  ThreadID
	state State
	check int64 // when it must be judged again, in nanoseconds since 1970; 0: never
	since int64 // when it was judged
	last  int32 // the rep's newest message
	outs  int32 // how many messages of the rep's it has; 0: the entry is free
	place int32 // in checks; -1: not there
}

// Round tells what an update of a docket came to.
type Round struct {
	Judged int        // how many threads were judged
	Whole  bool       // all of them
	Gone   []ThreadID // names that no thread goes by any more
}

// NewDocket gives one over a mailbox, of which nothing has been judged yet.
func NewDocket(m *Mailbox) *Docket {
	return &Docket{m: m}
}

// Update judges what changed since the last update, or all at first and where that is the sure way: after a change of the
// policy, or where messages turned out to belong together otherwise. judged is given each new standing, without the limits
// that reach across threads (see Open).
//
// Slices in f that are the very same as at the last update are taken to hold the same.
func (k *Docket) Update(f Facts, now time.Time, judged func(Standing)) Round {
	m := k.m
	moved := m.Changed()
	if !k.begun || k.ties != m.ties || f.Origin != k.facts.Origin || !sameYear(k.now, now, m.policy.Calendar) {
		return k.whole(f, now, judged)
	}
	clear(k.again)
	k.drawn = k.drawn[:0]
	for _, id := range moved {
		if root, ok := m.resolve(id); ok {
			k.draw(root)
		}
	}
	before := k.facts
	if fresh := !sameFacts(before, f); fresh || len(moved) > 0 { // names may lead elsewhere now
		old := k.led
		k.led = m.ledger(f)
		if fresh && !k.concerned(old, before, f) {
			return k.whole(f, now, judged)
		}
	}
	k.facts, k.led.facts = f, f
	k.drawTimes(before.ReadAt, now)
	k.now = now
	return k.judge(judged)
}

// whole judges every thread anew.
func (k *Docket) whole(f Facts, now time.Time, judged func(Standing)) Round {
	m := k.m
	names := make([]ThreadID, 0, len(k.cases))
	for _, c := range k.cases {
		if c.outs > 0 {
			names = append(names, c.name)
		}
	}
	k.begun, k.ties, k.facts, k.now, k.led = true, m.ties, f, now, m.ledger(f)
	k.cases, k.free, k.checks = make([]matter, 1), nil, checks{} // 0 is none
	k.of = make([]int32, len(m.recs))
	k.live, k.open = make(map[int32]*Standing), make(map[int32]struct{})
	k.near, k.counts = make(map[circle][]int32), make(map[State]int)
	k.again, k.struck = make(map[node]struct{}), make(map[ThreadID]struct{})
	roots := m.homes()
	for _, root := range roots {
		k.enter(root, judged)
	}
	r := Round{Judged: len(roots), Whole: true}
	if len(names) > 0 {
		now := make(map[ThreadID]bool, len(k.cases))
		for _, c := range k.cases {
			now[c.name] = true
		}
		r.Gone = slices.DeleteFunc(names, func(id ThreadID) bool { return now[id] })
	}
	return r
}

// judge judges what was drawn.
func (k *Docket) judge(judged func(Standing)) Round {
	for len(k.of) < len(k.m.recs) {
		k.of = append(k.of, 0)
	}
	r := Round{}
	if len(k.drawn) == 0 {
		return r
	}
	clear(k.struck)
	for _, root := range k.drawn {
		if k.m.hasOut(root) {
			k.enter(root, func(s Standing) {
				delete(k.struck, s.Thread)
				if judged != nil {
					judged(s)
				}
			})
			r.Judged++
		}
	}
	for id := range k.struck {
		if root, ok := k.m.resolve(id); !ok || k.m.idOf(root) != id {
			r.Gone = append(r.Gone, id)
		}
	}
	slices.Sort(r.Gone)
	return r
}

// draw has a conversation judged in this update.
func (k *Docket) draw(root node) {
	root = k.m.home(root)
	if _, known := k.again[root]; !known {
		k.again[root] = struct{}{}
		k.drawn = append(k.drawn, root)
	}
}

func (k *Docket) drawCase(c int32) {
	k.draw(k.m.recs[k.cases[c].last].node)
}

// drawTimes has judged what the time alone changes: whose check has come; what was judged later than it is now, for the clock
// was set back; what was due on an unread mailbox, where that changed; and by a new day of the rep's, what speaks of today.
func (k *Docket) drawTimes(readBefore, now time.Time) {
	at := nanos(now)
	for c := k.checks.first(); c != 0 && k.cases[c].check <= at; c = k.checks.first() {
		k.uncheck(c)
		k.drawCase(c)
	}
	if now.Before(k.now) {
		for c := range k.cases {
			if k.cases[c].outs > 0 && k.cases[c].since > at {
				k.drawCase(int32(c))
			}
		}
	}
	today := k.m.policy.Calendar.SameDay(k.now, now)
	for c := range k.open {
		s := k.live[c]
		unread := s.State == Due && s.Next != nil && readBefore.Before(s.Next.At) != k.facts.ReadAt.Before(s.Next.At)
		if unread || !today && s.State == Drafted {
			k.drawCase(c)
		}
	}
	if !today {
		for c, s := range k.live {
			if !s.open() && !tried(s, now) {
				k.drawCase(c)
			}
		}
	}
}

// enter judges a conversation and notes when that must be done again.
func (k *Docket) enter(root node, judged func(Standing)) {
	m := k.m
	s := m.judgeAt(root, k.led, k.now)
	s.Reasons = slices.Clip(s.Reasons) // whoever adds to them makes a list of their own
	last := int32(-1)
	outs := int32(0)
	m.eachOut(root, func(i int) {
		outs++
		if last < 0 || m.compare(i, int(last)) > 0 {
			last = int32(i)
		}
		k.leave(k.of[i])
	})
	c := k.newCase()
	k.cases[c] = matter{name: s.Thread, state: s.State, since: nanos(k.now), last: last, outs: outs, place: -1}
	m.eachOut(root, func(i int) { k.of[i] = c })
	if s.Check.After(k.now) {
		k.cases[c].check = nanos(s.Check)
		k.checks.push(k.cases, c)
	}
	k.counts[s.State]++
	if s.open() {
		k.open[c] = struct{}{}
	}
	if s.open() || tried(&s, k.now) {
		kept := s
		k.live[c] = &kept
		for _, near := range k.circles(&kept) {
			k.near[near] = append(k.near[near], c)
		}
	}
	if judged != nil {
		judged(s)
	}
}

// leave takes a message of the rep's out of a case, and strikes the case off with its last.
func (k *Docket) leave(c int32) {
	if c == 0 {
		return
	}
	x := &k.cases[c]
	if x.outs--; x.outs > 0 {
		return
	}
	k.struck[x.name] = struct{}{}
	k.uncheck(c)
	if k.counts[x.state]--; k.counts[x.state] == 0 {
		delete(k.counts, x.state)
	}
	if s := k.live[c]; s != nil {
		for _, near := range k.circles(s) {
			if k.near[near] = slices.DeleteFunc(k.near[near], func(o int32) bool { return o == c }); len(k.near[near]) == 0 {
				delete(k.near, near)
			}
		}
		delete(k.live, c)
		delete(k.open, c)
	}
	*x = matter{}
	k.free = append(k.free, c)
}

func (k *Docket) newCase() int32 {
	if n := len(k.free); n > 0 {
		c := k.free[n-1]
		k.free = k.free[:n-1]
		return c
	}
	k.cases = append(k.cases, matter{})
	return int32(len(k.cases) - 1)
}

func (k *Docket) uncheck(c int32) {
	k.checks.remove(k.cases, c)
	k.cases[c].check = 0
}

// open says that a pass may act on a standing.
func (s *Standing) open() bool { return s.State == Due || s.State == Review || s.Draft != nil }

// tried says that a thread was followed up so lately that it weighs on others.
func tried(s *Standing, now time.Time) bool {
	return slices.ContainsFunc(s.FollowedUp, func(at time.Time) bool { return now.Before(at.Add(month)) })
}

// circles gives how far the limits of a thread reach: its prospects' companies, and single addresses of free mail.
func (k *Docket) circles(s *Standing) []circle {
	var all []circle
	for _, p := range s.Prospects {
		if w, ok := k.m.byAddr[p.Address]; ok {
			if c := k.m.circle(w); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// Counts gives how many threads stand how.
func (k *Docket) Counts() map[State]int { return maps.Clone(k.counts) }

// Next gives when the next thread must be judged again; zero: none ever.
func (k *Docket) Next() time.Time {
	if c := k.checks.first(); c != 0 {
		return time.Unix(0, k.cases[c].check).UTC()
	}
	return time.Time{}
}

// Open gives the standings that a pass may act on, the oldest silence first: as JudgeAll gives them of the threads that are
// due, for review, or with a draft in Drafts.
func (k *Docket) Open() []Standing {
	var all []Standing
	for _, c := range k.inOrder(maps.Keys(k.open)) {
		all = append(all, *k.live[c])
	}
	k.pressure(all).tell(all)
	return all
}

// Agenda is Agenda over what Open gave, whatever a caller has laid over it.
func (k *Docket) Agenda(open []Standing, ignoreHours bool) (draft []Standing, held map[ThreadID]string) {
	p := &k.m.policy
	var today dayDrafts
	if slices.ContainsFunc(open, func(s Standing) bool { return s.State == Due }) { // else nobody asks, and to count is to judge
		today = k.draftsToday()
	}
	return agenda(open, k.pressure(open), today, k.facts.ReadAt, p, k.now, ignoreHours)
}

// pressure weighs what could keep those of some standings back that are due.
func (k *Docket) pressure(open []Standing) *pressure {
	weigh := make(map[int32]struct{})
	asked := make(map[circle]struct{})
	for i := range open {
		if open[i].State != Due {
			continue
		}
		for _, near := range k.circles(&open[i]) {
			if _, known := asked[near]; known {
				continue
			}
			asked[near] = struct{}{}
			for _, c := range k.near[near] {
				weigh[c] = struct{}{}
			}
		}
	}
	x := newPressure(nil, &k.m.policy, k.now)
	for _, c := range k.inOrder(maps.Keys(weigh)) {
		x.weigh(k.live[c])
	}
	return x
}

// draftsToday counts the day's drafts.
func (k *Docket) draftsToday() dayDrafts {
	n := dayDrafts{of: make(map[string]int)}
	for _, d := range k.led.createdAbout(k.now) {
		if !d.counts() || !k.m.policy.Calendar.SameDay(d.Created, k.now) {
			continue
		}
		var pace Pace
		if root, ok := k.m.resolve(d.Thread); ok && k.m.hasOut(root) && k.m.idOf(root) == d.Thread {
			pace = k.m.policy.PaceOf(k.m.judgeAt(root, k.led, k.now))
		}
		n.count(pace)
	}
	return n
}

// inOrder sorts cases by the rep's newest message, as Threads does.
func (k *Docket) inOrder(cases func(yield func(int32) bool)) []int32 {
	return slices.SortedFunc(cases, func(a, b int32) int {
		return k.m.compare(int(k.cases[a].last), int(k.cases[b].last))
	})
}

func nanos(t time.Time) int64 {
	switch {
	case t.Year() < 1700:
		return math.MinInt64
	case t.Year() > 2250: // beyond what an int64 of nanoseconds holds
		return math.MaxInt64
	}
	return t.UnixNano()
}

func sameYear(a, b time.Time, c Calendar) bool {
	return a.In(c.zone()).Year() == b.In(c.zone()).Year()
}
