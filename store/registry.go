package store

import (
	"context"
	"errors"
	"time"
)

// ErrRemoved is a household that was removed a moment ago. Nothing is stored for it,
// because a daemon that still works for it may not have noticed yet.
var ErrRemoved = errors.New("the household was removed")

// Registry holds the households that were applied. The household of the configuration
// file, [Home], is not among them.
type Registry interface {
	// Revision returns a number that changes with every PutHousehold and
	// RemoveHousehold; 0 if there was none yet.
	Revision(ctx context.Context) (int64, error)
	// HouseholdDocs returns the households, sorted by name.
	HouseholdDocs(ctx context.Context) ([]HouseholdDoc, error)
	// PutHousehold adds or replaces the document of one household. Its Changed is
	// ignored. The name [Home] and an empty name are errors.
	PutHousehold(ctx context.Context, d HouseholdDoc) error
	// RemoveHousehold deletes the document and everything that is stored of the
	// household. It returns parcel.ErrNotFound if there is no document. For a minute
	// afterwards, or until the next PutHousehold of that name, writing for the
	// household returns ErrRemoved.
	RemoveHousehold(ctx context.Context, name string) error
}

// HouseholdDoc is the configuration of one household.
type HouseholdDoc struct {
	Name    string
	Doc     []byte    // TOML, with sealed secrets
	Changed time.Time // when it was last put, in UTC
}
