package imap_test

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/test/rig"
)

// brand is one of the real servers that every promise is tried against.
type brand struct {
	name   string
	start  func(tb testing.TB, extra string) *server
	noIdle string // the configuration's lines that switch IDLE off
	more   bool   // it takes OAuth2 tokens, and has a certificate for another name
}

func brands() []brand {
	return []brand{
		{
			name:   "dovecot",
			start:  func(tb testing.TB, extra string) *server { tb.Helper(); return startDovecot(tb, extra, nil) },
			noIdle: "protocol imap {\n  imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS\n}",
			more:   true,
		},
		{
			name: "cyrus",
			start: func(tb testing.TB, extra string) *server {
				tb.Helper()
				return &server{&rig.StartCyrus(tb, extra).Server, "alice"}
			},
			noIdle: "imapidlepoll: 0",
		},
	}
}

// onEachServer runs a promise against each brand.
func onEachServer(t *testing.T, promise func(t *testing.T, b brand)) {
	t.Helper()
	rig.Need(t)
	for _, b := range brands() {
		t.Run(b.name, func(t *testing.T) { promise(t, b) })
	}
}

// another is a mail program that shares no code with ours: it prints every
// mail's flags and how many are unread, as the person sees them.
const another = `
import imaplib, re, ssl, sys
port, ca, user, folder = sys.argv[1:]
box = imaplib.IMAP4_SSL("127.0.0.1", int(port), ssl_context=ssl.create_default_context(cafile=ca))
box.login(user, "secret")
count = int(box.select(folder, readonly=True)[1][0])
unseen = box.search(None, "UNSEEN")[1][0].split()
print("unseen", len(unseen), "of", count)
for line in box.fetch("1:*", "(UID FLAGS)")[1] if count else []:
    found = re.search(rb"UID (\d+)", line).group(1).decode()
    flags = re.search(rb"FLAGS \(([^)]*)\)", line).group(1).decode().split()
    print(found, *sorted(f for f in flags if f != "\\Recent"))
box.logout()
`

// seen is what another mail program sees in the INBOX.
func (s *server) seen(tb testing.TB) string {
	tb.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		tb.Skip("skipped: needs python3, whose imaplib is the other mail program")
	}
	out, err := exec.CommandContext(context.Background(), python, "-c", another, strconv.Itoa(s.Port+1), s.CA(), s.user, "INBOX").CombinedOutput()
	if err != nil {
		tb.Fatalf("the other mail program: %v\n%s", err, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

// make creates folders.
func makeFolders(tb testing.TB, c *imapclient.Client, names ...string) {
	tb.Helper()
	for _, name := range names {
		if err := c.Create(name, nil).Wait(); err != nil {
			tb.Fatalf("create %s: %v", name, err)
		}
	}
}
