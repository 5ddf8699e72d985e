package command

import (
	"context"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/oauth"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

// storeVault keeps logins in the store, which only its owner can read. It opens the store
// for each access.
type storeVault struct {
	path string
	now  func() time.Time
}

func (e *env) vault(c *config.Config) oauth.Vault { return storeVault{c.Store.Path, e.now} }

// Secret implements [oauth.Vault].
func (v storeVault) Secret(ctx context.Context, name string) (string, error) {
	if !driver.At(v.path).Exists(ctx) {
		return "", parcel.ErrNotFound
	}
	db, err := driver.At(v.path).Open(ctx, store.Options{Now: v.now})
	if err != nil {
		return "", err
	}
	defer shut(db)
	return db.Secret(ctx, name)
}

// SetSecret implements [oauth.Vault].
func (v storeVault) SetSecret(ctx context.Context, name, value string) error {
	db, err := driver.At(v.path).Open(ctx, store.Options{Now: v.now})
	if err != nil {
		return err
	}
	defer shut(db) // changes are already stored
	return db.SetSecret(ctx, name, value)
}
