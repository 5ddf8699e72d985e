package correos

import (
	"cmp"
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is the first service's answer.
type envelope struct {
	Shipments *adapter.Many[shipment] `json:"shipment"`
}

type shipment struct {
	Code   adapter.Lax         `json:"shipmentCode"`
	Events adapter.Many[event] `json:"events"`
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
	Events adapter.Many[itemEvent] `json:"eventos"`
	Others []struct {
		Code adapter.Lax `json:"codEnvio"`
	} `json:"enviosAsociados"`
}

type itemEvent struct {
	Code    adapter.Lax `json:"codEvento"`
	Date    adapter.Lax `json:"fecEvento"`
	Time    adapter.Lax `json:"horEvento"`
	Office  adapter.Lax `json:"unidad"`
	Summary adapter.Lax `json:"desTextoResumen"`
	Long    adapter.Lax `json:"desTextoAmpliado"`
}

// sent is an answer of either service.
type sent struct {
	number string // "" if the answer has none
	others []adapter.Lax
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
	for _, o := range i.Others {
		out.others = append(out.others, o.Code)
	}
	for _, e := range i.Events {
		out.lines = append(out.lines, line{string(e.Date + " " + e.Time), string(e.Code), string(e.Office), string(e.Summary), string(e.Long)})
	}
	return out
}

// read reads the lines, which are listed oldest first.
func (c *carrier) read(ans adapter.Answer, s sent, n number.Number) (carriers.Result, error) {
	if s.number != "" && !adapter.Same(n, s.number) {
		return carriers.Result{}, c.Changed(ans, "the answer is of another number")
	}
	t := parcel.Tracking{Events: adapter.Events(s.lines, func(l line) (parcel.Event, bool) { return c.event(l, n.Country() != home) })}
	// Other numbers of a consignment are other parcels, unless this one was relabelled.
	if slices.ContainsFunc(s.lines, func(l line) bool { return textx.Mentions(l.summary, "reetiquetado") }) && len(s.others) == 1 {
		t.Aliases = adapter.Alias(n, s.others[0], "enviosAsociados")
	}
	return c.Result(ans, n, t, len(s.lines))
}

// event reads one line. All times are those of Madrid. Stages of the destination
// are in Spain unless the item leaves the country.
func (c *carrier) event(l line, inbound bool) (ev parcel.Event, ok bool) {
	ev.Time, ok = adapter.At(l.date, c.Zone, "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006")
	ev.ZoneKnown = true
	ev.Code = adapter.Line(l.code, 60)
	ev.Place = adapter.Text(l.office)
	summary := adapter.Text(l.summary)
	ev.Text = cmp.Or(adapter.Text(l.long), summary, ev.Code)
	row := c.row(ev.Code, summary)
	ev.Status, ev.Guess = row.Status, row.Guess
	if inbound && row.Side == adapter.SideDestination {
		ev.Country = home
	}
	return ev, ok && ev.Text != ""
}

// home is the post's country.
const home = "ES"

// byText is the code of rows that are found by the words of a text.
const byText = "text"

// row finds the row of an event. Codes of the second service are exact. The first
// one only has four phases, which the words divide: a parcel at the office and
// one with the courier are in the same phase.
func (c *carrier) row(code, text string) adapter.Code {
	row, exact := c.Find(code, "*")
	if exact && !strings.HasPrefix(code, "phase=") {
		return row
	}
	if words, ok := c.Begins(byText, text); ok {
		return words
	}
	if words, ok := c.Holds(byText, text); ok {
		return words
	}
	return adapter.Sober(c.Row(code, "*"), text)
}
