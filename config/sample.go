package config

import (
	"strconv"
	"strings"
)

func tomlList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = tomlText(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// tomlText writes a basic string of TOML.
func tomlText(s string) string { return strconv.Quote(s) }
