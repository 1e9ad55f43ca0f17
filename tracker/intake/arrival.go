// Package intake holds what every store of facts does alike before it writes: it tells messages apart, decides which copy of
// one counts, and takes out of what arrives and of what is stored the people whom the rep had forgotten. It is pure; the
// stores write what it says.
package intake

import (
	"time"

	"followupd/mail"
)

// Arrival is a message of a batch, with all the copies of it that the batch holds.
type Arrival struct {
	Identity Identity
	Row      int64 // given by the store
	Header   []byte
	Received int64 // unix ms
	Guessed  bool  // no copy had a time of the server's
	Reduced  bool  // the header was written anew without forgotten people
	UIDs     []mail.UID
}

// Arrivals gives the messages of a batch in order of their first copy.
func Arrivals(folder string, batch mail.Batch, now time.Time) []Arrival {
	arrivals := make([]Arrival, 0, len(batch.Items))
	at := make(map[Identity]int, len(batch.Items))
	uids := make([]mail.UID, len(batch.Items))
	for i, item := range batch.Items {
		header := item.Header[:min(len(item.Header), mail.MaxHeader)]
		if header == nil {
			header = []byte{} // nil would be NULL
		}
		f := scan(header)
		a := Arrival{
			Identity: f.identify(item.Received, folder, batch.Cursor.UIDValidity, uint32(item.UID)),
			Header:   header,
			Received: item.Received.UnixMilli(),
		}
		if item.Received.IsZero() {
			a.Guessed, a.Received = true, f.guessReceived(now).UnixMilli()
		}
		uids[i] = item.UID
		if j, ok := at[a.Identity]; ok {
			first := &arrivals[j]
			first.UIDs = append(first.UIDs, item.UID)
			if Earlier(a.Received, a.Guessed, first.Received, first.Guessed) {
				first.Received, first.Guessed = a.Received, a.Guessed
			}
			continue
		}
		a.UIDs = uids[i : i+1 : i+1]
		at[a.Identity] = len(arrivals)
		arrivals = append(arrivals, a)
	}
	return arrivals
}

// Earlier says whether a copy's time of receipt is to be taken over another's: the server's word beats a guess.
func Earlier(received int64, guessed bool, than int64, thanGuessed bool) bool {
	if guessed != thanGuessed {
		return thanGuessed
	}
	return received < than
}

// Rank says how far a copy's header and body can be trusted to be what was said. Only the rep's side can put a message
// into Sent; whoever knows a Message-ID can mail another text with it into the inbox. A draft is not yet what was said.
func Rank(r mail.Role) int {
	switch r {
	case mail.RoleSent:
		return 2
	case mail.RoleDrafts:
		return 0
	default:
		return 1
	}
}
