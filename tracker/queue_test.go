package tracker_test

import (
	"testing"

	"parcelwatch/tracker"
)

func TestAQueueHasOneWorkerWhileItHasJobs(t *testing.T) {
	t.Parallel()
	var q tracker.Queue
	for range 2 { // also after its worker has ended
		if !q.Put() {
			t.Fatal("nobody works on the first job")
		}
		for range 2 {
			if q.Put() {
				t.Error("a second worker starts")
			}
		}
		if first, second, last := q.Take(2), q.Take(2), q.Take(2); first != 2 || second != 1 || last != 0 {
			t.Errorf("took %d, %d, %d of three jobs, two at a time", first, second, last)
		}
	}
}
