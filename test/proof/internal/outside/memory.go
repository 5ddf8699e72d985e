//go:build linux

package outside

import (
	"context"
	"fmt"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// settling is how long a daemon needs after its start until it has given back the memory
// of the start, which it does after at most four heartbeats.
const settling = 45 * time.Second

// mailboxes measures the memory of daemons that watch 1 to 200 empty mailboxes.
func (b *bench) mailboxes(ctx context.Context, programs []*program) error {
	for _, n := range b.size.mailboxes {
		for _, p := range programs {
			d, err := b.daemon(ctx, p, users(n)...)
			if err != nil {
				return err
			}
			u, _, err := b.rest(ctx, d, n, 0)
			if err != nil {
				return err
			}
			p.put(mailboxFigure(n), mib(u.Resident))
		}
	}
	return nil
}

// rest starts a daemon, lets it come to rest, measures it, watches it for a while and
// stops it. It returns the wake-ups in a second of that while.
func (b *bench) rest(ctx context.Context, d *rig.Daemon, mailboxes int, watch time.Duration) (u lab.Usage, wakes float64, err error) {
	defer d.Close()
	if err := d.Start(ctx); err != nil {
		return u, 0, err
	}
	if err := idle(ctx, d, mailboxes); err != nil {
		return u, 0, err
	}
	if err := rig.Pause(ctx, settling); err != nil {
		return u, 0, err
	}
	if u, err = lab.Look(d.PID()); err != nil {
		return u, 0, err
	}
	if watch > 0 {
		if err := rig.Pause(ctx, watch); err != nil {
			return u, 0, err
		}
		after, err := lab.Look(d.PID())
		if err != nil {
			return u, 0, err
		}
		wakes = float64(after.Wakes-u.Wakes) / after.At.Sub(u.At).Seconds()
	}
	if _, err := d.Stop(10 * time.Second); err != nil {
		return u, wakes, fmt.Errorf("after a rest: %w", err)
	}
	return u, wakes, nil
}

// parcels measures a daemon and the commands on stores with 100 to 100,000 parcels.
func (b *bench) parcels(ctx context.Context, programs []*program) error {
	for _, n := range b.size.parcels {
		for _, p := range programs {
			if p.binary != b.env.Daemon {
				continue // an older program cannot open a store that today's code has filled
			}
			if err := b.store(ctx, p, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// store measures a program on a store with n parcels.
func (b *bench) store(ctx context.Context, p *program, n int) error {
	d, err := b.daemon(ctx, p, users(1)...)
	if err != nil {
		return err
	}
	if err := lab.Seed(ctx, d.Site.Store, lab.Crowd{Parcels: n, News: min(n, news), Rest: 24 * time.Hour}, time.Now()); err != nil {
		return err
	}
	if err := b.measureCommands(ctx, p, d, n); err != nil {
		return err
	}
	var watch time.Duration
	if n == b.size.parcels[0] {
		watch = b.size.idle
	}
	first, _, err := b.rest(ctx, d, 1, 0)
	if err != nil {
		return err
	}
	p.put(firstFigure(n), float64(first.Peak)/float64(first.Resident))
	u, wakes, err := b.rest(ctx, d, 1, watch)
	if err != nil {
		return err
	}
	p.put(parcelFigure(n), mib(u.Resident))
	p.put(startFigure(n), float64(u.Peak)/float64(u.Resident))
	if watch > 0 {
		p.put(idlePrivate, mib(u.Private))
		p.put(idleResident, mib(u.Resident))
		p.put(idleWakes, wakes)
	}
	return nil
}
