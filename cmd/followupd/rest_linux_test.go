package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRestPages_TheProgramFileIsMappedOnlyWhereItIsTouchedAgain(t *testing.T) {
	before := mappedFiles(t)
	restPages()
	if after := mappedFiles(t); after >= before {
		t.Errorf("%d KiB of files are mapped, %d before", after, before)
	}
}

func TestParseMapping(t *testing.T) {
	for line, want := range map[string]mapping{
		"00403000-00ce4000 r-xp 00003000 fe:00 1049 /usr/bin/followupd":      {from: 0x403000, to: 0xce4000, fromFile: true},
		"0161a000-01758000 rw-p 01219000 fe:00 1049 /opt/with space/program": {from: 0x161a000, to: 0x1758000, fromFile: true, writable: true},
		"c000000000-c004000000 rw-p 00000000 00:00 0 ":                       {from: 0xc000000000, to: 0xc004000000, writable: true},
		"7ffd0-7ffd1 r-xp 00000000 00:00 0 [vdso]":                           {from: 0x7ffd0, to: 0x7ffd1},
	} {
		got, ok := parseMapping(line)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(mapping{})); !ok || diff != "" {
			t.Errorf("%s: found %v (-want +got):\n%s", line, ok, diff)
		}
	}
	for _, line := range []string{"", "Rss:                  12 kB", "VmFlags: rd ex mr mw me sd", "x-y r-xp 00000000 00:00 0"} {
		if _, ok := parseMapping(line); ok {
			t.Errorf("%q is taken for a mapping", line)
		}
	}
}

// mappedFiles gives how much of the program's memory is of files (RssFile), in KiB.
func mappedFiles(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "RssFile:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("/proc/self/status does not say RssFile")
	return 0
}
