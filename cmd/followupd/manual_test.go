package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"followupd/config"
)

// The manual pages are made here and not by the program, so that what makes them is not linked into it: `make man` names the
// folder for them in FOLLOWUPD_MAN.
func TestManual_EveryPageRendersWithoutAWarning(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("FOLLOWUPD_MAN")
	if dir == "" {
		dir = t.TempDir()
	}
	for name, page := range manual(t) {
		section := strings.TrimPrefix(filepath.Ext(name), ".")
		file := filepath.Join(dir, "man"+section, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, page, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			groff, err := exec.LookPath("groff")
			if err != nil {
				t.Skip("no groff: how the manual renders is not tried (Debian: apt-get install groff-base)")
			}
			cmd := exec.CommandContext(t.Context(), groff, "-t", "-man", "-Tutf8", "-ww", "-rLL=100n", file)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil || errs.Len() > 0 {
				t.Errorf("groff: %v\n%s", err, errs.String())
			}
			if !strings.Contains(out.String(), "followupd") {
				t.Errorf("the page is\n%s", out.String())
			}
			if section == "1" && strings.Contains(out.String(), `\`) {
				t.Errorf("the page shows how it was escaped:\n%s", out.String())
			}
		})
	}
}

// manual gives the pages by name: one a command, and one for the configuration.
func manual(t *testing.T) map[string][]byte {
	t.Helper()
	day := time.Now()
	if epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		day = time.Unix(epoch, 0).UTC()
	}
	pages := make(map[string][]byte)
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		subs := c.Commands()
		asMarkdown(c)
		var page bytes.Buffer
		header := &doc.GenManHeader{Section: "1", Date: &day, Source: "followupd " + version, Manual: "followupd"}
		if err := doc.GenMan(c, header, &page); err != nil {
			t.Fatal(err)
		}
		const status = ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage or wrong configuration.\n"
		const files = ".SH FILES\n.I $XDG_CONFIG_HOME/followupd/followupd.toml\nis the configuration where no \\fB-c\\fP says otherwise; see \\fBfollowupd.toml\\fP(5).\n"
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		before, after, _ := bytes.Cut(page.Bytes(), []byte(".SH SEE ALSO"))
		if len(after) == 0 {
			t.Fatalf("%s has no section SEE ALSO", name)
		}
		// cobra names what a flag is without being given, of which only a text that is there says something.
		options := strings.NewReplacer("[=false]", "", "[=[]]", "", "=[]", "", `=""`, "", "\n\t", "\n").Replace(string(before))
		pages[name] = []byte(options + status + files + ".SH SEE ALSO" + string(after))
		for _, sub := range subs {
			if sub.IsAvailableCommand() && sub.Name() != "help" && sub.Name() != "completion" {
				visit(sub)
			}
		}
	}
	visit(newRoot(&app{}))

	var reference bytes.Buffer
	if err := config.Reference(&reference); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(reference.String(), "\n")
	head := "# \"followupd.toml\" \"5\" \"" + day.Format("Jan 2006") + "\" \"followupd " + version + "\" \"followupd\"\n\n" +
		"# NAME\nfollowupd.toml \\- configuration of followupd for one mailbox\n\n# DESCRIPTION\n"
	pages["followupd.toml.5"] = md2man.Render([]byte(head + definitions(body) + "\n# SEE ALSO\n**followupd(1)**, **followupd-init(1)**, **followupd-check(1)**\n"))
	return pages
}

// asMarkdown has a command's texts, which are plain, come out of a Markdown renderer as they are.
func asMarkdown(c *cobra.Command) {
	escape := strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`).Replace
	c.DisableAutoGenTag = true
	c.Short, c.Long = escape(c.Short), escape(c.Long)
	flag := func(f *pflag.Flag) {
		if c.InheritedFlags().Lookup(f.Name) == nil { // else it was done with its own command
			f.Usage = escape(f.Usage)
		}
	}
	c.LocalFlags().VisitAll(flag)
}

// definitions makes the tables of the reference paragraphs, since cells of a manual page do not wrap.
func definitions(markdown string) string {
	var b strings.Builder
	for line := range strings.Lines(markdown) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 6 {
			b.WriteString(strings.Replace(line, "## ", "# ", 1))
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\x00", "|"))
		}
		if key := strings.Trim(cells[1], "`"); key != "key" && strings.Trim(key, "- ") != "" {
			b.WriteString("**" + strings.ReplaceAll(key, "_", `\_`) + "** (" + cells[2] + "; " + cells[3] + ")\n: " + cells[4] + "\n\n")
		}
	}
	return b.String()
}
