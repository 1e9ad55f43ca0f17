// Package launchd writes the job of a user's launchd, the service manager of macOS (launchd.plist(5)).
package launchd

import (
	"encoding/xml"
	"strings"
)

// Label is the job's name.
const Label = "followupd"

// Agent gives the property list that runs a command line from login on, again after a crash, and at most every ten
// seconds; what it says goes to a log file. A wrong configuration ends the program with status 2, which launchd cannot tell
// from a crash: it is tried again, and says so in the log.
func Agent(command []string, log string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	` + text(Label) + `
	<key>ProgramArguments</key>
	<array>
`)
	for _, word := range command {
		b.WriteString("\t\t" + text(word) + "\n")
	}
	b.WriteString(`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>10</integer>
	<key>ExitTimeOut</key>
	<integer>30</integer>
	<key>ProcessType</key>
	<string>Background</string>
	<key>Umask</key>
	<integer>63</integer>
	<key>StandardErrorPath</key>
	` + text(log) + `
	<key>StandardOutPath</key>
	` + text(log) + `
</dict>
</plist>
`)
	return b.String()
}

func text(s string) string {
	var b strings.Builder
	b.WriteString("<string>")
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	b.WriteString("</string>")
	return b.String()
}
