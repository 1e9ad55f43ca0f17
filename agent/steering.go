package agent

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"followupd/agent/steer"
	"followupd/mail"
	"followupd/tracker"
)

// Steering is what the rep may say in a mail client.
type Steering struct {
	Gestures []steer.Gesture // by folder
	Keywords []steer.Gesture // by IMAP keyword
	Glance   time.Duration   // how often the folders are looked at between two passes
}

// SteeredMailbox is a Mailbox whose folders and tags the rep may steer by; imapwatch satisfies it. It is asked for nothing
// while steering is off.
type SteeredMailbox interface {
	// SteeringFolders gives the folders of gestures that are there, by gesture.
	SteeringFolders(ctx context.Context) (map[string]string, error)
	// Lying reads the headers of all that lies in a folder, Present those of some messages that may have gone.
	Lying(ctx context.Context, folder string) (mail.Cursor, []mail.Item, error)
	Present(ctx context.Context, folder string, validity uint32, uids []mail.UID) ([]mail.Item, error)
	// PutBack moves messages, Drop removes those of which another copy is known; neither ever loses one.
	PutBack(ctx context.Context, from string, validity uint32, uids []mail.UID, to string) error
	Drop(ctx context.Context, folder string, validity uint32, uids []mail.UID) error
	// Tagged reads the messages that bear one of the keywords, Untag takes one off.
	Tagged(ctx context.Context, folder string) (validity uint32, items []mail.Item, err error)
	Untag(ctx context.Context, folder string, validity uint32, uids []mail.UID, keyword string) error
}

// steering is what the agent remembers of it between passes. All of it can be thrown away.
type steering struct {
	folders map[string]string      // by gesture
	cursors map[string]mail.Cursor // of the folders, as last looked at
	changed map[string]bool        // folders that differ from their cursor
	tagged  map[string]string      // the tags that stood in a folder after the last look, by place
	lines   map[string]bool        // drafts whose first line was read, by UIDVALIDITY and UID
	spoken  map[string]mail.UID    // drafts that only a line for us makes differ from what we wrote, by key
}

// steered gives the mailbox to be steered; false while steering is off.
func (a *Agent) steered() (SteeredMailbox, bool) {
	box, able := a.box.(SteeredMailbox)
	return box, able && a.set.Steering != nil
}

// steeringFolders gives the folders of gestures, to be asked for changes with the others.
func (a *Agent) steeringFolders(ctx context.Context) ([]mail.Folder, error) {
	box, on := a.steered()
	if !on {
		a.steering = steering{}
		return nil, nil
	}
	folders, err := box.SteeringFolders(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the folders to steer by: %w", err)
	}
	a.steering.folders = folders
	if a.steering.cursors == nil {
		a.steering.cursors = make(map[string]mail.Cursor)
	}
	a.steering.changed = make(map[string]bool)
	var list []mail.Folder
	for _, gesture := range slices.Sorted(maps.Keys(folders)) {
		list = append(list, mail.Folder{Name: folders[gesture]})
	}
	return list, nil
}

// withSteering lays the cursors of the steering folders over others: none of theirs is stored.
func (a *Agent) withSteering(cursors map[string]mail.Cursor) map[string]mail.Cursor {
	for _, folder := range a.steering.folders {
		cursors[folder] = a.steering.cursors[folder]
	}
	return cursors
}

// isSteering says that a folder is one of gestures.
func (a *Agent) isSteering(name string) bool {
	for _, folder := range a.steering.folders {
		if folder == name {
			return true
		}
	}
	return false
}

// steer carries out what the rep said by folders and tags. A word is durable before its sign is taken away.
func (a *Agent) steer(ctx context.Context, opt Options) error {
	box, on := a.steered()
	if !on || opt.DryRun {
		return nil
	}
	for _, g := range a.set.Steering.Gestures {
		folder := a.steering.folders[g.Name]
		if folder == "" || !a.steering.changed[folder] {
			continue
		}
		if err := a.steerFolder(ctx, box, g, folder); err != nil {
			return err
		}
	}
	for _, f := range a.folders {
		if f.Role != mail.RoleInbox && f.Role != mail.RoleSent {
			continue
		}
		if err := a.steerTags(ctx, box, f); err != nil {
			return err
		}
	}
	return a.follow(ctx)
}

