package posteitaliane

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	Number    adapter.Lax             `json:"idTracciatura"`
	Result    adapter.Lax             `json:"esitoRicerca"`
	State     adapter.Lax             `json:"stato"`
	ETA       adapter.Lax             `json:"dataPrevistaConsegna"`
	Back      adapter.Lax             `json:"flagRitorno"`
	Movements *adapter.Many[movement] `json:"listaMovimenti"`
}

// movement is one event, oldest first.
type movement struct {
	Time  adapter.Lax `json:"dataOra"` // in milliseconds, or as text
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
	t := parcel.Tracking{Events: adapter.Timeline(adapter.Events(*e.Movements, c.event), false)}
	if k := len(t.Events); k > 0 {
		last := &t.Events[k-1]
		if last.Guess && e.State == delivered {
			last.Status, last.Guess = parcel.Delivered, false
		}
		// The flag is that of the item, not of the movement.
		if last.Status == parcel.Delivered && e.Back == "true" {
			last.Status = parcel.Returned
		}
		if !last.Status.Final() {
			t.ETA = c.day(e.ETA)
		}
	}
	return c.Result(ans, n, t, len(*e.Movements))
}

// delivered is the state of an item that was handed over.
const delivered = "5"

// event reads one movement. Its time is an instant; the offset is that of Italy,
// for movements abroad too.
func (c *carrier) event(m movement) (ev parcel.Event, ok bool) {
	ev.Time, ok = c.moment(m.Time)
	ev.ZoneKnown = true
	row := c.row(string(m.Text), string(m.Box), m.Back == "true")
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Place, ev.Text = adapter.Text(m.Place), adapter.Text(m.Text)
	if box := adapter.Line(m.Box, 20); box != "" && !row.Guess {
		ev.Code = "box=" + box
	}
	ev.Text = cmp.Or(ev.Text, ev.Code)
	ev.Country = country(string(m.Place), ev.Text)
	return ev, ok && ev.Text != ""
}

// moment reads a time: milliseconds, or a date with or without a time of day.
func (c *carrier) moment(s adapter.Lax) (time.Time, bool) {
	if ms, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		at := adapter.In(time.UnixMilli(ms), c.Zone)
		return at, ms > 0 && adapter.Plausible(at)
	}
	at, _, ok := adapter.Moment(s, c.Zone, "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006", "2006-01-02T15:04:05.999", time.DateTime, time.DateOnly)
	if ok {
		return at, true
	}
	m := writtenDay.FindStringSubmatch(strings.ToLower(string(s)))
	if m == nil {
		return time.Time{}, false
	}
	month := slices.Index(strings.Fields(months), m[2]) + 1
	return adapter.At(fmt.Sprintf("%s-%02d-%02s", m[3], month, m[1]), c.Zone, time.DateOnly)
}

func (c *carrier) day(s adapter.Lax) parcel.Date {
	at, ok := c.moment(s)
	if !ok {
		return ""
	}
	return parcel.DateOf(at)
}

// writtenDay is a day in words: "Consegna prevista entro Giovedì 3 Dicembre 2026".
var writtenDay = regexp.MustCompile(`\b(\d{1,2}) ([a-z]+) (20\d\d)\b`)

const months = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"

// home is the post's country.
const home = "IT"

// Codes of the table: rows that are found by words, and by the number beside
// them.
const (
	byText = "text"
	byBox  = "box"
)

// row finds the row of a movement. The words decide before the box, which has
// five values only. On the way back, only its end differs from the rest.
func (c *carrier) row(text, box string, back bool) adapter.Code {
	row, ok := c.Holds(byText, text)
	if !ok {
		row = c.Row(byBox, box)
	}
	switch {
	case back && row.Status == parcel.Delivered:
		row.Status = parcel.Returned
	case back && row.Status != parcel.Returned:
		row.Status, row.Guess = parcel.Returning, false
	}
	return row
}

// country is where a movement was made. Abroad the place is just a country. A
// town is in Italy if the words beside it are used nowhere else.
func country(place, text string) string {
	if code := adapter.CountryNamed(place); code != "" && len(place) > 2 {
		return code
	}
	if place != "" && !textx.Mentions(place, "poste.it") && textx.Mentions(text+" | "+place+" ", strings.Split(homeMarks, "|")...) {
		return home
	}
	return ""
}

// homeMarks are words of movements, and of the names of offices, that are used in
// Italy only.
const homeMarks = "in consegna|svincolo|per il ritiro|giacenza|consegna non andata| cmp | csi |ufficio|malpensa|fiumicino"
