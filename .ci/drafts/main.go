// Command drafts measures what follow-ups say (make eval-drafts): it writes drafts to made-up threads of every situation,
// step and language, holds them against the house rules and against each other, measures lint on lists of bad and good
// sentences and the library on made-up choices, prints tables, and exits 1 where a floor is not reached.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("data", ".ci/drafts", "`folder` of threads.txt, choices.toml and library")
	lists := flag.String("lists", "playbook/rules/testdata", "`folder` of the lists of bad and good sentences")
	verbose := flag.Bool("v", false, "print every draft and every miss")
	flag.Parse()
	met, err := measure(*dir, *lists, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "eval-drafts:", err)
		os.Exit(1)
	}
	if !met {
		fmt.Println("\na floor was not reached")
		os.Exit(1)
	}
}

// floors holds figures against what they must reach.
type floors struct {
	missed bool
}

// say prints a figure with its floor, and notes where it is not reached.
func (f *floors) say(what string, reached, floor float64, asked string) {
	mark := "ok"
	if reached < floor {
		mark, f.missed = "BELOW THE FLOOR", true
	}
	fmt.Printf("%-58s %6.1f %%   floor %5.1f %%  %s  %s\n", what, reached, floor, mark, asked)
}

func measure(dir, lists string, verbose bool) (bool, error) {
	var f floors
	if err := f.drafts(filepath.Join(dir, "threads.txt"), filepath.Join(dir, "library"), verbose); err != nil {
		return false, err
	}
	if err := f.lint(lists, verbose); err != nil {
		return false, err
	}
	if err := f.choices(filepath.Join(dir, "choices.toml"), verbose); err != nil {
		return false, err
	}
	return !f.missed, nil
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
