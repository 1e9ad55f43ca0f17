package main

import (
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

func TestSituation_TheRepsWordCountsUntilItIsLeftToTheThreadAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mustRun("once")
	found := d.threads()[lena].Situation
	if found == "voicemail" {
		t.Fatal("an offer by mail is taken for a voicemail")
	}
	d.mustRun("situation", lena, "voicemail")
	if got := d.threads()[lena].Situation; got != "voicemail" {
		t.Errorf("the situation is %q, want the rep's voicemail", got)
	}
	if out := d.mustRun("show", lena); !strings.Contains(out, "voicemail") {
		t.Errorf("show does not tell of it:\n%s", out)
	}
	d.mustRun("situation", lena, "auto")
	if got := d.threads()[lena].Situation; got != found {
		t.Errorf("left to the thread again the situation is %q, want %q", got, found)
	}
	d.run("situation", lena, "lunch").says(t, 2, "voicemail")
	d.run("situation", "nobody@nordbau.example", "proposal").says(t, 1, "nobody@nordbau.example")
}

// leftAVoicemail is a thread that asks for a call.
func (d *desk) leftAVoicemail() {
	at := time.Now().AddDate(0, 0, -3)
	d.mailbox.Append("Sent", []string{`\Seen`}, at, letter(
		"From: Anna Berg <"+repAddress+">", "To: "+lena, "Subject: Gate slots", "Message-ID: <voicemail@acme.example>",
		"Date: "+at.Format(time.RFC1123Z), "", "Hello,", "", "I left you a voicemail this morning about the gate slots.",
		"Which of the two terminals has the longer queue?", "", "Anna Berg"))
	d.mustRun("once")
}

func TestDone_TicksATaskOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.leftAVoicemail()
	d.run("done", lena, "card").says(t, 1, "followupd show "+lena)
	d.run("done", lena, "dance").says(t, 2, "call", "card")
	if out := d.mustRun("done", lena, "call"); !strings.Contains(out, "Call "+lena+" again") {
		t.Errorf("done does not say what is done:\n%s", out)
	}
	if out := d.mustRun("show", lena); strings.Contains(out, "Call "+lena) || !strings.Contains(out, "you      done call ") {
		t.Errorf("show names the call still, or not that it is done:\n%s", out)
	}
	if state := d.threads()[lena].State; state != "waiting" {
		t.Errorf("the thread is %s now", state)
	}
	d.run("done", lena).says(t, 1, "no such task")
}

func TestShow_TellsWhatToDoByOtherChannels(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.leftAVoicemail()
	out := d.mustRun("show", lena)
	for _, want := range []string{"Call " + lena + " again", "your voicemail was not returned", "Which of the two terminals has the longer queue?"} {
		if !strings.Contains(out, want) {
			t.Errorf("show does not say %q:\n%s", want, out)
		}
	}
	d.mailbox.Append("INBOX", nil, time.Now(), letter("From: "+lena, "To: "+repAddress, "Subject: Re: Gate slots", "Message-ID: <back@nordbau.example>",
		"In-Reply-To: <voicemail@acme.example>", "References: <voicemail@acme.example>", "Date: "+time.Now().Format(time.RFC1123Z), "", "The northern one. Lena"))
	d.mustRun("once")
	if out := d.mustRun("show", lena); strings.Contains(out, "Call "+lena) {
		t.Errorf("who answered is still to be called:\n%s", out)
	}
}
