package main

import (
	"os"
	"strings"
	"testing"
)

func TestFloors(t *testing.T) {
	for mod, want := range map[string]string{
		"go 1.26.4\n\nrequire (\n\tgolang.org/x/text v0.39.0\n)\n":  "",
		"go 1.27\n\nrequire golang.org/x/text v0.100.0\n":           "",
		"go 1.26.0\n\nrequire (\n\tgolang.org/x/text v0.43.0\n)\n":  "go 1.26.0",
		"go 1.26\n\nrequire (\n\tgolang.org/x/text v0.43.0\n)\n":    "go 1.26",
		"go 1.26.10\n\nrequire (\n\tgolang.org/x/text v0.14.0\n)\n": "golang.org/x/text 0.14.0",
		"go 1.26.8\n": "does not name golang.org/x/text",
	} {
		err := floors(mod)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", mod, err, want)
		}
	}
}

func TestLicenceOf(t *testing.T) {
	for text, want := range map[string]string{
		"MIT License\n\nCopyright (c) x\n\nPermission is hereby granted, free of charge, to any\nperson obtaining a copy of": "MIT",
		"                                 Apache License\n                           Version 2.0, January 2004":              "Apache-2.0",
		"GNU AFFERO GENERAL PUBLIC LICENSE": "",
	} {
		if got := licenceOf(text); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

// The repository itself keeps to what audit asks for.
func TestAudit_HoldsHere(t *testing.T) {
	t.Chdir("../..")
	if err := audit(false); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "github.com/emersion/go-imap/v2") {
		t.Errorf("%s names no module: %v", page, err)
	}
}
