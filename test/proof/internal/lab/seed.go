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

// Seed puts parcels with a life behind them into the store, through the store's
// own code: two sources of twelve events each, and a next check within a day, as
// they spread when each is asked about once a day.
func Seed(ctx context.Context, file string, parcels int, now time.Time) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	err = db.Apply(ctx, store.Scope{Now: now}, func(s *store.State) error {
		s.Parcels = nil // decide may be called again
		for i := range parcels {
			p := Travelled(i, now)
			p.NextCheck = now.Add(24 * time.Hour * time.Duration(i+1) / time.Duration(parcels+1))
			s.Parcels = append(s.Parcels, p)
		}
		return nil
	})
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
