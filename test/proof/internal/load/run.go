package load

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// What is asked of the daemon under load and at rest.
const (
	mostBehind  = 10 * time.Second // after the last mail, until it is stored
	mostDigest  = 15 * time.Second // after a digest's time, until it is sent
	mostFiles   = 256              // open file descriptors: the smallest limit that systems set by themselves
	mostIdleCPU = 1.0              // of one processor, in hundredths
	mostGrowth  = 8 << 20          // bytes, while idling
	mostStop    = 5 * time.Second
)

// sizes are a person's and far more than that, for a mode.
func sizes(env *lab.Env) []size {
	idle := time.Duration(env.Pick(30, 300, 3600)) * time.Second
	usual := size{name: "usual", mailboxes: 1, parcels: 100, mails: 20, over: time.Minute, idle: idle, private: 40 << 20}
	heavy := size{name: "heavy", mailboxes: 50, parcels: 10_000, mails: 5_000, over: time.Minute, idle: idle, private: lab.MemoryLimit}
	if env.Quick {
		usual.over, heavy.over = 10*time.Second, 10*time.Second
		heavy.mailboxes, heavy.parcels, heavy.mails = 10, 2_000, 500
	}
	return []size{usual, heavy}
}

// Run is the chapter: a person's world and an absurdly large one, at the same
// time on the same machine, each with a daemon and a Dovecot of its own.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	c := report.Chapter{
		Name: "load", Title: "Under load, and idling",
		Intro: fmt.Sprintf("A person's installation and an absurdly large one, both at the same time, each the real daemon on a real Dovecot, in the %d MiB that the packages allow (%s). The parcels "+
			"are put into the store by its own code, the mails arrive by LMTP, the posts (Cainiao, UPU, Russian Post) take %s for an answer and are asked at the usual pace. "+
			"Dovecot, the posts and the delivering have no other processors than the daemon.", lab.MemoryLimit>>20, env.Cage.Name, slowness),
	}
	all := sizes(env)
	outcomes := make([]outcome, len(all))
	var busy atomic.Int32
	busy.Store(int32(len(all)))
	idling := func() {
		if busy.Add(-1) == 0 && env.Idling != nil {
			env.Idling()
		}
	}
	g, within := errgroup.WithContext(ctx)
	for i, s := range all {
		g.Go(func() error {
			var err error
			outcomes[i], err = live(within, env, s, idling)
			if err != nil {
				return fmt.Errorf("%s world: %w", s.name, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return c, err
	}
	c.Tables = append(c.Tables, loadTable(outcomes), idleTable(outcomes))
	for _, o := range outcomes {
		judge(&c, o)
	}
	return c, nil
}

// judge says what of the promises held.
func judge(c *report.Chapter, o outcome) {
	who := o.size.name + ": "
	want := o.size.parcels + o.size.mails - min(o.size.parcels, o.size.mails/2)
	c.Find(o.Stored == o.size.mails && o.Parcels == want, who+"every mail is stored once, every number is one parcel", "%d mails, %d parcels of %d", o.Stored, o.Parcels, want)
	c.Find(o.Unsound == nil, who+"the store is sound after the stop", "%s", cmpOr(o.Unsound, "integrity check and rules of its own hold"))
	c.Find(o.Behind <= mostBehind, fmt.Sprintf("%sthe last mail is stored within %s", who, mostBehind), "%s", round(o.Behind))
	c.Find(o.Digest <= mostDigest, fmt.Sprintf("%sthe digest is sent within %s of its time", who, mostDigest), "%s", round(o.Digest))
	c.Find(o.Peak.Private <= o.size.private, fmt.Sprintf("%sat most %s of private memory", who, bytes(o.size.private)), "%s", bytes(o.Peak.Private))
	c.Find(o.Peak.Files <= mostFiles, fmt.Sprintf("%sat most %d open files", who, mostFiles), "%d", o.Peak.Files)
	c.Find(o.share() <= mostIdleCPU, fmt.Sprintf("%sidle, at most %.0f %% of one processor", who, mostIdleCPU), "%.2f %%", o.share())
	c.Find(o.growth() <= mostGrowth, fmt.Sprintf("%sidle, memory grows by at most %s", who, bytes(mostGrowth)), "%s", bytes(o.growth()))
	c.Find(o.StopErr == nil && o.Stop <= mostStop, fmt.Sprintf("%sa stop takes at most %s", who, mostStop), "%s", cmpOr(o.StopErr, round(o.Stop)))
}

func cmpOr(err error, fine string) string {
	if err != nil {
		return err.Error()
	}
	return fine
}

// share is the processor time while idling, in hundredths of one processor.
func (o outcome) share() float64 {
	return 100 * (o.Idle[1].CPU - o.Idle[0].CPU).Seconds() / o.Idle[1].At.Sub(o.Idle[0].At).Seconds()
}

func (o outcome) growth() int64 { return o.Idle[1].Private - o.Idle[0].Private }

// row is one line of a table, a cell for each world.
type row struct {
	what string
	cell func(outcome) string
}

func table(title string, outcomes []outcome, rows []row) report.Table {
	t := report.Table{Title: title, Columns: []string{""}}
	for _, o := range outcomes {
		t.Columns = append(t.Columns, fmt.Sprintf("%s: %d mailboxes, %d parcels, %d mails within %s", o.size.name, o.size.mailboxes, o.size.parcels, o.size.mails, o.size.over))
	}
	for _, r := range rows {
		cells := []string{r.what}
		for _, o := range outcomes {
			cells = append(cells, r.cell(o))
		}
		t.Row(cells...)
	}
	return t
}

func loadTable(outcomes []outcome) report.Table {
	return table("Load", outcomes, []row{
		{"from the start until every mailbox is on IDLE", func(o outcome) string { return round(o.Ready) }},
		{"delivering, by LMTP", func(o outcome) string { return round(o.Delivered) }},
		{"from the last mail delivered to the last stored", func(o outcome) string { return round(o.Behind) }},
		{"from the digest's time to its being sent", func(o outcome) string { return round(o.Digest) }},
		{"parcels in the end", func(o outcome) string { return strconv.Itoa(o.Parcels) }},
		{"calls to posts", func(o outcome) string { return strconv.Itoa(o.Asked) }},
		{"processor time, from the start to the digest", func(o outcome) string { return round(o.Loaded.CPU) }},
		{"private memory: before, at the peak, after the digest", func(o outcome) string {
			return bytes(o.Before.Private) + ", " + bytes(o.Peak.Private) + ", " + bytes(o.Loaded.Private)
		}},
		{"resident in all: before, at the peak, after the digest", func(o outcome) string {
			return bytes(o.Before.Resident) + ", " + bytes(o.Peak.Peak) + ", " + bytes(o.Loaded.Resident)
		}},
		{"counted against the limit, with the kernel's caches of files, at most", func(o outcome) string { return o.Limited }},
		{"open files: before, most, after", func(o outcome) string {
			return fmt.Sprintf("%d, %d, %d", o.Before.Files, o.Peak.Files, o.Loaded.Files)
		}},
		{"threads, most", func(o outcome) string { return strconv.Itoa(o.Peak.Threads) }},
		{"the store's files", func(o outcome) string { return bytes(o.Database) }},
		{"stop by SIGTERM", func(o outcome) string { return round(o.Stop) }},
	})
}

func idleTable(outcomes []outcome) report.Table {
	return table("Idling after it, every mailbox on IDLE, posts asked at their pace", outcomes, []row{
		{"for", func(o outcome) string { return o.size.idle.String() }},
		{"processor time", func(o outcome) string {
			return fmt.Sprintf("%s, %.2f %% of one", round(o.Idle[1].CPU-o.Idle[0].CPU), o.share())
		}},
		{"wake-ups of its threads, a second", func(o outcome) string {
			return fmt.Sprintf("%.1f", float64(o.Idle[1].Wakes-o.Idle[0].Wakes)/o.Idle[1].At.Sub(o.Idle[0].At).Seconds())
		}},
		{"calls to posts", func(o outcome) string { return strconv.Itoa(o.IdleAsked) }},
		{"private memory: begin, end", func(o outcome) string { return bytes(o.Idle[0].Private) + ", " + bytes(o.Idle[1].Private) }},
		{"resident in all: begin, end", func(o outcome) string { return bytes(o.Idle[0].Resident) + ", " + bytes(o.Idle[1].Resident) }},
		{"open files: begin, end", func(o outcome) string { return fmt.Sprintf("%d, %d", o.Idle[0].Files, o.Idle[1].Files) }},
	})
}

// round is a duration as a reader wants it.
func round(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	default:
		return d.Round(time.Millisecond).String()
	}
}

func bytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
