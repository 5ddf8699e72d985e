package posteitaliane

import (
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
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

// read takes the movements apart.
func (c *carrier) read(ans adapter.Answer, e envelope, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	switch {
	case !adapter.Same(n, string(e.Number)):
		return res, c.client.Changed(ans, "the answer is of another number")
	case e.Movements == nil:
		return res, c.client.Changed(ans, "no listaMovimenti in the answer")
	}
	var t parcel.Tracking
	for _, m := range *e.Movements {
		ev, known, ok := c.event(m)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Text)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(*e.Movements) > 0 {
		return res, c.client.Changed(ans, "none of %d movements could be read", len(*e.Movements))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	if k := len(t.Events); k > 0 {
		last := &t.Events[k-1]
		if e.Back == "true" && last.Status == parcel.Delivered {
			last.Status = parcel.Returned // said of the whole, not of the movement
		}
		if last.Status == parcel.ReadyForPickup {
			t.PickupPlace = last.Place
		}
	}
	res.Tracking = t
	return res, nil
}

// event takes one movement apart. Its time is an instant; the zone is that of
// the post's pages, also for movements abroad.
func (c *carrier) event(m movement) (ev parcel.Event, known, ok bool) {
	at := time.UnixMilli(int64(m.Time)).In(c.rome)
	_, offset := at.Zone()
	ev.Time, ev.ZoneKnown = at.In(adapter.Fixed(offset)), true
	ev.Place, ev.Text = adapter.Text(string(m.Place)), adapter.Text(string(m.Text))
	if box := textx.Line(string(m.Box), 20); box != "" {
		ev.Code = "box=" + box
	}
	if ev.Text == "" {
		ev.Text = ev.Code
	}
	ev.Country = country(strings.TrimSpace(string(m.Place)), ev.Text)
	ev.Status, known = c.status(string(m.Text), string(m.Box), m.Back == "true")
	return ev, known, m.Time > 0 && adapter.Plausible(at) && ev.Text != ""
}
