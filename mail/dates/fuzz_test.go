package dates

import (
	"strings"
	"testing"
	"time"
)

func FuzzFind(f *testing.F) {
	for _, c := range phrases {
		f.Add(c.text, c.language, int64(1763632800))
	}
	f.Add("1.1.1.1.1.1 12/3/4/5-6 31.2. 99/99/9999 q9 kw 99 \xff 年月日", "", int64(0))
	f.Fuzz(func(t *testing.T, text, language string, at int64) {
		base := time.Unix(at%(1<<36), 0).UTC()
		found, ok := Find(text, base, language)
		if !ok {
			if found != (Found{}) {
				t.Errorf("no date, but %v", found)
			}
			return
		}
		if found.Day.Before(midnight(base)) || found.Day.After(addDays(base, maxAhead)) {
			t.Errorf("%v lies outside what may be found from %v", found.Day, base)
		}
		if !found.Day.Equal(midnight(found.Day)) || found.Phrase == "" {
			t.Errorf("%v: no midnight, or no phrase %q", found.Day, found.Phrase)
		}
	})
}

// notice is an absence mail of ordinary length.
const notice = "Thank you for your mail.\n\nI am out of the office from Monday 24 November until Friday 5 December 2025 with limited " +
	"access to e-mail. I will answer upon my return on Monday 8 December. In urgent cases please contact my colleague Mia Babic " +
	"(mia.babic@adriacargo.example, +385 1 234 5678).\n\nBest regards\nIvo Horvat\nAdria Cargo, founded 1998, open 9:00-17:00\n"

func BenchmarkFind_Notice(b *testing.B) {
	base := time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		Find(notice, base, "en")
	}
}

// The worst text: as long as is read, nothing but numbers and date words.
func BenchmarkFind_Worst(b *testing.B) {
	base := time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	text := strings.Repeat("3.4. until next week in 2 a.m. may 5-6 on the ", 400)
	b.ReportAllocs()
	for b.Loop() {
		Find(text, base, "")
	}
}
