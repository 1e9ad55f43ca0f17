package metrics

// kind is what a metric may do.
type kind string

const (
	gauge   kind = "gauge"   // it goes up and down
	counter kind = "counter" // it goes up, and to 0 when the counting begins anew
)

// family is one metric of every mailbox. Names follow https://prometheus.io/docs/practices/naming/: base units, and _total
// for what only goes up.
type family struct {
	name string
	kind kind
	help string
	tell func(s series, m *Mailbox) // writes its series of one mailbox, or none where there is nothing to tell
}

// families are all metrics of a mailbox.
func families() []family {
	return []family{
		{"followupd_mailbox_up", gauge, "1 where passes do all they should, the last one among them: as /readyz has it.", func(s series, m *Mailbox) {
			s.flag(m.Up)
		}},
		{"followupd_mailbox_watching", gauge, "0 where the connection is broken that waits for news of the folder; 1 also where the server leaves only asking at intervals.", func(s series, m *Mailbox) {
			for _, w := range m.Watchers {
				s.with("folder", w.Folder).flag(w.Connected)
			}
		}},
		{"followupd_mailbox_last_pass_timestamp_seconds", gauge, "When the last pass ended that did all it should, in Unix time.", func(s series, m *Mailbox) {
			if !m.LastPass.IsZero() {
				s.whole(m.LastPass.Unix())
			}
		}},
		{"followupd_mailbox_passes_total", counter, "Passes over the mailbox: ok where they did all they should.", func(s series, m *Mailbox) {
			s.with("result", "ok").count(m.Passes)
			s.with("result", "failed").count(m.PassesWrong)
		}},
		{"followupd_mailbox_pass_seconds_total", counter, "Time spent in passes.", func(s series, m *Mailbox) {
			s.real(m.Passing.Seconds())
		}},
		{"followupd_mailbox_threads", gauge, "Threads by where they stand, as of the last pass.", func(s series, m *Mailbox) {
			if m.Threads == nil {
				return
			}
			for _, state := range threadStates() {
				s.with("state", string(state)).whole(int64(m.Threads[string(state)]))
			}
		}},
		{"followupd_mailbox_drafts_waiting", gauge, "Drafts that lie in Drafts and wait for the rep.", func(s series, m *Mailbox) {
			s.whole(int64(m.Drafts.Waiting))
		}},
		{"followupd_mailbox_drafts_unknown", gauge, "Drafts that were sent to the server and never confirmed.", func(s series, m *Mailbox) {
			s.whole(int64(m.Drafts.Unknown))
		}},
		{"followupd_mailbox_drafts_due", gauge, "Threads that are due and get no draft now: outside the hours, or above a limit.", func(s series, m *Mailbox) {
			s.whole(int64(m.Drafts.Due))
		}},
		{"followupd_mailbox_drafts_placed_total", counter, "Drafts laid into Drafts.", func(s series, m *Mailbox) {
			s.count(m.Drafts.Placed)
		}},
		{"followupd_mailbox_drafts_withdrawn_total", counter, "Drafts taken back because somebody answered, or the rep said so.", func(s series, m *Mailbox) {
			s.count(m.Drafts.Withdrawn)
		}},
		{"followupd_mailbox_drafts_refused_total", counter, "Follow-ups that no text keeping the house rules could be written for.", func(s series, m *Mailbox) {
			s.count(m.Drafts.Refused)
		}},
		{"followupd_mailbox_append_failures_total", counter, "Drafts that the server refused, or whose outcome was lost.", func(s series, m *Mailbox) {
			s.count(m.Drafts.AppendsFailed)
		}},
		{"followupd_mailbox_imap_commands_total", counter, "IMAP commands sent.", func(s series, m *Mailbox) {
			s.count(m.IMAP.Commands)
		}},
		{"followupd_mailbox_imap_received_bytes_total", counter, "Bytes received from the mail server, encryption included.", func(s series, m *Mailbox) {
			s.count(m.IMAP.Received)
		}},
		{"followupd_mailbox_imap_sent_bytes_total", counter, "Bytes sent to the mail server, encryption included.", func(s series, m *Mailbox) {
			s.count(m.IMAP.Sent)
		}},
		{"followupd_mailbox_imap_logins_total", counter, "Connections on which the mail server took the login.", func(s series, m *Mailbox) {
			s.count(m.IMAP.Logins)
		}},
		{"followupd_mailbox_imap_connections_lost_total", counter, "Connections that ended in the middle of a command.", func(s series, m *Mailbox) {
			s.count(m.IMAP.Lost)
		}},
		{"followupd_mailbox_imap_connect_failures_total", counter, "Connections that did not come about, by cause.", func(s series, m *Mailbox) {
			for _, f := range m.IMAP.Failed {
				s.with("cause", f.Cause).count(f.Count)
			}
		}},
		{"followupd_mailbox_model_calls_total", counter, "Calls of the language model.", func(s series, m *Mailbox) {
			if m.Model != nil {
				s.count(m.Model.Calls)
			}
		}},
		{"followupd_mailbox_model_errors_total", counter, "Calls of the language model that came to nothing.", func(s series, m *Mailbox) {
			if m.Model != nil {
				s.count(m.Model.Errors)
			}
		}},
		{"followupd_mailbox_model_tokens_total", counter, "Tokens that the language model used, as its endpoint counts them.", func(s series, m *Mailbox) {
			if m.Model != nil {
				s.count(m.Model.Tokens)
			}
		}},
		{"followupd_mailbox_model_cost_total", counter, "What that cost, in the currency of llm.price_in and price_out.", func(s series, m *Mailbox) {
			if m.Model != nil {
				s.real(m.Model.Cost)
			}
		}},
		{"followupd_mailbox_webhook_waiting", gauge, "Notices that wait to be told to the webhook.", func(s series, m *Mailbox) {
			if m.Webhook != nil {
				s.whole(int64(m.Webhook.Waiting))
			}
		}},
		{"followupd_mailbox_webhook_told_total", counter, "Notices that the webhook's receiver took.", func(s series, m *Mailbox) {
			if m.Webhook != nil {
				s.count(m.Webhook.Told)
			}
		}},
		{"followupd_mailbox_webhook_failures_total", counter, "Tries to tell the webhook that failed.", func(s series, m *Mailbox) {
			if m.Webhook != nil {
				s.count(m.Webhook.Failures)
			}
		}},
		{"followupd_mailbox_webhook_given_up_total", counter, "Notices that nobody took for three days.", func(s series, m *Mailbox) {
			if m.Webhook != nil {
				s.count(m.Webhook.GivenUp)
			}
		}},
		{"followupd_mailbox_lock_epoch", gauge, "How often a worker has taken the mailbox; it is there where this worker holds its lock.", func(s series, m *Mailbox) {
			if m.Epoch > 0 {
				s.whole(m.Epoch)
			}
		}},
	}
}
