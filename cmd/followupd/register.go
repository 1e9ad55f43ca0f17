package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"followupd/config"
)

// goneFor is how long a mailbox goes on whose file is not there: an editor, or a tool that copies files into place, may be
// between two steps.
const goneFor = 2 * time.Second

// register is which mailboxes a process works, and by which files, after all it has read of these. It decides only, and
// knows no clock. The zero value has read nothing.
type register struct {
	// database is that of the process: the state.url that most files name; "" where each mailbox has a state of its own. It
	// is settled by the first good file, for one process works on one database.
	database string
	settled  bool

	seats    map[string]*seat  // by file
	unlisted map[string]string // why folders could not be listed, at the last reading
}

// seat is what is known of one file.
type seat struct {
	file  string
	cfg   config.Config // in force, where held
	held  bool          // a mailbox is worked by it
	wrong error         // why what the file says now is not in force; nil: it is
	gone  time.Time     // since when it is not there; zero: it is
}

// claim is what a file asks for: to work its mailbox with these settings.
type claim struct {
	*seat
	wants config.Config
	fresh bool // what it wants is something that it does not have, and another may
}

// said is something that a reading brought up and that a person should hear of, once.
type said struct {
	what   string // a constant
	file   string // that it is about
	err    error  // nil: it is news, not trouble
	folder bool   // file is a folder
}

// The sentences of said.
const (
	saidWrong    = "configuration not changed, the old one stays in force"
	saidUnworked = "mailbox not worked, its file is wrong"
	saidMended   = "file is right again"
	saidGone     = "mailbox stopped, its file is gone"
	saidAway     = "folder cannot be listed, its mailboxes go on as before"
	saidBack     = "folder can be listed again"
)

// read takes in what the files say now. built says what only building from a configuration shows: a library that may not be
// read.
func (r *register) read(now time.Time, files config.Reading, built func(config.Config) error) []said {
	if r.seats == nil {
		r.seats = make(map[string]*seat)
	}
	news := r.folders(files)
	was := make(map[string]string) // why each was wrong
	there := make(map[string]bool)
	var claims []claim
	for _, f := range files.Files {
		there[f.File] = true
		s := r.seats[f.File]
		if s == nil {
			s = &seat{file: f.File}
			r.seats[f.File] = s
		}
		was[f.File], s.gone = reason(s.wrong), time.Time{}
		if s.wrong = f.Err; s.wrong == nil && !(s.held && s.cfg.Same(f.Config)) {
			s.wrong = built(f.Config)
		}
		if s.wrong == nil {
			claims = append(claims, claim{s, f.Config, !s.held || !r.alike(s.cfg, f.Config)})
		} else if s.held {
			claims = append(claims, claim{s, s.cfg, false})
		}
	}
	r.settle(claims)
	for _, c := range r.admit(claims) {
		c.cfg, c.held = c.wants, true
	}
	for _, s := range r.sorted() {
		if there[s.file] {
			news = append(news, s.changed(was[s.file])...)
			continue
		}
		if _, unknown := files.Unlisted[filepath.Dir(s.file)]; !unknown && s.gone.IsZero() {
			s.gone = now
		}
	}
	return append(news, r.expire(now)...)
}

