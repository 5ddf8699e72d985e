package carriers_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/carriers"
)

// budgetDays draws attempts of all ranks over some days and returns the calls that were
// granted, by day and rank.
func budgetDays(t *rapid.T, budget int, ranks []carriers.Rank) (days [][5]int) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("", rapid.IntRange(-11, 13).Draw(t, "zone")*3600))
	for range 3 {
		var used int
		var granted [5]int
		day := now.Day()
		for now.Day() == day {
			for _, r := range ranks {
				if carriers.Allowance(budget, carriers.Turn{Rank: r}, now) > used {
					used++
					granted[r]++
				}
			}
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute)
		}
		days = append(days, granted)
	}
	return days
}

func TestABudgetIsNeverExceededAndNoRankStarves(t *testing.T) {
	t.Parallel()
	all := []carriers.Rank{carriers.RankPerson, carriers.RankCourier, carriers.RankSoon, carriers.RankDue, carriers.RankRest}
	rapid.Check(t, func(t *rapid.T) {
		budget := rapid.IntRange(10, 500).Draw(t, "budget")
		// Any ranks in any order and number, always with the lowest.
		ranks := append(rapid.SliceOfN(rapid.SampledFrom(all[1:]), 0, 30).Draw(t, "ranks"), carriers.RankRest)
		for _, granted := range budgetDays(t, budget, ranks) {
			sum := 0
			for _, n := range granted {
				sum += n
			}
			if sum > budget {
				t.Fatalf("%d calls on a budget of %d", sum, budget)
			}
			if granted[carriers.RankRest] == 0 {
				t.Fatalf("the rest gets no call on a day: %v of %d", granted, budget)
			}
		}
	})
}

// Until the useful hours end, what lower ranks may spend leaves something to each higher
// one, and nothing opens at night that was closed in the evening.
func TestALowerRankLeavesSomethingToAHigherOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		budget := rapid.IntRange(20, 500).Draw(t, "budget")
		now := time.Date(2026, 3, 2, 0, rapid.IntRange(0, 20*60-1).Draw(t, "minute"), 0, 0, time.UTC)
		for r := range carriers.RankRest {
			high, low := carriers.Allowance(budget, carriers.Turn{Rank: r}, now), carriers.Allowance(budget, carriers.Turn{Rank: r + 1}, now)
			if high <= low {
				t.Fatalf("at %s rank %d may spend %d, the next lower one %d", now.Format("15:04"), r, high, low)
			}
		}
	})
}

func TestARefusedCallComesBackWhenItIsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		budget := rapid.IntRange(1, 300).Draw(t, "budget")
		turn := carriers.Turn{Rank: carriers.Rank(rapid.IntRange(0, 4).Draw(t, "rank")), Share: rapid.SampledFrom([]int{0, 50}).Draw(t, "share")}
		now := time.Date(2026, 3, 2, 0, rapid.IntRange(0, 24*60-1).Draw(t, "minute"), 0, 0, time.FixedZone("", 3*3600))
		used := carriers.Allowance(budget, turn, now) + rapid.IntRange(0, 20).Draw(t, "more")
		at := carriers.Opens(budget, used, turn, now)
		if at.Day() != now.Day() {
			if carriers.Allowance(budget, turn, at) < 1 {
				t.Fatalf("nothing is open at %s", at)
			}
			return
		}
		if !at.After(now) || carriers.Allowance(budget, turn, at) <= used || carriers.Allowance(budget, turn, at.Add(-time.Minute)) > used && at.Sub(now) > time.Minute {
			t.Fatalf("%d of %d used at %s: opens at %s", used, budget, now, at)
		}
	})
}
