package story_test

import (
	"slices"
	"testing"

	"parcelwatch/parcel"
)

// One thing has a number of the shop and one of the line, and may be the parcel that the
// post delivers: the order is done, though the shop does not say so.
func TestThePostsDeliveryClosesTheGhosts(t *testing.T) {
	const order, ap, lp = "8190000000010017", "AP00999900005030", "LP00999900005013"
	tell(t, life{
		name: "ghosts", days: 7, digest: "always = true", later: true,
		acts: []act{{3, "10:00", (*told).install}},
		mails: []shopMail{
			{0, "12:00", order, lp, "shipped", "Camera", ""},
			{1, "12:00", order, ap, "in transit", "Camera", ""},
			{2, "09:00", order, waitingNumber, "with local carrier", "Camera", ""},
		},
		scans: append(waiting(), scan{"russianpost", waitingNumber, 4, "12:05", 3, "2:1", "Вручение: Вручение адресату", "170100, Тверь", "RU"}),
		then: func(w *told) {
			open, err := w.db.FollowedParcels(w.t.Context(), nil)
			if err != nil || slices.ContainsFunc(open, func(p parcel.Parcel) bool { return !p.Closed }) {
				w.t.Errorf("still followed: %d parcels, error %v", len(open), err)
			}
		},
	})
}
