//go:build linux

// Package abuse lets strangers and servers send what exhausts memory, stack or time: mail,
// answers of IMAP and mail servers, webhooks and posts. Each case has a daemon of its own
// in the memory that the packages allow it.
package abuse

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
)

// row is one case: what the others send, and how the daemon is set up for it.
type row struct {
	part, name string
	did        string
	quick      bool // not only in the full run
	setup      setup
	// try begins the flood, calls b.meanwhile while it lasts, and ends it.
	try func(ctx context.Context, b *bench) error
}

// rows are all cases. A new kind of abuse is a function of its own here.
func rows() []row {
	return slices.Concat(mailRows(), parcelRows(), imapRows(), smtpRows(), otherRows())
}

const (
	caseLimit = 9 * time.Minute
	beside    = 14 // cases that run at a time
)

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	all := rows()
	if env.Quick {
		all = slices.DeleteFunc(all, func(r row) bool { return !r.quick })
	}
	all = slices.DeleteFunc(all, func(r row) bool { return !strings.Contains(r.part+" "+r.name, env.Only) })
	c := report.Chapter{Title: "Floods from outside"}
	if err := lab.Need("dovecot", "openssl"); err != nil {
		return c, err
	}
	c.Intro = fmt.Sprintf("%d cases, each with a daemon of its own in %d MiB (%s). *Told* is the time from the arrival of a real mail during the\n"+
		"flood until its digest, which is due every minute; *memory* the most that the daemon's processes used, with the kernel's caches of their files.", len(all), lab.MemoryLimit>>20, env.Cage.Name)
	outcomes := make([]outcome, len(all))
	var g errgroup.Group
	g.SetLimit(beside)
	var told sync.Mutex
	for i, r := range all {
		g.Go(func() error {
			outcomes[i] = r.run(ctx, env)
			told.Lock()
			defer told.Unlock()
			env.Log.InfoContext(ctx, "abuse tried", "part", r.part, "case", r.name, "told", outcomes[i].told, "memory", outcomes[i].memory, "err", fmt.Sprint(outcomes[i].err))
			return nil
		})
	}
	_ = g.Wait() // outcomes hold the errors
	judge(&c, all, outcomes)
	return c, ctx.Err()
}

// outcome is what came of a case.
type outcome struct {
	seen, told, memory string
	err                error
}

// run tries one case in a world of its own, and looks at what is left of it.
func (r row) run(ctx context.Context, env *lab.Env) outcome {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	b, err := open(ctx, env, r.setup)
	if err != nil {
		return outcome{err: err}
	}
	defer b.close()
	err = r.try(ctx, b)
	if err == nil {
		err = b.end(ctx)
	}
	o := b.outcome
	o.memory = b.cell.Most()
	log := filepath.Join(env.Dir, "logs", strings.ReplaceAll(r.part+" "+r.name, " ", "-")+".log")
	if o.err = errors.Join(err, b.daemon.Journal.Save(log)); err != nil {
		o.err = fmt.Errorf("%w\n%s", o.err, b.daemon.Journal.Tail(6))
	}
	return o
}

func judge(c *report.Chapter, all []row, outcomes []outcome) {
	var broken []string
	t := report.Table{Title: "Floods", Columns: []string{"from", "case", "done", "seen", "told", "memory"}}
	for i, r := range all {
		o := outcomes[i]
		if o.err != nil {
			broken = append(broken, r.part+", "+r.name)
			o.seen = strings.TrimSpace(o.seen + " BROKEN: " + o.err.Error())
		}
		t.Row(r.part, r.name, r.did, o.seen, o.told, o.memory)
	}
	c.Tables = append(c.Tables, t)
	names := ""
	if len(broken) > 0 {
		names = "; not: " + strings.Join(broken, "; ")
	}
	c.Find(len(broken) == 0, "the same process survives every flood, tells a real mail that came meanwhile, stops within 5 s and leaves a sound store",
		"%d of %d%s", len(all)-len(broken), len(all), names)
}