// glimpse says whether something was moved or edited since the last look, at the cost of one command or one a folder. What
// goes wrong is left to the next pass, which says so.
func (a *Agent) glimpse(ctx context.Context) bool {
	if _, on := a.steered(); !on || a.last.Err != nil || len(a.folders) == 0 {
		return false
	}
	var list []mail.Folder
	for _, folder := range a.steering.folders {
		list = append(list, mail.Folder{Name: folder})
	}
	if drafts, ok := a.draftsFolder(); ok {
		list = append(list, drafts)
	}
	reaches, err := a.store.Reaches(ctx)
	if err != nil {
		return false
	}
	changed, err := a.box.Changed(ctx, list, a.withSteering(cursors(reaches)))
	return err == nil && len(changed) > 0
}

// glances gives the ticks at which to look between two passes; nil where there are none.
func (a *Agent) glances() (ticks <-chan time.Time, stop func()) {
	if _, on := a.steered(); !on || a.set.Steering.Glance <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(a.set.Steering.Glance)
	return t.C, t.Stop
}

// follow has the bodies read of threads that the rep wants chased.
func (a *Agent) follow(ctx context.Context) error {
	_, words, err := a.Done(ctx)
	if err != nil {
		return err
	}
	a.threads.Follow(words)
	return a.readBodies(ctx)
}

// told is a message by which the rep says something.
type told struct {
	item    mail.Item
	message mail.Message
	thread  tracker.ThreadID // "" none is known
	back    string           // the folder it came from
	copied  bool             // the original is still where it was
}

// steerFolder carries out what lies in the folder of a gesture and puts it back. What belongs to no conversation stays there.
func (a *Agent) steerFolder(ctx context.Context, box SteeredMailbox, g steer.Gesture, folder string) error {
	cursor, items, err := box.Lying(ctx, folder)
	if err != nil {
		return fmt.Errorf("read folder %q: %w", folder, err)
	}
	items = slices.DeleteFunc(items, func(it mail.Item) bool { return hasFlag(it.Flags, `\Deleted`) })
	place := "folder " + folder
	signs := make(map[mail.UID]string, len(items))
	for _, it := range items {
		signs[it.UID] = fmt.Sprintf("%d:%d", cursor.UIDValidity, it.UID)
	}
	if err := a.store.Unsign(ctx, place, slices.Sorted(maps.Values(signs))); err != nil {
		return err
	}
	if len(items) > 0 {
		known, err := a.locate(ctx, box, mail.Folder{Name: folder}, cursor.UIDValidity, items)
		if err != nil {
			return err
		}
		if err := a.hear(ctx, g, place, fmt.Sprintf("you moved a mail of it into %q", g.Name), "lie in "+fmt.Sprintf("%q", g.Name), known, signs); err != nil {
			return err
		}
		if !a.putBack(ctx, box, folder, cursor.UIDValidity, known) {
			a.steering.cursors[folder] = mail.Cursor{} // to be tried again
			return nil
		}
	}
	a.steering.cursors[folder] = cursor
	return nil
}

// hear stores what messages say, one word a thread, and that those of no thread were not understood.
func (a *Agent) hear(ctx context.Context, g steer.Gesture, place, source, where string, known []told, signs map[mail.UID]string) error {
	now := a.now()
	order, err := steer.Parse(g.Word, nil, now, a.set.Policy.Calendar)
	if err != nil {
		return fmt.Errorf("carry out %q: %w", g.Name, err) // the config was checked
	}
	byThread := make(map[tracker.ThreadID][]string)
	var strange []told
	for _, k := range known {
		byThread[k.thread] = append(byThread[k.thread], signs[k.item.UID])
		if k.thread == "" {
			strange = append(strange, k)
		}
	}
	var heard []tracker.Heard
	for _, thread := range slices.Sorted(maps.Keys(byThread)) {
		h := tracker.Heard{Word: order.Word(now, source), Place: place, Signs: byThread[thread]}
		h.Word.Thread = thread
		if thread == "" {
			h.Word = tracker.Word{At: now, Kind: tracker.WordUnheard, Source: source, Text: a.strangers(strange, where)}
		}
		heard = append(heard, h)
		a.log.Info("the rep said", slog.String("by", g.Name), slog.String("word", g.Word), slog.String("thread", string(thread)), slog.Int("messages", len(h.Signs)))
	}
	return a.store.Hear(ctx, heard)
}

