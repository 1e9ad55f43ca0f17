package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"followupd/mail"
)

// imapflowVersion is the newest that npm's registry gives here with all its parts.
const imapflowVersion = "2.1.0"

// imapflow reads the same headers and drops them: a Node.js client, as EmailEngine uses it.
type imapflow struct{ dir string }

// installImapflow puts imapflow into the user's cache, where it stays for the next run.
func installImapflow(ctx context.Context) (*imapflow, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	f := &imapflow{dir: filepath.Join(cache, "followupd-bench", "imapflow-"+imapflowVersion)}
	if _, err := os.Stat(filepath.Join(f.dir, "node_modules", "imapflow", "package.json")); err != nil {
		if err := os.MkdirAll(f.dir, 0o700); err != nil {
			return nil, err
		}
		npm := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", f.dir, "imapflow@"+imapflowVersion)
		if said, err := npm.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm install imapflow: %w\n%s", err, said)
		}
	}
	return f, os.WriteFile(f.script(), []byte(imapflowScript), 0o600)
}

func (f *imapflow) script() string { return filepath.Join(f.dir, "read.cjs") }

const imapflowScript = `const { ImapFlow } = require('imapflow');
const [host, port, user, pass, expected, fields] = process.argv.slice(2);
(async () => {
  const client = new ImapFlow({ host, port: Number(port), secure: false, doSTARTTLS: false, auth: { user, pass }, logger: false });
  await client.connect();
  let n = 0;
  for (const folder of ['INBOX', 'Sent']) {
    await client.mailboxOpen(folder, { readOnly: true });
    const query = { uid: true, flags: true, internalDate: true, size: true, headers: JSON.parse(fields) };
    for await (const message of client.fetch('1:*', query)) if (message.headers) n++;
  }
  await client.logout();
  if (n !== Number(expected)) throw new Error('read ' + n + ' of ' + expected);
})().catch(err => { console.error(err); process.exit(1); });
`

// read gives how long a whole process takes.
func (f *imapflow) read(ctx context.Context, box *box) (time.Duration, error) {
	fields, err := json.Marshal(mail.HeaderFields)
	if err != nil {
		return 0, err
	}
	node := exec.CommandContext(ctx, "node", f.script(), box.Host, strconv.Itoa(box.Port), box.Username, box.Password,
		strconv.Itoa(box.messages), string(fields))
	u, err := measured(node)
	return u.wall, err
}
