//go:build !proof

package command

import "time"

// clock is the program's.
func clock() func() time.Time { return time.Now }
