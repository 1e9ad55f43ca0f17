package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// proxy passes connections on to a server and counts what goes by.
type proxy struct {
	listener net.Listener
	to       string
	running  sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool

	commands  atomic.Int64 // lines that a client said, but those of an IDLE's DONE
	bytes     atomic.Int64 // both ways
	connected atomic.Int64
}

func newProxy(to string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, to: to, open: make(map[net.Conn]bool)}
	p.running.Go(p.serve)
	return p, nil
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.connected.Add(1)
		p.mu.Lock()
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		p.running.Go(func() { p.pass(server, client, p.hear) })
		p.running.Go(func() { p.pass(client, server, func([]byte) {}) })
	}
}

// pass copies one way until either side ends, then closes both.
func (p *proxy) pass(to io.WriteCloser, from io.ReadCloser, hear func([]byte)) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.bytes.Add(int64(n))
		hear(buffer[:n])
		if err == nil {
			_, err = to.Write(buffer[:n])
		}
		if err != nil {
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}

// hear counts commands. A pass without change has no literals, so every line but DONE is one.
func (p *proxy) hear(data []byte) {
	p.commands.Add(int64(bytes.Count(data, []byte("\r\n")) - bytes.Count(data, []byte("DONE\r\n"))))
}
