package agent

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// Load takes what the store holds and is not in memory yet: everything at first and after somebody was forgotten, then what
// was stored since. Nothing it builds is a fact: it can be thrown away.
func (a *Agent) Load(ctx context.Context) error {
	forgets, err := a.store.Forgets(ctx)
	if err != nil {
		return err
	}
	if a.loaded && forgets != a.forgets {
		a.forgetAll()
	}
	if !a.loaded {
		a.forgets = forgets
		a.stored, a.taken, a.again, a.bodied = true, 0, nil, nil
		if err := a.learnOrigin(ctx); err != nil {
			return err
		}
		if a.failing.tries == 0 {
			journal, err := a.store.Drafts(ctx)
			if err != nil {
				return fmt.Errorf("read the journal of drafts: %w", err)
			}
			a.failing = failingIn(journal)
		}
	}
	if err := a.takeIn(ctx); err != nil {
		return err
	}
	a.loaded = true
	return nil
}

// learnOrigin reads when watching began. A store that finds at this very moment that it is older than what was last written
// here has all of Drafts looked through, whatever its cursor says.
func (a *Agent) learnOrigin(ctx context.Context) error {
	now := a.now()
	origin, err := a.store.Origin(ctx, now)
	if err != nil {
		return fmt.Errorf("read when watching began: %w", err)
	}
	a.origin = origin
	if !origin.Recovered.Before(now.Truncate(time.Millisecond)) {
		a.log.Warn("the state is older than what was last written here, or new in its place: what was due before waits for the rep")
		a.outdated = true
	}
	return nil
}

// read brings the store and the threads up to what the mailbox holds now.
func (a *Agent) read(ctx context.Context) error {
	folders, err := a.box.Folders(ctx)
	if err != nil {
		return err
	}
	a.folders = folders
	reaches, err := a.farRead(ctx)
	if err != nil {
		return err
	}
	started := a.now()
	watched := a.answering()
	all := watched
	if drafts, ok := a.draftsFolder(); ok {
		all = append(all[:len(all):len(all)], drafts)
	}
	steering, err := a.steeringFolders(ctx)
	if err != nil {
		return err
	}
	all = append(all[:len(all):len(all)], steering...)
	changed, err := a.box.Changed(ctx, all, a.withSteering(cursors(reaches)))
	if err != nil {
		return err
	}
	a.draftsChanged, a.draftsNext = a.outdated, 0
	if drafts, ok := a.draftsFolder(); ok {
		a.draftsNext = reaches[drafts.Name].Cursor.UIDNext
	}
	// Sent first: whom the rep wrote to decides which of the others' mail matters.
	slices.SortStableFunc(changed, func(f, g mail.Folder) int { return cmp.Compare(readFirst(f), readFirst(g)) })
	var news []mail.Folder
	for _, f := range changed {
		switch {
		case f.Role == mail.RoleDrafts:
			a.draftsChanged = true
		case a.isSteering(f.Name):
			a.steering.changed[f.Name] = true
		default:
			news = append(news, f)
		}
	}
	if err := a.readNews(ctx, news, reaches, started.Add(-a.set.Reach)); err != nil {
		return err
	}
	if err := a.takeIn(ctx); err != nil {
		return err
	}
	if err := a.follow(ctx); err != nil {
		return err
	}
	return a.noteRead(ctx, watched, started, len(changed) > 0)
}

