//go:build linux

package outside

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

const (
	scanned = "scanned" // the user whose mailbox is scanned
	mailed  = "SELECT count(*) FROM mail"
	days    = 50 // over which the mail is spread
)

// scans measures the first scan beside a bare client, in alternating rounds.
func (b *bench) scans(ctx context.Context, programs []*program) error {
	if _, _, err := b.bare(ctx); err != nil { // fills the server's caches
		return err
	}
	bare := &program{values: map[string]float64{}}
	for range b.size.rounds {
		took, cpu, err := b.bare(ctx)
		if err != nil {
			return err
		}
		bare.put(scanTime, took.Seconds())
		bare.put(scanCPU, cpu.Seconds())
		for _, p := range programs {
			if err := b.scan(ctx, p); err != nil {
				return err
			}
		}
	}
	for _, p := range programs {
		p.put(scanRatio, p.values[scanTime]/bare.values[scanTime])
		p.put(scanCPURatio, p.values[scanCPU]/bare.values[scanCPU])
	}
	return nil
}

// scan starts a program with an empty store and waits for the last mail in it.
func (b *bench) scan(ctx context.Context, p *program) error {
	d, err := b.daemon(ctx, p, scanned)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Start(ctx); err != nil {
		return err
	}
	took, err := count(ctx, d, 2*time.Minute, mailed, b.size.ours)
	if err != nil {
		return err
	}
	u, err := lab.Look(d.PID())
	if err != nil {
		return err
	}
	p.put(scanTime, took.Seconds())
	p.put(scanCPU, u.CPU.Seconds())
	p.put(scanPeak, mib(u.Peak))
	_, err = d.Stop(5 * time.Second)
	return err
}

// bare is what no client can do without: a login, one SEARCH and one FETCH.
func (b *bench) bare(ctx context.Context) (took, cpu time.Duration, err error) {
	trust, err := b.server.TLS()
	if err != nil {
		return 0, 0, err
	}
	began, before := time.Now(), used()
	c, err := imapclient.DialTLS("127.0.0.1:"+strconv.Itoa(b.server.Port+1), &imapclient.Options{TLSConfig: trust})
	if err != nil {
		return 0, 0, fmt.Errorf("connect a bare client: %w", err)
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if err := c.Login(scanned, rig.Password).Wait(); err != nil {
		return 0, 0, fmt.Errorf("log a bare client in: %w", err)
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return 0, 0, fmt.Errorf("open the mailbox: %w", err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{
		Since: began.AddDate(0, 0, -60), Header: []imap.SearchCriteriaHeaderField{{Key: "From", Value: "aliexpress.com"}},
	}, nil).Wait()
	if err != nil {
		return 0, 0, fmt.Errorf("search: %w", err)
	}
	got, err := c.Fetch(found.All, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		return 0, 0, fmt.Errorf("fetch: %w", err)
	}
	if len(got) != b.size.ours {
		return 0, 0, fmt.Errorf("%w: the bare client got %d mails of %d", errCount, len(got), b.size.ours)
	}
	return time.Since(began), used() - before, nil
}

var errCount = errors.New("wrong number")

// used returns the processor time of this process.
func used() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// fill writes a Maildir in which ours of the mails are the shop's.
func fill(maildir string, mails, ours int) error {
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(maildir, sub), 0o755); err != nil {
			return fmt.Errorf("fill a mailbox: %w", err)
		}
	}
	first := time.Now().AddDate(0, 0, -days)
	step := days * 24 * time.Hour / time.Duration(mails)
	for i := range mails {
		at := first.Add(time.Duration(i) * step)
		raw := letter(i, at)
		if nth := i * ours / mails; (i+1)*ours/mails > nth {
			raw = notification(nth, at)
		}
		name := filepath.Join(maildir, "cur", fmt.Sprintf("%d.M%dP1.rig,S=%d:2,S", at.Unix(), i, len(raw)))
		if err := os.WriteFile(name, []byte(raw), 0o644); err != nil {
			return fmt.Errorf("fill a mailbox: %w", err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			return fmt.Errorf("fill a mailbox: %w", err)
		}
	}
	return nil
}

// letter is a mail of somebody else.
func letter(i int, at time.Time) string {
	return fmt.Sprintf("From: News <news@paper.example>\r\nTo: alice@rig.test\r\nSubject: Letter %d\r\nDate: %s\r\nMessage-ID: <letter.%d@paper.example>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", i, at.Format(time.RFC1123Z), i) +
		strings.Repeat("What a nice day it was, and what a long letter this is going to be.\r\n", 30+i%60)
}

// notification is a mail of the shop: a page of about ten kilobytes in base64.
func notification(i int, at time.Time) string {
	l := rig.Letter{Number: rig.Number(i, "CN"), Order: rig.Order(i), Step: "package shipped", Sent: at, Copy: i}
	head, _, _ := strings.Cut(l.Text(), "\r\n\r\n")
	var page strings.Builder
	fmt.Fprintf(&page, "<html><head><style>%s</style></head><body><table><tr><td>Order %s: package shipped</td></tr>", strings.Repeat(".row{color:#f40;font-size:14px} ", 120), l.Order)
	for k := range 12 {
		fmt.Fprintf(&page, `<tr><td style="padding:0 20px"><a href="https://www.aliexpress.com/item/%d.html">Item %d</a> US $%d.%02d</td></tr>`, 1_005_000_000_000_000+i*100+k, k, k*7, i%100)
	}
	fmt.Fprintf(&page, `<tr><td>Tracking number: <b>%s</b></td></tr></table></body></html>`, l.Number)
	var out strings.Builder
	out.WriteString(head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(page.String()))
	for len(text) > 76 {
		out.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	out.WriteString(text + "\r\n")
	return out.String()
}
