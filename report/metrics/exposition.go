package metrics

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// exposition writes the text format. The first error of writing ends it.
type exposition struct {
	w   io.Writer
	buf []byte
	err error
}

// flushAt is how much text is gathered before it is written, in bytes.
const flushAt = 32 << 10

// Exposition writes a process's metrics again and again. It is for one goroutine.
type Exposition struct {
	families []family
	buf      []byte // kept for the next time
}

// NewExposition gives one.
func NewExposition() *Exposition {
	return &Exposition{families: families(), buf: make([]byte, 0, flushAt+flushAt/8)}
}

// Write writes what there is to tell, with the process's own figures (memory, processor time, goroutines, files).
func (x *Exposition) Write(w io.Writer, p *Process, passes *Passes) error {
	e := &exposition{w: w, buf: x.buf[:0]}
	e.process(p)
	for i := range x.families {
		f := &x.families[i]
		e.head(f.name, f.kind, f.help)
		for k := range p.Mailboxes {
			f.tell(series{e: e, name: f.name, mailbox: p.Mailboxes[k].Name}, &p.Mailboxes[k])
			if len(e.buf) >= flushAt {
				e.flush()
			}
		}
	}
	e.passes(passes)
	e.self(p)
	e.flush()
	x.buf = e.buf
	return e.err
}

// process writes what is told of the process as a whole.
func (e *exposition) process(p *Process) {
	e.one("followupd_build_info", gauge, "Always 1; which followupd this is.").with("version", p.Version).with("goversion", p.GoVersion).count(1)
	e.one("followupd_mailbox_files", gauge, "Mailboxes that the files of this process name.").whole(int64(p.Files))
	e.one("followupd_mailboxes", gauge, "Mailboxes that this process works; of a worker in a fleet: that it holds.").whole(int64(len(p.Mailboxes)))
	if p.Worker != nil {
		e.one("followupd_worker_joined", gauge, "1 where this worker's session with the database stands.").flag(p.Worker.Joined)
		e.one("followupd_worker_sessions_lost_total", counter, "Sessions with the database that were lost or did not come about.").count(p.Worker.Lost)
	}
}

// one begins a metric that is the process's.
func (e *exposition) one(name string, k kind, help string) series {
	e.head(name, k, help)
	return series{e: e, name: name}
}

func (e *exposition) head(name string, k kind, help string) {
	e.buf = append(e.buf, "# HELP "...)
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, ' ')
	e.buf = append(e.buf, help...)
	e.buf = append(e.buf, "\n# TYPE "...)
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, ' ')
	e.buf = append(e.buf, k...)
	e.buf = append(e.buf, '\n')
}

func (e *exposition) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buf)
	}
	e.buf = e.buf[:0]
}

// series is one metric of one mailbox, whose labels are being gathered.
type series struct {
	e       *exposition
	name    string
	mailbox string // "": the process's own
	labels  [2]struct{ name, value string }
	n       int
}

// with gives the series with one label more; it has at most two besides the mailbox.
func (s series) with(label, value string) series {
	s.labels[s.n].name, s.labels[s.n].value = label, value
	s.n++
	return s
}

func (s series) flag(on bool) {
	if on {
		s.whole(1)
	} else {
		s.whole(0)
	}
}

func (s series) count(n uint64) {
	s.begin()
	s.e.buf = append(strconv.AppendUint(s.e.buf, n, 10), '\n')
}

func (s series) whole(n int64) {
	s.begin()
	s.e.buf = append(strconv.AppendInt(s.e.buf, n, 10), '\n')
}

func (s series) real(f float64) {
	s.begin()
	s.e.buf = append(strconv.AppendFloat(s.e.buf, f, 'g', -1, 64), '\n')
}

// begin writes a line up to its value.
func (s series) begin() {
	b := append(s.e.buf, s.name...)
	open := byte('{')
	label := func(name, value string) {
		b = append(append(b, open), name...)
		b = append(b, '=', '"')
		b = appendEscaped(b, value)
		b = append(b, '"')
		open = ','
	}
	if s.mailbox != "" {
		label("mailbox", s.mailbox)
	}
	for _, l := range s.labels[:s.n] {
		label(l.name, l.value)
	}
	if open == ',' {
		b = append(b, '}')
	}
	s.e.buf = append(b, ' ')
}

// appendEscaped writes a label's value: backslash, quote and line feed escaped, and what is no UTF-8 replaced.
func appendEscaped(b []byte, value string) []byte {
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	for i := range len(value) {
		switch c := value[i]; c {
		case '\\', '"':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return b
}
