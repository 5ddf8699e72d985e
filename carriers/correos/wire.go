package correos

import (
	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is the first service's answer.
type envelope struct {
	Shipments *[]shipment `json:"shipment"`
}

type shipment struct {
	Code   adapter.Lax `json:"shipmentCode"`
	Events []event     `json:"events"`
}

type event struct {
	Date    adapter.Lax `json:"eventDate"`
	Time    adapter.Lax `json:"eventTime"`
	Phase   adapter.Lax `json:"phase"`
	Summary adapter.Lax `json:"summaryText"`
	Long    adapter.Lax `json:"extendedText"`
}

// item is the second service's. The name of the customer is not read.
type item struct {
	Code  adapter.Lax `json:"codEnvio"`
	Error struct {
		Code adapter.Lax `json:"codError"`
		Text adapter.Lax `json:"desError"`
	} `json:"error"`
	Events *[]itemEvent `json:"eventos"`
}

type itemEvent struct {
	Code    adapter.Lax `json:"codEvento"`
	Date    adapter.Lax `json:"fecEvento"`
	Time    adapter.Lax `json:"horEvento"`
	Office  adapter.Lax `json:"unidad"`
	Summary adapter.Lax `json:"desTextoResumen"`
	Long    adapter.Lax `json:"desTextoAmpliado"`
}

// sent is what both say.
type sent struct {
	number string // not always told
	lines  []line
}

type line struct {
	date, code, office, summary, long string
}

func (s shipment) sent() sent {
	out := sent{number: string(s.Code)}
	for _, e := range s.Events {
		code := ""
		if e.Phase != "" {
			code = "phase=" + string(e.Phase)
		}
		out.lines = append(out.lines, line{string(e.Date + " " + e.Time), code, "", string(e.Summary), string(e.Long)})
	}
	return out
}

func (i item) sent() sent {
	out := sent{number: string(i.Code)}
	for _, e := range *i.Events {
		out.lines = append(out.lines, line{string(e.Date + " " + e.Time), string(e.Code), string(e.Office), string(e.Summary), string(e.Long)})
	}
	return out
}

// read takes the lines apart, which are oldest first.
func (c *carrier) read(ans adapter.Answer, s sent, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	if s.number != "" && !adapter.Same(n, s.number) {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	var t parcel.Tracking
	inbound := n.Country() != home
	for _, l := range s.lines {
		ev, known, ok := c.event(l, inbound)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(s.lines) > 0 {
		return res, c.client.Changed(ans, "none of %d events could be read", len(s.lines))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	if k := len(t.Events); k > 0 && t.Events[k-1].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[k-1].Place
	}
	res.Tracking = t
	return res, nil
}

// event takes one line apart. All times are Madrid's. Its own stages happen at
// home, unless the item leaves the country.
func (c *carrier) event(l line, inbound bool) (ev parcel.Event, known, ok bool) {
	ev.Time, ok = adapter.At(l.date, c.madrid, "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006")
	ev.ZoneKnown = true
	ev.Code = textx.Line(l.code, 60)
	ev.Place = adapter.Text(l.office)
	summary := adapter.Text(l.summary)
	for _, text := range []string{adapter.Text(l.long), summary, ev.Code} {
		if ev.Text == "" {
			ev.Text = text
		}
	}
	row, known := c.row(ev.Code, summary)
	ev.Status = row.Status
	if !known {
		ev.Status = parcel.InTransit
	}
	if inbound && row.Side == adapter.SideDestination {
		ev.Country = home
	}
	return ev, known, ok && ev.Text != ""
}
