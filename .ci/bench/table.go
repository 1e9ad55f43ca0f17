package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// table is the answer.
type table struct{ rows []row }

type row struct {
	what, ours, reference, ratio, goal, met string
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "what\tours\treference\tratio\tgoal\tmet")
	for _, r := range t.rows {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", r.what, r.ours, dash(r.reference), dash(r.ratio), dash(r.goal), dash(r.met))
	}
	return out.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func yes(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}

// median gives the middle value, the lower of two.
func median[T int | int64 | float64 | time.Duration](all []T) T { return quantile(all, 0.5) }

// quantile gives the smallest value that at least the share q of all does not exceed; zero for none.
func quantile[T int | int64 | float64 | time.Duration](all []T, q float64) T {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	i := int(q*float64(len(sorted)) + 0.999999)
	return sorted[min(max(i, 1), len(sorted))-1]
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

func thousand(v float64) string { return fmt.Sprintf("%.1fk msg/s", v/1000) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func mib(kib int64) string { return fmt.Sprintf("%.1f MiB", float64(kib)/1024) }
