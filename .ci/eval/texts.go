package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"followupd/cmd/followupd/inspect"
)

// newLines says by line numbers of the first text part what is newly written in each reply fixture, as a person judged it.
const newLines = "mail/quote/testdata/replies.tsv"

// measureTexts compares text with what a person newly wrote in each reply fixture, but for white space.
func measureTexts(t *table, corpus string, all []labelled, found []inspect.Message, verbose bool) error {
	rows, err := readTSV(newLines, 2)
	if err != nil {
		return err
	}
	lines := make(map[string]string)
	for _, f := range rows {
		lines[f[0]] = f[1]
	}
	exact, judged := 0, 0
	for i, m := range all {
		ranges, ok := lines[m.path]
		if !ok {
			continue
		}
		text, err := plainText(filepath.Join(corpus, m.path))
		if err != nil {
			return err
		}
		judged++
		want := strings.Join(strings.Fields(pick(text, ranges)), " ")
		if got := strings.Join(strings.Fields(found[i].Text), " "); got == want {
			exact++
		} else if verbose {
			t.say("%s: text %q, want %q", m.path, got, want)
		}
	}
	t.section("new text")
	t.add(row{what: fmt.Sprintf("text exact on %d reply fixtures", judged), got: share(exact, judged), goal: textExact})
	return nil
}

// pick gives the lines that ranges such as "1-5 8" name.
func pick(text, ranges string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var out []string
	for r := range strings.FieldsSeq(ranges) {
		from, to, ok := strings.Cut(r, "-")
		if !ok {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < 1 || a > len(lines) {
			continue
		}
		out = append(out, lines[a-1:min(b, len(lines))]...)
	}
	return strings.Join(out, "\n")
}

// plainText gives the first text part of a fixture, read without the program; these mails are small and well formed.
func plainText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	m, err := netmail.ReadMessage(f)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return firstPlain(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func firstPlain(contentType, encoding string, body io.Reader) (string, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = "text/plain"
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return "", nil
			}
			if err != nil {
				return "", err
			}
			if text, err := firstPlain(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); text != "" || err != nil {
				return text, err
			}
		}
	}
	if media != "text/plain" {
		return "", nil
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	return string(text), err
}