// readNews stores what is new in folders, a first reading back to since. What was stored is taken into the threads while more
// is on its way.
func (a *Agent) readNews(ctx context.Context, folders []mail.Folder, reaches map[string]tracker.Reach, since time.Time) error {
	if len(folders) == 0 {
		return nil
	}
	taken := a.taken // what lies above it is taken in as it comes
	t := a.takeAbreast(ctx)
	defer func() { _ = t.end() }() // also where a folder cannot be read
	for _, f := range folders {
		err := a.box.Sync(ctx, f, reaches[f.Name].Cursor, since, func(b mail.Batch) error {
			rows, err := a.save(ctx, f, b)
			if err != nil {
				return err
			}
			a.noteAgain(rows, taken)
			if len(rows) > 0 {
				taken = max(taken, rows[len(rows)-1])
				t.more()
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read folder %q: %w", f.Name, err)
		}
	}
	return t.end()
}

// readFirst gives the place of a folder in the order of reading.
func readFirst(f mail.Folder) int {
	if f.Role == mail.RoleSent {
		return 0
	}
	return 1
}

// tail reads, right before a draft is laid down, what arrived since in every folder where an answer could hide: the
// watched ones to their end, all others by looking for mail from these people or naming these messages. thrown gives, by key,
// the server's latest time of the drafts of ours that lie in one of the others: the rep threw them away, most likely.
func (a *Agent) tail(ctx context.Context, st tracker.Standing) (thrown map[string]time.Time, err error) {
	reaches, err := a.store.Reaches(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how far each folder was read: %w", err)
	}
	thrown = make(map[string]time.Time)
	watched := make(map[string]bool)
	for _, f := range a.answering() {
		watched[f.Name] = true
		if err := a.box.Tail(ctx, f, reaches[f.Name].Cursor, a.keep(ctx, f)); err != nil {
			return nil, fmt.Errorf("read the end of folder %q: %w", f.Name, err)
		}
	}
	var from []mail.Address
	for _, p := range st.Prospects {
		from = append(from, p.Address)
	}
	ids := []mail.MessageID{}
	if st.Silence != nil && st.Silence.Message.ID != "" {
		ids = append(ids, st.Silence.Message.ID)
	}
	for _, f := range a.folders {
		if watched[f.Name] || f.Role == mail.RoleDrafts {
			continue
		}
		found, err := a.box.Search(ctx, f, st.LastOutbound, from, ids)
		if err != nil {
			return nil, fmt.Errorf("look for an answer in folder %q: %w", f.Name, err)
		}
		if len(found.Items) == 0 {
			continue
		}
		for _, it := range found.Items {
			if key, _ := split(mail.ParseHeader(it.Header)); key != "" {
				thrown[key] = later(thrown[key], it.Received)
			}
		}
		if err := a.keep(ctx, f)(found); err != nil {
			return nil, err
		}
	}
	if err := a.takeIn(ctx); err != nil {
		return nil, err
	}
	return thrown, a.readBodies(ctx)
}

// answering gives the folders in which the rep's mail and its answers lie.
func (a *Agent) answering() []mail.Folder {
	var list []mail.Folder
	for _, f := range a.folders {
		switch f.Role {
		case mail.RoleInbox, mail.RoleSent, mail.RoleAlso:
			list = append(list, f)
		}
	}
	return list
}

// keep stores batches of a folder, to be taken into the threads when all is read.
func (a *Agent) keep(ctx context.Context, f mail.Folder) func(mail.Batch) error {
	return func(b mail.Batch) error {
		rows, err := a.save(ctx, f, b)
		if err != nil {
			return err
		}
		a.noteAgain(rows, a.taken)
		a.stored = a.stored || len(rows) > 0
		return nil
	}
}

// save stores a batch of a folder, and gives the rows of what is new or changed, in ascending order.
func (a *Agent) save(ctx context.Context, f mail.Folder, b mail.Batch) ([]int64, error) {
	rows, err := a.store.SaveBatch(ctx, f, b, a.now())
	if err != nil {
		return nil, fmt.Errorf("store what folder %q holds: %w", f.Name, err)
	}
	if len(b.Items) > 0 {
		a.log.Debug("folder read", slog.String("folder", f.Name), slog.Int("messages", len(b.Items)))
	}
	return rows, nil
}

// noteAgain notes which of the rows that a batch changed are to be taken in once more: those that were, up to taken.
func (a *Agent) noteAgain(rows []int64, taken int64) {
	for _, row := range rows {
		if row <= taken {
			a.again = append(a.again, row)
		}
	}
}

// bodyRounds bounds how often reading bodies may make further bodies wanted (a bounce that names a thread, say).
const bodyRounds = 8

// readBodies reads the bodies that matter and have not been read.
func (a *Agent) readBodies(ctx context.Context) error {
	for range bodyRounds {
		if err := a.takeCalled(ctx); err != nil {
			return err
		}
		wanted := a.threads.Wanted()
		if len(wanted) == 0 {
			return nil
		}
		if err := a.readBodiesOf(ctx, wanted); err != nil {
			return err
		}
	}
	return nil
}

// bodiesAtOnce is how many bodies one request names; it bounds what a lost connection costs.
const bodiesAtOnce = 100

func (a *Agent) readBodiesOf(ctx context.Context, rows []int64) error {
	type place struct {
		folder   string
		validity uint32
	}
	where := make(map[place]map[mail.UID]int64)
	var order []place
	missing := make(map[int64]bool)
	for _, row := range rows {
		missing[row] = true
		lies, err := a.store.Lies(ctx, row)
		if err != nil {
			return fmt.Errorf("find where a message lies: %w", err)
		}
		if len(lies) == 0 {
			continue
		}
		p := place{lies[0].Folder, lies[0].Validity}
		if where[p] == nil {
			where[p] = make(map[mail.UID]int64)
			order = append(order, p)
		}
		where[p][lies[0].UID] = row
	}
	for _, p := range order {
		uids := slices.Sorted(maps.Keys(where[p])) // in order of arrival: what was said before is known first
		for len(uids) > 0 {
			n := min(len(uids), bodiesAtOnce)
			err := a.box.Bodies(ctx, p.folder, p.validity, uids[:n], func(b mail.Body) error {
				row, ok := where[p][b.UID]
				if !ok {
					return nil
				}
				delete(missing, row)
				return a.takeBody(ctx, row, b)
			})
			if err != nil {
				return fmt.Errorf("read bodies in folder %q: %w", p.folder, err)
			}
			uids = uids[n:]
		}
	}
	// What vanished between its header and its body was seen all the same: its header speaks for it.
	for row := range missing {
		if err := a.saveContent(ctx, row, &mail.Content{Version: mail.ContentVersion, Cut: "gone"}); err != nil {
			return err
		}
	}
	return nil
}

func (a *Agent) takeBody(ctx context.Context, row int64, b mail.Body) error {
	content := mail.Parse(b.Source).Content
	if content == nil {
		content = &mail.Content{}
	}
	content.Version = mail.ContentVersion
	switch {
	case b.CutHeader:
		content.Cut = "header"
	case int64(len(b.Source)) < b.Size && content.Cut == "":
		content.Cut = "size"
	}
	return a.saveContent(ctx, row, content)
}

func (a *Agent) saveContent(ctx context.Context, row int64, c *mail.Content) error {
	seen, err := a.store.SeenRows(ctx, []int64{row})
	if err != nil {
		return fmt.Errorf("read back a message: %w", err)
	}
	for _, s := range seen {
		if s.Reduced {
			c = mail.Reduced(a.judge(s, c), whyForgotten)
		}
		if err := a.store.SaveContent(ctx, row, c); err != nil {
			return fmt.Errorf("store a body: %w", err)
		}
		s.HasBody, s.Message.Content = true, c
		s.Reading = a.judge(s, c)
		a.add(s)
	}
	return nil
}

// cursors gives the cursor of each folder by name.
func cursors(reaches map[string]tracker.Reach) map[string]mail.Cursor {
	out := make(map[string]mail.Cursor, len(reaches))
	for name, r := range reaches {
		out[name] = r.Cursor
	}
	return out
}
