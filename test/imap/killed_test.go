package imap_test

import (
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"parcelwatch/parcel/number"
)

// TestEveryNumberIsInTheStoreOnceAfterRandomTrouble kills the daemon, restarts
// the server and mistreats the connection at random moments while mail arrives.
func TestEveryNumberIsInTheStoreOnceAfterRandomTrouble(t *testing.T) {
	rounds, mails := howLong()
	d := startDovecot(t, "", nil)
	link := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)))
	p := newProgram(t, d, link.port(), "en")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &mischief{t: t, d: d, link: link, p: p, dice: rand.New(rand.NewPCG(seed, 1)), done: map[string]int{}}
	p.start(t)
	c := d.client(t, "alice")
	sent := 0
	for round := range rounds {
		for sent < mails*(round+1)/rounds {
			appendRaw(t, c, "INBOX", shipment(numbered(sent), sent))
			sent++
		}
		if m.strike() {
			c = d.client(t, "alice")
		}
		pause(m.dice, 300*time.Millisecond)
		if !link.used() { // it waits to connect anew; a new one need not
			m.kill(syscall.SIGKILL)
		}
	}
	m.heal()
	db := p.open(t)
	waitFor(t, "the last number is in the store", time.Minute, func() bool {
		_, err := db.ParcelByNumber(t.Context(), numbered(mails-1))
		return err == nil
	})
	p.end(t, os.Interrupt)
	parcels, err := db.Parcels(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	times := map[number.Number]int{}
	for _, one := range parcels {
		for _, n := range one.Numbers() {
			times[n]++
		}
	}
	for i := range mails {
		if n := times[numbered(i)]; n != 1 {
			t.Errorf("%s of mail %d is in the store %d times", numbered(i), i, n)
		}
	}
	if len(parcels) != mails {
		t.Errorf("%d parcels of %d mails", len(parcels), mails)
	}
	h, err := db.Health(t.Context())
	if err != nil || len(h.NotUnderstood) > 0 {
		t.Errorf("not understood: %v, %v", h.NotUnderstood, err)
	}
	t.Logf("%d rounds: %v; %d mails are %d parcels", rounds, m.done, mails, len(parcels))
}

// howLong the random tests are: 300 rounds and 2,000 mails with
// PARCELWATCH_LONG=1, else a fifth of it.
func howLong() (rounds, mails int) {
	if os.Getenv("PARCELWATCH_LONG") != "" {
		return 300, 2000
	}
	return 60, 400
}

// mischief is what happens to a daemon and its server.
type mischief struct {
	t    *testing.T
	d    *server
	link *proxy
	p    *program
	dice *rand.Rand
	done map[string]int
}

// strike does one thing and reports whether the server was restarted.
func (m *mischief) strike() (restarted bool) {
	switch n := m.dice.IntN(20); {
	case n < 8:
		m.kill(syscall.SIGKILL)
	case n < 9:
		m.kill(syscall.SIGTERM)
	case n < 12:
		m.done["drop"]++
		m.link.cut(false)
	case n < 15:
		m.done["reset"]++
		m.link.cut(true)
	case n < 17:
		m.done["black hole"]++
		m.link.set(blackHole)
		pause(m.dice, 300*time.Millisecond)
		m.link.set(healthy)
		m.link.cut(m.dice.IntN(2) == 0)
	case n < 19:
		m.done["refuse"]++
		m.link.set(refusing)
		m.link.cut(true)
		pause(m.dice, 200*time.Millisecond)
		m.link.set(healthy)
	default:
		m.done["restart of the server"]++
		m.d.Stop(m.t)
		m.d.Start(m.t, "")
		return true
	}
	return false
}

func (m *mischief) kill(how syscall.Signal) {
	m.done[how.String()]++
	m.p.end(m.t, how)
	m.p.start(m.t)
}

// heal ends all trouble, with a last kill.
func (m *mischief) heal() {
	m.link.set(healthy)
	m.link.cut(false)
	m.kill(syscall.SIGKILL)
}
