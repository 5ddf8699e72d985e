package singpost

import (
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is matched by local names, whatever its root is called.
type envelope struct {
	Code  *string `xml:"Status>ErrorCode"`
	Words string  `xml:"Status>ErrorDesc"`
	Items []item  `xml:"ItemsTrackingDetailList>ItemTrackingDetail"`
}

// item is what is told of one number. Clients name the origin in two ways.
type item struct {
	Number      string   `xml:"TrackingNumber"`
	Found       string   `xml:"TrackingNumberFound"`
	Origin      string   `xml:"OriginCountry"`
	Original    string   `xml:"OriginalCountry"`
	Destination string   `xml:"DestinationCountry"`
	Details     []detail `xml:"DeliveryStatusDetails>DeliveryStatusDetail"`
}

// detail is one event. Which end of the list is the newest is not known.
type detail struct {
	Words    string `xml:"StatusDescription"`
	Date     string `xml:"Date"`
	Code     string `xml:"StatusCode"`
	Reason   string `xml:"ReasonCode"`
	Location string `xml:"Location"` // of an older form of the service
}

// said is a text of the service; a dash stands for nothing.
func said(s string) string {
	if s = strings.TrimSpace(s); s == "-" {
		return ""
	}
	return s
}

// read finds the number's item and takes it apart.
func (c *carrier) read(answer reply, n number.Number) carriers.Result {
	res := carriers.Result{Number: n}
	for _, it := range answer.items {
		if !adapter.Same(n, it.Number) {
			continue
		}
		switch found := strings.ToLower(said(it.Found)); {
		case found == "false" && len(it.Details) == 0:
			res.Err = c.client.Fail(carriers.ErrNotFound, "number not found")
		case found == "true", found == "" && len(it.Details) > 0:
			res.Tracking, res.Unmapped, res.Err = c.tracking(answer, it)
		default:
			res.Err = c.client.Changed(answer.Answer, "found is %q, with %d events", found, len(it.Details))
		}
		return res
	}
	res.Err = c.client.Changed(answer.Answer, "no entry for the number asked")
	return res
}

func (c *carrier) tracking(answer reply, it item) (parcel.Tracking, []string, error) {
	t := parcel.Tracking{
		Origin: adapter.CountryNamed(said(it.Origin)), Destination: adapter.CountryNamed(said(it.Destination)),
	}
	if t.Origin == "" {
		t.Origin = adapter.CountryNamed(said(it.Original))
	}
	var unmapped []string
	for _, d := range it.Details {
		ev, known, ok := c.event(d)
		if !ok {
			continue
		}
		if !known {
			unmapped = adapter.Unmapped(unmapped, ev.Code)
		}
		if there := abroad(d.Words); t.Destination == "" {
			t.Destination = there
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(it.Details) > 0 {
		return parcel.Tracking{}, nil, c.client.Changed(answer.Answer, "none of %d events could be read", len(it.Details))
	}
	newest := len(t.Events) > 1 && t.Events[0].Time.After(t.Events[len(t.Events)-1].Time)
	t.Events = adapter.Timeline(t.Events, newest)
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[last].Place
	}
	return t, unmapped, nil
}

// event takes one line apart. Its clock is Singapore's. known is false where
// neither code nor words are in the table, ok for one without a time or any word.
func (c *carrier) event(d detail) (ev parcel.Event, known, ok bool) {
	ev.Time, ok = adapter.At(said(d.Date), adapter.Fixed(8*3600), time.RFC3339Nano, "2006-01-02T15:04:05.999", time.DateTime,
		"2006-01-02T15:04", time.DateOnly)
	ev.ZoneKnown = ok
	ev.Code = textx.Line(strings.ToUpper(said(d.Code)), 60)
	ev.Place = adapter.Text(said(d.Location))
	row, known := c.row(ev.Code, said(d.Words))
	ev.Status = row.Status
	switch row.Side {
	case adapter.SideOrigin:
		ev.Country = home
	case adapter.SideDestination:
		ev.Country = abroad(d.Words)
	case adapter.SideNone:
	}
	for _, text := range []string{said(d.Words), row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = adapter.Text(text)
		}
	}
	return ev, known, ok && ev.Text != ""
}
