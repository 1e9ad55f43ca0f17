package metrics

import (
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector tells what there is to tell of a process and its mailboxes, anew at each collection.
type Collector struct {
	ofProcess []family[Process]
	ofMailbox []family[Mailbox]

	turn    sync.Mutex // of collecting: a registry may be asked by several at once
	collect func(p *Process)
	told    Process
}

var _ prometheus.Collector = (*Collector)(nil)

// NewCollector gives one that tells what collect tells of the process at that moment. collect is handed what it told the last
// time, to be told anew; it is called by one goroutine at a time.
func NewCollector(collect func(p *Process)) *Collector {
	return &Collector{ofProcess: ofProcess(), ofMailbox: ofMailbox(), collect: collect}
}

// Describe tells which metrics there may be.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range c.ofProcess {
		ch <- f.desc
	}
	for _, f := range c.ofMailbox {
		ch <- f.desc
	}
}

// Collect tells them.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.collect(&c.told)
	for _, f := range c.ofProcess {
		f.tell(series{ch: ch, desc: f.desc, kind: f.kind}, &c.told)
	}
	for i := range c.told.Mailboxes {
		m := &c.told.Mailboxes[i]
		name := [...]string{label(m.Name)}
		for _, f := range c.ofMailbox {
			f.tell(series{ch: ch, desc: f.desc, kind: f.kind, of: name[:]}, m)
		}
	}
}

// label gives a name as the value of a label. One that is not UTF-8, which Prometheus asks for, is written as Go writes it in
// quotes: that tells two such names apart.
func label(name string) string {
	if !utf8.ValidString(name) {
		return strconv.Quote(name)
	}
	return name
}

// series are those of one metric of the process or of one mailbox.
type series struct {
	ch   chan<- prometheus.Metric
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   []string // values of the labels that all of them have: the mailbox's name
}

// is tells the value of the series with these values of the further labels, in the order of their names in the family.
func (s series) is(value float64, labels ...string) {
	s.ch <- prometheus.MustNewConstMetric(s.desc, s.kind, value, append(s.of[:len(s.of):len(s.of)], labels...)...)
}

// flag gives 1 for what holds.
func flag(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
