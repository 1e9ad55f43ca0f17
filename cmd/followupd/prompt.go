package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"followupd/report"
)

// prompter asks the person at a terminal, a line at a time: that works over ssh, for screen readers and in tests.
type prompter struct {
	fd  int
	in  *bufio.Reader
	out io.Writer
}

// newPrompter gives nil where nobody sits at standard input.
func newPrompter(in io.Reader, out io.Writer) *prompter {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &prompter{fd: int(f.Fd()), in: bufio.NewReader(f), out: out}
}

var errNoAnswer = errors.New("the terminal was closed before all was answered; nothing was written")

// line asks for a line; an empty one means standard, where that is not "".
func (p *prompter) line(ctx context.Context, question, standard string) (string, error) {
	if standard != "" {
		question += " [" + report.Clean(standard) + "]"
	}
	fmt.Fprintf(p.out, "%s: ", question)
	text, err := p.read(ctx, func() (string, error) { return p.in.ReadString('\n') })
	if text = strings.TrimSpace(text); text == "" {
		text = standard
	}
	return text, err
}

// secret asks without showing what is typed.
func (p *prompter) secret(ctx context.Context, question string) (string, error) {
	fmt.Fprintf(p.out, "%s (not shown): ", question)
	before, err := term.GetState(p.fd)
	if err != nil {
		return "", fmt.Errorf("ask for a password: %w", err)
	}
	text, err := p.read(ctx, func() (string, error) {
		typed, err := term.ReadPassword(p.fd)
		return string(typed), err
	})
	fmt.Fprintln(p.out)
	if err != nil { // interrupted, the read still waits with the echo off
		return "", errors.Join(err, term.Restore(p.fd, before))
	}
	return strings.TrimRight(text, "\r\n"), nil
}

// yes asks for yes or no.
func (p *prompter) yes(ctx context.Context, question string, standard bool) (bool, error) {
	choice := " (yes/no) [no]: "
	if standard {
		choice = " (yes/no) [yes]: "
	}
	for {
		fmt.Fprint(p.out, question, choice)
		text, err := p.read(ctx, func() (string, error) { return p.in.ReadString('\n') })
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "":
			return standard, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		fmt.Fprintln(p.out, "Please answer yes or no.")
	}
}

// choose asks for one of a list, by number or name.
func (p *prompter) choose(ctx context.Context, question string, from []string) (string, error) {
	for i, name := range from {
		fmt.Fprintf(p.out, "  %2d  %s\n", i+1, report.Clean(name))
	}
	for {
		text, err := p.line(ctx, question+" (number or name)", "")
		if err != nil {
			return "", err
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(from) {
			return from[n-1], nil
		}
		if slices.Contains(from, text) {
			return text, nil
		}
		fmt.Fprintf(p.out, "Please answer with a number from 1 to %d.\n", len(from))
	}
}

// read gives up when ctx ends, though a terminal cannot: the goroutine is left behind for the moment until the program ends.
func (p *prompter) read(ctx context.Context, read func() (string, error)) (string, error) {
	type typed struct {
		text string
		err  error
	}
	got := make(chan typed, 1)
	go func() {
		text, err := read()
		got <- typed{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.out)
		return "", errors.New("interrupted; nothing was written")
	case t := <-got:
		if errors.Is(t.err, io.EOF) {
			return "", errNoAnswer
		}
		return t.text, t.err
	}
}
