package tracker

import (
	"strings"
	"testing"
	"time"
)

// TestJudge_Stories holds the tracker's part of what the black-box stories tell, and the rules between them.
func TestJudge_Stories(t *testing.T) {
	tests := []struct {
		name string
		tale string
		say  func(*tale) // what was done and said, beside the messages
		of   string      // the message whose thread is meant; "offer" where empty
		want string      // see tale.stands; a prefix is enough
		why  string      // must stand in the reasons
	}{
		{
			name: "silence after an offer is due", tale: `offer rep writes -14d10:15 to=lena`,
			want: "due step=0 next=follow_up/1 3 Nov 10:15", why: "You wrote to Lena on Thu 29 Oct at 10:15; nobody has answered since.",
		},
		{
			name: "sent yesterday still waits", tale: `offer rep writes -1d09:40 to=lena`,
			want: "waiting step=0 next=follow_up/1 16 Nov 09:40",
		},
		{
			name: "an answer gives the ball to the rep", tale: "offer rep writes -16d to=lena\n a lena answers -14d re=offer",
			want: "answered step=0", why: "Lena answered on",
		},
		{
			name: "a fresh mail under another subject is an answer", tale: "offer rep writes -16d to=lena\n a lena answers -12d about=our_sensors",
			want: "answered", why: "a mail of its own",
		},
		{name: "an answer in junk counts", tale: "offer rep writes -16d to=lena\n a lena answers -12d re=offer in=Junk", want: "answered"},
		{
			name: "away until a date holds one business day longer", tale: "offer rep writes -14d09:00 to=lena\n a lena is-away -14d09:01 re=offer until=+9d",
			want: "held out_of_office until 24 Nov 00:00", why: "Lena is out of office until Sat 21 Nov",
		},
		{
			name: "away without a date holds a week", tale: "offer rep writes -2d10:00 to=lena\n a lena is-away -1d10:01 re=offer",
			want: "held out_of_office until 18 Nov 10:01",
		},
		{
			name: "left the company", tale: "offer rep writes -13d to=lena\n a lena has-left -13d re=offer successor=sara@lena.example",
			want: "closed left_company", why: "sara@lena.example",
		},
		{name: "unknown user", tale: "offer rep writes -12d to=lena\n a mailer-daemon@mx.acme.example bounces -12d of=offer failed=lena", want: "closed bounced"},
		{name: "a bounce that names nobody is about the only one", tale: "offer rep writes -12d to=lena\n a mailer-daemon@mx.acme.example bounces -12d of=offer", want: "closed bounced"},
		{name: "a bounce tied by nothing but the address", tale: "offer rep writes -12d to=lena\n a mailer-daemon@mx.acme.example bounces -12d failed=lena", want: "closed bounced"},
		{
			name: "a fresh delay holds", tale: "offer rep writes -2d16:00 to=lena\n a mailer-daemon@mx.acme.example delays -1d20:00 of=offer failed=lena",
			want: "held soft_bounce until 14 Nov 20:00",
		},
		{name: "an old delay ends nothing", tale: "offer rep writes -22d16:00 to=lena\n a mailer-daemon@mx.acme.example delays -21d20:00 of=offer failed=lena", want: "due step=0"},
		{name: "a full mailbox holds some days", tale: "offer rep writes -2d to=lena\n a mailer-daemon@mx.acme.example is-full -2d of=offer failed=lena", want: "held soft_bounce until 13 Nov"},
		{name: "refused by policy is the rep's to see", tale: "offer rep writes -2d to=lena\n a mailer-daemon@mx.acme.example refuses -2d of=offer failed=lena", want: "review"},
		{name: "a read receipt is no answer", tale: "offer rep writes -14d to=lena\n a lena opened-it -14d re=offer", want: "due"},
		{name: "a help desk's acknowledgement is no answer", tale: "offer rep writes -15d to=lena\n a lena acknowledges -15d re=offer", want: "due"},
		{name: "a challenge is the rep's to see", tale: "offer rep writes -15d to=lena\n a lena challenges -15d re=offer", want: "review"},
		{
			name: "an accepted meeting holds past its end", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=+8d15:00",
			want: "held meeting until 23 Nov 15:00 step=0 next=thank_you/1 20 Nov 15:00",
		},
		{
			name: "after the meeting the ball is with the rep", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=-5d15:00",
			want: "answered step=0 next=thank_you/1 7 Nov 15:00",
		},
		{
			name: "a thank-you is drafted where the config says when", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=0d9:00", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} },
			want: "due step=0 next=thank_you/1 12 Nov 11:00", why: "you have not written since",
		},
		{name: "not before its time", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=0d11:00", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} }, want: "held meeting until 13 Nov 11:00 step=0 next=thank_you/1 12 Nov 13:00"},
		{name: "not when the rep thanked by hand", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=0d9:00\n b rep writes 0d10:00 to=lena re=a", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} }, want: "held meeting until 13 Nov 09:00 step=0 next=follow_up/1"},
		{name: "not weeks later", tale: "offer rep writes -32d to=lena\n a lena accepts -31d re=offer until=-20d9:00", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} }, want: "answered step=0 next=thank_you/1"},
		{name: "not for a meeting at a time nobody could read", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} }, want: "answered step=0 next=thank_you/1"},
		{
			name: "a thank-you that lies ready", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=-10d9:00", say: func(s *tale) {
				s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour}
				s.draft("offer", 1, "-9d", DraftPlaced)
				s.facts.Drafts[0].Action = ThankYou
			},
			want: "drafted step=0 next=follow_up/1", why: "The draft of the thank-you lies in Drafts",
		},
		{
			name: "a thank-you that the rep deleted", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=0d9:00", say: func(s *tale) {
				s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour}
				s.draft("offer", 1, "-30m", DraftDiscarded)
				s.facts.Drafts[0].Action = ThankYou
			},
			want: "held meeting",
		},
		{
			name: "a thank-you sent begins a new silence", tale: "offer rep writes -22d to=lena\n a lena accepts -21d re=offer until=-15d9:00\n b rep writes -14d to=lena re=a key=key-offer1", say: func(s *tale) {
				s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour}
				s.draft("offer", 1, "-14d11:00", DraftSent)
				s.facts.Drafts[0].Action = ThankYou
			},
			want: "due step=0 next=follow_up/1",
		},
		{
			name: "one week after the thank-you, where the cadence of meetings says so", tale: "offer rep writes -22d to=lena\n a lena accepts -21d re=offer until=-15d9:00\n b rep writes -7d11:00 to=lena re=a key=key-offer1", say: func(s *tale) {
				s.policy.Cadence.ThankYouAfter, s.policy.Cadence.FollowUpAfter = Window{Duration: 2 * time.Hour}, []Window{{BusinessDays: 5}, {BusinessDays: 5}}
				s.draft("offer", 1, "-14d11:00", DraftSent)
				s.facts.Drafts[0].Action = ThankYou
			},
			want: "due step=0 next=follow_up/1 12 Nov 11:00",
		},
		{
			name: "not before that week is over", tale: "offer rep writes -22d to=lena\n a lena accepts -21d re=offer until=-15d9:00\n b rep writes -6d11:00 to=lena re=a key=key-offer1", say: func(s *tale) {
				s.policy.Cadence.ThankYouAfter, s.policy.Cadence.FollowUpAfter = Window{Duration: 2 * time.Hour}, []Window{{BusinessDays: 5}, {BusinessDays: 5}}
				s.draft("offer", 1, "-14d11:00", DraftSent)
				s.facts.Drafts[0].Action = ThankYou
			},
			want: "waiting step=0 next=follow_up/1 13 Nov 11:00",
		},
		{name: "a meeting put off afterwards", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=0d9:00\n b lena later 0d11:00 re=a until=+20d", say: func(s *tale) { s.policy.Cadence.ThankYouAfter = Window{Duration: 2 * time.Hour} }, want: "held not_now"},
		{name: "a meeting accepted after its end is an answer", tale: "offer rep writes -12d to=lena\n a lena accepts -3d re=offer until=-5d15:00", want: "answered"},
		{name: "a meeting is not forgotten when the rep confirms it", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=+8d15:00\n b rep writes -10d to=lena re=a noask", want: "held meeting"},
		{name: "a cancelled meeting is the rep's to settle", tale: "offer rep writes -12d to=lena\n a lena accepts -11d re=offer until=+8d15:00\n b lena cancels -3d re=offer", want: "review"},
		{name: "a tentative acceptance is the rep's to settle", tale: "offer rep writes -12d to=lena\n a lena might-meet -11d re=offer until=+8d15:00", want: "review"},
		{name: "an invitation from the prospect is an answer", tale: "offer rep writes -12d to=lena\n a lena invites -11d re=offer", want: "answered"},
		{name: "the company's newsletter is no answer", tale: "offer rep writes -14d to=lena\n a news@lena.example publishes -7d about=Spring", want: "due"},
		{name: "not interested", tale: "offer rep writes -14d to=lena\n a lena declines -13d re=offer", want: "closed declined"},
		{name: "a last polite word of the rep does not reopen a no", tale: "offer rep writes -14d to=lena\n a lena declines -13d re=offer\n b rep writes -12d to=lena re=a", want: "closed declined"},
		{name: "a no that was taken back", tale: "offer rep writes -14d to=lena\n a lena declines -13d re=offer\n b lena answers -12d re=offer", want: "answered"},
		{name: "thanks after a no leaves it a no", tale: "offer rep writes -14d to=lena\n a lena declines -13d re=offer\n b lena thanks -12d re=offer", want: "closed declined"},
		{name: "remove me", tale: "offer rep writes -40d to=lena\n a lena opts-out -39d re=offer", want: "closed opted_out"},
		{name: "remove me reaches later threads", tale: "offer rep writes -40d to=lena\n a lena opts-out -39d re=offer\n other rep writes -20d to=lena about=Tolls", of: "other", want: "closed opted_out"},
		{name: "remove me is not undone by a reopen", tale: "offer rep writes -40d to=lena\n a lena opts-out -39d re=offer", say: func(s *tale) { s.reopen("lena", "-1d") }, want: "closed opted_out", why: "not undone here"},
		{name: "remove me from one of two", tale: "offer rep writes -20d to=lena,bo\n a bo opts-out -19d about=stop", want: "closed opted_out"},
		{name: "ask me in a later month", tale: "offer rep writes -13d to=lena\n a lena later -12d re=offer until=+75d", want: "held not_now until 26 Jan 00:00"},
		{name: "not now without a date holds 30 business days", tale: "offer rep writes -13d10:00 to=lena\n a lena later -12d10:00 re=offer", want: "held not_now until 14 Dec 00:00"},
		{name: "the rep's polite answer does not end the hold", tale: "offer rep writes -13d to=lena\n a lena later -12d re=offer until=+75d\n b rep writes -11d to=lena re=a noask", want: "held not_now until 26 Jan 00:00"},
		{
			name: "after not now the window goes on where it stood", tale: "offer rep writes -13d10:00 to=lena\n a lena later -12d10:00 re=offer until=-1d",
			want: "waiting step=0 next=follow_up/1 13 Nov 10:00",
		},
		{name: "a thank-you for a promise still waits for it", tale: "offer rep writes -13d to=lena\n a lena promises -12d re=offer until=-8d\n b rep writes -12d to=lena re=a noask", want: "due step=0 next=follow_up/1"},
		{name: "I will come back to you by Tuesday", tale: "offer rep writes -10d to=lena\n a lena promises -1h re=offer until=+5d", want: "held will_reply until 18 Nov 00:00"},
		{name: "I will come back to you", tale: "offer rep writes -10d to=lena\n a lena promises -1h re=offer", want: "held will_reply until 19 Nov 11:00"},
		{name: "a kept promise is an answer", tale: "offer rep writes -10d to=lena\n a lena promises -6d re=offer until=+5d\n b lena answers -1d re=offer", want: "answered"},
		{name: "wrong person", tale: "offer rep writes -14d to=lena\n a lena is-wrong -13d re=offer successor=mia@lena.example", want: "closed wrong_person", why: "mia@lena.example"},
		{name: "wrong person, and the rep writes to the right one", tale: "offer rep writes -14d to=lena\n a lena is-wrong -13d re=offer\n b rep writes -12d to=mia@lena.example cc=lena re=a", want: "due step=0"},
		{name: "thanks is an answer", tale: "offer rep writes -14d to=lena\n a lena thanks -13d re=offer", want: "answered"},
		{name: "an unclear answer is the rep's to read", tale: "offer rep writes -14d to=lena\n a lena mumbles -13d re=offer", want: "review"},
		{name: "nothing asked, nothing owed", tale: "offer rep writes -14d to=lena noask", want: "closed settled"},
		{name: "talk to you on Tuesday", tale: "offer rep writes -16d to=lena\n a lena answers -15d re=offer\n b rep writes -15d14:00 to=lena re=a noask", want: "closed settled"},
		{name: "a postscript does not take the question back", tale: "offer rep writes -14d10:00 to=lena\n b rep writes -14d10:20 to=lena re=offer noask", want: "due step=0"},
		{name: "a mail without readable words is not called settled", tale: "offer rep writes -14d to=lena notext", want: "due"},
		{name: "an unread mail of the rep's is not called settled", tale: "offer rep writes -14d to=lena noask nobody-read", want: "due"},
		{name: "a colleague is no prospect", tale: "offer rep writes -14d to=jonas@acme.example", want: "ignored", why: "colleague"},
		{name: "a robot is no prospect", tale: "a no-reply@parcels.example reports -15d\n offer rep writes -14d to=no-reply@parcels.example re=a", want: "ignored"},
		{name: "a mailing list is no prospect", tale: "a ola@truckers.example answers -16d to=forum@lists.freight.example list=forum@lists.freight.example\n offer rep writes -15d to=forum@lists.freight.example re=a", want: "ignored", why: "mailing list"},
		{name: "a list under a plain domain is told by its posts", tale: "a ola@truckers.example answers -16d to=forum@freight.example list=forum@freight.example\n offer rep writes -15d to=forum@freight.example cc=ola@truckers.example re=a", want: "ignored", why: "mailing list"},
		{name: "a company's shared mailbox is no list", tale: "offer rep writes -15d to=buying@velo.example\n a kim@velo.example answers -14d re=offer list=buying@velo.example\n b rep writes -13d to=buying@velo.example re=a", want: "due"},
		{name: "hidden recipients are nobody", tale: "offer rep writes -14d bcc=lena", want: "ignored"},
		{name: "one answers for all", tale: "offer rep writes -14d to=anne,luc cc=paul\n a luc answers -12d re=offer", want: "answered"},
		{name: "a colleague of theirs answers for all", tale: "offer rep writes -14d to=lena\n a boss@lena.example answers -12d about=Audit", want: "answered"},
		{name: "free mail is no company", tale: "offer rep writes -14d to=lena@gmail.com\n a stranger@gmail.com answers -12d about=Audit", want: "due"},
		{name: "an unknown address inside the thread counts as an answer", tale: "offer rep writes -14d to=lena\n a lena.private@gmail.com answers -12d re=offer", want: "answered", why: "You had not written to"},
		{name: "one of two left", tale: "offer rep writes -14d to=anne,luc\n a luc has-left -13d re=offer", want: "due", why: "Luc has left"},
		{name: "one of two bounced", tale: "offer rep writes -14d to=anne,luc\n a mailer-daemon@mx.acme.example bounces -14d of=offer failed=luc", want: "due"},
		{name: "a bounce among two that names nobody", tale: "offer rep writes -14d to=anne,luc\n a mailer-daemon@mx.acme.example bounces -14d of=offer", want: "review"},
		{name: "written again after a bounce, and it stayed", tale: "offer rep writes -20d to=lena\n a mailer-daemon@mx.acme.example bounces -20d of=offer failed=lena\n b rep writes -14d to=lena re=offer", want: "due step=1"},
		{name: "away in one thread is away in all", tale: "offer rep writes -14d to=lena\n other rep writes -10d to=lena about=Tolls\n a lena is-away -10d re=other until=+9d", want: "held out_of_office"},
		{name: "a copied person's absence holds nothing", tale: "offer rep writes -14d to=lena cc=bo\n a bo is-away -14d re=offer until=+9d", want: "due"},
		{name: "back early: they write themselves", tale: "offer rep writes -14d to=lena\n other rep writes -14d to=lena about=Tolls\n a lena is-away -14d re=offer until=+9d\n b lena answers -9d re=other", want: "due"},
		{name: "the rep's alias is the rep", tale: "offer rep writes -13d from=sales@acme.example to=kim", want: "due"},
		{name: "the rep's copy in the inbox is no answer", tale: "offer rep writes -13d to=kim bcc=kim to=kim in=Sent,INBOX", want: "due"},
		{name: "a forged mail of the rep's changes nothing", tale: "offer rep writes -13d to=kim\n a rep writes -1d to=kim re=offer in=INBOX", want: "due step=0 next=follow_up/1"},
		{
			name: "the first draft was sent: the second is due", tale: "offer rep writes -26d10:00 to=lena\n fu rep writes -15d09:00 to=lena re=offer",
			want: "due step=1 next=follow_up/2 4 Nov 09:00",
		},
		{name: "after all follow-ups the goodbye", tale: "offer rep writes -60d to=lena\n a rep writes -50d to=lena re=offer\n b rep writes -40d to=lena re=a", want: "due step=2 next=break_up/3"},
		{name: "after the goodbye a last wait", tale: "offer rep writes -60d to=lena\n a rep writes -50d to=lena re=offer\n b rep writes -40d to=lena re=a\n c rep writes -3d to=lena re=b", want: "waiting step=3 next=nurture/4"},
		{name: "silence after the goodbye is an answer", tale: "offer rep writes -80d to=lena\n a rep writes -70d to=lena re=offer\n b rep writes -60d to=lena re=a\n c rep writes -45d to=lena re=b", want: "closed no_reply step=3 next=nurture/4 27 Dec"},
		{name: "a late answer opens it again", tale: "offer rep writes -80d to=lena\n a rep writes -70d to=lena re=offer\n b rep writes -60d to=lena re=a\n c rep writes -45d to=lena re=b\n d lena answers -1h re=c", want: "answered"},
		{name: "a friendly word long after", tale: "offer rep writes -119d to=lena\n a rep writes -112d to=lena re=offer\n b rep writes -105d to=lena re=a\n c rep writes -95d to=lena re=b", want: "due step=3 next=nurture/4"},
		{name: "a friendly word once", tale: "offer rep writes -119d to=lena\n a rep writes -112d to=lena re=offer\n b rep writes -105d to=lena re=a\n c rep writes -99d to=lena re=b\n d rep writes -20d to=lena re=c", want: "closed no_reply step=4", why: "there is only one"},
		{
			name: "no goodbye configured", tale: "offer rep writes -60d to=lena\n a rep writes -50d to=lena re=offer\n b rep writes -40d to=lena re=a",
			say: func(s *tale) { s.policy.Cadence.BreakUpAfter = Window{} }, want: "closed no_reply step=2",
		},
		{name: "a new silence after an answer starts anew", tale: "offer rep writes -30d to=lena\n a rep writes -25d to=lena re=offer\n b lena answers -20d re=a\n c rep writes -9d to=lena re=b", want: "due step=0 next=follow_up/1"},
		{name: "a colleague who wrote to the prospect restarts the clock", tale: "offer rep writes -14d to=lena\n a jonas@acme.example writes -2d to=lena cc=rep re=offer", want: "waiting step=0 next=follow_up/1 13 Nov", why: "Your colleague"},
		{name: "whose turn it is after a colleague wrote is the rep's to say", tale: "offer rep writes -24d to=lena\n a jonas@acme.example writes -14d to=lena cc=rep re=offer", want: "review"},
		{name: "a colleague's note to the rep alone changes nothing", tale: "offer rep writes -14d to=lena\n a jonas@acme.example writes -2d to=rep re=offer", want: "due"},
		{name: "passed on to somebody else", tale: "offer rep writes -14d to=lena\n a rep writes -1d to=bo re=offer about=Fwd:_Freight_audit", want: "due step=0 next=follow_up/1 3 Nov"},
		{name: "asked a colleague in between", tale: "offer rep writes -14d to=lena\n a rep writes -1d to=jonas@acme.example re=offer", want: "due step=0 next=follow_up/1 3 Nov"},
		{name: "the old backlog gets no draft", tale: "offer rep writes -130d to=lena", want: "closed no_reply", why: "prospects.since"},
		{name: "the old backlog, reopened", tale: "offer rep writes -130d to=lena", say: func(s *tale) { s.reopen("lena", "-1h") }, want: "due"},
		{name: "lost state: what was due before waits for a click", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.facts.Origin.Recovered = s.at("-1h") }, want: "review", why: "lost"},
		{name: "lost state, reopened", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.facts.Origin.Recovered = s.at("-2h"); s.reopen("lena", "-1h") }, want: "due"},
		{name: "lost state: what falls due later is drafted", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.facts.Origin.Recovered = s.at("-12d") }, want: "due"},
		{name: "excluded", tale: "offer rep writes -14d to=vip@gold.example", say: func(s *tale) { s.policy.Exclude = []string{"vip@gold.example"} }, want: "ignored", why: "never to chase"},
		{name: "not on the list", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.policy.Listed, s.policy.Include = true, []string{"@bo.example"} }, want: "ignored"},
		{name: "a grade has its own cadence", tale: "offer rep writes -2d to=lena", say: func(s *tale) {
			s.policy.Paces = hotPace(s.policy)
			s.word(WordGrade, "lena", "-1h", func(w *Word) { w.Text = "hot" })
		}, want: "due step=0 next=follow_up/1 11 Nov", why: "The first window is 1 business day (grade hot)"},
		{name: "a grade has its own holidays", tale: "offer rep writes -2d to=lena", say: func(s *tale) {
			s.policy.Paces = hotPace(s.policy)
			s.word(WordGrade, "lena", "-1h", func(w *Word) { w.Text = "far" })
		}, want: "waiting step=0 next=follow_up/1 16 Nov"},

		{name: "days the rep is away do not count", tale: "offer rep writes -9d to=lena", say: func(s *tale) {
			s.policy.Calendar.Away = []Span{{s.at("-7d0:00"), s.at("0d0:00")}}
		}, want: "waiting step=0 next=follow_up/1 13 Nov 12:00", why: "The days you are away do not count: Thu 5 Nov to Wed 11 Nov."},
		{name: "what was due before the rep went away", tale: "offer rep writes -14d to=lena", say: func(s *tale) {
			s.policy.Calendar.Away = []Span{{s.at("-1d0:00"), s.at("+5d0:00")}}
		}, want: "due step=0 next=follow_up/1 3 Nov", why: "You are away until Tue 17 Nov: nothing is drafted before."},

		{name: "the rep's hold", tale: "offer rep writes -9d to=lena", say: func(s *tale) { s.hold("lena", "-1h", "+20d") }, want: "held rep until 2 Dec"},
		{name: "the rep's hold beats an absence", tale: "offer rep writes -9d to=lena\n a lena is-away -9d re=offer until=+30d", say: func(s *tale) { s.hold("lena", "-1h", "+2d") }, want: "held rep until 14 Nov"},
		{name: "an answer during the rep's hold is shown", tale: "offer rep writes -9d to=lena\n a lena answers -30m re=offer", say: func(s *tale) { s.hold("lena", "-1h", "+20d") }, want: "answered"},
		{
			name: "what the rep's hold left of the window", tale: "offer rep writes -9d12:00 to=lena", say: func(s *tale) { s.hold("lena", "-8d12:00", "-1d12:00") },
			want: "waiting step=0 next=follow_up/1 13 Nov 12:00",
		},
		{name: "the rep's close", tale: "offer rep writes -9d to=lena", say: func(s *tale) { s.close("lena", "-1h", Won) }, want: "closed won"},
		{name: "the newest word wins", tale: "offer rep writes -9d to=lena", say: func(s *tale) { s.close("lena", "-3h", Lost).hold("lena", "-2h", "+5d") }, want: "held rep"},
		{name: "a close undone", tale: "offer rep writes -9d to=lena", say: func(s *tale) { s.close("lena", "-3h", Lost).reopen("lena", "-2h") }, want: "due"},
		{name: "a no undone by the rep", tale: "offer rep writes -14d to=lena\n a lena declines -13d re=offer", say: func(s *tale) { s.reopen("lena", "-2h") }, want: "due"},
		{
			name: "a finished thread reopened begins anew", tale: "offer rep writes -80d to=lena\n a rep writes -70d to=lena re=offer\n b rep writes -60d to=lena re=a\n c rep writes -45d to=lena re=b",
			say: func(s *tale) { s.reopen("lena", "-2h") }, want: "due step=3 next=follow_up/1",
		},

		{name: "a draft waits in Drafts", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftPlaced) }, want: "drafted step=0 next=follow_up/2"},
		{name: "an edited draft waits in Drafts", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftEdited) }, want: "drafted", why: "stays as you left it"},
		{
			name: "a draft in Drafts stays drafted though the state was lost", tale: "offer rep writes -14d to=lena",
			say: func(s *tale) { s.facts.Origin.Recovered = s.at("-1h"); s.draft("offer", 1, "-1d", DraftPlaced) }, want: "drafted",
		},
		{name: "an unknown outcome keeps the thread due", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1h", DraftUnknown) }, want: "due step=0 next=follow_up/1"},
		{name: "an answer takes the draft back", tale: "offer rep writes -14d to=lena\n a lena answers -20m re=offer", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftPlaced) }, want: "answered step=0 withdraw"},
		{name: "a hold takes the draft back", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftPlaced).hold("lena", "-1h", "+5d") }, want: "held rep until 17 Nov 12:00 step=0 next=follow_up/1 17 Nov 12:00 withdraw"},
		{name: "a close takes the draft back", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftPlaced).close("lena", "-1h", Lost) }, want: "closed lost step=0 withdraw"},
		{
			name: "the rep's own mail takes the draft back and restarts the clock", tale: "offer rep writes -14d to=lena\n b rep writes -30m to=lena re=offer", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftPlaced) },
			want: "waiting step=1 next=follow_up/2 19 Nov 11:30 withdraw",
		},
		{name: "a withdrawn draft does not stop the next", tale: "offer rep writes -14d to=lena", say: func(s *tale) {
			s.draft("offer", 1, "-1d", DraftWithdrawn).close("lena", "-2h", Lost).reopen("lena", "-1h")
		}, want: "due step=0 next=follow_up/1"},
		{name: "a deleted draft is not written again", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftDiscarded) }, want: "review", why: "You deleted the draft"},
		{name: "after a deleted draft and a reopen comes the next step", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d", DraftDiscarded).reopen("lena", "-1h") }, want: "due step=0 next=follow_up/2"},
		{
			name: "a deleted goodbye ends it", tale: "offer rep writes -60d to=lena\n a rep writes -50d to=lena re=offer\n b rep writes -40d to=lena re=a",
			say: func(s *tale) { s.draft("b", 3, "-1d", DraftDiscarded); s.facts.Drafts[0].Action = BreakUp }, want: "closed no_reply step=2",
		},
		{name: "a sent draft that lies elsewhere counts", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.draft("offer", 1, "-1d12:00", DraftSent) }, want: "waiting step=1 next=follow_up/2 18 Nov 12:00"},
		{
			name: "a draft sent within hours of the rep's own mail is a step", tale: "offer rep writes -5h to=lena\n b rep writes -1h to=lena re=offer",
			say: func(s *tale) {
				s.policy.Cadence.FollowUpAfter[0] = Window{Duration: 6 * 3600e9}
				s.draft("offer", 1, "-2h", DraftSent)
			}, want: "waiting step=1",
		},
		{name: "nothing is drafted on an unread mailbox", tale: "offer rep writes -14d to=lena", say: func(s *tale) { s.facts.ReadAt = s.at("-13d") }, want: "due", why: "Not every folder has been read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			if tt.say != nil {
				tt.say(s)
			}
			if tt.of == "" {
				tt.of = "offer"
			}
			x := s.of(tt.of)
			reasons := strings.Join(x.Reasons, " ")
			if got := s.stands(x); !strings.HasPrefix(got, tt.want) {
				t.Errorf("stands %q, want %q\n%s", got, tt.want, reasons)
			}
			if !strings.Contains(reasons, tt.why) {
				t.Errorf("reasons %q lack %q", reasons, tt.why)
			}
			if len(x.Reasons) == 0 {
				t.Error("no reason is given")
			}
		})
	}
}

// hotPace paces three grades: hot has a window of one business day and one draft a day, far has holidays, late has hours.
func hotPace(p Policy) func(string, Situation) Pace {
	return func(grade string, _ Situation) Pace {
		pace := Pace{Cadence: p.Cadence, Calendar: p.Calendar, DraftsADay: p.DraftsADay}
		switch grade {
		case "hot":
			pace.Cadence.FollowUpAfter = []Window{{BusinessDays: 1}, {BusinessDays: 5}}
			pace.Whose = map[Action]string{FollowUp: "grade hot"}
			pace.DraftsADay, pace.Quota = 1, "grade hot"
		case "far":
			pace.Calendar.Holiday = func(d time.Time) (string, bool) { return "fair", d.Format("01-02") == "11-11" }
		case "late":
			pace.Calendar.From, pace.Calendar.To = 13*time.Hour, 18*time.Hour
		}
		return pace
	}
}
