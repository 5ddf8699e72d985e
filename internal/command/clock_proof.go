//go:build proof

package command

import (
	"os"
	"strings"
	"time"
)

// clock returns the system's clock shifted by the duration in a file. Only the proof
// is built with it, to test what a clock that jumps does to the real program.
func clock() func() time.Time {
	file := os.Getenv("PARCELWATCH_PROOF_CLOCK")
	return func() time.Time {
		text, err := os.ReadFile(file)
		if err != nil {
			return time.Now()
		}
		moved, err := time.ParseDuration(strings.TrimSpace(string(text)))
		if err != nil {
			return time.Now()
		}
		return time.Now().Add(moved)
	}
}
