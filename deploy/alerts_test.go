package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.yaml.in/yaml/v3"

	"followupd/report/metrics"
)

// rules are the alerting rules of Prometheus (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/).
type rules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

// told gives the kinds of all metrics that there are.
func told(t *testing.T) map[string]dto.MetricType {
	t.Helper()
	p := metrics.Process{Worker: &metrics.Worker{}, Mailboxes: []metrics.Mailbox{{
		Name: "anna", Epoch: 1, LastPass: time.Now(), Threads: map[string]int{}, Model: &metrics.Model{}, Webhook: &metrics.Webhook{},
		Watchers: []metrics.Watcher{{Folder: "INBOX"}}, IMAP: metrics.IMAP{Failed: []metrics.Failure{{Cause: "login"}}},
	}}}
	families, err := metrics.NewRegistry(func(to *metrics.Process) { *to = p }, metrics.NewPasses(), time.Now()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[string]dto.MetricType)
	for _, f := range families {
		kinds[f.GetName()] = f.GetType()
	}
	return kinds
}

func TestAlerts_AskForMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r rules
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&r); err != nil {
		t.Fatal(err)
	}
	kinds, names := told(t), regexp.MustCompile(`followupd_[a-z_]+`)
	for _, g := range r.Groups {
		for _, one := range g.Rules {
			asked := names.FindAllString(one.Expr, -1)
			if len(asked) == 0 && !strings.HasPrefix(one.Expr, "up{") {
				t.Errorf("%s asks for none of followupd's metrics", one.Alert)
			}
			for _, name := range asked {
				kind, there := kinds[name]
				if !there {
					t.Errorf("%s asks for %s, which there is not", one.Alert, name)
				}
				if kind == dto.MetricType_COUNTER && !strings.Contains(one.Expr, "increase("+name) {
					t.Errorf("%s compares the counter %s as it stands", one.Alert, name)
				}
			}
			if one.Labels["severity"] == "" || !strings.HasSuffix(one.Annotations["summary"], ".") && !strings.HasSuffix(one.Annotations["summary"], "?") {
				t.Errorf("%s lacks a severity or a sentence: %+v", one.Alert, one)
			}
		}
	}
	if len(r.Groups) != 1 || len(r.Groups[0].Rules) < 5 {
		t.Errorf("%d groups", len(r.Groups))
	}
}

// Prometheus's own tool plays a mailbox whose password changed, one that is full, and a fleet with one mailbox too many.
func TestAlerts_FireWhenTheyShould(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here (apt-get install prometheus): the alerts are only read")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, said)
		}
	}
}
