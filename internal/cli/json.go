package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Schema is the version of every JSON document.
const Schema = 1

// WriteJSON writes one document, readable and with its characters as they are.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("cli: write JSON: %w", err)
	}
	return nil
}

// TrackDoc is a parcel as track and show give it.
type TrackDoc struct {
	Schema      int             `json:"schema"`
	Number      number.Number   `json:"number"`
	Family      number.Family   `json:"family"`
	Status      parcel.Status   `json:"status"`
	Phase       parcel.Phase    `json:"phase"`
	Origin      string          `json:"origin"`
	Destination string          `json:"destination"`
	Numbers     []number.Number `json:"numbers"`
	Days        int             `json:"days"`
	ETA         *parcel.Date    `json:"eta"`
	PickupUntil *parcel.Date    `json:"pickup_until"`
	PickupPlace string          `json:"pickup_place,omitempty"`
	Title       string          `json:"title,omitempty"`
	Orders      []string        `json:"orders,omitempty"`
	Maybe       []number.Number `json:"maybe,omitempty"`
	Events      []parcel.Event  `json:"events"`
	Asked       []AskedDoc      `json:"asked"`
}

// AskedDoc is how asking one carrier for one number ended.
type AskedDoc struct {
	Carrier string        `json:"carrier"`
	Number  number.Number `json:"number"`
	Result  parcel.Result `json:"result"`
	Error   string        `json:"error,omitempty"`
	Link    string        `json:"link,omitempty"`
	Note    string        `json:"note,omitempty"` // why it was not asked
	Detail  string        `json:"-"`              // of the error, without what the result says already
}

// Document is a parcel with its timeline, as seen at now. Number is the one the
// person asked for; empty for the parcel's own.
func Document(p parcel.Parcel, number number.Number, asked []AskedDoc, now time.Time) TrackDoc {
	if number == "" {
		number = p.Number()
	}
	d := TrackDoc{
		Schema: Schema, Number: number, Family: number.Family(), Status: p.Status, Phase: p.Phase,
		Origin: p.Origin, Destination: p.Destination, Numbers: p.Numbers(), Days: Days(p, now),
		ETA: date(p.ETA), PickupUntil: date(p.Pickup.Until), PickupPlace: p.Pickup.Place,
		Title: p.Title, Orders: p.Orders, Events: p.Timeline(), Asked: asked,
	}
	for _, l := range p.Maybe {
		d.Maybe = append(d.Maybe, l.Number)
	}
	if d.Events == nil {
		d.Events = []parcel.Event{}
	}
	if d.Asked == nil {
		d.Asked = []AskedDoc{}
	}
	return d
}

// Days is how long the parcel has been, or was, on its way: from the day it was
// sent, as far as that is known.
func Days(p parcel.Parcel, now time.Time) int {
	start := p.Shipped
	if events := p.Timeline(); len(events) > 0 && (start.IsZero() || events[0].Time.Before(start)) {
		start = events[0].Time
	}
	if start.IsZero() {
		start = p.FirstSeen
	}
	end := now
	if p.Status.Final() && !p.StatusSince.IsZero() {
		end = p.StatusSince
	}
	if start.IsZero() || end.Before(start) {
		return 0
	}
	return int(end.Sub(start) / (24 * time.Hour))
}

// ListDoc is a parcel, or an order without one, as list gives it.
type ListDoc struct {
	Schema      int             `json:"schema"`
	Number      number.Number   `json:"number"` // empty for an order without one
	Title       string          `json:"title"`
	Status      parcel.Status   `json:"status"`
	Phase       parcel.Phase    `json:"phase"`
	Origin      string          `json:"origin"`
	Destination string          `json:"destination"`
	Numbers     []number.Number `json:"numbers"`
	Orders      []string        `json:"orders"`
	Days        int             `json:"days"`
	ETA         *parcel.Date    `json:"eta"`
	PickupUntil *parcel.Date    `json:"pickup_until"`
	LastEvent   *time.Time      `json:"last_event"`
	NextCheck   *time.Time      `json:"next_check"`
	Muted       bool            `json:"muted"`
	Done        bool            `json:"done"`
	Step        parcel.Step     `json:"step,omitempty"` // of an order without a number
}

// ListParcel is a parcel in one row.
func ListParcel(p parcel.Parcel, now time.Time) ListDoc {
	return ListDoc{
		Schema: Schema, Number: p.Number(), Title: Title(p.Title, p.Items), Status: p.Status, Phase: p.Phase,
		Origin: p.Origin, Destination: p.Destination, Numbers: p.Numbers(), Orders: some(p.Orders), Days: Days(p, now),
		ETA: date(p.ETA), PickupUntil: date(p.Pickup.Until), LastEvent: Moment(p.LastEvent), NextCheck: Moment(p.NextCheck),
		Muted: p.Muted, Done: p.Closed || p.Status.Final(),
	}
}

// ListOrder is an order without a number in one row.
func ListOrder(o parcel.Order) ListDoc {
	return ListDoc{
		Schema: Schema, Title: Title("", o.Items), Status: o.Step.Status(), Phase: parcel.PhaseOrigin, Numbers: []number.Number{},
		Orders: []string{o.ID}, ETA: date(o.ETA), LastEvent: Moment(o.StepAt), Step: o.Step, Done: o.Closed,
	}
}

// Title is what a parcel is called: by the person, else by what is in it.
func Title(own string, items []parcel.Item) string {
	if own != "" || len(items) == 0 {
		return own
	}
	return items[0].Title
}

func date(d parcel.Date) *parcel.Date {
	if d == "" {
		return nil
	}
	return &d
}

// Moment is the time, or nil for none: null in JSON.
func Moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
