package parcel

import "errors"

// ErrNotFound is returned by stores for a parcel or order they do not hold.
var ErrNotFound = errors.New("not known here")
