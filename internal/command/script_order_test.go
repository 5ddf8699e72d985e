package command

import (
	"context"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// of opens a store, given as FILE or HOUSEHOLD@FILE.
func of(ts *testscript.TestScript, place string) (household store.Household, release func()) {
	name, file, found := strings.Cut(place, "@")
	if !found {
		name, file = store.Home, place
	}
	db, err := sqlite.Open(context.Background(), ts.MkAbs(file), sqlite.Options{})
	ts.Check(err)
	return db.Household(name), func() { ts.Check(db.Close()) }
}

// inOrder adds an order to a store, with a parcel if there is a number.
func inOrder(ts *testscript.TestScript, _ bool, args []string) {
	ctx, now := context.Background(), time.Now()
	db, release := of(ts, args[0])
	defer release()
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

// kept adds a parcel that waits at a post office.
func kept(ts *testscript.TestScript, _ bool, args []string) {
	ctx, now := context.Background(), time.Now()
	db, release := of(ts, args[0])
	defer release()
	at := now.AddDate(0, 0, -3)
	ts.Check(db.Apply(ctx, store.Scope{Now: now}, func(s *store.State) error {
		s.Parcels = []*parcel.Parcel{{
			Status: parcel.ReadyForPickup, StatusSince: at, LastEvent: at, FirstSeen: at, Title: args[4], Unverified: true,
			Links: []parcel.Link{{Number: number.Number(args[1])}}, Pickup: parcel.Pickup{Place: args[2], Until: parcel.Date(args[3])},
		}}
		return nil
	}))
}
