package apart_test

import (
	"runtime"
	"sync"
	"testing"

	"parcelwatch/internal/apart"
)

// deep needs about 64 KB of stack.
func deep(n int) byte {
	var frame [1 << 10]byte
	if frame[n] = byte(n); n > 0 {
		return frame[n] + deep(n-1)
	}
	return frame[0]
}

func TestAWaitingGoroutineKeepsASmallStack(t *testing.T) {
	const count = 200
	kept := func(run func(func())) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var worked, ended sync.WaitGroup
		stop := make(chan struct{})
		worked.Add(count)
		for range count {
			ended.Go(func() {
				run(func() { deep(64) })
				worked.Done()
				<-stop
			})
		}
		worked.Wait()
		runtime.ReadMemStats(&after)
		close(stop)
		ended.Wait()
		return (max(after.StackInuse, before.StackInuse) - before.StackInuse) / count
	}
	small := kept(apart.Run)
	direct := kept(func(work func()) { work() })
	if small*2 > direct {
		t.Errorf("a goroutine keeps %d bytes of stack, %d without", small, direct)
	}
}
