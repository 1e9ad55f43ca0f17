package rarely_test

import (
	"testing"

	"followupd/playbook/rarely"
)

func TestValue_IsMadeWhenWantedAndAnewOnceDropped(t *testing.T) {
	made := 0
	v := rarely.Made(func() *int { made++; n := made; return &n })
	v.Drop()
	if made != 0 {
		t.Fatal("it was made before anybody wanted it")
	}
	first := v.Get()
	if v.Get() != first {
		t.Error("a second call does not share it")
	}
	v.Drop()
	if again := v.Get(); *first != 1 || *again != 2 {
		t.Errorf("got %d and after Drop %d, want 1 and 2", *first, *again)
	}
}
