package cainiao

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Success   *adapter.Flag       `json:"success"`
	Module    adapter.Many[entry] `json:"module"`
	ErrorCode adapter.Lax         `json:"errorCode"`
	ErrorMsg  adapter.Lax         `json:"errorMsg"`
}

// entry is the answer for one number. Its summary fields are unreliable: status is
// read only if there are no events.
type entry struct {
	MailNo      adapter.Lax `json:"mailNo"`
	Source      adapter.Lax `json:"mailNoSource"`
	Status      adapter.Lax `json:"status"`
	Origin      adapter.Lax `json:"originCountry"`
	Destination adapter.Lax `json:"destCountry"`
	CopyRealNo  adapter.Lax `json:"copyRealMailNo"`
	RealNo      adapter.Lax `json:"realMailNo"`
	ETA         struct {
		Until adapter.Int `json:"deliveryMaxTime"`
	} `json:"globalEtaInfo"`
	Details *adapter.Many[detail] `json:"detailList"`
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

// read finds the number's entry and reads its events.
func (c *carrier) read(ans adapter.Answer, entries []entry, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(entries, func(e entry) bool { return adapter.Same(n, e.MailNo) })
	if i < 0 {
		return res, c.Changed(ans, "no entry for the number asked")
	}
	e := entries[i]
	t := parcel.Tracking{
		Origin: adapter.CountryNamed(e.Origin), Destination: adapter.CountryNamed(e.Destination), Aliases: aliases(n, e),
	}
	// Without events, this status or a source other than "EXTERNAL" means that the
	// seller is preparing the parcel: the number is known.
	waits := e.Status == "WAIT_SELLER_SEND_GOODS"
	switch {
	case e.Details == nil && waits:
		return c.Result(ans, n, t, 0)
	case e.Details == nil:
		return res, c.Changed(ans, "no detailList in the entry")
	case len(*e.Details) == 0 && !waits && (e.Source == "" || e.Source == "EXTERNAL"):
		return res, c.Fail(carriers.ErrNotFound, "no events")
	}
	if len(*e.Details) > 0 && e.ETA.Until > 0 {
		t.ETA = parcel.DateOf(time.UnixMilli(int64(e.ETA.Until)).In(beijing()))
	}
	t.Events = adapter.Events(*e.Details, func(d detail) (parcel.Event, bool) { return c.event(d, t.Origin, t.Destination) })
	return c.Result(ans, n, t, len(*e.Details))
}

// event reads one line. Lines without a time or any word are left out.
func (c *carrier) event(d detail, origin, destination string) (parcel.Event, bool) {
	at, ok := instant(d)
	code, row := c.Action(d.Code)
	place, text := town(d.Cleaned)
	text = cmp.Or(text, adapter.Text(d.Desc), code)
	return parcel.Event{
		Time: at, ZoneKnown: true, Status: row.Status, Guess: row.Guess, Country: row.Country(origin, destination),
		Place: place, Text: text, Code: code,
	}, ok && text != ""
}

func beijing() *time.Location { return adapter.Fixed(8 * 3600) }

// instant is the wall clock in its zone. The number beside them is the wall clock
// read as Beijing time, which is wrong for scans elsewhere; it is used only if
// there is no wall clock.
func instant(d detail) (time.Time, bool) {
	zone, ok := adapter.Zone(d.TimeZone)
	if !ok {
		zone = beijing()
	}
	if at, ok := adapter.At(d.TimeStr, zone, time.DateTime, "2006-01-02 15:04"); ok {
		return at, true
	}
	at := time.UnixMilli(int64(d.Time)).In(zone)
	return at, d.Time > 0 && adapter.Plausible(at)
}

// town takes a leading "[Town]" off a cleaned text.
func town(cleaned adapter.Lax) (place, text string) {
	s := adapter.Line(cleaned, 400)
	if rest, ok := strings.CutPrefix(s, "["); ok {
		if place, text, ok := strings.Cut(rest, "]"); ok {
			return adapter.Text(place), adapter.Text(text)
		}
	}
	return "", adapter.Text(s)
}

// aliases is the number at the next post: the value of the clean field, or else
// the part of the display text that looks like a number.
func aliases(n number.Number, e entry) []parcel.Alias {
	if a := adapter.Alias(n, e.CopyRealNo, "copyRealMailNo"); a != nil || e.CopyRealNo != "" {
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
