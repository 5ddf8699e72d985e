package postnl

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope holds parcels by their number.
type envelope struct {
	Parcels map[string]item `json:"colli"`
}

// item is one parcel. Sender and recipient are not read.
type item struct {
	Number    adapter.Lax                `json:"barcode"`
	Delivered adapter.Flag               `json:"isDelivered"`
	Day       adapter.Lax                `json:"deliveryDate"`
	Short     *adapter.Many[observation] `json:"observations"`
	Analytics struct {
		All *adapter.Many[observation] `json:"allObservations"`
	} `json:"analyticsInfo"`
	Phase struct {
		Message adapter.Lax `json:"message"`
	} `json:"statusPhase"`
	ETA struct {
		Start adapter.Lax `json:"start"`
		End   adapter.Lax `json:"end"`
	} `json:"eta"`
}

type observation struct {
	Time adapter.Lax `json:"observationDate"`
	Code adapter.Lax `json:"observationCode"`
	Text adapter.Lax `json:"description"`
}

// read finds the number's parcel and reads its observations. The short list lacks
// some of them, the delivery among others.
func (c *carrier) read(ans adapter.Answer, parcels map[string]item, n number.Number) (res carriers.Result, err error) {
	var own *item
	for key, it := range parcels {
		if adapter.Same(n, key) && (it.Number == "" || adapter.Same(n, it.Number)) {
			own = &it
		}
	}
	if own == nil {
		return res, c.Changed(ans, "the answer is of another number")
	}
	list := cmp.Or(own.Analytics.All, own.Short)
	if list == nil {
		return res, c.Changed(ans, "no observations in the answer")
	}
	t := parcel.Tracking{Events: adapter.Events(*list, c.event)}
	ends := func(e parcel.Event) bool { return e.Status.Final() || e.Status == parcel.Returning }
	if bool(own.Delivered) && !slices.ContainsFunc(t.Events, ends) {
		t.Events = append(t.Events, c.delivery(*own)...)
	}
	if !own.Delivered {
		t.ETA = cmp.Or(c.day(own.ETA.End), c.day(own.ETA.Start))
	}
	return c.Result(ans, n, t, len(*list))
}

// delivery is the delivery of a parcel that no observation tells.
func (c *carrier) delivery(it item) []parcel.Event {
	const code = "I01"
	ev, ok := c.event(observation{Time: it.Day, Code: code, Text: it.Phase.Message})
	if !ok {
		return nil
	}
	return []parcel.Event{ev}
}

// event reads one observation. Those without a time or any word are left out.
func (c *carrier) event(o observation) (ev parcel.Event, ok bool) {
	ev.Time, _, ok = adapter.Moment(o.Time, c.Zone, "2006-01-02T15:04:05.999", time.DateTime)
	ev.Time, ev.ZoneKnown = adapter.In(ev.Time, c.Zone), true
	ev.Code = adapter.Line(strings.ToUpper(string(o.Code)), 60)
	row := c.Row(ev.Code, "*")
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = cmp.Or(adapter.Text(o.Text), row.Meaning, ev.Code)
	switch row.Status {
	case parcel.Import, parcel.OutForDelivery, parcel.AttemptFailed, parcel.ReadyForPickup:
		ev.Country = home
	default:
	}
	return ev, ok && ev.Text != "" && !strings.EqualFold(ev.Text, "leeg") // "empty"
}

func (c *carrier) day(s adapter.Lax) parcel.Date {
	return adapter.Day(s, c.Zone, time.RFC3339Nano, "2006-01-02T15:04:05.999", time.DateOnly)
}

// home is the post's country.
const home = "NL"
