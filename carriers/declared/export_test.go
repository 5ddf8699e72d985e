package declared

import (
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
)

// SetReadTime changes how long a defined carrier may read one answer, and returns how long
// that was.
func SetReadTime(c carriers.Carrier, limit time.Duration) (was time.Duration) {
	single, _ := c.(interface{ Unwrap() adapter.Single })
	own, _ := single.Unwrap().(*carrier)
	was, own.readTime = own.readTime, limit
	return was
}
