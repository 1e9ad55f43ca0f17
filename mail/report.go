package mail

import (
	"bytes"
	"strings"
)

const maxRecipients = 100 // per-recipient blocks kept of one report

// report gives the content's report, making one where a status part stands outside multipart/report.
func (w *walk) report(kind string) *Report {
	if w.content.Report == nil {
		w.content.Report = &Report{}
	}
	if r := w.content.Report; r.Type == "" {
		r.Type = kind
	}
	return w.content.Report
}

// deliveryStatus reads message/delivery-status (RFC 3464 section 2): blocks of fields, the first about the message, each
// further one about a recipient. A block before any recipient may already name one where a server left the first out.
func (w *walk) deliveryStatus(p part) {
	r := w.report("delivery-status")
	for block := range blocks(p.decoded()) {
		var to ReportRecipient
		var final Address
		for name, value := range fields(block) {
			value := decodeText(unfold(value))
			switch strings.ToLower(string(name)) {
			case "original-recipient":
				to.Address = typedAddress(value)
			case "final-recipient":
				final = typedAddress(value)
			case "action":
				to.Action, _, _ = strings.Cut(strings.ToLower(value), " ")
			case "status":
				to.Status, _, _ = strings.Cut(value, " ")
			case "diagnostic-code":
				to.Diagnostic = clip(value, 500)
			case "original-message-id", "x-original-message-id":
				if r.Original == "" {
					r.Original = firstID(msgIDs([]byte(value)))
				}
			}
		}
		// The address we wrote to is Original-Recipient; Final-Recipient is where the mail was redirected to.
		if to.Address == "" {
			to.Address = final
		}
		if to.Address == "" && to.Action == "" {
			continue
		}
		if len(r.Recipients) < maxRecipients {
			r.Recipients = append(r.Recipients, to)
		}
	}
}

// dispositionNotification reads message/disposition-notification (RFC 8098 section 3).
func (w *walk) dispositionNotification(p part) {
	r := w.report("disposition-notification")
	for name, value := range fields(bytes.TrimLeft(p.decoded(), "\r\n")) {
		value := decodeText(unfold(value))
		switch strings.ToLower(string(name)) {
		case "original-recipient", "final-recipient":
			if a := typedAddress(value); a != "" && len(r.Recipients) == 0 {
				r.Recipients = []ReportRecipient{{Address: a}}
			}
		case "original-message-id":
			if r.Original == "" {
				r.Original = firstID(msgIDs([]byte(value)))
			}
		case "disposition":
			// "manual-action/MDN-sent-manually; displayed/error"
			if _, what, ok := strings.Cut(value, ";"); ok {
				value = what
			}
			value, _, _ = strings.Cut(value, "/")
			r.Disposition = strings.ToLower(strings.TrimSpace(value))
		}
	}
}

// feedbackReport reads message/feedback-report (RFC 5965): a complaint.
func (w *walk) feedbackReport(p part) {
	r := w.report("feedback-report")
	for name, value := range fields(bytes.TrimLeft(p.decoded(), "\r\n")) {
		value := decodeText(unfold(value))
		switch strings.ToLower(string(name)) {
		case "original-rcpt-to":
			if a, ok := addrSpec([]byte(value)); ok && len(r.Recipients) < maxRecipients {
				r.Recipients = append(r.Recipients, ReportRecipient{Address: a})
			}
		case "feedback-type":
			r.Disposition = strings.ToLower(value)
		}
	}
}

// embedded reads the header of a message that lies in this one, as reports carry the message they speak of.
func (w *walk) embedded(source []byte) {
	if w.content.Embedded != "" {
		return
	}
	header, _ := splitHeader(bytes.TrimLeft(source, "\r\n"))
	m := ParseHeader(header)
	w.content.Embedded = m.ID
	if r := w.content.Report; r != nil && r.Original == "" {
		r.Original = m.ID
	}
}

// blocks cuts a delivery status at its empty lines.
func blocks(b []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			if n := emptyLine(b); n > 0 {
				b = b[n:]
				continue
			}
			var block []byte
			block, b = splitHeader(b)
			if !yield(block) {
				return
			}
		}
	}
}

// typedAddress reads "rfc822; lena@nordbau.example", also without the type.
func typedAddress(value string) Address {
	if _, rest, ok := strings.Cut(value, ";"); ok {
		value = rest
	}
	list := people([]byte(strings.TrimSpace(value)))
	if len(list) == 0 {
		return ""
	}
	return list[0].Address
}

// clip cuts s to at most n bytes between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
