package laposte

import (
	"bytes"
	"encoding/json"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// items come as a list, or as one where one number was asked for.
type items []item

// UnmarshalJSON reads both forms.
func (l *items) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		return json.Unmarshal(b, (*[]item)(l))
	}
	*l = make(items, 1)
	return json.Unmarshal(b, &(*l)[0])
}

// item is the answer for one number.
type item struct {
	Code     adapter.Lax `json:"returnCode"`
	Message  adapter.Lax `json:"returnMessage"`
	ID       adapter.Lax `json:"idShip"`
	Shipment *shipment   `json:"shipment"`
}

// shipment is what is told of the number. Its timeline is a summary of the
// events with forecasts, and is not read.
type shipment struct {
	ID      adapter.Lax `json:"idShip"`
	Final   bool        `json:"isFinal"`
	ETA     adapter.Lax `json:"estimDate"`
	Events  *[]event    `json:"event"`
	Context struct {
		Origin      adapter.Lax `json:"originCountry"`
		Destination adapter.Lax `json:"arrivalCountry"`
		Counter     struct {
			Name adapter.Lax `json:"name"`
		} `json:"removalPoint"`
		Partner struct {
			Reference adapter.Lax `json:"reference"`
		} `json:"partner"`
	} `json:"contextData"`
}

// event is one scan; the list is newest first.
type event struct {
	Code  adapter.Lax `json:"code"`
	Label adapter.Lax `json:"label"`
	Date  adapter.Lax `json:"date"`
}

// read finds the number's item and takes it apart. A refusal is of the only
// number that was asked for, whatever it repeats of it; of several it may be one
// of the whole call.
func (c *carrier) read(answer reply, n number.Number, alone bool) carriers.Result {
	res := carriers.Result{Number: n}
	for _, it := range answer.items {
		switch {
		case it.Shipment != nil && adapter.Same(n, string(it.Shipment.ID)):
			res.Tracking, res.Unmapped, res.Err = c.tracking(answer, n, *it.Shipment)
			return res
		case it.Shipment == nil && (alone || adapter.Same(n, string(it.ID))):
			res.Err = c.refused(answer.Answer, it)
			return res
		}
	}
	if only := answer.items[0]; !alone && len(answer.items) == 1 && only.Shipment == nil {
		res.Err = c.client.Fail(carriers.ErrTemporary, "the whole call was refused: %s %s", only.Code, only.Message)
		if _, err := number.Parse(string(only.ID)); err != nil && only.Code != "400" {
			res.Err = c.refused(answer.Answer, only)
		}
		return res
	}
	res.Err = c.client.Changed(answer.Answer, "no entry for the number asked")
	return res
}

func (c *carrier) tracking(answer reply, n number.Number, s shipment) (parcel.Tracking, []string, error) {
	if s.Events == nil {
		return parcel.Tracking{}, nil, c.client.Changed(answer.Answer, "no event list in the shipment")
	}
	t := parcel.Tracking{
		Origin:      adapter.Country(string(s.Context.Origin)),
		Destination: adapter.Country(string(s.Context.Destination)),
		Aliases:     adapter.Alias(n, string(s.Context.Partner.Reference), "reference"),
	}
	var unmapped []string
	for _, e := range *s.Events {
		ev, known, ok := c.event(e, t)
		if !ok {
			continue
		}
		if !known {
			unmapped = adapter.Unmapped(unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(*s.Events) > 0 {
		return parcel.Tracking{}, nil, c.client.Changed(answer.Answer, "none of %d events could be read", len(*s.Events))
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = adapter.Text(string(s.Context.Counter.Name))
	}
	if at, ok := adapter.At(string(s.ETA), time.UTC, time.RFC3339Nano, time.DateOnly); ok && !s.Final {
		t.ETA = parcel.DateOf(at)
	}
	return t, unmapped, nil
}

// event takes one scan apart. known is false for a code that the table does not
// hold, ok for one without a time or any word.
func (c *carrier) event(e event, t parcel.Tracking) (ev parcel.Event, known, ok bool) {
	ev.Time, ok = adapter.At(string(e.Date), time.UTC, time.RFC3339Nano, "2006-01-02T15:04:05.999-0700")
	ev.ZoneKnown = ok
	if !ok {
		ev.Time, ok = adapter.At(string(e.Date), time.UTC, "2006-01-02T15:04:05.999", time.DateTime)
	}
	ev.Code = textx.Line(string(e.Code), 60)
	row, known := c.row(ev.Code)
	ev.Status = row.Status
	for _, text := range []string{string(e.Label), row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = adapter.Text(text)
		}
	}
	switch row.Side {
	case adapter.SideOrigin:
		ev.Country = t.Origin
	case adapter.SideDestination:
		ev.Country = t.Destination
	case adapter.SideNone:
	}
	return ev, known, ok && ev.Text != ""
}
