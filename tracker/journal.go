package tracker

import "slices"

// journal gives the drafts of the thread: by its name, now or earlier, and by the messages they answer.
func (q *inquiry) journal() []Draft {
	all := slices.Clone(q.ledger.drafts[q.thread.ID])
	for _, l := range q.thread.Messages {
		if l.Direction != Out || l.Message.ID == "" {
			continue
		}
		for _, d := range q.ledger.answers[l.Message.ID] {
			if !slices.ContainsFunc(all, func(have Draft) bool { return have.Key == d.Key && have.Step == d.Step && have.Answers == d.Answers }) {
				all = append(all, d)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Draft) int { return a.Created.Compare(b.Created) })
	return all
}

// answersLast says that a draft continues the rep's last mail: it belongs to this silence.
func (q *inquiry) answersLast(d Draft) bool {
	if q.last == nil {
		return false
	}
	if id := q.last.Message.ID; id != "" && d.Answers != "" {
		return d.Answers == id
	}
	return d.Thread == q.thread.ID && d.Created.After(q.last.Received)
}

// wasOurs says that a mail of the rep's is a draft of ours that they sent.
func (q *inquiry) wasOurs(l *Linked) bool {
	return slices.ContainsFunc(q.drafts, func(d Draft) bool {
		return l.Message.DraftKey != "" && l.Message.DraftKey == d.Key ||
			l.Message.ID != "" && l.Message.ID == d.MessageID ||
			d.State == DraftSent && d.Answers != "" && slices.Contains(l.Message.InReplyTo, d.Answers)
	})
}

// waitsInDrafts judges a silence for which a draft lies ready, or is on its way.
func (q *inquiry) waitsInDrafts() bool {
	for _, d := range slices.Backward(q.drafts) {
		if !d.open() || !q.answersLast(d) {
			continue
		}
		q.s.Draft = &d
		if d.State == DraftPlaced || d.State == DraftEdited {
			q.s.State = Drafted
			q.say("The %s lies in Drafts since %s.", stepInWords(d), q.on(d.Created))
			if d.State == DraftEdited {
				q.say("You changed it, so it stays as you left it.")
			}
			if at, who := q.talk(); at.After(d.Created) {
				q.say("%s: read that before you send this.", who)
			}
			q.s.Next = q.following(d)
			return true
		}
		next, _ := q.nextStep()
		if next == nil || next.Step != d.Step || next.Action != d.Action {
			next = &Next{Action: d.Action, Step: d.Step, Approach: d.Approach, At: d.Created}
		}
		q.hurry(next)
		q.wait(Due, next)
		if d.State == DraftUnknown {
			q.say("Whether its draft reached the Drafts folder is not known yet; it is looked for before anything else is tried.")
		} else {
			q.say("Its draft is being laid into Drafts.")
		}
		return true
	}
	return false
}

// following gives the step after a draft, if the rep sent it now.
func (q *inquiry) following(d Draft) *Next {
	n := d.Step + 1
	if d.Action == ThankYou {
		n = 1 // it begins a silence of its own
	}
	action, w, ok := q.cadence.step(n)
	if !ok {
		return nil
	}
	return &Next{Action: action, Step: n, Approach: approach(action), At: q.cal.Add(q.now, w, nil)}
}

// withdraw notes a draft that was overtaken: the thread stands otherwise, or the rep wrote on.
func (q *inquiry) withdraw() {
	if q.s.Draft != nil {
		return
	}
	for _, d := range slices.Backward(q.drafts) {
		if d.open() {
			q.s.Draft, q.s.Withdraw = &d, true
			if d.State == DraftEdited {
				q.say("Your draft of %s is overtaken by this; it stays, for you changed it.", q.day(d.Created))
			} else {
				q.say("The draft of %s is overtaken by this and is taken back.", q.day(d.Created))
			}
			return
		}
	}
}

// discarded gives the draft of a step of this silence that the rep deleted before they last reopened the thread, if any.
func (q *inquiry) discarded(step int) *Draft {
	for _, d := range q.drafts {
		if d.State == DraftDiscarded && d.Step == step && q.answersLast(d) {
			return &d
		}
	}
	return nil
}

// deleted gives the draft that the rep deleted in this silence and has not taken up since by reopening the thread.
func (q *inquiry) deleted() *Draft {
	for _, d := range slices.Backward(q.drafts) {
		if d.State == DraftDiscarded && q.answersLast(d) && !d.Changed.Before(q.said.reopened) {
			return &d
		}
	}
	return nil
}

func stepInWords(d Draft) string {
	if d.Action == FollowUp || d.Action == "" {
		return "draft of the " + ordinal(d.Step) + " follow-up"
	}
	return "draft of the " + inWords(d.Action)
}
