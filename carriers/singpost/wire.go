package singpost

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is matched by local names, whatever the root element.
type envelope struct {
	Code  *string `xml:"Status>ErrorCode"`
	Words string  `xml:"Status>ErrorDesc"`
	Items []item  `xml:"ItemsTrackingDetailList>ItemTrackingDetail"`
}

// item is the answer for one number. Clients know two names for the origin.
type item struct {
	Number      string   `xml:"TrackingNumber"`
	Found       string   `xml:"TrackingNumberFound"`
	Origin      string   `xml:"OriginCountry"`
	Original    string   `xml:"OriginalCountry"`
	Destination string   `xml:"DestinationCountry"`
	Details     []detail `xml:"DeliveryStatusDetails>DeliveryStatusDetail"`
}

// detail is one event. It is not known which end of the list is the newest.
type detail struct {
	Words    string `xml:"StatusDescription"`
	Date     string `xml:"Date"`
	Code     string `xml:"StatusCode"`
	Reason   string `xml:"ReasonCode"`
	Location string `xml:"Location"` // of an older form of the service
}

// said is a text of the service, in which a dash means nothing.
func said(s string) string {
	if s = strings.TrimSpace(s); s == "-" {
		return ""
	}
	return s
}

// read finds the number's item and reads it.
func (c *carrier) read(answer reply, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(answer.items, func(it item) bool { return adapter.Same(n, it.Number) })
	if i < 0 {
		return res, c.Changed(answer.Answer, "no entry for the number asked")
	}
	it := answer.items[i]
	switch found := strings.ToLower(said(it.Found)); {
	case found == "false" && len(it.Details) == 0:
		return res, c.Fail(carriers.ErrNotFound, "number not found")
	case found == "true", found == "" && len(it.Details) > 0:
		return c.tracking(answer.Answer, it, n)
	default:
		return res, c.Changed(answer.Answer, "found is %q, with %d events", found, len(it.Details))
	}
}

func (c *carrier) tracking(ans adapter.Answer, it item, n number.Number) (carriers.Result, error) {
	t := parcel.Tracking{
		Origin:      adapter.CountryNamed(cmp.Or(said(it.Origin), said(it.Original))),
		Destination: adapter.CountryNamed(said(it.Destination)),
		Events:      adapter.Events(it.Details, c.event),
	}
	for _, d := range it.Details {
		t.Destination = cmp.Or(t.Destination, abroad(d.Words))
	}
	if k := len(t.Events); k > 1 && t.Events[0].Time.After(t.Events[k-1].Time) {
		slices.Reverse(t.Events)
	}
	return c.Result(ans, n, t, len(it.Details))
}

// event reads one line, with the wall clock of Singapore. Lines without a time or
// any word are left out.
func (c *carrier) event(d detail) (ev parcel.Event, ok bool) {
	ev.Time, _, ok = adapter.Moment(said(d.Date), c.Zone, "2006-01-02T15:04:05.999", time.DateTime, "2006-01-02T15:04", time.DateOnly)
	ev.ZoneKnown = ok
	ev.Code = adapter.Line(strings.ToUpper(said(d.Code)), 60)
	ev.Place = adapter.Text(said(d.Location))
	row := c.row(ev.Code, said(d.Words))
	ev.Status, ev.Guess, ev.Country = row.Status, row.Guess, row.Country(home, abroad(d.Words))
	ev.Text = cmp.Or(adapter.Text(said(d.Words)), row.Meaning, ev.Code)
	return ev, ok && ev.Text != ""
}

// home is the post's country.
const home = "SG"

// byText is the code of rows that are found by words.
const byText = "words"

// row finds the row of an event by its words, or else by its code.
func (c *carrier) row(code, text string) adapter.Code {
	if row, ok := c.Holds(byText, text); ok {
		return row
	}
	return c.Row(code, "*")
}

var countryForm = regexp.MustCompile(`(?i)\(country(?: code)?:\s*([a-z]{2})\)`)

// abroad is the country in the words of an event: "Despatched to overseas
// (Country code: BY)".
func abroad(text string) string {
	if m := countryForm.FindStringSubmatch(text); m != nil {
		return adapter.Country(m[1])
	}
	return ""
}
