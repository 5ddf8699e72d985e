package store

import "context"

// Secrets holds secrets that the program obtained itself, such as the refresh token
// of a login.
type Secrets interface {
	// Secret returns the value stored under the name, or parcel.ErrNotFound.
	Secret(ctx context.Context, name string) (string, error)
	// SetSecret stores the value, or deletes it if the value is empty. No error
	// contains the value.
	SetSecret(ctx context.Context, name, value string) error
}