// strangers says that messages belong to no conversation.
func (a *Agent) strangers(list []told, where string) string {
	if len(list) > 1 {
		return fmt.Sprintf("%d mails %s that belong to no conversation followupd knows. They were left there, and nothing was done.", len(list), where)
	}
	k := list[0]
	from := "somebody"
	if len(k.message.From) > 0 {
		from = string(k.message.From[0].Address)
	}
	at := ""
	if !k.item.Received.IsZero() {
		at = k.item.Received.In(zone(a.set.Policy.Calendar)).Format(" of 2 January")
	}
	where = strings.Replace(where, "lie", "lies", 1)
	where = strings.Replace(where, "are", "is", 1)
	return fmt.Sprintf("A mail from %s%s %s and belongs to no conversation followupd knows. It was left there, and nothing was done.", from, at, where)
}

// putBack confirms what was carried out: messages go back where they came from, copies are removed. false: not all could be,
// and it is worth another try.
func (a *Agent) putBack(ctx context.Context, box SteeredMailbox, folder string, validity uint32, known []told) bool {
	back := make(map[string][]mail.UID)
	var copies []mail.UID
	for _, k := range known {
		switch {
		case k.thread == "":
		case k.copied:
			copies = append(copies, k.item.UID)
		case k.back != "":
			back[k.back] = append(back[k.back], k.item.UID)
		}
	}
	done := true
	report := func(err error) {
		if err != nil {
			a.log.Warn("carried out, but the mail stays where the rep put it", slog.String("folder", folder), slog.Any("error", err))
			done = false
		}
	}
	for _, to := range slices.Sorted(maps.Keys(back)) {
		report(box.PutBack(ctx, folder, validity, back[to], to))
		if drafts, ok := a.draftsFolder(); ok && drafts.Name == to {
			a.draftsChanged = true
		}
	}
	if len(copies) > 0 {
		report(box.Drop(ctx, folder, validity, copies))
	}
	return done
}

// steerTags carries out the tags on messages of a folder and takes them off.
func (a *Agent) steerTags(ctx context.Context, box SteeredMailbox, f mail.Folder) error {
	if len(a.set.Steering.Keywords) == 0 {
		return nil
	}
	validity, items, err := box.Tagged(ctx, f.Name)
	if err != nil {
		return fmt.Errorf("look for tags: %w", err)
	}
	place := "tag " + f.Name
	var standing []string
	for _, it := range items {
		for _, g := range a.set.Steering.Keywords {
			if hasFlag(it.Flags, g.Name) {
				standing = append(standing, tagSign(validity, it.UID, g.Name))
			}
		}
	}
	if was, looked := a.steering.tagged[place]; looked && was == strings.Join(standing, " ") {
		return nil // none, or those that were not understood
	}
	if err := a.store.Unsign(ctx, place, standing); err != nil {
		return err
	}
	standing, settled, err := a.carryOutTags(ctx, box, f, validity, items, place, standing)
	if err != nil {
		return err
	}
	if a.steering.tagged == nil {
		a.steering.tagged = make(map[string]string)
	}
	a.steering.tagged[place] = strings.Join(standing, " ")
	if !settled {
		delete(a.steering.tagged, place)
	}
	return a.store.Unsign(ctx, place, standing) // the same tag, set again, is a new word
}

// tagSign names a tag on a message.
func tagSign(validity uint32, uid mail.UID, keyword string) string {
	return fmt.Sprintf("%d:%d:%s", validity, uid, keyword)
}

