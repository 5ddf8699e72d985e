package cainiao

import (
	"strings"
	"time"
	"unicode"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Success   *bool       `json:"success"`
	Module    []entry     `json:"module"`
	ErrorCode adapter.Lax `json:"errorCode"`
	ErrorMsg  adapter.Lax `json:"errorMsg"`
}

// entry is what is told of one number. Its summary fields (status, daysNumber)
// are unreliable and not read.
type entry struct {
	MailNo      adapter.Lax `json:"mailNo"`
	Source      adapter.Lax `json:"mailNoSource"`
	Origin      adapter.Lax `json:"originCountry"`
	Destination adapter.Lax `json:"destCountry"`
	CopyRealNo  adapter.Lax `json:"copyRealMailNo"`
	RealNo      adapter.Lax `json:"realMailNo"`
	ETA         struct {
		Until adapter.Int `json:"deliveryMaxTime"`
	} `json:"globalEtaInfo"`
	Details *[]detail `json:"detailList"`
}

// detail is one event. The list is newest first.
type detail struct {
	Time     adapter.Int `json:"time"`
	TimeStr  adapter.Lax `json:"timeStr"`
	TimeZone adapter.Lax `json:"timeZone"`
	Desc     adapter.Lax `json:"desc"`
	Cleaned  adapter.Lax `json:"standerdDesc"`
	Code     adapter.Lax `json:"actionCode"`
}

// read finds the number's entry and takes it apart.
func (c *carrier) read(r reply, n number.Number) carriers.Result {
	res := carriers.Result{Number: n}
	for _, e := range r.module {
		if adapter.Same(n, string(e.MailNo)) {
			res.Tracking, res.Unmapped, res.Err = c.tracking(r, n, e)
			return res
		}
	}
	res.Err = c.client.Changed(r.Answer, "no entry for the number asked")
	return res
}

func (c *carrier) tracking(r reply, n number.Number, e entry) (parcel.Tracking, []string, error) {
	if e.Details == nil {
		return parcel.Tracking{}, nil, c.client.Changed(r.Answer, "no detailList in the entry")
	}
	t := parcel.Tracking{
		Origin:      adapter.CountryNamed(string(e.Origin)),
		Destination: adapter.CountryNamed(string(e.Destination)),
		Aliases:     aliases(n, e),
	}
	if len(*e.Details) == 0 {
		// A source beside "EXTERNAL" means that the seller is preparing it:
		// known, with nothing to tell yet.
		if e.Source == "" || e.Source == "EXTERNAL" {
			return parcel.Tracking{}, nil, c.client.Fail(carriers.ErrNotFound, "no events")
		}
		return t, nil, nil
	}
	if e.ETA.Until > 0 {
		t.ETA = parcel.DateOf(time.UnixMilli(int64(e.ETA.Until)).In(adapter.Fixed(8 * 3600)))
	}
	var unmapped []string
	for _, d := range *e.Details {
		ev, ok := c.event(d, t.Origin, t.Destination)
		if !ok {
			continue
		}
		if !c.known(ev.Code) {
			unmapped = adapter.Unmapped(unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 {
		return parcel.Tracking{}, nil, c.client.Changed(r.Answer, "none of %d events could be read", len(*e.Details))
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	return t, unmapped, nil
}

// event takes one line apart; one without a time or any word is left out.
func (c *carrier) event(d detail, origin, destination string) (parcel.Event, bool) {
	at, ok := instant(d)
	place, text := town(string(d.Cleaned))
	if text == "" {
		text = adapter.Text(string(d.Desc))
	}
	code := textx.Line(string(d.Code), 60)
	if text == "" {
		text = code
	}
	if !ok || text == "" {
		return parcel.Event{}, false
	}
	status, side := c.status(code)
	ev := parcel.Event{Time: at, ZoneKnown: true, Status: status, Place: place, Text: text, Code: code}
	switch side {
	case adapter.SideOrigin:
		ev.Country = origin
	case adapter.SideDestination:
		ev.Country = destination
	case adapter.SideNone:
	}
	return ev, true
}

// instant is made of the wall clock and its zone. The number beside them is the
// wall clock read as Beijing time, wrong for every scan elsewhere, so it counts
// only where there is no wall clock.
func instant(d detail) (time.Time, bool) {
	zone, ok := adapter.Zone(string(d.TimeZone))
	if !ok {
		zone = adapter.Fixed(8 * 3600)
	}
	if at, ok := adapter.At(string(d.TimeStr), zone, time.DateTime, "2006-01-02 15:04"); ok {
		return at, true
	}
	at := time.UnixMilli(int64(d.Time)).In(zone)
	return at, d.Time > 0 && adapter.Plausible(at)
}

// town takes a leading "[Town]" off a cleaned text.
func town(s string) (place, text string) {
	s = textx.Line(s, 400)
	if rest, ok := strings.CutPrefix(s, "["); ok {
		if place, text, ok := strings.Cut(rest, "]"); ok {
			return adapter.Text(place), adapter.Text(text)
		}
	}
	return "", adapter.Text(s)
}

// aliases is the number at the next post: the clean field, else a token of the
// display text that looks like one.
func aliases(n number.Number, e entry) []parcel.Alias {
	if a := adapter.Alias(n, string(e.CopyRealNo), "copyRealMailNo"); a != nil || e.CopyRealNo != "" {
		return a
	}
	for token := range strings.FieldsSeq(string(e.RealNo)) {
		token = strings.Trim(token, ":,;()[]")
		if len(token) >= 8 && len(token) <= 30 && token == strings.ToUpper(token) && strings.ContainsFunc(token, unicode.IsDigit) {
			if a := adapter.Alias(n, token, "realMailNo"); a != nil {
				return a
			}
		}
	}
	return nil
}
