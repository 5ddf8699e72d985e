package command

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// ordered adds an order to a store, with a parcel if there is a number.
func ordered(ts *testscript.TestScript, _ bool, args []string) {
	ctx, now := context.Background(), time.Now()
	db, err := sqlite.Open(ctx, ts.MkAbs(args[0]), sqlite.Options{})
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	at := now.AddDate(0, 0, -2)
	ts.Check(db.Apply(ctx, store.Scope{Now: now}, func(s *store.State) error {
		s.Orders = []*parcel.Order{{
			ID: args[1], Shop: "aliexpress", Step: parcel.Step(args[2]), Placed: at, StepAt: at, FirstSeen: at,
			Items: []parcel.Item{{Title: args[3]}, {Title: "Screws"}},
		}}
		if len(args) > 4 {
			s.Parcels = []*parcel.Parcel{{
				Status: parcel.PreAdvice, FirstSeen: at, Orders: []string{args[1]}, Links: []parcel.Link{{Number: number.Number(args[4])}},
			}}
		}
		return nil
	}))
}
