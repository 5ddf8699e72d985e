//go:build linux

package faults

import (
	"context"
	"fmt"
	"time"

	"parcelwatch/test/rig"
)

// forward: six digests fall due at once and are one; nothing is thought to be
// broken for six hours.
func forward(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	if err := rig.Pause(ctx, 3*time.Second); err != nil { // the first hour of a digest is counted from now
		return err
	}
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := b.move(6 * time.Hour); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	if err := b.notice(limited, from, since, `msg="digest made"`); err != nil {
		return err
	}
	b.outcome.seen = "one digest for the six that fell due"
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := b.recovered(ctx, l); err != nil {
		return err
	}
	if err := rig.Pause(ctx, 2*time.Second); err != nil {
		return err
	}
	if n := len(b.sink.Mails()); n != 1 {
		return fmt.Errorf("%w: %d mails after the jump, want one", errWrong, n)
	}
	return b.unalarmed(ctx)
}

// backward: the digest of an hour that comes a second time by the clock is made.
func backward(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	// To twenty seconds before a full hour, some hours ago.
	now := time.Now()
	target := now.Truncate(time.Hour).Add(-5*time.Hour - 20*time.Second)
	from := b.daemon.Journal.Len()
	if err := b.move(target.Sub(now)); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := b.recovered(ctx, l); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	if err := b.notice(limited, from, now.Add(20*time.Second), `msg="digest made"`); err != nil {
		return err
	}
	b.outcome.seen, b.outcome.noticed = "the digest of the new time is made", b.outcome.noticed+" after its time"
	return b.unalarmed(ctx)
}

// unalarmed: nobody was told of anything broken.
func (b *bench) unalarmed(ctx context.Context) error {
	n, err := b.store.Count(ctx, "SELECT count(*) FROM change WHERE doc LIKE '%\"kind\":\"health\"%'")
	if err == nil && n > 0 {
		err = fmt.Errorf("%w: %d alarms though nothing is broken", errWrong, n)
	}
	return err
}
