package share

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// fleet plays workers that take turns in a random order, on locks as PostgreSQL's: who comes first has it.
type fleet struct {
	workers map[uint32]*Balance
	holder  map[int32]uint32
	leaving map[uint32]bool
	moves   int // mailboxes that were taken
	looks   int // at all locks
	order   *rand.Rand
}

func newFleet() *fleet {
	const seed = 11
	return &fleet{
		workers: make(map[uint32]*Balance), holder: make(map[int32]uint32), leaving: make(map[uint32]bool),
		order: rand.New(rand.NewPCG(seed, seed)),
	}
}

func (f *fleet) join(worker uint32, mine []int32) {
	f.workers[worker] = new(Balance)
	f.workers[worker].List(mine)
}

// die ends a worker without a word.
func (f *fleet) die(worker uint32) {
	delete(f.workers, worker)
	for id, w := range f.holder {
		if w == worker {
			delete(f.holder, id)
		}
	}
}

func (f *fleet) members() []Member {
	holds := make(map[uint32]int)
	for _, w := range f.holder {
		holds[w]++
	}
	var all []Member
	for w := range f.workers {
		all = append(all, Member{PID: w, Holds: holds[w], Leaving: f.leaving[w]})
	}
	slices.SortFunc(all, func(a, b Member) int { return cmp.Compare(a.PID, b.PID) })
	return all
}

// beat lets every worker see the numbers that all have told by then, look where it wants to, and act. It gives how many did.
func (f *fleet) beat() (acts int) {
	members := f.members()
	var names []uint32
	for _, m := range members {
		if !m.Leaving {
			names = append(names, m.PID)
		}
	}
	turns := slices.Clone(names)
	f.order.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	for _, w := range turns {
		b := f.workers[w]
		if !b.Beat(w, members) {
			continue
		}
		act := func(take []int32, most int) {
			for _, id := range take {
				if _, held := f.holder[id]; !held && most > 0 {
					f.holder[id] = w
					f.moves++
					most--
				}
			}
		}
		if take, most, ok := b.Guess(w, func(id int32) bool { return f.holder[id] == w }); ok {
			act(take, most)
			acts++
			continue
		}
		acts++
		f.looks++
		holder := make(map[int32]uint32)
		for id, w := range f.holder {
			holder[id] = w
		}
		take, most, leave := b.Decide(Sight{Me: w, Workers: names, Holder: holder})
		for _, id := range leave {
			delete(f.holder, id)
		}
		act(take, most)
	}
	return acts
}

// settle gives the number of beats until nobody has anything to do.
func (f *fleet) settle(t *testing.T) int {
	t.Helper()
	for n := range 60 {
		if f.beat() == 0 {
			return n
		}
	}
	t.Fatalf("not settled after 60 beats: %v", f.counts())
	return 0
}

// counts gives how many mailboxes each worker has, the fewest first.
func (f *fleet) counts() []int {
	var list []int
	for _, m := range f.members() {
		list = append(list, m.Holds)
	}
	slices.Sort(list)
	return list
}

func numbers(from, n int32) []int32 {
	var ids []int32
	for i := range n {
		ids = append(ids, from+i)
	}
	return ids
}

func TestBalance_EvensOutWhoeverComesAndGoes(t *testing.T) {
	all := numbers(1, 100)
	f := newFleet()
	f.join(1, all)
	check := func(what string, most int, want ...int) {
		t.Helper()
		f.moves = 0
		beats := f.settle(t)
		if got := f.counts(); !slices.Equal(got, want) {
			t.Errorf("%s: counts %v, want %v", what, got, want)
		}
		if f.moves > most {
			t.Errorf("%s: %d mailboxes moved, %d would do", what, f.moves, most)
		}
		if beats > 7 {
			t.Errorf("%s: settled after %d beats", what, beats)
		}
	}
	check("alone", 100, 100)
	f.join(2, all)
	check("a second", 50, 50, 50)
	f.join(3, all)
	check("a third", 33, 33, 33, 34)
	f.die(1)
	check("one dies", 34, 50, 50)
	for w := range uint32(10) {
		f.join(10+w, all)
	}
	check("ten more at once", 100, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9)
	f.die(12)
	f.die(13)
	f.join(30, all)
	check("two die and one comes", 17, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10)
}