// changed says what is news about a file that is there. before is why it was wrong.
func (s *seat) changed(before string) []said {
	switch is := reason(s.wrong); {
	case is == before:
		return nil
	case is == "":
		return []said{{what: saidMended, file: s.file}}
	case s.held:
		return []said{{what: saidWrong, file: s.file, err: s.wrong}}
	}
	return []said{{what: saidUnworked, file: s.file, err: s.wrong}}
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// folders says which folders can, or cannot, be listed any more.
func (r *register) folders(files config.Reading) (news []said) {
	unlisted := make(map[string]string)
	for _, folder := range slices.Sorted(maps.Keys(files.Unlisted)) {
		err := files.Unlisted[folder]
		if unlisted[folder] = err.Error(); r.unlisted[folder] != err.Error() {
			news = append(news, said{what: saidAway, file: folder, err: err, folder: true})
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(r.unlisted)) {
		if _, still := unlisted[folder]; !still {
			news = append(news, said{what: saidBack, file: folder, folder: true})
		}
	}
	r.unlisted = unlisted
	return news
}

// settle chooses the database of the process, once there is a file that names one or none.
func (r *register) settle(claims []claim) {
	if r.settled || len(claims) == 0 {
		return
	}
	votes := make(map[string]int)
	for _, c := range claims {
		votes[c.wants.State.URL]++
	}
	r.database = claims[0].wants.State.URL
	for _, c := range claims {
		if votes[c.wants.State.URL] > votes[r.database] {
			r.database = c.wants.State.URL
		}
	}
	r.settled = true
}

// admit gives the claims that do not get in each other's way, and notes of the others why not. Who has a mailbox keeps it;
// of two who are new to it the first gets it. A file whose claim is refused keeps the mailbox that it has.
func (r *register) admit(claims []claim) []claim {
	for {
		slices.SortStableFunc(claims, func(a, b claim) int {
			return cmp.Or(compareBool(a.fresh, b.fresh), strings.Compare(a.file, b.file))
		})
		taken := make(map[string]string) // file by what only one can have
		refused := -1
		for i, c := range claims {
			if c.wrong = cmp.Or(c.wrong, r.refusal(c, taken)); c.fresh && c.wrong != nil {
				refused = i
				break
			}
			for _, p := range r.property(c.wants) {
				taken[p.key] = c.file
			}
		}
		if refused < 0 {
			return claims
		}
		if c := &claims[refused]; c.held {
			c.wants, c.fresh = c.cfg, false // it may now be in another's way
		} else {
			claims = slices.Delete(claims, refused, refused+1)
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// refusal says why a claim cannot be met beside those that are.
func (r *register) refusal(c claim, taken map[string]string) error {
	if !c.fresh {
		return nil
	}
	if c.wants.State.URL != r.database {
		return fmt.Errorf("%s: state.url is another than that of this process: one process works on one database; run one for each", c.file)
	}
	for _, p := range r.property(c.wants) {
		if other, ok := taken[p.key]; ok {
			return fmt.Errorf("%s: %s %s%s", c.file, p.isThatOf, other, p.so)
		}
	}
	return nil
}

// property is something of a mailbox that no other can have.
type property struct {
	key          string
	isThatOf, so string // what to say, around the other's file, to one who wants it, too
}

func (r *register) property(cfg config.Config) []property {
	account := property{
		key: "account " + strings.ToLower(cfg.IMAP.Username) + " " + serverOf(cfg.IMAP), isThatOf: "imap.username and imap.host are those of",
		so: fmt.Sprintf(" (%s at %s): each mailbox has one file, remove one of the two", cfg.IMAP.Username, cfg.IMAP.Host),
	}
	facts := property{key: "facts " + r.identity(cfg), isThatOf: "state.dir is that of", so: ": each mailbox needs its own"}
	if r.database != "" {
		facts.isThatOf, facts.so = "mailbox.address is that of", ": each mailbox has one file"
	}
	return []property{account, facts}
}

// alike says whether two configurations ask for the same of what no two can have.
func (r *register) alike(a, b config.Config) bool {
	return a.State.URL == b.State.URL && slices.EqualFunc(r.property(a), r.property(b), func(p, q property) bool { return p.key == q.key })
}

// serverOf tells servers apart: by their name, and by the port where it is not IMAP's own, as behind a tunnel.
func serverOf(c config.IMAP) string {
	host := strings.TrimSuffix(strings.ToLower(c.Host), ".")
	if c.Port == 143 || c.Port == 993 {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(c.Port))
}

// identity names the mailbox that a configuration is of: it is the same one as long as its facts lie in the same place.
func (r *register) identity(cfg config.Config) string {
	if r.database != "" {
		return strings.ToLower(cfg.Mailbox.Address)
	}
	return cfg.State.Dir
}

// expire lets go of files that are gone for good.
func (r *register) expire(now time.Time) (news []said) {
	has := make(map[string]bool)
	for _, s := range r.seats {
		if s.held && s.gone.IsZero() {
			for _, p := range r.property(s.cfg) {
				has[p.key] = true
			}
		}
	}
	for _, s := range r.sorted() {
		switch {
		case s.gone.IsZero():
		case !s.held, slices.ContainsFunc(r.property(s.cfg), func(p property) bool { return has[p.key] }):
			// Another file has the mailbox now: it was renamed.
			delete(r.seats, s.file)
		case now.Sub(s.gone) >= goneFor:
			delete(r.seats, s.file)
			news = append(news, said{what: saidGone, file: s.file})
		}
	}
	return news
}

// again gives when a file that is gone is to be looked for once more, zero for no such.
func (r *register) again() time.Time {
	var soonest time.Time
	for _, s := range r.seats {
		if at := s.gone.Add(goneFor); !s.gone.IsZero() && (soonest.IsZero() || at.Before(soonest)) {
			soonest = at
		}
	}
	return soonest
}

// worked gives the mailboxes to be worked, by identity.
func (r *register) worked() map[string]assigned {
	all := make(map[string]assigned)
	for _, s := range r.seats {
		if s.held {
			all[r.identity(s.cfg)] = assigned{s.cfg, s.wrong}
		}
	}
	return all
}

// assigned is a mailbox to be worked.
type assigned struct {
	cfg   config.Config
	wrong error // why what its file says now is not in force; nil: it is
}

// wrong gives all that is wrong with the files that are there.
func (r *register) wrong() error {
	var all []error
	for _, s := range r.sorted() {
		all = append(all, s.wrong)
	}
	return errors.Join(all...)
}

func (r *register) sorted() []*seat {
	return slices.SortedFunc(maps.Values(r.seats), func(a, b *seat) int { return strings.Compare(a.file, b.file) })
}
