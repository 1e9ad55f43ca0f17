package rarely

import (
	"fmt"
	"regexp"
)

// Patterns are the regular expressions of one package. They let go of their memory together.
type Patterns struct{ all []*Pattern }

// Pattern is one of them, compiled when it is first wanted. Its methods are those of regexp.Regexp. It may be used from several
// goroutines.
type Pattern struct {
	expr func() string
	*Value[regexp.Regexp]
}

// New adds one, for a variable of the package. A test is to call Check, for what is wrong with it shows only at its first use.
func (p *Patterns) New(expr string) *Pattern { return p.By(func() string { return expr }) }

// By is New for an expression that is itself made.
func (p *Patterns) By(expr func() string) *Pattern {
	one := &Pattern{expr, Made(func() *regexp.Regexp { return regexp.MustCompile(expr()) })}
	p.all = append(p.all, one)
	return one
}

// Drop lets go of all of them.
func (p *Patterns) Drop() {
	for _, one := range p.all {
		one.Drop()
	}
}

// Check says what is wrong with the first that does not compile.
func (p *Patterns) Check() error {
	for _, one := range p.all {
		if _, err := regexp.Compile(one.expr()); err != nil {
			return fmt.Errorf("pattern %q: %w", one.expr(), err)
		}
	}
	return nil
}

// The methods of regexp.Regexp that are in use.

func (p *Pattern) MatchString(s string) bool            { return p.Get().MatchString(s) }
func (p *Pattern) FindString(s string) string           { return p.Get().FindString(s) }
func (p *Pattern) FindStringIndex(s string) []int       { return p.Get().FindStringIndex(s) }
func (p *Pattern) FindStringSubmatch(s string) []string { return p.Get().FindStringSubmatch(s) }
func (p *Pattern) Split(s string, n int) []string       { return p.Get().Split(s, n) }
func (p *Pattern) FindAllString(s string, n int) []string {
	return p.Get().FindAllString(s, n)
}

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	return p.Get().FindAllStringIndex(s, n)
}

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.Get().FindAllStringSubmatch(s, n)
}

func (p *Pattern) ReplaceAllString(s, with string) string {
	return p.Get().ReplaceAllString(s, with)
}

func (p *Pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	return p.Get().ReplaceAllStringFunc(s, with)
}
