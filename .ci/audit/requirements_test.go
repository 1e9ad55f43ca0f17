package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/requirements.md says is held by a test must be held by one: each name, or beginning of names with a star, is
// that of a test in the repository.
func TestRequirements_NameTestsThatExist(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile("docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path == ".cache" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, "_test.go") {
			source, err := os.ReadFile(path)
			tests.Write(source)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]*)(\\*?)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 20 {
		t.Errorf("the page names %d tests", len(named))
	}
	for _, n := range named {
		end := `\(`
		if n[2] == "*" {
			end = ""
		}
		if !regexp.MustCompile(`(?m)^func ` + n[1] + end).MatchString(tests.String()) {
			t.Errorf("docs/requirements.md names %s%s, and there is no such test", n[1], n[2])
		}
	}
}
