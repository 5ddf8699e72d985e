package imap_test

import (
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
	"parcelwatch/test/rig"
)

// BenchmarkPush measures the time from the server's announcement, and from the
// delivery, to the handler: go test -bench Push -benchtime 200x. Most of the
// latter is Dovecot, which waits half a second between two announcements.
func BenchmarkPush(b *testing.B) {
	d := startDovecot(b, "", nil)
	a := d.account(b)
	heard := &announcements{}
	a.TLS, a.Port, a.Dial = netx.TLSNone, d.Port, heard.dial
	w := watch(b, a, newMemory())
	w.until(b, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
	var pushed, whole []time.Duration
	for b.Loop() {
		subject := "push " + strconv.Itoa(len(whole))
		start := time.Now()
		d.Deliver(b, "alice", message(shop, subject))
		w.until(b, subject, 10*time.Second, w.has(subject))
		now := time.Now()
		pushed, whole = append(pushed, now.Sub(heard.first(start))), append(whole, now.Sub(start))
	}
	b.StopTimer()
	w.stop(b)
	b.ReportMetric(0, "ns/op")
	report(b, pushed, "EXISTS")
	report(b, whole, "LMTP")
}

// BenchmarkStored measures the time from the server's announcement to the parcel
// in the store of the real daemon: go test -bench Stored -benchtime 200x.
func BenchmarkStored(b *testing.B) {
	d := startDovecot(b, "", nil)
	heard := &announcements{}
	link := startProxyBy(b, "127.0.0.1", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port)), heard.dial)
	box := d.Alice(link.Port())
	box.CA = "" // the announcements are read on the way
	p := rig.NewProgram(b, binary, rig.Config{Mailboxes: []rig.Mailbox{box}})
	p.Run()
	db := p.Memory()
	rig.Await(b, "the mailbox idles", 20*time.Second, func() bool {
		h, err := db.Health(b.Context())
		return err == nil && len(h.Mailboxes) == 1 && h.Mailboxes[0].State == parcel.MailboxIdle
	})
	var stored, whole []time.Duration
	for b.Loop() {
		n := len(stored)
		start := time.Now()
		d.Deliver(b, "alice", shipment(numbered(n), n))
		for { // a look takes a fraction of a millisecond
			if _, err := db.ParcelByNumber(b.Context(), numbered(n)); err == nil {
				break
			}
			if time.Since(start) > 20*time.Second {
				b.Fatalf("mail %d is not in the store", n)
			}
			time.Sleep(200 * time.Microsecond)
		}
		now := time.Now()
		stored, whole = append(stored, now.Sub(heard.first(start))), append(whole, now.Sub(start))
	}
	b.StopTimer()
	p.End()
	b.ReportMetric(0, "ns/op")
	report(b, stored, "EXISTS")
	report(b, whole, "LMTP")
}

func report(b *testing.B, list []time.Duration, from string) {
	b.Helper()
	slices.Sort(list)
	b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, "ms-p50-from-"+from)
	b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, "ms-p99-from-"+from)
}
