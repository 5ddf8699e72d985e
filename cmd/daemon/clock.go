//go:build !proof

package main

import "time"

// clock is the program's.
func clock() func() time.Time { return time.Now }
