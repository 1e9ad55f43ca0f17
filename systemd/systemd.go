// Package systemd holds the units, and fills in the one for a rep's own machine.
package systemd

import (
	_ "embed"
	"regexp"
	"strings"
)

//go:embed followupd.service
var userUnit string

// Mark is the first line of a unit that UserUnit made: such a file may be replaced without asking.
const Mark = "# Written by `followupd service install`; changes belong into a drop-in (systemctl --user edit followupd)."

var execStart = regexp.MustCompile(`(?m)^ExecStart=.*$`)

// UserUnit gives the unit of the user's service manager that runs a command line.
func UserUnit(command []string) string {
	_, unit, _ := strings.Cut(userUnit, "\n[Unit]") // what stands above it says how to install the file by hand
	words := make([]string, len(command))
	for i, w := range command {
		words[i] = quote(w)
		if i == 0 { // of the program's own path no variable is replaced
			words[i] = strings.ReplaceAll(words[i], "$$", "$")
		}
	}
	return execStart.ReplaceAllLiteralString(Mark+"\n\n[Unit]"+unit, "ExecStart="+strings.Join(words, " "))
}

// quote writes a word of a command line as systemd.service(5), "Command lines", wants it.
func quote(word string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`).Replace(word)
	if escaped == word && word != "" && !strings.ContainsAny(word, " '#;") {
		return word
	}
	return `"` + escaped + `"`
}
