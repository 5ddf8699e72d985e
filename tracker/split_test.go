package tracker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// drawn is a parcel with some of a few titles, orders, items and mailboxes, so that two
// of them often share some.
func drawn(t *rapid.T, numbers ...number.Number) *parcel.Parcel {
	some := func(name string, all ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, len(all), rapid.ID[string]).Draw(t, name)
	}
	p := &parcel.Parcel{
		Title:     rapid.SampledFrom([]string{"", "lamp", "gift"}).Draw(t, "title"),
		Orders:    some("orders", "8190000000000001", "8190000000000002", "8190000000000003"),
		Mailboxes: some("mailboxes", "home", "work"),
		FirstSeen: noon().Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "first seen")) * time.Hour),
	}
	for _, title := range some("items", "Lamp", "Cable", "Case") {
		p.Items = append(p.Items, parcel.Item{Title: title, Quantity: 1})
	}
	for _, n := range numbers {
		p.AddLink(parcel.Link{Number: n, Since: noon(), Reason: "mail", Certainty: parcel.Certain})
		p.Source("post", n).Asked = noon()
	}
	return p
}

func asSet[E comparable]() cmp.Option {
	return cmpopts.SortSlices(func(a, b E) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
}

// had compares what two parcels had before a merge and have after a split.
func had(t *rapid.T, what string, want parcel.Part, got *parcel.Parcel) {
	if diff := cmp.Diff(want, got.Part(), cmpopts.EquateEmpty(), asSet[string](), asSet[parcel.Item]()); diff != "" {
		t.Fatalf("%s (-before the merge +after the split):\n%s", what, diff)
	}
	for _, src := range got.Sources {
		if !got.Has(src.Number) {
			t.Fatalf("%s has the timeline of %s", what, src.Number)
		}
	}
}

// TestSplitUndoesMerge merges several parcels in any order and splits them again, by a
// number of either side.
func TestSplitUndoesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "RB123456785CN"), drawn(t, "RR123456785CN", "LP00999900005013")
		wantA, wantB := a.Part(), b.Part()
		tracker.TakeOver(a, b, "merged by hand", parcel.Certain, noon())
		n := rapid.SampledFrom([]number.Number{"RB123456785CN", "RR123456785CN", "LP00999900005013"}).Draw(t, "split")
		part := tracker.SplitOff(a, n, noon())
		if n == "RB123456785CN" {
			wantA, wantB = wantB, wantA
		}
		had(t, "the parcel", wantA, a)
		had(t, "the part", wantB, part)
		if len(a.Unions) > 0 || !slices.Contains(part.NeverJoin, a.Number()) || !slices.Contains(a.NeverJoin, n) {
			t.Fatalf("%d merges are left; apart are %v and %v", len(a.Unions), a.NeverJoin, part.NeverJoin)
		}
	})
}

// TestSplitUndoesOneOfSeveralMerges merges c into b and b into a, and takes both out of a.
func TestSplitUndoesOneOfSeveralMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawn(t, "RB123456785CN"), drawn(t, "RR123456785CN"), drawn(t, "LP00999900005013")
		want := []parcel.Part{a.Part(), b.Part(), c.Part()}
		tracker.TakeOver(b, c, "merged by hand", parcel.Certain, noon())
		tracker.TakeOver(a, b, "merged by hand", parcel.Certain, noon())
		for _, n := range rapid.Permutation([]number.Number{"RR123456785CN", "LP00999900005013"}).Draw(t, "order") {
			part := tracker.SplitOff(a, n, noon())
			if len(part.Links) > 1 {
				inner := tracker.SplitOff(part, "LP00999900005013", noon())
				had(t, "the inner part", want[2], inner)
				had(t, "the outer part", want[1], part)
				break
			}
			had(t, fmt.Sprintf("the part of %s", n), want[map[number.Number]int{"RR123456785CN": 1, "LP00999900005013": 2}[n]], part)
		}
		had(t, "the parcel", want[0], a)
	})
}
