package tracker

import (
	"slices"
	"time"

	"followupd/mail"
)

// sameFacts says that nothing but ReadAt differs, as far as can be told without looking into the lists.
func sameFacts(a, b Facts) bool {
	return same(a.Drafts, b.Drafts) && same(a.Words, b.Words) && same(a.Links, b.Links) && same(a.Visits, b.Visits) && same(a.Opinions, b.Opinions)
}

// same says that two slices are one.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// concerned draws the threads that stand otherwise by what was done and said between two updates. false: which those are
// cannot be told. old is the ledger of the facts before.
func (k *Docket) concerned(old *ledger, before, f Facts) bool {
	k.concernedByDrafts(before.Drafts, f.Drafts)
	if !k.concernedByWords(before.Words, f.Words) {
		return false
	}
	k.concernedByOpinions(old.opinions, f.Opinions)
	if !slices.Equal(before.Links, f.Links) || !slices.Equal(before.Visits, f.Visits) {
		// What a visit comes to hangs on others at about the same time, so all links are looked at.
		for _, l := range slices.Concat(before.Links, f.Links) {
			k.drawNamed(l.Thread)
			for _, d := range slices.Concat(before.Drafts, f.Drafts) {
				if d.Key == l.Draft {
					k.drawDraft(&d)
				}
			}
		}
	}
	return true
}

func (k *Docket) concernedByDrafts(before, after []Draft) {
	if same(before, after) {
		return
	}
	type name struct { // as in journal, where a thread's drafts are told apart
		key     string
		step    int
		answers mail.MessageID
	}
	of := func(d *Draft) name { return name{d.Key, d.Step, d.Answers} }
	had := make(map[name]*Draft, len(before))
	for i := range before {
		had[of(&before[i])] = &before[i]
	}
	for i := range after {
		d := &after[i]
		if was := had[of(d)]; was == nil || !was.says(d) {
			k.drawDraft(d)
			if was != nil {
				k.drawDraft(was)
			}
		}
		delete(had, of(d))
	}
	for _, d := range had {
		k.drawDraft(d)
	}
}

// says that two notes of one draft tell the same. Of texts only the length is looked at: they are frozen, or erased.
func (d *Draft) says(o *Draft) bool {
	at := func(a, b time.Time) bool { return a.Equal(b) }
	return d.Thread == o.Thread && d.Action == o.Action && d.Approach == o.Approach && d.Asset == o.Asset && d.Template == o.Template &&
		d.State == o.State && d.MessageID == o.MessageID && d.Validity == o.Validity && d.Floor == o.Floor && d.UID == o.UID && d.Looks == o.Looks &&
		at(d.Created, o.Created) && at(d.Changed, o.Changed) && at(d.LookedAt, o.LookedAt) &&
		len(d.Body) == len(o.Body) && len(d.Source) == len(o.Source) && len(d.Why) == len(o.Why)
}

// drawDraft draws the threads of a draft: the one it is noted under, and those of the message it answers.
func (k *Docket) drawDraft(d *Draft) {
	k.drawNamed(d.Thread)
	for _, i := range k.m.holders(d.Answers) {
		k.drawMessage(i)
	}
}

// concernedByWords draws the threads of words that were added; false where words went, or are others.
func (k *Docket) concernedByWords(before, after []Word) bool {
	if same(before, after) {
		return true
	}
	if len(after) < len(before) || !slices.Equal(before, after[:len(before)]) {
		return false
	}
	for _, w := range after[len(before):] {
		k.drawNamed(w.Thread)
		if who, ok := k.m.byAddr[w.Address]; ok {
			for _, i := range k.m.parties[who].addressed {
				k.drawMessage(int(i))
			}
		}
	}
	return true
}

func (k *Docket) concernedByOpinions(before map[int64]Opinion, after []Opinion) {
	drawRow := func(row int64) {
		if i, ok := k.m.rows[row]; ok {
			k.drawMessage(i)
		}
	}
	now := make(map[int64]struct{}, len(after))
	for _, o := range after {
		now[o.Row] = struct{}{}
		if before[o.Row] != o {
			drawRow(o.Row)
		}
	}
	for row := range before {
		if _, still := now[row]; !still {
			drawRow(row)
		}
	}
}

func (k *Docket) drawNamed(id ThreadID) {
	if root, ok := k.m.resolve(id); ok {
		k.draw(root)
	}
}

// drawMessage draws the conversation of a message, and those that it is weakly tied to.
func (k *Docket) drawMessage(i int) {
	root := k.m.graph.find(k.m.recs[i].node)
	k.draw(root)
	for _, to := range k.m.strays.tiedTo(root) {
		k.draw(k.m.graph.find(to))
	}
}
