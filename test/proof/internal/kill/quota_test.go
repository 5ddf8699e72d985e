//go:build linux

package kill_test

import (
	"testing"

	"parcelwatch/test/proof/internal/kill"
)

func TestKillsAreSharedOut(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	for range 100 {
		q.Count(q.Next(false), true)
	}
	q.Each(func(name string, _ bool, share, left, done int) {
		if left != 0 || done != share {
			t.Errorf("%s: %d done, %d left of %d", name, done, left, share)
		}
	})
}

func TestADigestThatIsDueComesFirst(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	for range 20 {
		next, at := q.Next(true), 0
		q.Each(func(name string, mailing bool, _, _, _ int) {
			if at == next && !mailing {
				t.Errorf("%s comes before what is due", name)
			}
			at++
		})
	}
}

func TestAMomentThatDidNotComeIsTriedAgain(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	q.Count(3, false)
	at := 0
	q.Each(func(name string, _ bool, share, left, done int) {
		if at == 0 && done != 1 || at == 3 && left != share {
			t.Errorf("%s: %d done, %d of %d left", name, done, left, share)
		}
		at++
	})
}
