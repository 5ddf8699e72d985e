package tracker

import (
	"context"
	"time"
)

// What importNotice and absorb decide by.
type (
	Rules = rules
	Basis = basis
)

// The pure parts that tests outside the package speak to.
var (
	ImportNotice = importNotice
	Absorb       = absorb
	StalledAt    = stalledAt
	Settle       = settle
	MarkStalled  = markStalled
)

// Look is a running tracker between two looks, with nobody who asks.
type Look struct{ p *poll }

// NewLook stops a tracker's time: every queue takes what is put into it.
func NewLook(t *Tracker) Look {
	return Look{newPoll(t)}
}

// Tick is one look at what is due. It returns how long nothing is.
func (l Look) Tick(ctx context.Context) time.Duration { return l.p.round(ctx) }

// UnderWay counts the parcels that are being asked about.
func (l Look) UnderWay() int { return len(l.p.visits) }
