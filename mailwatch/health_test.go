package mailwatch_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

func TestAStateChangesWhileTheOneBeforeIsBeingStored(t *testing.T) {
	t.Parallel()
	var got []parcel.MailboxState
	storing, stored := make(chan struct{}), make(chan struct{})
	h := mailwatch.NewHealth(func(h parcel.MailboxHealth) {
		if got = append(got, h.State); len(got) == 1 {
			close(storing)
			<-stored
		}
	})
	first := make(chan struct{})
	go func() {
		defer close(first)
		h.Set(context.WithoutCancel(t.Context()), parcel.MailboxConnecting)
	}()
	<-storing
	h.Set(t.Context(), parcel.MailboxBroken) // would deadlock if report were called with a lock held
	h.Set(t.Context(), parcel.MailboxIdle)
	close(stored)
	<-first
	if diff := cmp.Diff([]parcel.MailboxState{parcel.MailboxConnecting, parcel.MailboxIdle}, got); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}
