// Package driver picks the driver of a store by its location. It knows nothing
// else about drivers.
package driver

import (
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// At is the driver of the store at a location, which is the path of a file.
func At(location string) store.Driver { return sqlite.At(location) }
