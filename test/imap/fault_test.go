package imap_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/test/rig"
)

// TestFaultsAreNoticedWithin90Seconds uses the daemon's default intervals. Each
// fault hits an idling connection, and mail that arrived meanwhile is found
// afterwards. The faults of a Dovecot over TLS are those of test/proof.
func TestFaultsAreNoticedWithin90Seconds(t *testing.T) {
	rig.Need(t)
	t.Parallel()
	lost := func(_ *testing.T, p *rig.Proxy, _ *server) { p.Set(rig.BlackHole) }
	silent := func(_ *testing.T, p *rig.Proxy, _ *server) { p.Set(rig.SilentAccept); p.Cut(true) }
	cases := []struct {
		name  string
		tls   netx.TLSMode
		brand int
		begin func(t *testing.T, p *rig.Proxy, d *server)
	}{
		{"every packet is lost, Cyrus", netx.TLSImplicit, 1, lost},
		{"every packet is lost, STARTTLS", netx.TLSStart, 0, lost},
		{"goodbye: Cyrus is stopped", netx.TLSImplicit, 1, func(t *testing.T, _ *rig.Proxy, d *server) { t.Helper(); d.Stop(t) }},
		{"a proxy that accepts connections and stays silent", netx.TLSImplicit, 0, silent},
		{"the same before STARTTLS", netx.TLSStart, 0, silent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := brands()[c.brand].start(t, "")
			a := d.account(t)
			target := d.Port + 1
			if a.TLS = c.tls; c.tls == netx.TLSStart {
				target = d.Port
			}
			p := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(target)))
			a.Port, a.Probe, a.Poll, a.Retry = p.Port(), 0, 0, 0 // the defaults
			w := watch(t, a, newMemory())
			w.until(t, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
			d.Deliver(t, "alice", message(shop, "before"))
			w.until(t, "push", 10*time.Second, w.has("before"))
			calm()

			c.begin(t, p, d)
			took := w.until(t, "notice", 90*time.Second, w.in("INBOX", parcel.MailboxBroken))
			t.Logf("noticed after %v: %s", took.Round(time.Millisecond), w.state("INBOX").Error)

			p.Set(rig.Healthy)
			p.Cut(true)
			if strings.HasPrefix(c.name, "goodbye") {
				d.Start(t, "")
			}
			d.Deliver(t, "alice", message(shop, "meanwhile"))
			t.Logf("back after %v", w.until(t, "back", 90*time.Second, w.has("meanwhile")).Round(time.Millisecond))
			w.stop(t)
		})
	}
}

// calm waits until the quick probe that follows a mail is over, so that the
// longest interval between two probes begins.
func calm() { time.Sleep(7 * time.Second) }

// TestNoMailIsLostAroundRandomTrouble delivers mail while connections are dropped,
// reset, swallowed and refused, the server restarts, and the watcher stops and
// starts. Every mail is handed over, in order.
func TestNoMailIsLostAroundRandomTrouble(t *testing.T) {
	rounds, mails := 60, 400
	if os.Getenv("PARCELWATCH_LONG") != "" {
		rounds, mails = 300, 2000
	}
	d := startDovecot(t, "", nil)
	p := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)))
	a := d.account(t)
	a.Port, a.Probe = p.Port(), 200*time.Millisecond
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
			p.Cut(false)
		case n < 24:
			trouble["reset"]++
			p.Cut(true)
		case n < 26:
			trouble["hole"]++
			p.Set(rig.BlackHole)
			pause(dice, 300*time.Millisecond)
			p.Set(rig.Healthy)
			p.Cut(dice.IntN(2) == 0)
		case n < 30:
			trouble["refuse"]++
			p.Set(rig.Refusing)
			p.Cut(true)
			pause(dice, 200*time.Millisecond)
			p.Set(rig.Healthy)
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
