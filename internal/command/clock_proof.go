//go:build proof

package command

import (
	"os"
	"strings"
	"time"
)

// clock is the system's, moved by the duration that stands in a file. Only the
// proof is built like this: nothing else can show what a clock that jumps does
// to the real program, since no other process may set the system's.
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
