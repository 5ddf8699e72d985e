// Package e2e_test runs the real program against real mail servers: mail comes
// in through Dovecot, the digest leaves through Postfix.
package e2e_test

import (
	"bytes"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(rig.Main(m, &binary)) }

// program is a running daemon and what it works with.
type program struct {
	*rig.Program

	t       *testing.T
	dovecot *rig.Dovecot
	db      *sqlite.DB
}

// start runs the daemon against fresh servers and waits until it idles.
func start(t *testing.T) *program {
	t.Helper()
	d := rig.StartDovecot(t, "", nil)
	postfix := rig.StartPostfix(t, d)
	p := &program{t: t, dovecot: d, Program: rig.NewProgram(t, binary, rig.Config{
		Language: "ru", Mailboxes: []rig.Mailbox{d.Alice(d.Port + 1)}, SMTP: "127.0.0.1:" + strconv.Itoa(postfix.Port), SMTPCA: d.CA(),
	})}
	p.Run()
	t.Cleanup(p.End)
	p.db = p.Memory()
	p.until("the mailbox idles", func() bool {
		h, err := p.db.Health(t.Context())
		return err == nil && len(h.Mailboxes) == 1 && h.Mailboxes[0].State == parcel.MailboxIdle
	})
	p.until("the empty mailbox needs no greeting", func() bool { return p.Journal.Has(0, "first round is over") })
	return p
}

func (p *program) until(what string, look func() bool) {
	p.t.Helper()
	rig.Await(p.t, what, 30*time.Second, look)
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
func letter(n number.Number, order int, step string) string {
	return rig.Letter{Number: string(n), Order: rig.Order(order), Step: step, Sent: time.Now()}.Text()
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
	parcels, err := p.db.Parcels(t.Context())
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
