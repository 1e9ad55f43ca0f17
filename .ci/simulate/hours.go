package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"followupd/cmd/followupd/fleetsim"
)

// hours leaves of a day what happens within a part of it, given as from-to.
func hours(s *fleetsim.Setup, part string) error {
	from, to, _ := strings.Cut(part, "-")
	begin, errFrom := time.ParseDuration(from)
	end, errTo := time.ParseDuration(to)
	if errFrom != nil || errTo != nil || begin < 0 || end <= begin || end > 24*time.Hour {
		return fmt.Errorf("-hours %q: want from-to within a day, as 10h30m-11h30m", part)
	}
	s.From, s.To = begin, end
	s.Happenings = slices.DeleteFunc(s.Happenings, func(h fleetsim.Happening) bool { return h.At <= begin || h.At >= end })
	return nil
}
