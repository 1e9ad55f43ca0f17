package mail_test

import (
	"os"
	"path/filepath"
	"testing"

	"followupd/mail"
)

// corpus is the folder of labelled messages beside the project; what wants it is left out where it is absent. How they are
// judged is measured by make eval.
const corpus = "../../shared/corpus"

// typical is the header of an ordinary answer, cut down to the fields that a first pass fetches.
const typical = "Message-ID: <CAF=abc123_xyz@mail.galilshipping.example>\r\nIn-Reply-To: <3f2a9c0d@acme.example>\r\n" +
	"References: <first@acme.example> <CAF=older@mail.galilshipping.example>\r\n <3f2a9c0d@acme.example>\r\n" +
	"From: =?UTF-8?Q?Ruth_Cohen_=E2=80=93_Galil?= <ruth@galilshipping.example>\r\nTo: Anna Berg <anna@acme.example>\r\n" +
	"Cc: \"Levy, Noa\" <noa@galilshipping.example>, ops@galilshipping.example\r\nSubject: Re: =?UTF-8?B?UHLDvGZ1bmcgZGVyIEZyYWNodGtvc3Rlbg==?=\r\n" +
	"Date: Tue, 10 Mar 2026 10:15:00 +0100\r\nContent-Type: multipart/alternative; boundary=\"000000000000abc\"\r\n\r\n"

func BenchmarkParseHeader(b *testing.B) {
	header := []byte(typical)
	b.SetBytes(int64(len(header)))
	b.ReportAllocs()
	for b.Loop() {
		mail.ParseHeader(header)
	}
}

func BenchmarkRead(b *testing.B) {
	m := mail.Parse(append([]byte(typical), "Hi Anna,\r\n\r\nlooks good. Can you start with the Rotterdam lane, and what would it cost for ten trucks?\r\n\r\nRuth\r\n"...))
	b.ReportAllocs()
	for b.Loop() {
		mail.Read(m, mail.Context{})
	}
}

func BenchmarkParseAndReadCorpus(b *testing.B) {
	paths, _ := filepath.Glob(filepath.Join(corpus, "msgs", "*.eml"))
	if len(paths) == 0 {
		b.Skip("left out: no labelled messages here")
	}
	var sources [][]byte
	for _, p := range paths {
		source, err := os.ReadFile(p)
		if err != nil {
			b.Fatal(err)
		}
		sources = append(sources, source)
	}
	i := 0
	for b.Loop() {
		mail.Read(mail.Parse(sources[i%len(sources)]), mail.Context{})
		i++
	}
}
