package ordered_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parcelwatch/internal/ordered"
)

func TestSortsAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	type pair struct{ key, place int }
	byKey := func(a, b pair) int { return cmp.Compare(a.key, b.key) }
	rapid.Check(t, func(t *rapid.T) {
		var got []pair
		for i, key := range rapid.SliceOfN(rapid.IntRange(0, 9), 0, 100).Draw(t, "keys") {
			got = append(got, pair{key, i})
		}
		want := slices.Clone(got)
		slices.SortStableFunc(want, byKey)
		if ordered.Sort(got, byKey); !slices.Equal(got, want) {
			t.Errorf("sorted %v, want %v", got, want)
		}
	})
}
