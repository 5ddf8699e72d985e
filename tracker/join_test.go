package tracker_test

import (
	"slices"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func TestNumbersOfAnOrderJoinUpTheRank(t *testing.T) {
	const shop, shop2, line, line2, post = "AP00999900005030", "AP00999900005031", "LP00999900005013", "LP00999900005014", "RB999900506CN"
	for _, c := range []struct {
		name    string
		numbers []number.Number
		parcels int
		asks    bool // whether the last mail makes a suspicion news
	}{
		{"shop, line, post", []number.Number{shop, line, post}, 1, false},
		{"shop, post", []number.Number{shop, post}, 1, false},
		{"line, post", []number.Number{line, post}, 1, false},
		{"two of the shop", []number.Number{shop, shop2}, 2, false},
		{"two of the line", []number.Number{line, line2}, 2, false},
		{"a lower one later", []number.Number{post, line}, 2, false},
		{"two it could be", []number.Number{shop, shop2, line}, 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s store.State
			var changes []store.NewChange
			for _, n := range c.numbers {
				changes = took(&s, saying(parcel.StepPickedUp, nil, with(n, parcel.StepPickedUp, orderA)))
			}
			if len(s.Parcels) != c.parcels {
				t.Errorf("%d parcels, want %d", len(s.Parcels), c.parcels)
			}
			if got := slices.Contains(kinds(changes), parcel.ChangeMaybeSame); got != c.asks {
				t.Errorf("changes %v, want a suspicion: %t", kinds(changes), c.asks)
			}
		})
	}
}

func TestAFinishedOrderClosesItsLeftovers(t *testing.T) {
	var s store.State
	took(&s,
		saying(parcel.StepPickedUp, nil, with("AP00999900005030", parcel.StepPickedUp, orderA)),
		saying(parcel.StepPickedUp, nil, with("AP00999900005031", parcel.StepPickedUp, orderA)),
		saying(parcel.StepPickedUp, nil, with("RB999900506CN", parcel.StepPickedUp, orderA)))
	took(&s, saying(parcel.StepDelivered, nil, with("RB999900506CN", parcel.StepDelivered, orderA)))
	if s.Parcels[0].Closed || s.Parcels[1].Closed {
		t.Error("one delivered parcel closes the others of an order that is not finished")
	}
	took(&s, saying(parcel.StepFeedback, []string{orderA}))
	if !s.Parcels[0].Closed || !s.Parcels[1].Closed || s.Parcels[2].Closed {
		t.Errorf("closed: %t %t %t, want the two without a post's number", s.Parcels[0].Closed, s.Parcels[1].Closed, s.Parcels[2].Closed)
	}
}
