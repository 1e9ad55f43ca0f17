package tracker

// checks orders the cases of a docket by when they must be judged again: a binary heap in which every case knows its place,
// so that one can be taken out of the middle. Each change costs the logarithm of their number.
type checks struct{ heap []int32 }

// first gives the case whose time comes first; 0: there is none.
func (h *checks) first() int32 {
	if len(h.heap) == 0 {
		return 0
	}
	return h.heap[0]
}

func (h *checks) push(cases []matter, c int32) {
	cases[c].place = int32(len(h.heap))
	h.heap = append(h.heap, c)
	h.up(cases, len(h.heap)-1)
}

// remove takes a case out; one that is not there is left alone.
func (h *checks) remove(cases []matter, c int32) {
	at := int(cases[c].place)
	if at < 0 || at >= len(h.heap) || h.heap[at] != c {
		return
	}
	last := len(h.heap) - 1
	h.swap(cases, at, last)
	h.heap = h.heap[:last]
	cases[c].place = -1
	if at < last {
		h.down(cases, at)
		h.up(cases, at)
	}
}

func (h *checks) swap(cases []matter, i, j int) {
	h.heap[i], h.heap[j] = h.heap[j], h.heap[i]
	cases[h.heap[i]].place, cases[h.heap[j]].place = int32(i), int32(j)
}

func (h *checks) up(cases []matter, i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if cases[h.heap[parent]].check <= cases[h.heap[i]].check {
			return
		}
		h.swap(cases, i, parent)
		i = parent
	}
}

func (h *checks) down(cases []matter, i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h.heap); child++ {
			if cases[h.heap[child]].check < cases[h.heap[least]].check {
				least = child
			}
		}
		if least == i {
			return
		}
		h.swap(cases, i, least)
		i = least
	}
}
