//go:build linux

package scale

import (
	"fmt"
	"time"

	"parcelwatch/parcel/number"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// daemons is how many share the households.
const daemons = 3

// boxes is how many mailboxes each household has.
const boxes = 2

// size is how much of everything there is.
type size struct {
	households int
	active     int           // parcels of each household that are on their way
	early      int           // parcels of each household when the first visits are measured
	parcels    int           // parcels of each household in the end
	visits     int           // of each measurement
	every      time.Duration // between two mails, of all households together
	posts      int
	thrift     int           // daily budget of the post that has little
	quiet      time.Duration // during which the daemons' own work is measured
	frozen     time.Duration // for how long a daemon is stopped and continued
	rest       time.Duration // that a daemon gets to give memory back before it is measured; it does so within 40 s
	usual      time.Duration // during which mail arrives before something happens
}

func sizeOf(env *lab.Env) size {
	s := size{
		households: 500, active: 100, early: 200, parcels: 2000, visits: 600, every: 250 * time.Millisecond, posts: 20, thrift: 100,
		quiet: time.Minute, frozen: 15 * time.Second, rest: 50 * time.Second, usual: 10 * time.Second,
	}
	if env.Quick {
		s.households, s.active, s.early, s.parcels, s.visits, s.thrift = 30, 20, 100, 100, 60, 10
		s.quiet, s.frozen = 5*time.Second, 8*time.Second
		s.rest, s.usual = time.Second, 3*time.Second
	}
	return s
}

func (s size) mailboxes() int { return s.households * boxes }

// home is the name of the nth household. The first is that of the configuration file.
func home(n int) string {
	if n == 0 {
		return "home"
	}
	return fmt.Sprintf("h%04d", n)
}

// user is the login of one mailbox.
func user(home string, box int) string { return fmt.Sprintf("%s-%d", home, box+1) }

// arriving is the first of the numbers that mail brings. Those below are in the store
// from the beginning.
const arriving = 2_000_000

// letter is the nth mail of the flow.
func letter(n int, now time.Time) rig.Letter {
	return rig.Letter{Number: rig.Number(arriving+n, "CN"), Order: rig.Order(arriving + n), Step: "collected by the carrier", Sent: now, Copy: n}
}

// firstArriving sorts before all numbers that mail brings and after all others.
func firstArriving() number.Number { return number.Number(rig.Number(arriving, "CN")[:4]) }
