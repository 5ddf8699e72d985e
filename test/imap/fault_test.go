package imap_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/test/rig"
)

// TestFaultsAreNoticedWithin90Seconds uses the pace of the daemon: each fault
// comes upon a connection that idles, and the time to notice it is printed. Mail
// that arrived meanwhile is found afterwards.
func TestFaultsAreNoticedWithin90Seconds(t *testing.T) {
	rig.Need(t)
	t.Parallel()
	cases := []struct {
		name  string
		tls   mailwatch.TLSMode
		brand int
		begin func(t *testing.T, p *proxy, d *server)
	}{
		{"every packet is lost", mailwatch.TLSImplicit, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(blackHole) }},
		{"every packet is lost, Cyrus", mailwatch.TLSImplicit, 1, func(_ *testing.T, p *proxy, _ *server) { p.set(blackHole) }},
		{"every packet is lost, starttls", mailwatch.TLSStart, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(blackHole) }},
		{"answers are lost", mailwatch.TLSImplicit, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(upstreamHole) }},
		{"reset", mailwatch.TLSImplicit, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(refusing); p.cut(true) }},
		{"closed", mailwatch.TLSImplicit, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(refusing); p.cut(false) }},
		{"goodbye: the server is stopped", mailwatch.TLSImplicit, 0, func(t *testing.T, _ *proxy, d *server) { t.Helper(); d.Stop(t) }},
		{"goodbye: Cyrus is stopped", mailwatch.TLSImplicit, 1, func(t *testing.T, _ *proxy, d *server) { t.Helper(); d.Stop(t) }},
		{"a proxy that takes connections and is silent", mailwatch.TLSImplicit, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(silentAccept); p.cut(true) }},
		{"the same before STARTTLS", mailwatch.TLSStart, 0, func(_ *testing.T, p *proxy, _ *server) { p.set(silentAccept); p.cut(true) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := brands()[c.brand].start(t, "")
			a := d.account(t)
			target := d.Port + 1
			if a.TLS = c.tls; c.tls == mailwatch.TLSStart {
				target = d.Port
			}
			p := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(target)))
			a.Port, a.Probe, a.Poll, a.Retry = p.port(), 0, 0, 0 // the defaults
			w := watch(t, a, newMemory())
			w.until(t, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
			d.Deliver(t, "alice", message(shop, "before"))
			w.until(t, "push", 10*time.Second, w.has("before"))
			calm()

			c.begin(t, p, d)
			took := w.until(t, "notice", 90*time.Second, w.in("INBOX", parcel.MailboxBroken))
			t.Logf("noticed after %v: %s", took.Round(time.Millisecond), w.state("INBOX").Error)

			p.set(healthy)
			p.cut(true)
			if strings.HasPrefix(c.name, "goodbye") {
				d.Start(t, "")
			}
			d.Deliver(t, "alice", message(shop, "meanwhile"))
			t.Logf("back after %v", w.until(t, "back", 90*time.Second, w.has("meanwhile")).Round(time.Millisecond))
			w.stop(t)
		})
	}
}

// calm lets the quick probe behind a mail go by: what follows is the longest time
// that nobody asks.
func calm() { time.Sleep(7 * time.Second) }

// TestNoMailIsLostAroundRandomTrouble delivers mail while connections are dropped,
// reset, swallowed and refused, the server restarts, and the watcher is ended and
// begun again. Every mail is handed over, in order.
func TestNoMailIsLostAroundRandomTrouble(t *testing.T) {
	rounds, mails := howLong()
	d := startDovecot(t, "", nil)
	p := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)))
	a := d.account(t)
	a.Port, a.Probe = p.port(), 200*time.Millisecond
	keep := newMemory()
	w := watch(t, a, keep)
	c := d.client(t, "alice")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	var handed []mailwatch.Mail
	sent := 0
	trouble := map[string]int{}
	for round := range rounds {
		for sent < mails*(round+1)/rounds {
			appendMail(t, c, "INBOX", shop, fmt.Sprint("mail ", sent))
			sent++
		}
		switch n := dice.IntN(40); {
		case n < 12:
			trouble["drop"]++
			p.cut(false)
		case n < 24:
			trouble["reset"]++
			p.cut(true)
		case n < 26:
			trouble["hole"]++
			p.set(blackHole)
			pause(dice, 300*time.Millisecond)
			p.set(healthy)
			p.cut(dice.IntN(2) == 0)
		case n < 30:
			trouble["refuse"]++
			p.set(refusing)
			p.cut(true)
			pause(dice, 200*time.Millisecond)
			p.set(healthy)
		case n < 32:
			trouble["restart"]++
			d.Stop(t)
			d.Start(t, "")
			c = d.client(t, "alice")
		default:
			trouble["stop"]++
			w.stop(t)
			handed = append(handed, w.mails...)
			w = watch(t, a, keep)
		}
		pause(dice, 150*time.Millisecond)
	}
	last := fmt.Sprint("mail ", mails-1)
	w.until(t, last, 3*time.Minute, w.has(last))
	w.stop(t)
	handed = append(handed, w.mails...)
	again := 0
	next := 0
	for _, m := range handed {
		switch subjectOf(m) {
		case fmt.Sprint("mail ", next):
			next++
		default:
			var number int
			if _, err := fmt.Sscanf(subjectOf(m), "mail %d", &number); err != nil || number > next {
				t.Fatalf("%q was handed over where mail %d was due", subjectOf(m), next)
			}
			again++
		}
	}
	if next != mails {
		t.Errorf("handed over %d of %d", next, mails)
	}
	if len(keep.asides) > 0 {
		t.Errorf("set aside: %q", keep.asides)
	}
	t.Logf("%d rounds %v, %d mails, %d of them handed over again", rounds, trouble, next, again)
}

func pause(dice *rand.Rand, most time.Duration) { time.Sleep(time.Duration(dice.Int64N(int64(most)))) }
