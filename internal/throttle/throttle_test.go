package throttle_test

import (
	"testing"
	"time"

	"parcelwatch/internal/throttle"
)

func TestThrottle(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		took, later, want time.Duration
	}{
		"work that took no time needs none":    {0, 0, 0},
		"four times what the work took":        {time.Second, 0, 4 * time.Second},
		"a pause that has begun ends on time":  {time.Second, 3 * time.Second, time.Second},
		"a pause that is over":                 {time.Second, 5 * time.Second, 0},
		"long work is followed by ten seconds": {time.Hour, 0, 10 * time.Second},
		"a clock that was set back meanwhile":  {-time.Hour, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var r throttle.Throttle
			ended := began.Add(c.took)
			r.After(began, ended)
			if got := r.Left(ended.Add(c.later)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	t.Run("quick work is followed by the shortest pause", func(t *testing.T) {
		r := throttle.Throttle{Least: time.Second}
		r.After(began, began.Add(time.Millisecond))
		if got := r.Left(began.Add(time.Millisecond)); got != time.Second {
			t.Errorf("got %v, want 1s", got)
		}
	})
	t.Run("nothing was done yet", func(t *testing.T) {
		var r throttle.Throttle
		if got := r.Left(began); got != 0 {
			t.Errorf("got %v, want none", got)
		}
	})
}
