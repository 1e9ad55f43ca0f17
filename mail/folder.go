package mail

import "time"

// Role is what a folder is for. The zero value means any other folder.
type Role string

// The roles that matter here. Everything in which an answer may lie, besides the inbox, is RoleAlso.
const (
	RoleInbox  Role = "inbox"
	RoleSent   Role = "sent"
	RoleDrafts Role = "drafts"
	RoleTrash  Role = "trash"
	RoleAlso   Role = "also"
)

// Folder is one IMAP mailbox (RFC 9051's word for a folder; ours is for the rep's whole account).
type Folder struct {
	Name string // decoded, as the server spells it
	Role Role
	Why  string // why it has this role: "special-use \\Sent", "the config says so", "its name is a well-known one"
}

// UID is an IMAP unique identifier (RFC 9051 section 2.3.1.1). The zero value means that it is unknown.
type UID uint32

// Cursor is how far a folder has been read. The zero value means: never.
type Cursor struct {
	UIDValidity uint32
	UIDNext     UID    // every UID below it has been read
	ModSeq      uint64 // HIGHESTMODSEQ (RFC 7162) at that time; 0 where the server has none
	Messages    uint32 // EXISTS at that time
}

// Item is a message as it lies in a folder, not yet parsed.
type Item struct {
	UID      UID
	Flags    []string
	Received time.Time // INTERNALDATE; zero if the server's was unreadable
	Size     int64     // RFC822.SIZE
	Header   []byte    // the fields of HeaderFields as one literal
}

// Batch is what one round of reading brought: the items, and the cursor that holds once they are stored.
type Batch struct {
	Items  []Item
	Cursor Cursor
	Left   int // messages that are still to be read of the folder in this reading
	// Reset says that the folder's earlier UIDs mean nothing any more (UIDVALIDITY changed, or UIDNEXT went
	// back): its locations are to be forgotten before Items are stored. Messages once seen stay seen.
	Reset bool
}

// Body is the start of a message as fetched: its whole header up to MaxHeader, its body up to MaxBody bytes.
type Body struct {
	UID    UID
	Source []byte
	Size   int64 // RFC822.SIZE: larger than len(Source) means that Source was cut
	// CutHeader says that the header alone was longer than MaxHeader: Source holds its whole fields up to there.
	CutHeader bool
}
