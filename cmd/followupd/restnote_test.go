package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/agent"
	"followupd/config"
	"followupd/tracker"
)

// noteIn gives the notes of the mailbox in a folder, by its file as it reads now.
func noteIn(t *testing.T, dir, more string, zone *time.Location) agent.RestNotes {
	t.Helper()
	path := filepath.Join(dir, "followupd.toml")
	text := "[mailbox]\naddress = \"anna@acme.example\"\n[imap]\nhost = \"imap.acme.example\"\npassword_env = \"IMAP_PASSWORD\"\n[state]\ndir = \"state\"\n" + more
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Mailbox.Timezone = zone
	return newRestNotes(cfg)
}

func TestRestNotes_HoldForOneConfigurationAndClock(t *testing.T) {
	stockholm, home := time.FixedZone("Local", 3600), time.FixedZone("Local", 7200) // the machine's, before and after a journey
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	rest := agent.Rest{At: at, Wake: at.Add(time.Hour), Basis: "b", Counts: map[tracker.State]int{tracker.Waiting: 3}}
	for _, c := range []struct {
		name    string
		happens func(t *testing.T, dir string) agent.RestNotes
		holds   bool
	}{
		{"nothing", func(t *testing.T, dir string) agent.RestNotes { return noteIn(t, dir, "", stockholm) }, true},
		{"another configuration", func(t *testing.T, dir string) agent.RestNotes {
			return noteIn(t, dir, "[cadence]\ndrafts_per_day = 3\n", stockholm)
		}, false},
		{"the machine travelled", func(t *testing.T, dir string) agent.RestNotes { return noteIn(t, dir, "", home) }, false},
		{"the file was edited after it was loaded", func(t *testing.T, dir string) agent.RestNotes {
			loaded := noteIn(t, dir, "", stockholm)
			noteIn(t, dir, "[cadence]\ndrafts_per_day = 3\n", stockholm)
			return loaded
		}, true},
		{"the note was cut short", func(t *testing.T, dir string) agent.RestNotes {
			if err := os.Truncate(filepath.Join(dir, "state", restName), 20); err != nil {
				t.Fatal(err)
			}
			return noteIn(t, dir, "", stockholm)
		}, false},
		{"the note was deleted", func(t *testing.T, dir string) agent.RestNotes {
			if err := os.Remove(filepath.Join(dir, "state", restName)); err != nil {
				t.Fatal(err)
			}
			return noteIn(t, dir, "", stockholm)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "state"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := noteIn(t, dir, "", stockholm).Write(rest); err != nil {
				t.Fatal(err)
			}
			got, found := c.happens(t, dir).Read()
			if found != c.holds {
				t.Fatalf("the note holds %v, want %v", found, c.holds)
			}
			if diff := cmp.Diff(rest, got); found && diff != "" {
				t.Errorf("what is read is not what was written (-want +got):\n%s", diff)
			}
		})
	}
}
