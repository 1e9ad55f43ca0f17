package imapwatch

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"followupd/mail"

	"github.com/emersion/go-imap/v2"
)

// bodiesAtOnce is how many bodies are fetched before they are handed over: at most 5 MiB.
const bodiesAtOnce = 16

// Bodies reads the start of messages (mail.MaxHeader, mail.MaxBody) without setting \Seen. What is gone is left out;
// what cannot be read comes with an empty Source. Errors: ErrRenumbered where validity is not the folder's any more.
func (m *Mailbox) Bodies(ctx context.Context, folder string, validity uint32, uids []mail.UID, each func(mail.Body) error) error {
	todo := make([]imap.UID, 0, len(uids))
	for _, uid := range uids {
		if uid != 0 {
			todo = append(todo, imap.UID(uid))
		}
	}
	slices.Sort(todo)
	todo = slices.Compact(todo)
	if len(todo) == 0 {
		return nil
	}
	err := m.reading(ctx, func(k *conn) error {
		sel, err := k.examine(ctx, folder)
		if err != nil {
			return err
		}
		if sel.validity != validity {
			return ErrRenumbered
		}
		r := &reader{m: m, k: k, folder: folder, validity: validity, forms: bodyForms}
		for len(todo) > 0 {
			messages, done, err := r.read(ctx, todo[:min(len(todo), bodiesAtOnce)])
			todo = todo[done:] // a second try goes on here
			for i := range messages {
				if messages[i].uid == 0 {
					continue
				}
				if err := each(body(&messages[i])); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read bodies of %q: %w", folder, err)
	}
	return nil
}

// body joins header and text to the start of the message. A header that was cut is ended at its last whole line, so that
// the text is not taken for more of it.
func body(f *fetched) mail.Body {
	b := mail.Body{UID: mail.UID(f.uid), Size: f.size}
	if f.header == nil {
		return b
	}
	header := f.header
	if len(header) >= mail.MaxHeader && !bytes.HasSuffix(header, []byte("\r\n\r\n")) {
		header = header[:bytes.LastIndexByte(header, '\n')+1]
		header = append(header[:len(header):len(header)], "\r\n"...)
		b.CutHeader = true
	}
	b.Source = make([]byte, 0, len(header)+len(f.text))
	b.Source = append(append(b.Source, header...), f.text...)
	return b
}
