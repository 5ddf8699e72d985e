//go:build linux

package scale

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parcelwatch/test/proof/internal/report"
)

// What is asked of the daemons together.
const (
	mostTakeover = 10 * time.Second // from a daemon's end to a mail of its households being recorded by another
	mostMailbox  = 80 << 10         // bytes of private memory for each further mailbox
	mostGrowth   = 1.3              // of the processor time of a visit, from the smaller store to the larger
	// mostRepeated is how many mails a daemon sends at once. Those that are under way when it
	// ends are sent again.
	mostRepeated = 4
	// mostSettled is how long a mailbox may have another number of connections than one after a fault.
	mostSettled = 30 * time.Second
	// lifeVisits and lifeDays are how often a parcel is asked about in its life, and how
	// long that is.
	lifeVisits, lifeDays = 45, 40
)

// mailbox is the private memory of a further mailbox with its part of a household.
func (o *outcome) mailbox() int64 {
	return (o.Loaded.Private - o.Alone.Private) / int64(o.size.mailboxes()-boxes)
}

// growth is by how much a visit's processor time grows with the store; 0 if it was measured
// once, or not at all because other work hid it.
func (o *outcome) growth() float64 {
	first, last := o.Growing[0], o.Growing[len(o.Growing)-1]
	if first.Parcels == last.Parcels || first.cost() <= 0 {
		return 0
	}
	return float64(last.cost()) / float64(first.cost())
}

// need is how many visits a second so many parcels on their way need.
func (s size) need() float64 {
	return float64(s.households*s.active) * lifeVisits / (lifeDays * 24 * 3600)
}

// tell says what of the promises held, and shows the figures.
func (o *outcome) tell(c *report.Chapter) {
	o.find(c)
	c.Tables = append(c.Tables, o.startTable(), o.faultTable(), o.visitTable())
}

func (o *outcome) find(c *report.Chapter) {
	v := o.Verdict
	c.Find(v.Lost+v.Twice+v.Foreign+v.Parcels == 0, "every mail is recorded exactly once, in its household, as one parcel",
		"%d mails: %d missing, %d twice, %d in another household; %d numbers that are not one parcel of their household", o.Mails, v.Lost, v.Twice, v.Foreign, v.Parcels)
	c.Find(v.Unsent+v.Unknown+v.Untold+v.Retold == 0, "every digest has one Message-ID and arrives, no news is told twice",
		"%d digests, %d not arrived, %d arrived with an unknown Message-ID; of %d parcels %d are in no digest, %d are new in more than one", v.Digests, v.Unsent, v.Unknown, o.Mails, v.Untold, v.Retold)
	c.Find(v.Repeated <= mostRepeated*len(o.Faults), "digests arrive again only if they were being sent when something happened, with the same Message-ID",
		"%d again of %d, in %d faults", v.Repeated, v.Digests, len(o.Faults))
	c.Find(v.Thrift <= o.size.thrift, "all daemons together keep a post's daily budget", "%d calls, budget %d", v.Thrift, o.size.thrift)
	c.Find(v.Closer == 0, fmt.Sprintf("all daemons together call a post at most every %s (less %s on the network)", interval, tolerance),
		"%d calls, %d too close, %d of them after less than half of that, the closest after %s; at most %d within %s", v.Calls, v.Closer, v.Half, round(v.Shortest), v.Crowd, 10*interval)
	for _, f := range o.Faults {
		if f.Err != nil {
			c.Find(false, f.Name+": the daemons go on", "%v", f.Err)
			continue
		}
		if f.Others > 0 {
			c.Find(f.First <= mostTakeover, fmt.Sprintf("%s: another records mail of its households within %s", f.Name, mostTakeover),
				"%s, all %d households taken after %s", round(f.First), f.Households, round(f.Others))
		} else {
			c.Find(true, f.Name+": the daemons go on", "first mail recorded %s after the crash", round(f.First))
		}
		if strings.Contains(f.Name, "frozen") {
			c.Find(f.Renewed, "a daemon that was frozen for longer than its lease begins anew", "%t", f.Renewed)
		}
	}
	unheld, settled := o.longest()
	c.Find(o.Looks > 0 && unheld <= mostTakeover && settled <= mostSettled,
		fmt.Sprintf("after every fault each household has a living daemon within %s, and %s later the households are shared evenly and each mailbox has one connection", mostTakeover, mostSettled),
		"%s at most without a daemon, in %d looks at the claims; then settled after %s at most", round(unheld), o.Looks, round(settled))
	if o.Unpooled != nil {
		c.Find(true, "a daemon works through pgbouncer", "not tried: %v", o.Unpooled)
	}
	c.Find(o.Growing[0].Rate >= o.size.need(), "visits keep up with what the parcels need", "%.1f a second, as many as the posts allow; needed are %.2f", o.Growing[0].Rate, o.size.need())
	for _, v := range o.Growing {
		if v.Anew > 0 {
			c.Find(false, "no daemon loses its lease while visits are measured", "%d began anew", v.Anew)
		}
		if v.News > 0 {
			c.Find(false, "the visits that are measured bring no news", "%d changes", v.News)
		}
	}
	if g := o.growth(); g == 0 && o.size.early < o.size.parcels {
		c.Find(false, "the processor time of a visit is measured", "other work hid it")
	} else if g > 0 {
		c.Find(g < mostGrowth, fmt.Sprintf("with %d times as many parcels, a visit takes less than %.1f times the processor time", o.size.parcels/o.size.early, mostGrowth), "%.2f times", g)
	}
	if o.size.mailboxes() >= 500 { // with few, the heap's own steps are larger
		c.Find(o.mailbox() <= mostMailbox, fmt.Sprintf("a mailbox takes at most %d KB of private memory", mostMailbox>>10), "%d KB with its part of a household", o.mailbox()>>10)
	}
}

