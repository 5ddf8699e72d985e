package store

import "context"

// Secrets holds secrets that the program obtained itself, such as the refresh
// token of a login.
type Secrets interface {
	// Secret is the value kept under the name, or parcel.ErrNotFound.
	Secret(ctx context.Context, name string) (string, error)
	// SetSecret keeps the value, or deletes it where it is empty. No error
	// contains the value.
	SetSecret(ctx context.Context, name, value string) error
}
