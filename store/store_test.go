package store_test

import (
	"testing"
	"time"

	"parcelwatch/store"
)

func TestBeatAlive(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		at   time.Time
		want bool
	}{
		{"just now", now, true},
		{"thirty seconds ago", now.Add(-30 * time.Second), true},
		{"longer ago", now.Add(-31 * time.Second), false},
		{"never", time.Time{}, false},
		{"a little ahead, by another clock", now.Add(5 * time.Second), true},
		{"far ahead, before the clock was set back", now.Add(time.Hour), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := (store.Heartbeat{At: tc.at}).Alive(now); got != tc.want {
				t.Errorf("alive = %t, want %t", got, tc.want)
			}
		})
	}
}
