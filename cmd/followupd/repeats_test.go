package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRepeats_OneLineWithACount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(newRepeats(slog.NewTextHandler(&out, nil))).With(slog.String("mailbox", "anna@acme.example"))
		fail := func(port string) {
			log.Warn("pass failed", slog.Any("error", errors.New("dial 127.0.0.1:"+port+": refused")), slog.Time("again_at", time.Now()))
		}
		for i := range 300 { // five hours
			fail([]string{"40001", "40002"}[i%2])
			log.Info("heartbeat")
			time.Sleep(time.Minute)
		}
		log.Warn("another trouble")
		text := out.String()
		if n := strings.Count(text, "pass failed"); n != 5 {
			t.Errorf("%d lines, want one and then one an hour:\n%s", n, text)
		}
		if !strings.Contains(text, "repeated=60 since=") || strings.Count(text, "heartbeat") != 300 || !strings.Contains(text, "another trouble") {
			t.Errorf("log:\n%s", text)
		}
	})
}

func TestRepeats_TroubleThatComesBackIsSaidAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(newRepeats(slog.NewTextHandler(&out, nil)))
		log.Warn("away")
		time.Sleep(3 * time.Hour)
		log.Warn("away")
		if text := out.String(); strings.Count(text, "away") != 2 || strings.Contains(text, "repeated") {
			t.Errorf("log:\n%s", text)
		}
	})
}
