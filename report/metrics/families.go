package metrics

import "github.com/prometheus/client_golang/prometheus"

const (
	gauge   = prometheus.GaugeValue   // it goes up and down
	counter = prometheus.CounterValue // it goes up, and to 0 when the counting begins anew
)

// family is one metric of every T. Names follow https://prometheus.io/docs/practices/naming/: base units, and _total for what
// only goes up.
type family[T any] struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	tell func(s series, of *T) // tells its series of one T, or none where there is nothing to tell
}

// perProcess is a metric that the process has once.
func perProcess(name string, kind prometheus.ValueType, help string, tell func(series, *Process), labels ...string) family[Process] {
	return family[Process]{prometheus.NewDesc(name, help, labels, nil), kind, tell}
}

// perMailbox is a metric that each mailbox has; labels are those besides its name.
func perMailbox(name string, kind prometheus.ValueType, help string, tell func(series, *Mailbox), labels ...string) family[Mailbox] {
	return family[Mailbox]{prometheus.NewDesc(name, help, append([]string{"mailbox"}, labels...), nil), kind, tell}
}

// perPart describes metrics of a part that not every mailbox has: those without it have none of them.
func perPart[P any](part func(*Mailbox) *P) func(name string, kind prometheus.ValueType, help string, value func(*P) float64) family[Mailbox] {
	return func(name string, kind prometheus.ValueType, help string, value func(*P) float64) family[Mailbox] {
		return perMailbox(name, kind, help, func(s series, m *Mailbox) {
			if p := part(m); p != nil {
				s.is(value(p))
			}
		})
	}
}

// ofProcess are all metrics of the process as a whole, beside how long passes took.
func ofProcess() []family[Process] {
	return []family[Process]{
		perProcess("followupd_build_info", gauge, "Always 1; which followupd this is.", func(s series, p *Process) {
			s.is(1, p.Version, p.GoVersion)
		}, "version", "goversion"),
		perProcess("followupd_mailbox_files", gauge, "Mailboxes that the files of this process name.", func(s series, p *Process) {
			s.is(float64(p.Files))
		}),
		perProcess("followupd_mailboxes", gauge, "Mailboxes that this process works; of a worker in a fleet: that it holds.", func(s series, p *Process) {
			s.is(float64(len(p.Mailboxes)))
		}),
		perProcess("followupd_worker_joined", gauge, "1 where this worker's session with the database stands.", func(s series, p *Process) {
			if p.Worker != nil {
				s.is(flag(p.Worker.Joined))
			}
		}),
		perProcess("followupd_worker_sessions_lost_total", counter, "Sessions with the database that were lost or did not come about.", func(s series, p *Process) {
			if p.Worker != nil {
				s.is(float64(p.Worker.Lost))
			}
		}),
	}
}

