package pacing

import (
	"fmt"
	"testing"
	"time"
)

func TestPhase_SpreadsNamesOverTheInterval(t *testing.T) {
	const every, tenths, names = 5 * time.Minute, 10, 1000
	for _, form := range []string{"rep%d@imap.acme.example", "anna.berg@acme.example@imap%03d.example"} {
		var in [tenths]int
		for i := range names {
			name := fmt.Sprintf(form, i)
			at := Phase(name, every)
			if at <= 0 || at > every || at != Phase(name, every) {
				t.Fatalf("%s: %s of %s", name, at, every)
			}
			in[(at-1)*tenths/every]++
		}
		for i, n := range in {
			if n < names/tenths/2 || n > names/tenths*2 {
				t.Errorf("%s: %d of %d are in tenth %d: %v", form, n, names, i+1, in)
				break
			}
		}
	}
}