// longest returns the longest that a household had no daemon after a fault, and that sharing
// took.
func (o *outcome) longest() (unheld, settled time.Duration) {
	settled = o.Shared
	for _, f := range o.Faults {
		unheld, settled = max(unheld, f.Unheld), max(settled, f.Settled)
	}
	return unheld, settled
}

func (o *outcome) startTable() report.Table {
	t := report.Table{Title: "Start, and what the daemons take", Columns: []string{"", ""}}
	t.Row("applying the households, one command", round(o.Applied))
	t.Row(fmt.Sprintf("from then until one daemon watches all %d mailboxes", o.size.mailboxes()), round(o.Read))
	t.Row(fmt.Sprintf("from the start of %d more until each has its share", daemons-1), round(o.Shared))
	t.Row(fmt.Sprintf("private memory of one daemon with %d mailboxes, with %d", boxes, o.size.mailboxes()), bytes(o.Alone.Private)+", "+bytes(o.Loaded.Private))
	each := make([]string, 0, len(o.Each))
	for _, u := range o.Each {
		each = append(each, bytes(u.Private))
	}
	t.Row(fmt.Sprintf("private memory of %d daemons with a share each; the first gave households away", daemons), strings.Join(each, ", "))
	t.Row("open files of one daemon with all mailboxes", strconv.Itoa(o.Loaded.Files))
	t.Row(fmt.Sprintf("putting %d parcels into the database", o.size.households*o.size.parcels), round(o.Seeded))
	t.Row(fmt.Sprintf("processors used while a mail arrives every %s: daemons, database", o.size.every),
		fmt.Sprintf("%.0f %%, %.0f %% of one", o.Flowing.percent(o.Flowing.Daemons), o.Flowing.percent(o.Flowing.Database)))
	stops := make([]string, 0, len(o.Verdict.Stops))
	for _, s := range o.Verdict.Stops {
		stops = append(stops, round(s))
	}
	t.Row("stop by SIGTERM, one after another", strings.Join(stops, ", "))
	return t
}

func (s spent) percent(of time.Duration) float64 { return 100 * of.Seconds() / s.Over.Seconds() }

func (o *outcome) faultTable() report.Table {
	t := report.Table{Title: "Faults, while mail arrives", Columns: []string{
		"", "households concerned", "others hold them after", "first mail of them recorded after", "longest without a living daemon, seen in the database", "settled again after",
	}}
	for _, f := range o.Faults {
		others := "-"
		if f.Others > 0 {
			others = round(f.Others)
		}
		t.Row(f.Name, strconv.Itoa(f.Households), others, round(f.First), round(f.Unheld), round(f.Settled))
	}
	return t
}

func (o *outcome) visitTable() report.Table {
	t := report.Table{Title: "Visits of parcels, and digests", Columns: []string{"", "parcels", "a second", "processor time of one: daemons, database", "processors used while nothing is due: daemons, database"}}
	both := func(daemons, database time.Duration) string {
		return fmt.Sprintf("%.1f ms, %.1f ms", millis(daemons), millis(database))
	}
	for _, v := range o.Growing {
		t.Row(fmt.Sprintf("%d visits without news", v.Count), strconv.Itoa(v.Parcels), fmt.Sprintf("%.1f", v.Rate), both(v.Daemons, v.Database),
			fmt.Sprintf("%.1f %%, %.1f %% of one", v.Idle.percent(v.Idle.Daemons), v.Idle.percent(v.Idle.Database)))
	}
	if d := o.Telling; d.Count > 0 {
		t.Row(fmt.Sprintf("%d digests of %d parcels on their way", d.Count, o.size.active), strconv.Itoa(o.Growing[len(o.Growing)-1].Parcels), "", both(d.Daemons, d.Database), "")
	}
	return t
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// round is a duration as a reader wants it.
func round(d time.Duration) string {
	if d >= 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

func bytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
