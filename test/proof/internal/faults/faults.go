//go:build linux

// Package faults breaks what the daemon depends on, one thing at a time, and
// measures how long it takes to be noticed and to be over: IMAP, SMTP, the posts
// and the machine itself. Each case has a daemon of its own; they run beside each
// other.
package faults

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// fault is one case.
type fault struct {
	part, name string
	did        string
	quick      bool // not only in the full run
	setup      setup
	try        func(ctx context.Context, b *bench)
}

// caseLimit bounds one case.
const caseLimit = 5 * time.Minute

// beside is how many cases run at a time: most of them mostly wait.
const beside = 14

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	all := slices.Concat(imapFaults(), smtpFaults(), postFaults(), machineFaults())
	if env.Quick {
		all = slices.DeleteFunc(all, func(f fault) bool { return !f.quick })
	}
	all = slices.DeleteFunc(all, func(f fault) bool { return !strings.Contains(f.part+" "+f.name, env.Only) })
	c := report.Chapter{
		Title: "Starved and lied to",
		Intro: fmt.Sprintf("%d faults, each with a daemon of its own in front of a real Dovecot, a mail server and posts that can be told to\n"+
			"misbehave. *Noticed* is the time from the fault to the word about it in the log or in `status`; *back* the time from its end\n"+
			"until mail that came meanwhile is on record, or until what waited has gone out.", len(all)),
	}
	if err := lab.Need("dovecot", "openssl", "strace", "unshare", "mount"); err != nil {
		return c, err
	}
	moved, err := rig.Build(ctx, env.Dir, "proof")
	if err != nil {
		return c, err
	}
	outcomes := make([]outcome, len(all))
	var g errgroup.Group
	g.SetLimit(beside)
	var told sync.Mutex
	done := 0
	for i, f := range all {
		g.Go(func() error {
			outcomes[i] = f.run(ctx, env, moved)
			told.Lock()
			defer told.Unlock()
			done++
			env.Log.InfoContext(ctx, "fault tried", "part", f.part, "fault", f.name, "noticed", outcomes[i].noticed, "back", outcomes[i].back,
				"err", fmt.Sprint(outcomes[i].err), "done", done, "of", len(all))
			return nil
		})
	}
	_ = g.Wait() // outcomes hold the errors
	judge(&c, all, outcomes)
	return c, ctx.Err()
}

// outcome is what came of a case.
type outcome struct {
	seen          string
	noticed, back string
	silence       time.Duration // until it was noticed, where it counts
	err           error
}

// run tries one case in a world of its own, and looks at what is left of it.
func (f fault) run(ctx context.Context, env *lab.Env, moved string) outcome {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	b, err := open(ctx, env, f.setup, moved)
	if err != nil {
		return outcome{err: err}
	}
	defer b.close()
	f.try(ctx, b)
	b.end(ctx)
	err = errors.Join(b.err, b.daemon.Journal.Save(filepath.Join(env.Dir, "logs", strings.ReplaceAll(f.part+" "+f.name, " ", "-")+".log")))
	o := b.outcome
	if o.err = err; err != nil {
		o.err = fmt.Errorf("%w\n%s", err, b.daemon.Journal.Tail(6))
	}
	return o
}

// judge writes down what came of all cases.
func judge(c *report.Chapter, all []fault, outcomes []outcome) {
	var broken []string
	var slowest time.Duration
	for _, part := range []string{"IMAP", "SMTP", "posts", "machine"} {
		t := report.Table{Title: part, Columns: []string{"fault", "done", "seen", "noticed", "back"}}
		for i, f := range all {
			if f.part != part {
				continue
			}
			t.Rows = append(t.Rows, f.row(outcomes[i]))
			if outcomes[i].err != nil {
				broken = append(broken, part+", "+f.name)
			}
			if part == "IMAP" {
				slowest = max(slowest, outcomes[i].silence)
			}
		}
		if len(t.Rows) > 0 {
			c.Tables = append(c.Tables, t)
		}
	}
	c.Find(len(broken) == 0, "every fault is survived by the same process, which afterwards stops within 5 s and leaves a sound store",
		"%d of %d%s", len(all)-len(broken), len(all), list(broken))
	if slowest > 0 {
		c.Find(slowest <= noticeLimit, "a dead mailbox is noticed within 90 s", "at most %s", seconds(slowest))
	}
}

// row is a case as the tables show it.
func (f fault) row(o outcome) []string {
	if o.err != nil {
		return []string{"**" + f.name + "**", f.did, strings.TrimSpace(o.seen + " BROKEN: " + o.err.Error()), o.noticed, o.back}
	}
	return []string{f.name, f.did, o.seen, o.noticed, o.back}
}

func list(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; not: " + strings.Join(names, "; ")
}

// seconds is a time as the tables show it.
func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
}

var errWrong = errors.New("not as promised")
