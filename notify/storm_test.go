package notify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// slowMemory takes its time to list what is to be told, as a store of very much
// news does.
type slowMemory struct {
	*memory

	looks atomic.Int64
}

func (m *slowMemory) Pending(ctx context.Context, audience string) ([]parcel.Change, error) {
	m.looks.Add(1)
	time.Sleep(time.Second)
	return m.memory.Pending(ctx, audience)
}

func TestAStormOfNewsDoesNotMakeTheNotifierLookAllTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &slowMemory{memory: newMemory()}
		n := notify.New(config(me("08:00")), m, m, &postman{}, notify.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx) }()
		synctest.Wait()
		for range 600 {
			time.Sleep(100 * time.Millisecond)
			n.Wake()
			synctest.Wait()
		}
		if got := m.looks.Load(); got < 10 || got > 16 {
			t.Errorf("looked %d times in a minute of 600 nudges, want a fifth of the time", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
