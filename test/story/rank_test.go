package story_test

import "testing"

// One order gets a number of the shop, of the line and of the post: one parcel, which
// is delivered once.
func TestOneThingStaysOneParcel(t *testing.T) {
	const order, ap, lp = "8190000000010017", "AP00999900005030", "LP00999900005013"
	tell(t, life{
		name: "one_thing_stays_one_parcel", days: 4, digest: "always = true", later: true,
		acts: []act{{3, "10:00", (*told).install}},
		mails: []shopMail{
			{0, "12:00", order, ap, "shipped", "Camera", ""},
			{1, "12:00", order, lp, "in transit", "Camera", ""},
			{2, "09:00", order, waitingNumber, "with local carrier", "Camera", ""},
		},
		scans: waiting(),
		then: func(w *told) {
			if all, err := w.db.Parcels(w.t.Context()); err != nil || len(all) != 1 {
				w.t.Errorf("%d parcels, error %v; want one", len(all), err)
			}
		},
	})
}
