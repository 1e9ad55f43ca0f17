package mail

import (
	"fmt"
	"strings"
)

// isReport judges machine-readable reports (RFC 3464, RFC 8098, RFC 5965).
func (s *study) isReport() bool {
	report := s.report()
	if report == nil {
		return false
	}
	if s.ok && report.Type == "delivery-status" && !s.daemon() && s.challenges() {
		return false // challenge systems put their questions into reports
	}
	switch report.Type {
	case "delivery-status":
		return s.deliveryReport(report)
	case "disposition-notification":
		if s.rejected(report) {
			return true
		}
		s.r.Kind, s.r.Original = KindReceipt, report.Original
		s.because("a read receipt (RFC 8098): a program says that the mail was " + orWord(report.Disposition, "opened"))
		return true
	case "feedback-report":
		s.r.Kind, s.r.Original = KindSystem, report.Original
		for _, to := range report.Recipients {
			s.r.Failed = append(s.r.Failed, to.Address)
		}
		s.because("a complaint that a mail provider passes on (RFC 5965)")
		return true
	}
	return false
}

// rejected judges receipts by which a server refuses a mail (RFC 5429's reject, quotas of Dovecot): deleted unread, with words that say so.
func (s *study) rejected(report *Report) bool {
	if s.search(); report.Disposition != "deleted" || len(s.inTop["text bounce"]) == 0 {
		return false
	}
	s.r.Kind, s.r.Sub, s.r.Original = KindBounce, s.bounceSubByText(), report.Original
	for _, to := range report.Recipients {
		s.r.Failed = append(s.r.Failed, to.Address)
	}
	s.because("the recipient's mail server refused the mail, in the form of a receipt (RFC 8098)")
	return true
}

// report gives what Content holds, or what the header alone promises.
func (s *study) report() *Report {
	if s.ok {
		return s.m.Content.Report
	}
	kind, params := mediaType([]byte(s.m.sign("Content-Type")))
	if kind != "multipart/report" {
		return nil
	}
	return &Report{Type: strings.ToLower(params["report-type"])}
}

// deliveryReport judges a delivery status notification by its recipients: one failure makes it a bounce; a notice that all
// is well is a receipt.
func (s *study) deliveryReport(report *Report) bool {
	var failed, delayed, fine int
	worst := Sub("")
	for _, to := range report.Recipients {
		switch to.Action {
		case "delayed":
			delayed++
		case "delivered", "relayed", "expanded":
			fine++
			continue
		default:
			failed++
			if sub := bounceSub(to.Status, to.Diagnostic+" "); worst == "" || sub == SubHard {
				worst = sub
			}
		}
		if to.Address != "" {
			s.r.Failed = appendAddress(s.r.Failed, to.Address)
		}
	}
	s.r.Original = report.Original
	switch {
	case failed > 0:
		s.r.Kind, s.r.Sub = KindBounce, worst
		first := report.Recipients[0]
		for _, to := range report.Recipients {
			if to.Action != "delayed" && to.Action != "delivered" {
				first = to
				break
			}
		}
		s.because(fmt.Sprintf("a mail server reports that it could not deliver (RFC 3464): %s", strings.TrimSpace(first.Status+" "+clip(first.Diagnostic, 160))))
	case delayed > 0:
		s.r.Kind, s.r.Sub = KindBounce, SubDelay
		s.because("a mail server reports a delay and goes on trying (RFC 3464, Action: delayed)")
	case fine > 0:
		s.r.Kind, s.r.Failed = KindReceipt, nil
		s.because("a mail server reports that it delivered the mail (RFC 3464)")
	default:
		s.search()
		s.r.Kind, s.r.Sub = KindBounce, s.bounceSubByText()
		s.r.Failed = s.failedByText()
		s.because("a delivery report without readable recipients (RFC 3464)")
	}
	if s.r.Original == "" {
		s.r.Original = s.originalByText()
	}
	return true
}

func appendAddress(list []Address, a Address) []Address {
	for _, have := range list {
		if have == a {
			return list
		}
	}
	return append(list, a)
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// isReceipt judges read receipts that are no reports: Lotus Notes' and old ones, by subject and text.
func (s *study) isReceipt() bool {
	if s.ok && len(s.r.NewText) < 1500 {
		s.search()
		lower := strings.ToLower(s.m.Subject)
		for _, mark := range []string{
			"read:", "return receipt", "gelesen:", "lu :", "lu:", "leído:", "lida:", "letto:", "gelezen:", "läst:", "lest:", "læst:",
			"luettu:", "przeczytano:", "přečteno:", "開封済み:", "开封:", "已读:", "confirmation de lecture", "lesebestätigung", "read receipt", "disposition notification",
		} {
			if strings.HasPrefix(lower, mark) && (isReceiptText(s.text) || s.r.NewText == "") {
				s.r.Kind, s.r.Original = KindReceipt, s.originalByText()
				s.because(fmt.Sprintf("a read receipt: the subject begins with %q", mark))
				return true
			}
		}
	}
	return false
}

// isReceiptText says that a text speaks of a mail having been read, in the words of the programs that say so.
func isReceiptText(text string) bool {
	lower := strings.ToLower(clip(text, 2000))
	for _, words := range []string{
		"was read", "was displayed", "has been displayed", "return receipt", "wurde gelesen", "wurde am", "a été lu", "se leyó", "ha sido leído",
		"foi lida", "è stato letto", "is gelezen", "lästes", "ble lest", "blev læst", "luettiin", "została przeczytana", "byla přečtena", "読まれ", "已被阅读", "no guarantee that",
	} {
		if strings.Contains(lower, words) {
			return true
		}
	}
	return false
}
