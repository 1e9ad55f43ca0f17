package rarely_test

import (
	"strings"
	"testing"

	"followupd/playbook/rarely"
)

func TestPatterns_AreCompiledWhenWantedAndAnewOnceDropped(t *testing.T) {
	var patterns rarely.Patterns
	made := 0
	p := patterns.By(func() string { made++; return `^(\w+) (\d+)$` })
	other := patterns.New(`never wanted`)
	if made != 0 {
		t.Fatal("it was made before anybody wanted it")
	}
	for range 2 {
		if !p.MatchString("week 12") || p.MatchString("weeks") {
			t.Error("it does not find what it should")
		}
	}
	first := p.Get()
	patterns.Drop()
	if p.Get() == first || made != 2 || other.MatchString("") {
		t.Errorf("made %d times, want once anew after Drop", made)
	}
}

func TestPatterns_CheckNamesWhatDoesNotCompile(t *testing.T) {
	var patterns rarely.Patterns
	patterns.New(`sound`)
	if err := patterns.Check(); err != nil {
		t.Errorf("a sound one: %v", err)
	}
	patterns.New(`(unsound`)
	if err := patterns.Check(); err == nil || !strings.Contains(err.Error(), "(unsound") {
		t.Errorf("an unsound one: %v", err)
	}
}
