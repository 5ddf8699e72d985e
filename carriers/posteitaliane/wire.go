package posteitaliane

import (
	"cmp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type question struct {
	Kind   string `json:"tipoRichiedente"`
	Number string `json:"codiceSpedizione"`
	Period int    `json:"periodoRicerca"`
}

type envelope struct {
	Number    adapter.Lax `json:"idTracciatura"`
	Result    adapter.Lax `json:"esitoRicerca"`
	Back      adapter.Lax `json:"flagRitorno"`
	Movements *[]movement `json:"listaMovimenti"`
}

// movement is one event, oldest first.
type movement struct {
	Time  adapter.Int `json:"dataOra"`
	Text  adapter.Lax `json:"statoLavorazione"`
	Place adapter.Lax `json:"luogo"`
	Back  adapter.Lax `json:"flagRitorno"`
	Box   adapter.Lax `json:"box"`
}

// read reads the movements.
func (c *carrier) read(ans adapter.Answer, e envelope, n number.Number) (res carriers.Result, err error) {
	switch {
	case !adapter.Same(n, e.Number):
		return res, c.Changed(ans, "the answer is of another number")
	case e.Movements == nil:
		return res, c.Changed(ans, "no listaMovimenti in the answer")
	}
	t := parcel.Tracking{Events: adapter.Events(*e.Movements, c.event)}
	res, err = c.Result(ans, n, t, len(*e.Movements))
	if k := len(res.Tracking.Events); k > 0 && e.Back == "true" {
		// The flag is that of the item, not of the movement.
		if last := &res.Tracking.Events[k-1]; last.Status == parcel.Delivered {
			last.Status = parcel.Returned
		}
	}
	return res, err
}

// event reads one movement. Its time is an instant; the offset is that of Italy,
// for movements abroad too.
func (c *carrier) event(m movement) (ev parcel.Event, ok bool) {
	ev.Time, ev.ZoneKnown = adapter.In(time.UnixMilli(int64(m.Time)), c.Zone), true
	row := c.row(string(m.Text), string(m.Box), m.Back == "true")
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Place, ev.Text = adapter.Text(m.Place), adapter.Text(m.Text)
	if box := adapter.Line(m.Box, 20); box != "" && !row.Guess {
		ev.Code = "box=" + box
	}
	ev.Text = cmp.Or(ev.Text, ev.Code)
	ev.Country = country(string(m.Place), ev.Text)
	return ev, m.Time > 0 && adapter.Plausible(ev.Time) && ev.Text != ""
}
