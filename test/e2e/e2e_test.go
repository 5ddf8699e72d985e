// Package e2e_test runs the real program against real mail servers: mail comes
// in through Dovecot, the digest leaves through Postfix.
package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

// program is a running daemon and what it works with.
type program struct {
	t       *testing.T
	dovecot *rig.Dovecot
	db      *sqlite.DB
	log     *bytes.Buffer
}

// start builds and runs the daemon against fresh servers, and waits until it
// idles.
func start(t *testing.T) *program {
	t.Helper()
	rig.Need(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "parcelwatch")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "parcelwatch/cmd/daemon").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	d := rig.StartDovecot(t, "", nil)
	p := &program{t: t, dovecot: d, log: &bytes.Buffer{}}
	config := writeConfig(t, dir, d, rig.StartPostfix(t, d))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, binary, "run", "--config", config)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		began := time.Now()
		stop()
		_ = cmd.Wait()
		t.Logf("stopped in %v", time.Since(began).Round(time.Millisecond))
		if t.Failed() {
			t.Logf("the program's log:\n%s", p.log.String())
		}
	})
	p.until("the store is there", func() bool {
		_, err := os.Stat(filepath.Join(dir, "store.db"))
		return err == nil
	})
	var err error
	if p.db, err = sqlite.Open(t.Context(), filepath.Join(dir, "store.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	p.until("the mailbox idles", func() bool {
		h, err := p.db.Health(t.Context())
		return err == nil && len(h.Mailboxes) == 1 && h.Mailboxes[0].State == parcel.MailboxIdle
	})
	return p
}

