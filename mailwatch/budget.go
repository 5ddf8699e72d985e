package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch/internal/wire"
)

const (
	heldBytes   = 32 << 20 // of mail that is read but not handled yet
	parsedBytes = 8 << 20  // of mail that is being handled
	openings    = 32       // connections to one server that are being opened
)

// Budget bounds what all mailboxes of a process hold in memory at a time: mail that is
// read and not handled yet, mail that is being handled, and one answer of more than
// 64 KB of numbers. It also bounds how many connections to one server are opened at a time.
type Budget struct {
	held, parsed *semaphore.Weighted
	turn         chan struct{} // holds a token during a large answer
	windows      wire.Windows

	mu      sync.Mutex // guards free of every link, and opening
	opening map[string]*door
}

// door limits how many connections to one server are opened at a time.
type door struct {
	slots *semaphore.Weighted
	users int // connections that are being opened or wait
}

// NewBudget returns the budget of a process.
func NewBudget() *Budget {
	return &Budget{held: semaphore.NewWeighted(heldBytes), parsed: semaphore.NewWeighted(parsedBytes), turn: make(chan struct{}, 1), opening: map[string]*door{}}
}

// enter waits until a connection to a server may be opened and returns the function to call
// when it is open or has failed.
func (b *Budget) enter(ctx context.Context, addr string) (func(), error) {
	b.mu.Lock()
	d := b.opening[addr]
	if d == nil {
		d = &door{slots: semaphore.NewWeighted(openings)}
		b.opening[addr] = d
	}
	d.users++
	b.mu.Unlock()
	if err := d.slots.Acquire(ctx, 1); err != nil {
		b.leave(addr, d)
		return nil, err
	}
	return func() {
		d.slots.Release(1)
		b.leave(addr, d)
	}, nil
}

// leave forgets a server once nobody uses its door.
func (b *Budget) leave(addr string, d *door) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.users--; d.users == 0 {
		delete(b.opening, addr)
	}
}

// hold waits until size bytes of mail may be read and returns the function that gives
// them back. alive is called at each interval of waiting.
func (b *Budget) hold(ctx context.Context, size int64, interval time.Duration, alive func() error) (func(), error) {
	size = min(size, heldBytes)
	for {
		limited, cancel := context.WithTimeout(ctx, interval)
		err := b.held.Acquire(limited, size)
		cancel()
		switch {
		case err == nil:
			return sync.OnceFunc(func() { b.held.Release(size) }), nil
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return nil, ctx.Err()
		}
		if err := alive(); err != nil {
			return nil, err
		}
	}
}

// parse waits until a mail of this size may be handled.
func (b *Budget) parse(ctx context.Context, size int) (func(), error) {
	n := min(int64(size), parsedBytes)
	if err := b.parsed.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { b.parsed.Release(n) }, nil
}

// large waits until no other connection receives a large answer. The turn is given back
// with the next step.
func (b *Budget) large(l *link) error {
	b.mu.Lock()
	held := l.free != nil
	b.mu.Unlock()
	if held {
		return nil
	}
	timer := time.NewTimer(searchLimit)
	defer timer.Stop()
	select {
	case b.turn <- struct{}{}:
	case <-l.ending:
		return netx.ErrClosed
	case <-timer.C:
		return l.Fail(fmt.Errorf("%w: too many large answers at a time", netx.ErrTooMuch))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-l.ending:
		<-b.turn
		return netx.ErrClosed
	default:
		l.free = func() { <-b.turn }
		return nil
	}
}

// done gives back the turn of a large answer.
func (b *Budget) done(l *link) {
	b.mu.Lock()
	free := l.free
	l.free = nil
	b.mu.Unlock()
	if free != nil {
		free()
	}
}