// carryOutTags carries out the tags on messages and gives the signs of those that stay: they were not understood, or, where
// settled is false, the server did not take them off, which is worth another try.
func (a *Agent) carryOutTags(ctx context.Context, box SteeredMailbox, f mail.Folder, validity uint32, items []mail.Item, place string, standing []string) (stay []string, settled bool, err error) {
	settled = true
	if len(standing) == 0 {
		return nil, settled, nil
	}
	known, err := a.locate(ctx, nil, f, validity, items)
	if err != nil {
		return nil, false, err
	}
	for _, g := range a.set.Steering.Keywords {
		var those []told
		var understood []mail.UID
		signs := make(map[mail.UID]string)
		for _, k := range known {
			if !hasFlag(k.item.Flags, g.Name) {
				continue
			}
			those = append(those, k)
			signs[k.item.UID] = tagSign(validity, k.item.UID, g.Name)
			if k.thread != "" {
				understood = append(understood, k.item.UID)
			}
		}
		if len(those) == 0 {
			continue
		}
		if err := a.hear(ctx, g, place, fmt.Sprintf("you tagged a mail of it %q", g.Name), "are tagged "+fmt.Sprintf("%q", g.Name), those, signs); err != nil {
			return nil, false, err
		}
		if len(understood) == 0 {
			continue
		}
		if err := box.Untag(ctx, f.Name, validity, understood, g.Name); err != nil {
			a.log.Warn("carried out, but the tag stays", slog.String("folder", f.Name), slog.Any("error", err))
			settled = false
			continue
		}
		standing = slices.DeleteFunc(standing, func(name string) bool {
			return slices.ContainsFunc(understood, func(uid mail.UID) bool { return tagSign(validity, uid, g.Name) == name })
		})
	}
	return standing, settled, nil
}

// locate finds the threads of messages that lie in a folder, and, where box is given, where they came from.
func (a *Agent) locate(ctx context.Context, box SteeredMailbox, f mail.Folder, validity uint32, items []mail.Item) ([]told, error) {
	known := make([]told, len(items))
	for i, it := range items {
		known[i] = told{item: it, message: mail.ParseHeader(it.Header)}
	}
	rows, err := a.rowsOf(ctx, known)
	if err != nil {
		return nil, err
	}
	if box != nil {
		// What was moved before it was ever read is read here: it may be an answer, or belong to a thread by its references.
		var unread []mail.Item
		for _, k := range known {
			if _, ok := rows[k.message.ID]; !ok {
				unread = append(unread, k.item)
			}
		}
		if len(unread) > 0 {
			if err := a.keep(ctx, f)(mail.Batch{Items: unread, Cursor: mail.Cursor{UIDValidity: validity}}); err != nil {
				return nil, err
			}
			if err := a.takeIn(ctx); err != nil {
				return nil, err
			}
			if rows, err = a.rowsOf(ctx, known); err != nil {
				return nil, err
			}
		}
	}
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal of drafts: %w", err)
	}
	ours := make(map[string]tracker.ThreadID)
	for _, d := range journal {
		ours[d.Key] = d.Thread
	}
	var there map[tracker.Place]mail.MessageID
	lies := make(map[int64][]tracker.Place)
	if box != nil {
		for _, s := range rows {
			if lies[s.Row], err = a.elsewhere(ctx, s.Row); err != nil {
				return nil, err
			}
		}
		if there, err = present(ctx, box, lies); err != nil {
			return nil, err
		}
	}
	for i := range known {
		k := &known[i]
		s, seen := rows[k.message.ID]
		if seen {
			if id := a.threads.Of(s.Row); a.threads.Thread(id) != nil {
				k.thread = id
			}
		}
		key, _ := split(k.message)
		draft := ours[key] != "" && hasFlag(k.item.Flags, `\Draft`)
		mine := len(k.message.From) > 0 && slices.Contains(a.set.Policy.Me, k.message.From[0].Address)
		switch {
		case k.thread != "":
		case ours[key] != "":
			k.thread = ours[key]
		case mine && !draft && box != nil:
			k.thread = tracker.NameOf(k.message) // sent, and moved before it was seen in Sent
		}
		if draft {
			if f, ok := a.draftsFolder(); ok {
				k.back = f.Name
			}
			continue
		}
		k.back, k.copied = a.cameFrom(mine, k.message.ID, lies[s.Row], there)
	}
	return known, nil
}

