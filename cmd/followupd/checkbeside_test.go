package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch/imaptest"
)

func TestCheck_TellsOfSignalsWebhookAndMetrics(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	check := func() (is checkBeside) {
		t.Helper()
		if err := json.Unmarshal([]byte(d.mustRun("check", "--json")), &is); err != nil {
			t.Fatal(err)
		}
		return is
	}
	if d := cmp.Diff(check(), checkBeside{}); d != "" {
		t.Errorf("where all is off (-got +want):\n%s", d)
	}
	d.write("secret", "s3cret\n")
	d.configure("signals.listen", quoted("127.0.0.1:8026"), "signals.base_url", quoted("https://read.acme.example/"),
		"webhook.url", quoted("https://crm.acme.example/hooks/4711-of-anna"), "webhook.secret_file", quoted("secret"),
		"metrics.listen", quoted("0.0.0.0:8027"), "metrics.token_file", quoted("secret"))
	want := checkBeside{
		Signals: checkSignals{On: true, Listen: "127.0.0.1:8026", BaseURL: "https://read.acme.example"},
		Webhook: checkWebhook{On: true, Host: "crm.acme.example"},
		Metrics: checkMetrics{On: true, Listen: "0.0.0.0:8027", Token: true},
	}
	if d := cmp.Diff(check(), want); d != "" {
		t.Errorf("where all is on (-got +want):\n%s", d)
	}
	if said := d.mustRun("check"); !strings.Contains(said, "to whoever shows the token") || strings.Contains(said, "4711") || strings.Contains(said, "s3cret") {
		t.Errorf("check says:\n%s", said)
	}
	d.configure("metrics.token_file", quoted("no-such-file"))
	d.run("check").says(t, 1, "metrics.token_file")
}
