package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

func TestOneThingNamedTwiceIsOneItem(t *testing.T) {
	t.Parallel()
	items := func(titles ...string) (out []parcel.Item) {
		for _, title := range titles {
			out = append(out, parcel.Item{Title: title, Quantity: 1})
		}
		return out
	}
	for name, c := range map[string]struct {
		first, second []parcel.Item
		order         string // of the second mail
		want          []parcel.Item
	}{
		"another language":      {items("Camera"), items("Фотоаппарат"), orderA, items("Camera")},
		"cut elsewhere":         {items("Camera with a fast len..."), items("Camera with a fast lens and..."), orderA, items("Camera with a fast len...")},
		"nothing, then one":     {nil, items("Camera"), orderA, items("Camera")},
		"one, then nothing":     {items("Camera"), nil, orderA, items("Camera")},
		"a longer list":         {items("Camera"), items("Фотоаппарат", "Штатив"), orderA, items("Фотоаппарат", "Штатив")},
		"one item listed twice": {items("Camera"), items("Фотоаппарат", "Фотоаппарат"), orderA, items("Camera")},
		"a mail without order":  {items("Camera"), items("Фотоаппарат"), "", items("Camera")},
		"another order":         {items("Camera"), items("Tripod"), orderB, items("Camera", "Tripod")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var orders []string
			if c.order != "" {
				orders = []string{c.order}
			}
			first := saying(parcel.StepShipped, []string{orderA}, with("RB123456785CN", parcel.StepShipped, orderA))
			second := saying(parcel.StepInTransit, orders, with("RB123456785CN", parcel.StepInTransit, orders...))
			first.Items, second.Items = c.first, c.second
			var s store.State
			took(&s, first, second)
			if diff := cmp.Diff(c.want, s.Parcels[0].Items); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
}
