package command

import (
	"errors"
	"fmt"
	"testing"

	"parcelwatch/config"
)

func TestExitStatusesFollowFromErrors(t *testing.T) {
	t.Parallel()
	for want, errs := range map[int][]error{
		exitGood:    {nil},
		exitFailed:  {errors.New("x"), failed("x")},
		exitUsage:   {usage("x"), config.ErrNoFile, fmt.Errorf("x: %w", config.ErrNoFile), config.Errors{{File: "f"}}, &config.Error{File: "f"}},
		exitNothing: {nothing("x"), fmt.Errorf("x: %w", nothing("x"))},
	} {
		for _, err := range errs {
			if got := codeOf(err); got != want {
				t.Errorf("%v: %d, want %d", err, got, want)
			}
		}
	}
}