func TestBalance_FewerMailboxesThanWorkers(t *testing.T) {
	f := newFleet()
	for w := range uint32(5) {
		f.join(1+w, numbers(1, 3))
	}
	f.settle(t)
	if got, want := f.counts(), []int{0, 0, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// Looking costs the server in proportion to all mailboxes, so nobody does where nothing is to be done, and few times where
// something is.
func TestBalance_LooksOnlyWhereThereIsSomethingToDo(t *testing.T) {
	const workers = 50
	f := newFleet()
	for w := range uint32(workers) {
		f.join(1+w, numbers(1, 1000))
	}
	f.settle(t)
	f.looks = 0
	for range 200 {
		f.beat()
	}
	if f.looks > 0 {
		t.Errorf("%d looks while nothing changes", f.looks)
	}
	f.die(7)
	f.settle(t)
	if f.looks > 2*workers {
		t.Errorf("%d looks of %d workers after one died, want two each at most", f.looks, workers-1)
	}
}

// At the start of a whole fleet everybody lacks mailboxes and nearly all are free: nobody needs to look which.
func TestBalance_StartsWithoutLookingAtAllLocks(t *testing.T) {
	const workers = 20
	f := newFleet()
	for w := range uint32(workers) {
		f.join(1+w, numbers(1, 2000))
	}
	f.settle(t)
	if got := f.counts(); got[0] != 100 || got[workers-1] != 100 {
		t.Errorf("between %d and %d mailboxes each, want 100", got[0], got[workers-1])
	}
	if f.looks > 2*workers {
		t.Errorf("%d looks of %d workers, want two each at most", f.looks, workers)
	}
}

// Many that start together must not each begin with everything because they do not see each other yet.
func TestBalance_TakesNoMoreThanSomeAtOnce(t *testing.T) {
	f := newFleet()
	f.join(1, numbers(1, 5000))
	f.beat()
	if got := len(f.holder); got != mostFirst {
		t.Errorf("%d mailboxes taken at the first look, want %d", got, mostFirst)
	}
	f.beat()
	if got := len(f.holder); got != 3*mostFirst {
		t.Errorf("%d mailboxes taken at two looks, want %d", got, 3*mostFirst)
	}
	f.join(2, numbers(1, 5000))
	if f.beat(); len(f.holder) > 5*mostFirst {
		t.Errorf("%d mailboxes are taken once a second worker is there", len(f.holder))
	}
	f.settle(t)
	if got := len(f.holder); got != 5000 {
		t.Errorf("%d mailboxes are worked in the end", got)
	}
}

// A large fleet that starts takes longer than the patience with free mailboxes: who has enough leaves them all the same to those
// who are still taking, and all are even in the end.
func TestBalance_SlowStartEndsEvenly(t *testing.T) {
	f := newFleet()
	for w := range uint32(3) {
		f.join(1+w, numbers(1, 6000))
	}
	for range 60 {
		f.beat()
	}
	if got, want := f.counts(), []int{2000, 2000, 2000}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// One who stops gives its mailboxes back as their work ends: the others take what is free at each beat.
func TestBalance_TakesWhatALeavingWorkerGivesBack(t *testing.T) {
	f := newFleet()
	for w := range uint32(4) {
		f.join(1+w, numbers(1, 80))
	}
	f.settle(t)
	f.leaving[2] = true
	for n := 0; n < 20; n++ {
		for id, w := range f.holder {
			if w == 2 {
				delete(f.holder, id)
				break
			}
		}
		f.beat()
		if free := 80 - len(f.holder); n > 2 && free > 4 {
			t.Fatalf("%d mailboxes are free after %d were given back", free, n+1)
		}
	}
	f.die(2)
	f.settle(t)
	if got, want := f.counts(), []int{26, 27, 27}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// A mailbox that nobody can work is tried by everybody in turn, and no more often than a minute's rest allows.
func TestBalance_MailboxThatAlwaysFails(t *testing.T) {
	f := newFleet()
	for w := range uint32(10) {
		f.join(1+w, numbers(1, 100))
	}
	f.settle(t)
	const broken, beats = 17, 600
	f.looks = 0
	tries := 0
	for range beats {
		if w, held := f.holder[broken]; held {
			tries++
			delete(f.holder, broken)
			f.workers[w].Failed(broken)
		}
		f.beat()
	}
	if tries == 0 || tries > 10*beats/restFor {
		t.Errorf("%d tries in %d beats, want some, and at most one a minute each", tries, beats)
	}
	if most := 10 * beats / 6; f.looks > most {
		t.Errorf("%d looks in %d beats, want at most %d", f.looks, beats, most)
	}
	if len(f.holder) < 99 {
		t.Errorf("%d of the 99 others are worked", len(f.holder))
	}
}

// A worker of an earlier version does not say how many it holds: the locks are looked at every quarter of a minute.
func TestBalance_BesideAnOlderVersion(t *testing.T) {
	b := new(Balance)
	b.List(numbers(1, 10))
	members := []Member{{PID: 1, Holds: 0}, {PID: 2, Holds: Unsaid}}
	looks := 0
	for range 60 {
		if b.Beat(1, members) {
			looks++
			b.Decide(Sight{Me: 1, Workers: []uint32{1, 2}, Holder: map[int32]uint32{1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2}})
		}
	}
	if looks != 4 {
		t.Errorf("%d looks in a minute, want 4", looks)
	}
}

// A mailbox that only one worker's files name, then two's, is counted by those who do not know it, too: they notice what is
// left by others all the same.
func TestBalance_FilesThatComeLater(t *testing.T) {
	f := newFleet()
	for w := range uint32(3) {
		f.join(1+w, numbers(1, 9))
	}
	f.settle(t)
	f.workers[1].List(numbers(1, 12))
	for range 40 {
		f.beat()
	}
	if len(f.holder) != 12 {
		t.Fatalf("%d of 12 mailboxes are worked", len(f.holder))
	}
	left := f.holder[5]
	delete(f.holder, 5)
	f.workers[left].Failed(5)
	f.workers[left].List(slices.DeleteFunc(slices.Clone(f.workers[left].mine), func(id int32) bool { return id == 5 }))
	for n := 0; len(f.holder) < 12; n++ {
		if f.beat(); n > 20 {
			t.Fatal("nobody works the mailbox that was left")
		}
	}
}

// Workers whose files differ, as while new ones are handed out, must leave none unworked, and must not hand one to and fro.
func TestBalance_FilesThatDiffer(t *testing.T) {
	f := newFleet()
	f.join(1, numbers(1, 30))
	f.join(2, numbers(1, 30))
	f.join(3, numbers(25, 8))
	for range 60 {
		f.beat()
	}
	if len(f.holder) != 32 {
		t.Fatalf("%d of 32 mailboxes are worked", len(f.holder))
	}
	f.moves = 0
	for range 200 {
		f.beat()
	}
	if f.moves > 0 || len(f.holder) != 32 {
		t.Errorf("%d moves after all were worked, %d are worked; want 0 and 32", f.moves, len(f.holder))
	}
}