func writeConfig(t *testing.T, dir string, d *rig.Dovecot, p *rig.Postfix) string {
	t.Helper()
	secret := filepath.Join(dir, "pass")
	if err := os.WriteFile(secret, []byte(rig.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`destination = "RU"
language = "ru"
timezone = "Europe/Moscow"
[[mailbox]]
name = "home"
host = "127.0.0.1"
port = %d
ca = %q
username = "alice"
password = { file = %q }
trusted_authserv = ["mx.rig.test"]
[[digest]]
to = ["alice@rig.test"]
at = ["04:44"]
urgent = ["out_for_delivery"]
[smtp]
host = "127.0.0.1"
port = %d
tls = "starttls"
ca = %q
username = "alice"
password = { file = %q }
from = "Посылки <alice@rig.test>"
[store]
path = %q
`, d.Port+1, d.CA(), secret, p.Port, d.CA(), secret, filepath.Join(dir, "store.db"))
	var config strings.Builder
	config.WriteString(text)
	for _, f := range all.Factories() { // nothing leaves this machine
		fmt.Fprintf(&config, "[carriers.%s]\nenabled = false\n", f.Info.Name)
	}
	path := filepath.Join(dir, "parcelwatch.toml")
	if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// until repeats look until it is true, and fails the test after a while.
func (p *program) until(what string, look func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !look() {
		if time.Now().After(deadline) {
			p.t.Fatalf("still waiting after half a minute: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// known reports whether a number is in the store.
func (p *program) known(n number.Number) bool {
	_, err := p.db.ParcelByNumber(p.t.Context(), n)
	return err == nil
}

// seen is a mail as another mail program sees it.
type seen struct {
	uid   imap.UID
	flags []imap.Flag
	raw   []byte
}

// inbox reads alice's mail with a client of its own, without touching a flag.
func (p *program) inbox() []seen {
	p.t.Helper()
	c, err := imapclient.DialTLS("127.0.0.1:"+strconv.Itoa(p.dovecot.Port+1), &imapclient.Options{TLSConfig: p.dovecot.Trust(p.t)})
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login("alice", rig.Password).Wait(); err != nil {
		p.t.Fatal(err)
	}
	box, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		p.t.Fatal(err)
	}
	if box.NumMessages == 0 {
		return nil
	}
	body := &imap.FetchItemBodySection{Peek: true}
	messages, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	if err != nil {
		p.t.Fatal(err)
	}
	var out []seen
	for _, m := range messages {
		out = append(out, seen{m.UID, m.Flags, m.FindBodySection(body)})
	}
	return out
}

// letter is a package-level mail of the shop.
func letter(number number.Number, order int, step string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.rig.test; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: alice@rig.test
Subject: Package %[1]s: %[2]s
Message-ID: <%[1]s.%[3]d@notice.aliexpress.com>
Date: %[4]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p>
<a href="https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=%[5]d">Track</a></body></html>
`, number, step, time.Now().UnixNano(), time.Now().Format(time.RFC1123Z), 8190000000010017+order), "\n", "\r\n")
}

func TestMailIsAParcelAndTheDigestComesBackButIsNotRead(t *testing.T) {
	p := start(t)
	var times []time.Duration
	for i, n := range []number.Number{"RB123456785CN", "LP00999900000034", "RR123456785CN"} {
		began := time.Now()
		p.dovecot.Deliver(t, "alice", letter(n, i, "collected by the carrier"))
		p.until("the mail is a parcel", func() bool { return p.known(n) })
		times = append(times, time.Since(began).Round(time.Millisecond))
		if got := p.inbox(); len(got) != i+1 {
			t.Fatalf("%d mails in the inbox, want %d", len(got), i+1)
		}
	}
	t.Logf("from delivery to stored parcel: %v", times)
	for _, m := range p.inbox() {
		// \Recent is the server's word for this very session, not a flag that is kept.
		kept := slices.DeleteFunc(m.flags, func(f imap.Flag) bool { return f == `\Recent` })
		if len(kept) > 0 {
			t.Errorf("mail %d has flags %v after it was read, want none", m.uid, m.flags)
		}
	}

	p.dovecot.Deliver(t, "alice", letter("RB123456785CN", 0, "out for delivery"))
	p.until("the urgent digest is back in the inbox", func() bool { return len(p.inbox()) == 5 })
	digest := p.inbox()[4]
	m, err := mail.ReadMessage(bytes.NewReader(digest.raw))
	if err != nil {
		t.Fatalf("the digest cannot be read: %v", err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Message-Id") == "" {
		t.Errorf("digest headers %v, want Auto-Submitted and a Message-ID", m.Header)
	}
	t.Logf("digest: %s, %d bytes", m.Header.Get("Subject"), len(digest.raw))
	p.readByOthers(t, digest.raw)
	p.until("the digest has been passed over", func() bool {
		pos, err := p.db.Checkpoint(t.Context(), "home", "INBOX")
		return err == nil && pos.UID >= uint32(digest.uid)
	})
	h, err := p.db.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parcels, err := p.db.Parcels(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(parcels) != 3 || len(h.NotUnderstood) != 0 {
		t.Errorf("%d parcels, not understood %v; want the three and nothing", len(parcels), h.NotUnderstood)
	}
}

func TestHostileMailIsNamedAndDisturbsNothing(t *testing.T) {
	p := start(t)
	from := "From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: alice@rig.test\r\n"
	parts := strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", 10_000)
	for name, raw := range map[string]string{
		"broken MIME":      from + "Subject: Package RB111111111CN: shipped\r\nContent-Type: multipart/mixed\r\n\r\n--nowhere\r\n",
		"unknown charset":  from + "Subject: Order shipped\r\nContent-Type: text/plain; charset=x-nobody-knows\r\n\r\n\xff\xfe\r\n",
		"10,000 parts":     from + "Subject: Order shipped\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts,
		"a mail of 100 MB": from + "Subject: Order shipped\r\n\r\n" + strings.Repeat("nothing to be found here at all\r\n", 3_200_000),
		"NUL bytes":        from + "Subject: Order shipped\r\n\r\nnothing \x00\x00 here\r\n",
	} {
		t.Log("deliver", name)
		p.dovecot.Deliver(t, "alice", raw)
	}
	p.dovecot.Deliver(t, "alice", letter("RB123456785CN", 0, "collected by the carrier"))
	p.until("the good mail behind them is a parcel", func() bool { return p.known("RB123456785CN") })
	h, err := p.db.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range h.NotUnderstood {
		t.Logf("not understood: %s %q: %s", n.Mail, n.Subject, n.Why)
	}
	if n := len(h.NotUnderstood); n != 4 {
		t.Errorf("%d mails are named as not understood, want all four that say nothing", n)
	}
	if h.Mailboxes[0].State != parcel.MailboxIdle {
		t.Errorf("the mailbox is %s: %s", h.Mailboxes[0].State, h.Mailboxes[0].Error)
	}
}
