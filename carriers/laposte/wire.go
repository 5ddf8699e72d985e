package laposte

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// item is the answer for one number.
type item struct {
	Code     adapter.Lax `json:"returnCode"`
	Message  adapter.Lax `json:"returnMessage"`
	ID       adapter.Lax `json:"idShip"`
	Asked    adapter.Lax `json:"inputIdShip"`
	Shipment *shipment   `json:"shipment"`
}

// shipment is the answer for a known number. Its timeline is a summary of the
// events with forecasts and is not read.
type shipment struct {
	ID      adapter.Lax          `json:"idShip"`
	Final   adapter.Flag         `json:"isFinal"`
	ETA     adapter.Lax          `json:"estimDate"`
	Events  *adapter.Many[event] `json:"event"`
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

// read finds the number's item and reads it. A refusal concerns the number asked
// for if it is the only one, whatever number the refusal repeats; with several
// numbers it may concern the whole call.
func (c *carrier) read(answer reply, n number.Number, alone bool) (res carriers.Result, err error) {
	for _, it := range answer.items {
		switch {
		case it.Shipment != nil && it.of(n, alone):
			return c.tracking(answer.Answer, n, *it.Shipment)
		case it.Shipment == nil && (alone || adapter.Same(n, it.ID)):
			return res, c.refused(answer.Answer, it)
		}
	}
	only := answer.items[0]
	if alone || len(answer.items) > 1 || only.Shipment != nil {
		return res, c.Changed(answer.Answer, "no entry for the number asked")
	}
	if _, err := number.Parse(string(only.ID)); err != nil && only.Code != "400" {
		return res, c.refused(answer.Answer, only)
	}
	return res, c.Fail(carriers.ErrTemporary, "the whole call was refused: %s %s", only.Code, only.Message)
}

// of reports whether a shipment is the number's. Chronopost adds a check character
// to the number, and without any number the only one asked for is meant.
func (it item) of(n number.Number, alone bool) bool {
	id := string(it.Shipment.ID)
	if id == "" {
		return alone && (it.Asked == "" || adapter.Same(n, it.Asked))
	}
	return adapter.Same(n, id) || len(id) == len(n)+1 && adapter.Same(n, id[:len(n)])
}

func (c *carrier) tracking(ans adapter.Answer, n number.Number, s shipment) (res carriers.Result, err error) {
	if s.Events == nil {
		return res, c.Changed(ans, "no event list in the shipment")
	}
	t := parcel.Tracking{
		Origin:      adapter.Country(s.Context.Origin),
		Destination: adapter.Country(s.Context.Destination),
		Aliases:     adapter.Alias(n, s.Context.Partner.Reference, "reference"),
		PickupPlace: adapter.Text(s.Context.Counter.Name),
	}
	if !s.Final {
		t.ETA = adapter.Day(s.ETA, time.UTC, time.RFC3339Nano, time.DateOnly)
	}
	t.Events = adapter.Events(*s.Events, func(e event) (ev parcel.Event, ok bool) {
		row := c.row(string(e.Code))
		ev = parcel.Event{
			Status: row.Status, Guess: row.Guess, Country: row.Country(t.Origin, t.Destination), Code: adapter.Line(e.Code, 60),
		}
		ev.Time, ev.ZoneKnown, ok = adapter.Moment(e.Date, nil, "2006-01-02T15:04:05.999", time.DateTime)
		ev.Text = cmp.Or(adapter.Text(e.Label), row.Meaning, ev.Code)
		return ev, ok && ev.Text != ""
	})
	return c.Result(ans, n, t, len(*s.Events))
}

// home is the post's country.
const home = "FR"

// row finds the row of an event code.
func (c *carrier) row(code string) adapter.Code { return c.Row(strings.ToUpper(code), "*") }

// colissimo is the form of domestic parcels.
var colissimo = regexp.MustCompile(`^\d[A-Z]\d{11}$`)
