package web

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	maxText   = 200 // characters of a text from outside
	maxEvents = 200
)

// detail is the body of a parcel's page.
type detail struct {
	card

	Own        string // the title that the user gave
	Days       string
	Protection string
	ETA        string
	Next       string // when carriers are asked next
	Events     []event
	Numbers    []link
	Maybe      []number.Number
	Orders     []string
	Contents   []string
	Asked      []asked
	Pages      []number.Page
	Map        template.HTML
	Muted      bool
	Done       bool
	Final      bool
	Split      bool // a number can be split off
}

// event is a line of the timeline.
type event struct {
	Machine, When, What, Where, By string
}

// link is a number and why it belongs to the parcel.
type link struct {
	Number number.Number
	Why    string
}

// asked is the last answer of a carrier.
type asked struct{ Name, Number, Result string }

// numberOf reads the number in the address of a page.
func numberOf(r *http.Request) (number.Number, bool) {
	n, err := number.Parse(r.PathValue("number"))
	return n, err == nil
}

func (s *Server) showParcel(w http.ResponseWriter, r *http.Request) {
	n, ok := numberOf(r)
	if !ok {
		s.message(w, r, http.StatusNotFound, "web_unknown")
		return
	}
	p, err := s.Store.ParcelByNumber(r.Context(), n)
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		s.message(w, r, http.StatusNotFound, "web_unknown")
	case err != nil:
		s.fail(w, r, "find a parcel", err)
	default:
		s.renderParcel(w, r, p, outcome{http.StatusOK, saved(r, s.say(r))})
	}
}

// outcome is the status of an answer and what an action did.
type outcome struct {
	code   int
	notice string
}

func (s *Server) renderParcel(w http.ResponseWriter, r *http.Request, p parcel.Parcel, o outcome) {
	d := s.detail(p, s.list(r), s.say(r))
	s.render(w, r, o.code, "parcel.html", page{Title: d.Title, Nav: "parcels", Notice: o.notice, Wrong: o.code != http.StatusOK, Body: d})
}

// detail gathers what a parcel's page shows.
func (s *Server) detail(p parcel.Parcel, l notify.List, say *locale.Printer) detail {
	zone, doc := s.Settings.Timezone.Location(), status.Document(p, "", status.Answers(p), s.Now())
	d := detail{
		card: parcelCard(&p, l), Own: p.Title, Muted: p.Muted, Done: p.Closed, Final: p.Status.Final(), Protection: l.Protection(&p),
		Orders: p.Orders, Pages: slices.Clone(doc.Pages), Split: len(p.Links) > 1, Maybe: doc.Maybe,
	}
	if len(doc.Events) > 0 && !d.Final {
		d.Days = say.Days(doc.Days)
	}
	if doc.ETA != nil && !d.Final {
		d.ETA = say.T("note_eta", "Day", say.DayDate(*doc.ETA))
	}
	if !p.NextCheck.IsZero() && !d.Final && !p.Closed {
		d.Next = say.DateTime(p.NextCheck.In(zone))
	}
	for i := range d.Pages {
		d.Pages[i].Name = cmp.Or(say.Post(d.Pages[i].Post), d.Pages[i].Name)
	}
	for _, k := range p.Links {
		d.Numbers = append(d.Numbers, link{k.Number, why(k, say)})
	}
	for _, it := range p.Items {
		d.Contents = append(d.Contents, strings.TrimSpace(textx.Line(it.Title, maxText)+" "+textx.Line(it.Variant, maxText)))
	}
	for _, a := range doc.Asked {
		d.Asked = append(d.Asked, asked{say.Carrier(a.Carrier), string(a.Number), say.Result(a.Result)})
	}
	for _, e := range slices.Backward(doc.Events) {
		if len(d.Events) < maxEvents {
			d.Events = append(d.Events, timelineEvent(e, l, say, zone))
		}
	}
	d.Map = s.world().draw(p, doc.Events, say)
	return d
}

func timelineEvent(e parcel.Event, l notify.List, say *locale.Printer, zone *time.Location) event {
	at := e.Time
	if e.ZoneKnown {
		at = at.In(zone)
	}
	what, where := l.Event(e)
	var by []string
	for _, name := range e.Sources {
		called := say.Carrier(name)
		if name == parcel.SourceMail {
			called = say.T("item_shop")
		}
		by = append(by, called)
	}
	return event{Machine: at.Format("2006-01-02T15:04"), When: say.ShortDate(at) + ", " + say.Clock(at), What: what, Where: where, By: strings.Join(by, ", ")}
}

// why returns the reason of a link in words.
func why(l parcel.Link, say *locale.Printer) string {
	id, known := map[string]string{
		"mail": "web_why_mail", "typed": "web_why_typed", "same order": "web_why_order",
		"merged by hand": "web_why_merged", "split by hand": "web_why_split",
	}[l.Reason]
	if !known {
		id = "web_why_carrier"
	}
	return say.T(id)
}

// orderDetail is the body of an order's page.
type orderDetail struct {
	card

	ID       string
	Contents []string
}

func (s *Server) showOrder(w http.ResponseWriter, r *http.Request) {
	o, carried, err := s.Store.Order(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		s.message(w, r, http.StatusNotFound, "web_unknown")
		return
	case err != nil:
		s.fail(w, r, "find an order", err)
		return
	case len(carried) == 1:
		goTo(w, r, pathOf(carried[0].Number()))
		return
	}
	d := orderDetail{card: orderCard(&o, s.list(r)), ID: o.ID}
	for _, it := range o.Items {
		d.Contents = append(d.Contents, textx.Line(it.Title, maxText))
	}
	say := s.say(r)
	s.render(w, r, http.StatusOK, "order.html", page{Title: d.Title, Nav: "parcels", Notice: saved(r, say), Body: d})
}