// rowsOf finds the stored messages by their ids. It walks all there are: gestures are rare, and an index would cost every pass.
func (a *Agent) rowsOf(ctx context.Context, known []told) (map[mail.MessageID]tracker.Seen, error) {
	wanted := make(map[mail.MessageID]bool)
	for _, k := range known {
		if k.message.ID != "" {
			wanted[k.message.ID] = true
		}
	}
	found := make(map[mail.MessageID]tracker.Seen)
	err := a.store.Seen(ctx, 0, func(s tracker.Seen) error {
		if wanted[s.Message.ID] {
			found[s.Message.ID] = s
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read stored messages: %w", err)
	}
	return found, nil
}

// elsewhere gives where a message lay when last seen, the folders of gestures and of drafts left out.
func (a *Agent) elsewhere(ctx context.Context, row int64) ([]tracker.Place, error) {
	places, err := a.store.Lies(ctx, row)
	if err != nil {
		return nil, fmt.Errorf("find where a message lies: %w", err)
	}
	drafts, _ := a.draftsFolder()
	return slices.DeleteFunc(places, func(p tracker.Place) bool { return a.isSteering(p.Folder) || p.Folder == drafts.Name }), nil
}

// present asks the server which messages still lie where they lay.
func present(ctx context.Context, box SteeredMailbox, lies map[int64][]tracker.Place) (map[tracker.Place]mail.MessageID, error) {
	type spot struct {
		folder   string
		validity uint32
	}
	ask := make(map[spot][]mail.UID)
	for _, places := range lies {
		for _, p := range places {
			at := spot{p.Folder, p.Validity}
			ask[at] = append(ask[at], p.UID)
		}
	}
	there := make(map[tracker.Place]mail.MessageID)
	order := slices.SortedFunc(maps.Keys(ask), func(a, b spot) int { return cmp.Compare(a.folder, b.folder) })
	for _, at := range order {
		items, err := box.Present(ctx, at.folder, at.validity, ask[at])
		if err != nil {
			return nil, fmt.Errorf("look whether an original is still there: %w", err)
		}
		for _, it := range items {
			if !hasFlag(it.Flags, `\Deleted`) {
				there[tracker.Place{Folder: at.folder, Validity: at.validity, UID: it.UID}] = mail.ParseHeader(it.Header).ID
			}
		}
	}
	return there, nil
}

// cameFrom gives the folder that a message came from, and whether it is a copy whose original still lies there. A folder of all
// mail (Gmail's) proves nothing: what is moved out of the inbox stays in it.
func (a *Agent) cameFrom(mine bool, id mail.MessageID, places []tracker.Place, there map[tracker.Place]mail.MessageID) (folder string, copied bool) {
	roles := make(map[string]mail.Folder)
	home := map[mail.Role]string{}
	for _, f := range a.folders {
		roles[f.Name] = f
		if home[f.Role] == "" {
			home[f.Role] = f.Name
		}
	}
	all := func(name string) bool { return strings.HasSuffix(roles[name].Why, `\All`) }
	for _, p := range places {
		if there[p] == id && id != "" && !all(p.Folder) && roles[p.Folder].Role != mail.RoleTrash {
			return p.Folder, true
		}
	}
	if mine {
		return home[mail.RoleSent], false
	}
	// The rep moves mail from the inbox into an archive or a folder of their own, rarely the other way round.
	was := home[mail.RoleInbox]
	for _, p := range places {
		f, still := roles[p.Folder]
		if still && f.Role != mail.RoleInbox && f.Role != mail.RoleTrash && f.Role != mail.RoleSent && !all(p.Folder) {
			was = p.Folder
		}
	}
	return was, false
}
