package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"
)

// otherClient fetches the newest mail of alice's inbox and lists its parts with
// all that Python finds wrong with them.
const otherClient = `
import email, email.policy, imaplib, ssl, sys
port, ca = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=ca)
box = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context)
box.login("alice", "secret")
_, count = box.select("INBOX", readonly=True)
_, data = box.fetch(count[0], "(BODY.PEEK[])")
box.logout()
m = email.message_from_bytes(data[0][1], policy=email.policy.default)
for name in ("Subject", "From", "To", "Date", "Message-ID", "List-Id"):
    if m[name] is None or m[name].defects: print("header", name, m[name] and m[name].defects)
for p in m.walk():
    print(p.get_content_type(), "" if p.is_multipart() else p.get_content_charset(), *p.defects)
    if not p.is_multipart() and "\ufffd" in p.get_content(): print("not readable")
`

// readByOthers checks that readers which are not ours find no fault with the
// newest mail.
func (p *program) readByOthers(t *testing.T, raw []byte) {
	t.Helper()
	e, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range e.Errors {
		t.Errorf("enmime: %s", fault)
	}
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Logf("skipped: Python is not asked: %v", err)
		return
	}
	out, err := exec.CommandContext(t.Context(), python, "-c", otherClient, strconv.Itoa(p.dovecot.Port+1), p.dovecot.CA()).CombinedOutput()
	if err != nil {
		t.Fatalf("Python: %v %s", err, out)
	}
	want := "multipart/alternative \ntext/plain utf-8\ntext/html utf-8\n"
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("read by Python (-want +got):\n%s", diff)
	}
}
