package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"followupd/tracker"
)

func TestStore_CopyToIsAStoreOfItsOwn(t *testing.T) {
	ctx := context.Background()
	from, err := Open(ctx, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if err := from.AddWord(ctx, tracker.Word{At: time.Now(), Kind: tracker.WordNote, Address: "lena@nordbau.example", Text: "one"}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "copy")
	if err := from.CopyTo(ctx, dir); err != nil {
		t.Fatal(err)
	}
	to, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := to.AddWord(ctx, tracker.Word{At: time.Now(), Kind: tracker.WordNote, Address: "lena@nordbau.example", Text: "two"}); err != nil {
		t.Fatal(err)
	}
	for store, want := range map[*Store]int{from: 1, to: 2} {
		words, err := store.Words(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(words) != want {
			t.Errorf("%d words, want %d", len(words), want)
		}
	}
	if err := from.CopyTo(ctx, dir); err == nil {
		t.Error("a copy over an existing state is not refused")
	}
}
