// Command summary reads `go test -json` and prints each failure whole, a line per package, and at the end what was left
// out and why. It exits 1 where a test or a build failed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type name struct{ pkg, test string }

var place = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

func main() {
	var passed, failed, skipped int
	output := make(map[name][]string)
	reasons := make(map[string][]string)
	failedIn := make(map[string]bool)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text())
			continue
		}
		if e.Package == "" {
			e.Package = e.ImportPath
		}
		key := name{e.Package, e.Test}
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "build-fail":
			fmt.Print(strings.Join(output[key], ""))
		case "pass", "fail", "skip":
			if e.Test == "" {
				if e.Action == "fail" && !failedIn[e.Package] {
					failed++
					fmt.Print(strings.Join(output[key], ""))
				}
				fmt.Printf("%-4s  %s  %.1fs\n", e.Action, e.Package, e.Elapsed)
				continue
			}
			switch e.Action {
			case "pass":
				passed++
			case "fail":
				failed++
				failedIn[e.Package] = true
				fmt.Print(strings.Join(output[key], ""))
			case "skip":
				skipped++
				why := reason(output[key])
				reasons[why] = append(reasons[why], strings.TrimPrefix(e.Package, "followupd/")+"."+e.Test)
			}
			delete(output, key)
		}
	}
	var whys []string
	for why := range reasons {
		whys = append(whys, why)
	}
	sort.Strings(whys)
	for _, why := range whys {
		fmt.Printf("left out: %s: %s\n", why, strings.Join(reasons[why], ", "))
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || in.Err() != nil {
		os.Exit(1)
	}
}

// reason is the first line a skipped test itself printed.
func reason(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(place.ReplaceAllString(l, ""))
		if l != "" && !strings.HasPrefix(l, "===") && !strings.HasPrefix(l, "---") {
			return l
		}
	}
	return "no reason given"
}
