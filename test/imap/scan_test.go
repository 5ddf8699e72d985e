package imap_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/extract"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/mail"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// BenchmarkFirstScan reads the notifications (one mail in fifty) out of a large
// mailbox and parses them, beside a bare SEARCH and FETCH of the same mails and a
// bare parse of them: go test -bench FirstScan -benchtime 5x.
func BenchmarkFirstScan(b *testing.B) {
	for _, mails := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d mails", mails), func(b *testing.B) { firstScan(b, mails) })
	}
}

func firstScan(b *testing.B, mails int) {
	b.Helper()
	var ours int
	var size int64
	d := startDovecot(b, "", func(home string) { ours, size = fillBox(b, filepath.Join(home, "Maildir"), mails) })
	parser, err := extract.New(extract.Options{Shop: aliexpress.New(), Senders: aliexpress.New().Senders(nil, nil, nil)})
	if err != nil {
		b.Fatal(err)
	}
	cold, _ := bare(b, d) // the server opens every file once
	fetch, raws := bare(b, d)
	if len(raws) != ours {
		b.Fatalf("the bare client found %d of %d", len(raws), ours)
	}
	start := time.Now()
	for _, raw := range raws {
		if _, err := parser.Parse(mail.Read(raw), parcel.Verdict{Trust: parcel.TrustUnverified}); err != nil {
			b.Fatal(err)
		}
	}
	parse := time.Since(start)
	clear(raws)
	debug.FreeOSMemory()

	scan := time.Hour
	var wire, peak int64
	for b.Loop() { // in turns, and the best of each: other work on the machine comes and goes
		if took, _ := bare(b, d); took < fetch {
			fetch = took
		}
		took, bytes, most := scanOnce(b, d, parser, ours)
		scan, wire, peak = min(scan, took), bytes, max(peak, most)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(cold.Seconds(), "s-cold-search+fetch")
	b.ReportMetric(fetch.Seconds(), "s-bare-search+fetch")
	b.ReportMetric(parse.Seconds(), "s-bare-parse")
	b.ReportMetric(scan.Seconds(), "s-scan")
	b.ReportMetric(scan.Seconds()/max(fetch, parse).Seconds(), "x-of-the-slower")
	b.ReportMetric(float64(wire)/float64(size), "x-of-the-bytes")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-heap-peak")
}

// bare does what the library does without us: one SEARCH, one FETCH.
func bare(b *testing.B, d *server) (time.Duration, [][]byte) {
	b.Helper()
	start := time.Now()
	c := d.client(b, "alice")
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		b.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{
		Since:  time.Now().Add(-800 * 24 * time.Hour),
		Header: []imap.SearchCriteriaHeaderField{{Key: "From", Value: "aliexpress.com"}},
	}, nil).Wait()
	if err != nil {
		b.Fatal(err)
	}
	got, err := c.Fetch(found.All, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		b.Fatal(err)
	}
	var raws [][]byte
	for _, m := range got {
		raws = append(raws, m.BodySection[0].Bytes)
	}
	_ = c.Logout().Wait()
	return time.Since(start), raws
}

func scanOnce(b *testing.B, d *server, parser *extract.Parser, ours int) (took time.Duration, wire, peak int64) {
	b.Helper()
	a := d.account(b)
	a.Since, a.Probe = 800*24*time.Hour, time.Minute
	var counted atomic.Int64
	a.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return counting{c, &counted}, err
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	keep := newMemory()
	handled := 0
	w := mailwatch.New(a, keep, mailwatch.Options{})
	start := time.Now()
	err := w.Run(ctx, each(func(ctx context.Context, m mailwatch.Mail) error {
		if _, err := parser.Parse(m.Message, parcel.Verdict{Trust: parcel.TrustUnverified}); err != nil {
			return err
		}
		if handled++; handled%200 == 0 {
			peak = max(peak, heap())
		}
		if handled == ours {
			took = time.Since(start)
			defer cancel()
		}
		return keep.SaveCheckpoint(ctx, m.Ref.Mailbox, m.Ref.Folder, store.Checkpoint{UIDValidity: m.Ref.UIDValidity, UID: m.Ref.UID})
	}))
	if err != nil || handled != ours || len(keep.asides) > 0 {
		b.Fatalf("handled %d of %d, %v, set aside %q", handled, ours, err, keep.asides)
	}
	return took, counted.Load(), peak
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

type counting struct {
	net.Conn
	n *atomic.Int64
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	return n, err
}
