package library

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// opened counts the files that are opened.
type opened struct {
	fstest.MapFS
	names []string
}

func (o *opened) Open(name string) (fs.File, error) {
	if name != "." {
		o.names = append(o.names, name)
	}
	return o.MapFS.Open(name)
}

func TestMemo_ReadsOnlyWhatChanged(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	old := now.Add(-time.Hour)
	file := func(title string, changed time.Time) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\nkind: insight\ntitle: " + title + "\nfits: [freight]\n---\nA line.\n"), ModTime: changed}
	}
	folder := &opened{MapFS: fstest.MapFS{
		"a.md": file("One", old), "b.md": file("Two", old), "c.md": {Data: []byte("---\nkind\n---\n"), ModTime: old},
		"fresh.md": file("Fresh", now.Add(-time.Second)), // another change of this second could not be told
	}}
	var memo Memo
	for _, step := range []struct {
		name         string
		change       func()
		read, titles []string
		problems     int
	}{
		{"at first all", func() {}, []string{"a.md", "b.md", "c.md", "fresh.md"}, []string{"One", "Two", "Fresh"}, 1},
		{"then none that is known", func() {}, []string{"fresh.md"}, []string{"One", "Two", "Fresh"}, 1},
		{"of another size", func() { folder.MapFS["a.md"] = file("Eleven", old) }, []string{"a.md", "fresh.md"}, []string{"Eleven", "Two", "Fresh"}, 1},
		{"of another time", func() { folder.MapFS["b.md"] = file("Six", old.Add(time.Minute)) }, []string{"b.md", "fresh.md"}, []string{"Eleven", "Six", "Fresh"}, 1},
		{"a mistake mended", func() { folder.MapFS["c.md"] = file("Three", old) }, []string{"c.md", "fresh.md"}, []string{"Eleven", "Six", "Three", "Fresh"}, 0},
		{"one gone", func() { delete(folder.MapFS, "b.md") }, []string{"fresh.md"}, []string{"Eleven", "Three", "Fresh"}, 0},
		{"and back as it was at first", func() { folder.MapFS["b.md"] = file("Two", old) }, []string{"b.md", "fresh.md"}, []string{"Eleven", "Two", "Three", "Fresh"}, 0},
	} {
		step.change()
		folder.names = nil
		assets, problems, err := memo.Load(folder, now)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, a := range assets {
			titles = append(titles, a.Title)
		}
		if diff := cmp.Diff(step.read, folder.names); diff != "" {
			t.Errorf("%s: files read (-want +got)\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.titles, titles); diff != "" || len(problems) != step.problems {
			t.Errorf("%s: problems %v, titles (-want +got)\n%s", step.name, problems, diff)
		}
	}
}