// ofMailbox are all metrics of a mailbox.
func ofMailbox() []family[Mailbox] {
	ofModel := perPart(func(m *Mailbox) *Model { return m.Model })
	ofWebhook := perPart(func(m *Mailbox) *Webhook { return m.Webhook })
	return []family[Mailbox]{
		perMailbox("followupd_mailbox_up", gauge, "1 where passes do all they should, the last one among them: as /readyz has it.", func(s series, m *Mailbox) {
			s.is(flag(m.Up))
		}),
		perMailbox("followupd_mailbox_watching", gauge, "0 where the connection is broken that waits for news of the folder; 1 also where the server leaves only asking at intervals.", func(s series, m *Mailbox) {
			for _, w := range m.Watchers {
				s.is(flag(w.Connected), w.Folder)
			}
		}, "folder"),
		perMailbox("followupd_mailbox_last_pass_timestamp_seconds", gauge, "When the last pass ended that did all it should, in Unix time.", func(s series, m *Mailbox) {
			if !m.LastPass.IsZero() {
				s.is(float64(m.LastPass.Unix()))
			}
		}),
		perMailbox("followupd_mailbox_passes_total", counter, "Passes over the mailbox: ok where they did all they should.", func(s series, m *Mailbox) {
			s.is(float64(m.Passes), "ok")
			s.is(float64(m.PassesWrong), "failed")
		}, "result"),
		perMailbox("followupd_mailbox_pass_seconds_total", counter, "Time spent in passes.", func(s series, m *Mailbox) {
			s.is(m.Passing.Seconds())
		}),
		perMailbox("followupd_mailbox_threads", gauge, "Threads by where they stand, as of the last pass.", func(s series, m *Mailbox) {
			if m.Threads == nil {
				return
			}
			for _, state := range threadStates() {
				s.is(float64(m.Threads[string(state)]), string(state))
			}
		}, "state"),
		perMailbox("followupd_mailbox_drafts_waiting", gauge, "Drafts that lie in Drafts and wait for the rep.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Waiting))
		}),
		perMailbox("followupd_mailbox_drafts_unknown", gauge, "Drafts that were sent to the server and never confirmed.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Unknown))
		}),
		perMailbox("followupd_mailbox_drafts_due", gauge, "Threads that are due and get no draft now: outside the hours, or above a limit.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Due))
		}),
		perMailbox("followupd_mailbox_drafts_placed_total", counter, "Drafts laid into Drafts.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Placed))
		}),
		perMailbox("followupd_mailbox_drafts_withdrawn_total", counter, "Drafts taken back because somebody answered, or the rep said so.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Withdrawn))
		}),
		perMailbox("followupd_mailbox_drafts_refused_total", counter, "Follow-ups that no text keeping the house rules could be written for.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.Refused))
		}),
		perMailbox("followupd_mailbox_append_failures_total", counter, "Drafts that the server refused, or whose outcome was lost.", func(s series, m *Mailbox) {
			s.is(float64(m.Drafts.AppendsFailed))
		}),
		perMailbox("followupd_mailbox_imap_commands_total", counter, "IMAP commands sent.", func(s series, m *Mailbox) {
			s.is(float64(m.IMAP.Commands))
		}),
		perMailbox("followupd_mailbox_imap_received_bytes_total", counter, "Bytes received from the mail server, encryption included.", func(s series, m *Mailbox) {
			s.is(float64(m.IMAP.Received))
		}),
		perMailbox("followupd_mailbox_imap_sent_bytes_total", counter, "Bytes sent to the mail server, encryption included.", func(s series, m *Mailbox) {
			s.is(float64(m.IMAP.Sent))
		}),
		perMailbox("followupd_mailbox_imap_logins_total", counter, "Connections on which the mail server took the login.", func(s series, m *Mailbox) {
			s.is(float64(m.IMAP.Logins))
		}),
		perMailbox("followupd_mailbox_imap_connections_lost_total", counter, "Connections that ended in the middle of a command.", func(s series, m *Mailbox) {
			s.is(float64(m.IMAP.Lost))
		}),
		perMailbox("followupd_mailbox_imap_connect_failures_total", counter, "Connections that did not come about, by cause.", func(s series, m *Mailbox) {
			for _, f := range m.IMAP.Failed {
				s.is(float64(f.Count), f.Cause)
			}
		}, "cause"),
		ofModel("followupd_mailbox_model_calls_total", counter, "Calls of the language model.", func(m *Model) float64 { return float64(m.Calls) }),
		ofModel("followupd_mailbox_model_errors_total", counter, "Calls of the language model that came to nothing.", func(m *Model) float64 { return float64(m.Errors) }),
		ofModel("followupd_mailbox_model_tokens_total", counter, "Tokens that the language model used, as its endpoint counts them.", func(m *Model) float64 { return float64(m.Tokens) }),
		ofModel("followupd_mailbox_model_cost_total", counter, "What that cost, in the currency of llm.price_in and price_out.", func(m *Model) float64 { return m.Cost }),
		ofWebhook("followupd_mailbox_webhook_waiting", gauge, "Notices that wait to be told to the webhook.", func(w *Webhook) float64 { return float64(w.Waiting) }),
		ofWebhook("followupd_mailbox_webhook_told_total", counter, "Notices that the webhook's receiver took.", func(w *Webhook) float64 { return float64(w.Told) }),
		ofWebhook("followupd_mailbox_webhook_failures_total", counter, "Tries to tell the webhook that failed.", func(w *Webhook) float64 { return float64(w.Failures) }),
		ofWebhook("followupd_mailbox_webhook_given_up_total", counter, "Notices that nobody took for three days.", func(w *Webhook) float64 { return float64(w.GivenUp) }),
		perMailbox("followupd_mailbox_lock_epoch", gauge, "How often a worker has taken the mailbox; it is there where this worker holds its lock.", func(s series, m *Mailbox) {
			if m.Epoch > 0 {
				s.is(float64(m.Epoch))
			}
		}),
	}
}
