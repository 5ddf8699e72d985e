//go:build linux

package faults

import (
	"context"
	"time"
)

// forward: six digests fall due at once and are one; nothing is thought to be
// broken for six hours.
func forward(ctx context.Context, b *bench) {
	b.start(ctx)
	b.pause(ctx, 3*time.Second) // the first hour of a digest is counted from now
	b.mark()
	b.move(6 * time.Hour)
	b.notice(ctx, `msg="digest made"`)
	b.outcome.seen = "one digest for the six that fell due"
	b.survived(ctx)
	b.pause(ctx, 2*time.Second)
	n := len(b.sink.Mails())
	b.hold(n == 1, "%d mails after the jump, want one", n)
	b.unalarmed(ctx)
}

// backward: the digest of an hour that comes a second time by the clock is made.
func backward(ctx context.Context, b *bench) {
	b.start(ctx)
	// To twenty seconds before a full hour, some hours ago.
	now := time.Now()
	target := now.Truncate(time.Hour).Add(-5*time.Hour - 20*time.Second)
	b.move(target.Sub(now))
	b.survived(ctx)
	b.since = now.Add(20 * time.Second)
	b.notice(ctx, `msg="digest made"`)
	b.outcome.seen, b.outcome.noticed = "the digest of the new time is made", b.outcome.noticed+" after its time"
	b.unalarmed(ctx)
}

// unalarmed: nobody was told of anything broken.
func (b *bench) unalarmed(ctx context.Context) {
	n := b.count(ctx, "SELECT count(*) FROM change WHERE doc LIKE '%\"kind\":\"health\"%'")
	b.hold(n == 0, "%d alarms though nothing is broken", n)
}
