package tracker

import (
	"context"
	"time"

	"followupd/mail"
)

// Store keeps the facts. Each method is one transaction. Implementations: tracker/sqlite, tracker/postgres.
type Store interface {
	// Origin gives when the store began; the first call of a new store sets FirstStart to now.
	Origin(ctx context.Context, now time.Time) (Origin, error)
	// MarkRecovered notes that the store began anew over older drafts.
	MarkRecovered(ctx context.Context, at time.Time) error

	// Reaches gives how far each folder has been read, by folder name.
	Reaches(ctx context.Context) (map[string]Reach, error)
	// SaveBatch stores what was read and how far, together: a kill between the two is impossible. It gives the rows that
	// are new to the store, or that were seen in a new folder.
	SaveBatch(ctx context.Context, folder mail.Folder, batch mail.Batch, now time.Time) (rows []int64, err error)
	// MarkRead notes that the folder was read to its end at that time.
	MarkRead(ctx context.Context, folder string, at time.Time) error

	// Seen gives messages in order of Row: those above after, or exactly the rows named. The Message is parsed from its
	// stored header; SeenRows brings its Content along, as Content gives it. Reading is left empty.
	Seen(ctx context.Context, after int64, each func(Seen) error) error
	SeenRows(ctx context.Context, rows []int64) ([]Seen, error)
	// Lies gives where a message lies now, for fetching its body: folder and UID pairs, best first.
	Lies(ctx context.Context, row int64) ([]Place, error)
	// SaveContent and Content keep what a body holds. Content gives nil where none was read.
	SaveContent(ctx context.Context, row int64, content *mail.Content) error
	Content(ctx context.Context, row int64) (*mail.Content, error)
	// Contents walks all contents in order of row.
	Contents(ctx context.Context, each func(row int64, content *mail.Content) error) error

	// Drafts gives the journal, oldest first. SaveDraft inserts or replaces by Key, durable (synchronous=FULL) when it returns.
	Drafts(ctx context.Context) ([]Draft, error)
	SaveDraft(ctx context.Context, d Draft) error

	// Words gives what the rep said, oldest first. AddWord appends.
	Words(ctx context.Context) ([]Word, error)
	AddWord(ctx context.Context, w Word) error
	// Hear appends the words of gestures, all in one, durable when it returns. A gesture none of whose signs is new says
	// nothing. Unsign forgets the signs of a place but for those that still stand there.
	Hear(ctx context.Context, gestures []Heard) error
	Unsign(ctx context.Context, place string, standing []string) error

	// Opinions gives what was made of unclear answers. SaveOpinion keeps the first on each message that the store holds.
	Opinions(ctx context.Context) ([]Opinion, error)
	SaveOpinion(ctx context.Context, o Opinion) error
	// Edits gives what the rep made of drafts that were sent. SaveEdit inserts or replaces by Draft; of a draft whose texts
	// were erased, and of one that is not in the journal, it keeps no diff.
	Edits(ctx context.Context) ([]Edit, error)
	SaveEdit(ctx context.Context, e Edit) error

	// Forget erases what is stored of a person, everywhere and so that the bytes are gone, but for a salted hash. From then
	// on SaveBatch keeps nothing of theirs (TraceOf, WithoutTrace), and AddWord and SaveDraft refuse with ErrForgotten.
	Forget(ctx context.Context, f Forgetting) (Erased, error)
	// Forgot says whether one of these people was forgotten.
	Forgot(ctx context.Context, people []mail.Address) (bool, error)
	// Forgets grows with every Forget: whoever holds facts in memory loads them anew.
	Forgets(ctx context.Context) (int64, error)
	// Expire puts contents in place of others (nil: as it is) and drops the texts of drafts, whose keys are given.
	Expire(ctx context.Context, contents map[int64]*mail.Content, drafts []string) error

	Close() error
}

// Revised is a Store that can tell at once whether what was done and said may have changed.
type Revised interface {
	// Revision is another after every change of drafts, words, opinions, links and visits, by whichever process; it may be
	// another without one. Texts of drafts that are erased (Expire) need not count.
	Revision(ctx context.Context) (string, error)
}

// Based is a Store that can name all that it holds of what a pass looks at.
type Based interface {
	// Basis is another after every change that Revision shows, of messages, and of how far a folder was read. When a folder was
	// read (MarkRead) and what bodies hold is no part of it.
	Basis(ctx context.Context) (string, error)
}

// Place is where a message lies.
type Place struct {
	Folder   string
	Validity uint32
	UID      mail.UID
}
