package inpost

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

type problem struct {
	Error   adapter.Lax `json:"error"`
	Message adapter.Lax `json:"message"`
}

// answers are one parcel from ShipX, and a list in the newer form.
type answers = adapter.Many[answer]

// answer holds the members of both forms. The forecast (expected_flow) is not
// read.
type answer struct {
	Number  adapter.Lax           `json:"tracking_number"`
	Details *adapter.Many[detail] `json:"tracking_details"`
	Custom  struct {
		Machine adapter.Lax `json:"target_machine_id"`
		Detail  struct {
			Address struct {
				Line1 adapter.Lax `json:"line1"`
				Line2 adapter.Lax `json:"line2"`
			} `json:"address"`
		} `json:"target_machine_detail"`
	} `json:"custom_attributes"`

	Main    adapter.Lax           `json:"mainTrackingNumber"`
	Numbers []adapter.Lax         `json:"trackingNumbers"`
	Events  *adapter.Many[detail] `json:"events"`
}

// detail is one event of either form. Lists are newest first.
type detail struct {
	Status adapter.Lax `json:"status"`
	Agency adapter.Lax `json:"agency"`
	Date   adapter.Lax `json:"datetime"`

	Code     adapter.Lax `json:"eventCode"`
	Time     adapter.Lax `json:"timestamp"`
	Title    adapter.Lax `json:"eventTitle"`
	Location adapter.Lax `json:"location"`
}

// of reports whether the answer is about the number.
func (a answer) of(n number.Number) bool {
	return slices.ContainsFunc(append(a.Numbers, a.Number, a.Main), func(s adapter.Lax) bool { return adapter.Same(n, s) })
}

// read finds the number's answer and reads its events.
func (c *carrier) read(ans adapter.Answer, all answers, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(all, func(a answer) bool { return a.of(n) })
	if i < 0 {
		return res, c.Changed(ans, "the answer is of another number")
	}
	a := all[i]
	list := cmp.Or(a.Details, a.Events)
	if list == nil {
		return res, c.Changed(ans, "no list of events")
	}
	t := parcel.Tracking{Events: adapter.Events(*list, c.event), PickupPlace: a.machine()}
	if len(a.Numbers) <= 1 { // with more, the main number is shared by several parcels
		t.Aliases = adapter.Alias(n, a.Main, "mainTrackingNumber")
	}
	return c.Result(ans, n, t, len(*list))
}

// machine is the locker with its address.
func (a answer) machine() string {
	address := a.Custom.Detail.Address
	return adapter.Text(adapter.Join(", ", string(a.Custom.Machine), string(address.Line1), string(address.Line2)))
}

// event reads one event. Events without a time or a code are left out.
func (c *carrier) event(d detail) (ev parcel.Event, ok bool) {
	code, at := d.Status+d.Code, d.Date+d.Time // either form has one of the two
	ev.Time, _, ok = adapter.Moment(at, c.Zone, "2006-01-02T15:04:05.999", time.DateTime)
	ev.ZoneKnown = true
	ev.Code = adapter.Line(code, 60)
	ev.Place = adapter.Text(d.Agency + d.Location)
	row := c.row(ev.Code)
	ev.Status, ev.Guess, ev.Country = row.Status, row.Guess, row.Country("", c.home)
	ev.Text = cmp.Or(adapter.Text(d.Title), row.Meaning, strings.ReplaceAll(ev.Code, "_", " "))
	return ev, ok && ev.Text != ""
}

// row finds the row of a code. The codes of ShipX are in small letters, those of
// the newer form in capitals.
func (c *carrier) row(code string) adapter.Code {
	if row, ok := c.Find(strings.ToLower(code), "*"); ok {
		return row
	}
	return c.Row(strings.ToUpper(code), "*")
}
