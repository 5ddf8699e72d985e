//go:build !proof

package command

import "time"

// clock returns the clock of the program.
func clock() func() time.Time { return time.Now }
