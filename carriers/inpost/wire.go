package inpost

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// home is where it works.
const home = "PL"

type problem struct {
	Error   adapter.Lax `json:"error"`
	Message adapter.Lax `json:"message"`
}

// answers are one parcel from ShipX, a list in the newer form.
type answers []answer

// UnmarshalJSON reads both.
func (l *answers) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		return json.Unmarshal(b, (*[]answer)(l))
	}
	*l = make(answers, 1)
	return json.Unmarshal(b, &(*l)[0])
}

// answer holds the members of both forms. What is expected to come
// (expected_flow) is not read.
type answer struct {
	Number  adapter.Lax `json:"tracking_number"`
	Details *[]detail   `json:"tracking_details"`
	Custom  struct {
		Machine adapter.Lax `json:"target_machine_id"`
		Detail  struct {
			Address struct {
				Line1 adapter.Lax `json:"line1"`
				Line2 adapter.Lax `json:"line2"`
			} `json:"address"`
		} `json:"target_machine_detail"`
	} `json:"custom_attributes"`

	Main    adapter.Lax   `json:"mainTrackingNumber"`
	Numbers []adapter.Lax `json:"trackingNumbers"`
	Events  *[]detail     `json:"events"`
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

// of reports whether the answer is the number's.
func (a answer) of(n number.Number) bool {
	if adapter.Same(n, string(a.Number)) || adapter.Same(n, string(a.Main)) {
		return true
	}
	for _, other := range a.Numbers {
		if adapter.Same(n, string(other)) {
			return true
		}
	}
	return false
}

// read finds the number's answer and takes it apart.
func (c *carrier) read(ans adapter.Answer, all answers, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	for _, a := range all {
		if !a.of(n) {
			continue
		}
		list := a.Details
		if list == nil {
			list = a.Events
		}
		if list == nil {
			return res, c.client.Changed(ans, "no list of events")
		}
		return c.tracking(ans, a, *list, n)
	}
	return res, c.client.Changed(ans, "the answer is of another number")
}

func (c *carrier) tracking(ans adapter.Answer, a answer, list []detail, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	if len(a.Numbers) <= 1 { // else the main number is that of several parcels
		res.Tracking.Aliases = adapter.Alias(n, string(a.Main), "mainTrackingNumber")
	}
	t := &res.Tracking
	for _, d := range list {
		ev, known, ok := c.event(d)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(list) > 0 {
		return carriers.Result{Number: n}, c.client.Changed(ans, "none of %d events could be read", len(list))
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		if t.PickupPlace = a.machine(); t.PickupPlace == "" {
			t.PickupPlace = t.Events[last].Place
		}
	}
	return res, nil
}

// machine is the locker with its address.
func (a answer) machine() string {
	var parts []string
	for _, s := range []adapter.Lax{a.Custom.Machine, a.Custom.Detail.Address.Line1, a.Custom.Detail.Address.Line2} {
		if s != "" {
			parts = append(parts, string(s))
		}
	}
	return adapter.Text(strings.Join(parts, ", "))
}

// event takes one event apart. known is false for a code that the table does not
// hold, ok for one without a time or a code.
func (c *carrier) event(d detail) (ev parcel.Event, known, ok bool) {
	code, at := d.Status+d.Code, d.Date+d.Time // of either form only one is there
	ev.Time, ok = adapter.At(string(at), c.zone, time.RFC3339Nano, "2006-01-02T15:04:05.999-0700", "2006-01-02T15:04:05.999", time.DateTime)
	ev.ZoneKnown = true
	ev.Code = textx.Line(string(code), 60)
	ev.Place = adapter.Text(string(d.Agency + d.Location))
	row, known := c.row(ev.Code)
	ev.Status = row.Status
	if row.Side == adapter.SideDestination {
		ev.Country = home
	}
	for _, text := range []string{string(d.Title), row.Meaning, strings.ReplaceAll(ev.Code, "_", " ")} {
		if ev.Text == "" {
			ev.Text = adapter.Text(text)
		}
	}
	return ev, known, ok && ev.Text != ""
}
