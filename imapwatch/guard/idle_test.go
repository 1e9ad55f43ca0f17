package guard_test

import (
	"net"
	"runtime"
	"strings"
	"testing"

	"followupd/imapwatch/guard"
)

// Of thousands of connections that watch, nearly all are silent: what one holds then is what counts.
func TestConn_HoldsNoBufferWhileTheServerIsSilent(t *testing.T) {
	const connections, most = 200, 3 << 10
	var client, server [connections]net.Conn
	for i := range connections {
		client[i], server[i] = net.Pipe()
		defer client[i].Close()
		defer server[i].Close()
	}
	got := make(chan string)
	var ended [connections]chan struct{}
	before := held()
	for i := range connections {
		ended[i] = make(chan struct{})
		go func() {
			defer close(ended[i])
			g := guard.Wrap(client[i], guard.Limits{})
			var said [128]byte
			for {
				n, err := g.Read(said[:])
				if err != nil {
					return
				}
				got <- string(said[:n])
			}
		}()
		for _, line := range []string{"* OK ready\r\n", "* 5 EXISTS\r\n", "* LIST () \"/\" " + strings.Repeat("x", 4000) + "\r\n", "* 6 EXISTS\r\n"} {
			go server[i].Write([]byte(line))
			for read := 0; read < 1 || len(line) > 100 && read < 4000; {
				read += len(<-got)
			}
		}
	}
	if each := (held() - before) / connections; each > most {
		t.Errorf("a silent connection holds %d bytes, want at most %d", each, most)
	}
	for i := range connections {
		server[i].Close()
		<-ended[i]
	}
}

// held gives the bytes of heap that live.
func held() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes in the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
