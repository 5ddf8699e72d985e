package app

import (
	"context"
	"errors"
	"os"
	"testing"

	"parcelwatch/mailwatch"
	"parcelwatch/store"
)

func TestTheStoresTroublesAreNotTheMails(t *testing.T) {
	t.Parallel()
	for _, err := range []error{store.ErrBusy, store.ErrNoSpace, store.ErrDisk, store.ErrReadOnly, store.ErrCorrupt, context.DeadlineExceeded} {
		if !errors.Is(retryable(err), mailwatch.ErrLater) {
			t.Errorf("%v sets the mail aside", err)
		}
	}
	if errors.Is(retryable(os.ErrInvalid), mailwatch.ErrLater) {
		t.Error("any error waits for ever")
	}
}
