package postgres

import (
	"context"
	"io/fs"
	"math"
	"time"

	"parcelwatch/store"
)

// OpenSteps opens a store with other schema steps than the embedded ones.
func OpenSteps(ctx context.Context, url string, steps fs.FS) (*DB, error) {
	return open(ctx, &driver{url: url}, steps, store.Options{})
}

// Steps returns the embedded schema steps.
func Steps() fs.FS { return migrations() }

// Remaining is the time until a slot as far as answers tell. An answer takes ask until the
// database reads its clock, and then answer.
type Remaining struct {
	remaining

	begun, slot time.Time
}

// NewRemaining knows nothing yet about a slot.
func NewRemaining(begun, slot time.Time) *Remaining { return &Remaining{unknown(), begun, slot} }

// Read asks once.
func (r *Remaining) Read(ask, answer time.Duration) error {
	return r.read(r.begun, func(wait *int64) error {
		time.Sleep(ask)
		*wait = int64(math.Floor(float64(time.Until(r.slot)) / float64(time.Millisecond)))
		time.Sleep(answer)
		return nil
	})
}

// Bounds returns between what the time from the beginning until the slot is.
func (r *Remaining) Bounds() (least, most time.Duration) { return r.least, r.most }
