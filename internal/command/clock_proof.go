//go:build proof

package command

import (
	"os"
	"strings"
	"time"
)

// clock returns the system's clock shifted by the duration in a file. It is built only
// for the proof that tests the real program with a clock that jumps.
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
