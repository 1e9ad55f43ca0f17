package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDemo_ShowsBothWriters holds that some of the scripted model's texts become drafts and that those which invent something
// do not.
func TestDemo_ShowsBothWriters(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, errs: &errs}
	root := newRoot(a)
	root.SetArgs([]string{"demo", "--exit", "--llm"})
	root.SetOut(&out)
	root.SetErr(&errs)
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	shown := out.String()
	for _, want := range []string{"TEMPLATE", "MODEL", "A short answer is fine", "REFUSED", "The scripted model wrote"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the demo does not show %q:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, " 0 became drafts") || strings.Contains(shown, " 0 were refused") {
		t.Errorf("the demo shows only one side:\n%s", shown[strings.LastIndex(shown, "The scripted"):])
	}
}

func TestWrapped_KeepsEveryRuneWithinTheColumn(t *testing.T) {
	text := "A short line\n\n" + strings.Repeat("https://acme.example/", 9) + " and behind it a line that is longer than a column"
	var got string
	for _, l := range wrapped(text, 20) {
		if len([]rune(l)) > 20 {
			t.Errorf("%q is longer than 20", l)
		}
		got += strings.ReplaceAll(l, " ", "")
	}
	if want := strings.Join(strings.Fields(text), ""); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
