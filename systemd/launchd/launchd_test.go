package launchd

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

func TestAgent_CarriesTheCommandAsItIs(t *testing.T) {
	command := []string{"/Users/anna/bin/followupd", "run", "-c", "/Users/anna/A & B <x>/é.toml"}
	var plist struct {
		Dict struct {
			Keys  []string `xml:"key"`
			Array struct {
				Strings []string `xml:"string"`
			} `xml:"array"`
		} `xml:"dict"`
	}
	d := xml.NewDecoder(strings.NewReader(Agent(command, "/Users/anna/Library/Logs/followupd.log")))
	d.Strict = true
	if err := d.Decode(&plist); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plist.Dict.Array.Strings, command) {
		t.Errorf("runs %q", plist.Dict.Array.Strings)
	}
	for _, key := range []string{"Label", "ProgramArguments", "RunAtLoad", "KeepAlive"} {
		if !slices.Contains(plist.Dict.Keys, key) {
			t.Errorf("lacks %s", key)
		}
	}
}
