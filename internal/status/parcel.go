package status

import (
	"cmp"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Schema is the version of every JSON document.
const Schema = 1

// Parcel is a parcel as the JSON of track and show.
type Parcel struct {
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
	Mailboxes   []string        `json:"mailboxes,omitempty"` // whose mail names it
	Maybe       []number.Number `json:"maybe,omitempty"`
	Events      []parcel.Event  `json:"events"`
	Asked       []Asked         `json:"asked"`
	Pages       []number.Page   `json:"pages"` // where to look the number up
	Reported    parcel.Event    `json:"-"`     // the event behind the status
}

// Asked is the result of asking one carrier about one number.
type Asked struct {
	Carrier string        `json:"carrier"`
	Number  number.Number `json:"number"`
	Result  parcel.Result `json:"result"`
	Error   string        `json:"error,omitempty"`
	Link    string        `json:"link,omitempty"`
	Note    string        `json:"note,omitempty"` // why it was not asked
	Detail  string        `json:"-"`              // the part of the error that the result does not say
	Why     message.Text  `json:"-"`              // Detail or Note as a message
}

// Document returns a parcel with its timeline at time now. An empty number means the
// parcel's own number.
func Document(p parcel.Parcel, n number.Number, asked []Asked, now time.Time) Parcel {
	if n == "" {
		n = p.Number()
	}
	d := Parcel{
		Schema: Schema, Number: n, Family: n.FamilyIn(p.Destination), Status: p.Status, Phase: p.Phase,
		Origin: p.Origin, Destination: p.Destination, Numbers: p.Numbers(), Days: Days(p, now),
		ETA: date(p.ETA), PickupUntil: date(p.Pickup.Until), PickupPlace: p.Pickup.Place,
		Title: p.Title, Orders: p.Orders, Mailboxes: p.Mailboxes, Events: some(p.Timeline()), Asked: some(asked),
		Pages: number.Pages(n, p.Destination), Reported: p.StatusEvent(now),
	}
	for _, l := range p.Maybe {
		d.Maybe = append(d.Maybe, l.Number)
	}
	return d
}

// Answers returns the last result of each carrier asked about the parcel.
func Answers(p parcel.Parcel) []Asked {
	var out []Asked
	for _, s := range p.Sources {
		if s.Carrier != parcel.SourceMail && s.Result != "" {
			out = append(out, Asked{Carrier: s.Carrier, Number: s.Number, Result: s.Result, Error: s.Error})
		}
	}
	return out
}

// Days returns the number of whole days for which the parcel is, or was, on its way,
// counted from when it was sent or, if that is not known, first seen.
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

// Row is a parcel, or an order without a number, as the JSON of list.
type Row struct {
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
	// State is that of an order without a number.
	State       parcel.OrderState `json:"order_state,omitempty"`
	StatusSince *time.Time        `json:"status_since,omitempty"`
	Place       string            `json:"place,omitempty"` // where it waits, or that of the event behind the status
	Reported    parcel.Event      `json:"-"`               // the event behind the status
}

// ParcelRow returns the row of a parcel.
func ParcelRow(p parcel.Parcel, now time.Time) Row {
	reported := p.StatusEvent(now)
	return Row{
		Schema: Schema, Number: p.Number(), Title: Title(p.Title, p.Items), Status: p.Status, Phase: p.Phase,
		Origin: p.Origin, Destination: p.Destination, Numbers: p.Numbers(), Orders: some(p.Orders), Days: Days(p, now),
		ETA: date(p.ETA), PickupUntil: date(p.Pickup.Until), LastEvent: moment(p.LastEvent), NextCheck: moment(p.NextCheck),
		Muted: p.Muted, Done: p.Closed || p.Status.Final(), StatusSince: moment(p.StatusSince),
		Place: cmp.Or(p.Pickup.Place, reported.Place), Reported: reported,
	}
}

// OrderRow returns the row of an order without a number.
func OrderRow(o parcel.Order, now time.Time) Row {
	return Row{
		Schema: Schema, Title: Title("", o.Items), Status: o.Step.Status(), Phase: parcel.PhaseOrigin, Numbers: []number.Number{},
		Orders: []string{o.ID}, ETA: date(o.ETA), LastEvent: moment(o.StepAt), Step: o.Step, State: o.State(now), Done: o.Closed,
		StatusSince: moment(o.WaitsSince()),
	}
}

// Title returns the title set by the user, else the title of the first item.
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

// moment returns a pointer to t, or nil for the zero time, which JSON shows as null.
func moment(t time.Time) *time.Time {
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
