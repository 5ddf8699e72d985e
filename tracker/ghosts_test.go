package tracker_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// A post reports that a parcel was delivered; the others are of the same order.
func TestAPostsDeliveryClosesWhatIsProbablyTheSameParcel(t *testing.T) {
	t.Parallel()
	const ap, ap2, lp, post, post2 = "AP00999900005030", "AP00999900005048", "LP00999900005013", "RB123456785CN", "RR123456785CN"
	for name, tc := range map[string]struct {
		others []number.Number
		spoil  func(*parcel.Parcel) // what is different about the last of them
		closed int
	}{
		"a number of the shop":                      {[]number.Number{ap}, nil, 1},
		"one of the shop and one of the line":       {[]number.Number{ap, lp}, nil, 2},
		"two of the shop are two parcels":           {[]number.Number{ap, ap2}, nil, 0},
		"another post's parcel is still on its way": {[]number.Number{ap, post2}, nil, 0},
		"two have arrived, and two are of the shop": {[]number.Number{ap, ap2, post2}, func(p *parcel.Parcel) { p.Status = parcel.Delivered }, 2},
		"a carrier knows the number": {[]number.Number{lp}, func(p *parcel.Parcel) {
			p.Source("cainiao", lp).Events = []parcel.Event{{Time: noon(), Status: parcel.InTransit}}
		}, 0},
		"of another order": {[]number.Number{ap}, func(p *parcel.Parcel) { p.Orders = []string{orderB} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := store.State{}
			for i, n := range append([]number.Number{post}, tc.others...) {
				p := &parcel.Parcel{ID: int64(i + 1), Orders: []string{orderA}, FirstSeen: noon(), Status: parcel.PreAdvice, NextCheck: noon()}
				p.AddLink(parcel.Link{Number: n, Since: noon(), Reason: "mail", Certainty: parcel.Certain})
				s.Parcels = append(s.Parcels, p)
			}
			if tc.spoil != nil {
				tc.spoil(s.Parcels[len(s.Parcels)-1])
			}
			got := answer("post", post, parcel.Tracking{Events: []parcel.Event{{Time: noon(), ZoneKnown: true, Status: parcel.Delivered, Country: "RU"}}}, nil)
			tracker.Absorb(&s, 1, []carriers.Asked{got}, tracker.Basis{Home: "RU"}, noon())
			closed := 0
			for _, p := range s.Parcels {
				if p.Closed && p.NextCheck.IsZero() {
					closed++
				}
			}
			if closed != tc.closed || s.Parcels[0].Closed || s.Parcels[0].Status != parcel.Delivered {
				t.Errorf("%d are closed, want %d; the parcel is %s", closed, tc.closed, s.Parcels[0].Status)
			}
		})
	}
}
