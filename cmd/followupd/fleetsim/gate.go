package fleetsim

// gate lets so many in at a time; the others wait, and go in by turns.
type gate struct {
	most, inside int
	waiting      []func()
}

// enter does something when its turn has come. Whoever went in must leave.
func (g *gate) enter(do func()) {
	if g.inside >= g.most {
		g.waiting = append(g.waiting, do)
		return
	}
	g.inside++
	do()
}

// leave lets the next one in.
func (g *gate) leave() {
	g.inside--
	if len(g.waiting) == 0 {
		return
	}
	next := g.waiting[0]
	g.waiting = g.waiting[1:]
	g.inside++
	next()
}
