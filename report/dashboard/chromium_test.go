package dashboard

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// chromium is a real browser without a window, driven by the DevTools protocol over a pipe: messages are JSON, each ended by
// a NUL, written to its file descriptor 3 and read from 4 (--remote-debugging-pipe).
type chromium struct {
	t       *testing.T
	out     *os.File
	in      *bufio.Reader
	last    int
	session string
	logged  []string // what the page wrote to the console, and what the browser refused it
	fetched []string // every address the page asked for
	seen    []string // events of the page that came while an answer was awaited
	doing   string   // the last call or event asked for, for the error where it never came
	took    atomic.Bool
}

// browserTime is how long the browser may take for anything.
const browserTime = 4 * time.Minute

func newChromium(t *testing.T) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine; on Debian: apt-get install chromium")
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.WaitDelay = 5 * time.Second // its children keep the stream open
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &chromium{t: t, out: ourOut, in: bufio.NewReader(ourIn)}
	over := time.AfterFunc(browserTime, func() {
		b.took.Store(true)
		ourIn.Close()
	})
	t.Cleanup(func() {
		over.Stop()
		ourOut.Close() // the browser ends with its pipe
		ended := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		ended.Stop()
		ourIn.Close()
		if t.Failed() {
			t.Logf("Chromium ended with %v and said %.2000s", err, said.String())
		}
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log", "Accessibility"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// reply is a message of the browser: the answer to a call, or an event.
type reply struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct{ Message string }
}

func (b *chromium) next() reply {
	b.t.Helper()
	line, err := b.in.ReadBytes(0)
	if err != nil {
		if b.took.Load() {
			b.t.Fatalf("Chromium took longer than %v, at the end for %s", browserTime, b.doing)
		}
		b.t.Fatalf("read from Chromium: %v", err)
	}
	var r reply
	if err := json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &r); err != nil {
		b.t.Fatalf("read from Chromium: %v", err)
	}
	var params struct {
		Entry   struct{ Text, URL string }
		Request struct{ URL string }
		Details struct{ Text string } `json:"exceptionDetails"`
		Args    []struct{ Value any }
	}
	switch r.Method {
	case "Log.entryAdded", "Network.requestWillBeSent", "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
		if err := json.Unmarshal(r.Params, &params); err != nil {
			b.t.Fatalf("read from Chromium: %v", err)
		}
	}
	switch r.Method {
	case "Log.entryAdded":
		b.logged = append(b.logged, params.Entry.Text+" "+params.Entry.URL)
	case "Runtime.exceptionThrown":
		b.logged = append(b.logged, params.Details.Text)
	case "Runtime.consoleAPICalled":
		b.logged = append(b.logged, fmt.Sprint(params.Args))
	case "Network.requestWillBeSent":
		b.fetched = append(b.fetched, params.Request.URL)
	}
	return r
}

// call has the browser do something and decodes what it answers.
func (b *chromium) call(method string, params, result any) {
	b.t.Helper()
	b.last++
	b.doing = method
	message := map[string]any{"id": b.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		b.t.Fatalf("write to Chromium: %v", err)
	}
	for {
		r := b.next()
		if r.ID != b.last {
			b.seen = append(b.seen, r.Method)
			continue
		}
		if r.Error != nil {
			b.t.Fatalf("%s: %s", method, r.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(r.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// until does something and waits for the event of the page that follows from it. The event may come before the answers to
// what is done: a form that a key sends is often loaded before the key is up.
func (b *chromium) until(event string, do func()) {
	b.t.Helper()
	b.seen = nil
	do()
	b.doing = event
	for !slices.Contains(b.seen, event) {
		b.seen = append(b.seen, b.next().Method)
	}
}

// open shows a page and waits until it is there.
func (b *chromium) open(url string) {
	b.t.Helper()
	b.until("Page.loadEventFired", func() { b.call("Page.navigate", map[string]any{"url": url}, nil) })
}

// eval runs a script in the page and decodes its value; a promise is waited for.
func (b *chromium) eval(script string, value any) {
	b.t.Helper()
	var answer struct {
		Result  struct{ Value json.RawMessage }
		Details *struct {
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.Details != nil {
		b.t.Fatalf("%s: %s", script, answer.Details.Exception.Description)
	}
	if value != nil {
		if err := json.Unmarshal(answer.Result.Value, value); err != nil {
			b.t.Fatalf("%s: %v", script, err)
		}
	}
}

// await waits until a condition holds in the page, looking each time the page is drawn.
func (b *chromium) await(condition string) {
	b.t.Helper()
	b.eval("new Promise(function look(done) { ("+condition+") ? done() : requestAnimationFrame(() => look(done)); })", nil)
}

// window sets the width of the window, and light or dark.
func (b *chromium) window(width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// press types one key.
func (b *chromium) press(key string) {
	b.t.Helper()
	text := map[string]string{"Enter": "\r"}[key]
	if len(key) == 1 {
		text = key
	}
	code := map[string]int{"Enter": 13, "Tab": 9}[key]
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := map[string]any{"type": kind, "key": key, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			params["text"] = text
		}
		b.call("Input.dispatchKeyEvent", params, nil)
	}
}

// shoot keeps a picture of the whole page as the test's output where FOLLOWUPD_SHOTS names a folder.
func (b *chromium) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("FOLLOWUPD_SHOTS")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
