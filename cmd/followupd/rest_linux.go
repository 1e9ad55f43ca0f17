package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// restPages unmaps the pages of the program's own file and of the libraries that no work needs for a while. A first reading
// touches nearly all of them, and they would count as the daemon's for as long as it runs. They are not lost: the kernel
// keeps them in its cache as long as it has room, and maps them again at a touch, 16 at a time. Only mappings of which the
// process has no pages of its own are touched, so nothing was ever written to them.
func restPages() {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return // no such system; then nothing is given back
	}
	defer f.Close()
	var m mapping
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if next, ok := parseMapping(line); ok {
			m = next
			continue
		}
		if name, value, _ := strings.Cut(line, ":"); name == "Anonymous" && strings.TrimSpace(value) == "0 kB" && m.fromFile && !m.writable {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED) // advice: refused, it changes nothing
		}
	}
}

// mapping is a part of the address space (proc_pid_maps(5)).
type mapping struct {
	from, to           uintptr
	writable, fromFile bool
}

// parseMapping reads the line that begins a mapping; false for another line.
func parseMapping(line string) (mapping, bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 {
		return mapping{}, false
	}
	first, last, ok := strings.Cut(fields[0], "-")
	if !ok {
		return mapping{}, false
	}
	from, err := strconv.ParseUint(first, 16, 64)
	if err != nil {
		return mapping{}, false
	}
	to, err := strconv.ParseUint(last, 16, 64)
	if err != nil {
		return mapping{}, false
	}
	return mapping{uintptr(from), uintptr(to), strings.Contains(fields[1], "w"), len(fields) > 5 && strings.HasPrefix(fields[5], "/")}, true
}
