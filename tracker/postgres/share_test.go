package postgres

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// fleet plays workers that look and take turns in a random order, on locks as PostgreSQL's: who comes first has it.
type fleet struct {
	workers map[uint32]*balance
	holder  map[int32]uint32
	moves   int // mailboxes that were taken
}

func newFleet() *fleet {
	return &fleet{workers: make(map[uint32]*balance), holder: make(map[int32]uint32)}
}

func (f *fleet) join(worker uint32, mine []int32) { f.workers[worker] = &balance{mine: mine} }

// die ends a worker without a word.
func (f *fleet) die(worker uint32) {
	delete(f.workers, worker)
	for id, w := range f.holder {
		if w == worker {
			delete(f.holder, id)
		}
	}
}

// round lets every worker look at what all see, and then act on what it saw, which may be old by then. It says whether all
// were content.
func (f *fleet) round() (settled bool) {
	names := make([]uint32, 0, len(f.workers))
	for w := range f.workers {
		names = append(names, w)
	}
	slices.Sort(names)
	rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	holder := make(map[int32]uint32)
	for id, w := range f.holder {
		holder[id] = w
	}
	settled = true
	for _, w := range names {
		take, leave, content := f.workers[w].decide(sight{me: w, workers: names, holder: holder})
		settled = settled && content
		for _, id := range leave {
			delete(f.holder, id)
		}
		for _, id := range take {
			if _, held := f.holder[id]; !held {
				f.holder[id] = w
				f.moves++
			}
		}
	}
	return settled
}

// settle gives the number of rounds until all are content.
func (f *fleet) settle(t *testing.T) int {
	t.Helper()
	for n := range 40 {
		if f.round() {
			return n
		}
	}
	t.Fatalf("not settled after 40 rounds: %v", f.counts())
	return 0
}

// counts gives how many mailboxes each worker has, the fewest first.
func (f *fleet) counts() []int {
	by := make(map[uint32]int)
	for _, w := range f.holder {
		by[w]++
	}
	var list []int
	for w := range f.workers {
		list = append(list, by[w])
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
		rounds := f.settle(t)
		if got := f.counts(); !slices.Equal(got, want) {
			t.Errorf("%s: counts %v, want %v", what, got, want)
		}
		if f.moves > most {
			t.Errorf("%s: %d mailboxes moved, %d would do", what, f.moves, most)
		}
		if rounds > 6 {
			t.Errorf("%s: settled after %d rounds", what, rounds)
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

// Workers whose files differ, as while new ones are handed out, must leave none unworked, and must not hand one to and fro.
func TestBalance_FilesThatDiffer(t *testing.T) {
	f := newFleet()
	f.join(1, numbers(1, 30))
	f.join(2, numbers(1, 30))
	f.join(3, numbers(25, 8))
	for range 40 {
		f.round()
	}
	if len(f.holder) != 32 {
		t.Fatalf("%d of 32 mailboxes are worked", len(f.holder))
	}
	f.moves = 0
	for range 50 {
		f.round()
	}
	if f.moves > 0 || len(f.holder) != 32 {
		t.Errorf("%d moves after all were worked, %d are worked; want 0 and 32", f.moves, len(f.holder))
	}
}
