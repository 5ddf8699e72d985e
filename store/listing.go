package store

import (
	"context"

	"parcelwatch/parcel"
)

// Listing reads parcels for lists that are shown page by page.
type Listing interface {
	// EachParcel calls visit for the parcels of a standing, one at a time, until it
	// returns false: open ones ordered by first seen, the others by when they were learned
	// to be final, the newest first. visit must not use the store.
	EachParcel(ctx context.Context, s Standing, visit func(parcel.Parcel) bool) error
	// FollowedParcels returns the parcels that are neither closed nor final, and those
	// with one of the ids, ordered by first seen.
	FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// FollowedPage returns a page of the parcels that are neither closed nor final,
	// ordered by first seen.
	FollowedPage(ctx context.Context, page Page) ([]parcel.Parcel, error)
	// ParcelsByID returns the parcels with the ids in the order of the ids. Unknown ids
	// are skipped.
	ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// RecentChanges returns the newest changes that are not quiet, the newest first.
	RecentChanges(ctx context.Context, limit int) ([]parcel.Change, error)
}

// Page selects a part of a list.
type Page struct {
	After int // how many to leave out
	Size  int // how many at most; 0 for all
}

// Standing is a group of parcels. Every parcel belongs to exactly one.
type Standing string

// The standings.
const (
	Open      Standing = "open"      // neither closed nor final
	Delivered Standing = "delivered" // delivered, closed or not
	Archived  Standing = "archived"  // closed, returned, expired
)
