package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

// seeding is how many parcels are put into the store at once.
const seeding = 1000

// Crowd is what a store is filled with.
type Crowd struct {
	Parcels int
	News    int           // of the parcels, those that have moved, which nobody was told yet
	Rest    time.Duration // until the first next check; the others follow within a day
}

// Seed puts parcels with a life behind them into the store, through the store's own code:
// two sources of twelve events each, and next checks that are spread over a day.
func Seed(ctx context.Context, file string, c Crowd, now time.Time) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	for from := 0; from < c.Parcels && err == nil; from += seeding {
		err = db.Apply(ctx, store.Scope{Now: now}, func(s *store.State) error {
			s.Parcels, s.Changes = nil, nil // decide may be called again
			for i := from; i < min(from+seeding, c.Parcels); i++ {
				p := Travelled(i, now)
				p.NextCheck = now.Add(c.Rest + 24*time.Hour*time.Duration(i+1)/time.Duration(c.Parcels+1))
				if s.Parcels = append(s.Parcels, p); i < c.News {
					moved := parcel.Change{Kind: parcel.ChangeMoved, At: now, From: parcel.PreAdvice, To: p.Status, Key: "moved"}
					s.Changes = append(s.Changes, store.NewChange{Change: moved, Of: p})
				}
			}
			return nil
		})
	}
	if err = errors.Join(err, db.Close()); err != nil { //nolint:contextcheck // a closer gets no context
		return fmt.Errorf("fill the store: %w", err)
	}
	return nil
}

// Travelled is the nth parcel, twenty days on its way.
func Travelled(n int, now time.Time) *parcel.Parcel {
	p := &parcel.Parcel{FirstSeen: now.AddDate(0, 0, -20), Origin: "CN", Orders: []string{rig.Order(n)}}
	p.Items = []parcel.Item{{Title: "USB-C cable, braided, 2 pieces", Variant: "1 m", Quantity: 1}}
	p.AddLink(parcel.Link{Number: number.Number(rig.Number(n, "CN")), Since: p.FirstSeen, Certainty: parcel.Certain})
	for _, carrier := range []string{"cainiao", "upu"} {
		s := parcel.Source{Carrier: carrier, Number: p.Number(), Result: parcel.ResultOK, Asked: now.AddDate(0, 0, -1)}
		for k := range 12 {
			s.Events = append(s.Events, parcel.Event{
				Time: p.FirstSeen.AddDate(0, 0, k), ZoneKnown: true, Status: parcel.InTransit, Country: "CN", Place: "Guangzhou",
				Text: "Departed from the sorting centre", Code: "SC_OUTBOUND_SUCCESS", Sources: []string{carrier},
			})
		}
		p.Sources = append(p.Sources, s)
	}
	p.Settle("RU", now)
	return p
}
