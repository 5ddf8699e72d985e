package parcel

import "errors"

// ErrNotFound is what stores return for a parcel or order they do not hold.
var ErrNotFound = errors.New("not known here")
