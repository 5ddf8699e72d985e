package russianpost

import (
	"cmp"
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is matched by local names, since the prefixes change.
type envelope struct {
	Fault   *fault   `xml:"Body>Fault"`
	History *history `xml:"Body>getOperationHistoryResponse>OperationHistoryData"`
}

type fault struct {
	Reason        string `xml:"Reason>Text"`
	Authorization string `xml:"Detail>AuthorizationFaultReason"`
	History       string `xml:"Detail>OperationHistoryFaultReason"`
	Language      string `xml:"Detail>LanguageFaultReason"`
}

type history struct {
	Records []record `xml:"historyRecord"`
}

// record is one operation; every group may be missing. UserParameters, with the
// names of sender and addressee, are not read.
type record struct {
	Place struct {
		Destination office  `xml:"DestinationAddress"`
		Operation   office  `xml:"OperationAddress"`
		To          country `xml:"MailDirect"`
		From        country `xml:"CountryFrom"`
		At          country `xml:"CountryOper"`
	} `xml:"AddressParameters"`
	Item struct {
		Barcode  string `xml:"Barcode"`
		Internum string `xml:"Internum"`
	} `xml:"ItemParameters"`
	Operation struct {
		Type coded  `xml:"OperType"`
		Attr coded  `xml:"OperAttr"`
		Date string `xml:"OperDate"`
	} `xml:"OperationParameters"`
}

type office struct {
	Index       string `xml:"Index"`
	Description string `xml:"Description"`
}

type country struct {
	Code string `xml:"Code2A"`
}

type coded struct {
	ID   string `xml:"Id"`
	Name string `xml:"Name"`
}

// read reads the history. Records name the barcode they are of, or its second
// number; an answer that names only others is about another parcel.
func (c *carrier) read(ans adapter.Answer, records []record, n number.Number) (res carriers.Result, err error) {
	aliases, ours := numbers(records, n)
	if !ours {
		return res, c.Changed(ans, "the answer is of another number")
	}
	inbound := inward(records, n)
	t := parcel.Tracking{
		Aliases: aliases,
		Events:  adapter.Events(records, func(r record) (parcel.Event, bool) { return c.event(r, inbound) }),
	}
	t.Events = takeBack(adapter.Timeline(t.Events, false))
	for _, r := range records {
		t.Origin = cmp.Or(t.Origin, adapter.Country(r.Place.From.Code))
		t.Destination = cmp.Or(adapter.Country(r.Place.To.Code), t.Destination)
	}
	res, err = c.Result(ans, n, t, len(records))
	res.Tracking.PickupUntil = storedUntil(res.Tracking.Events)
	return res, err
}

// event reads one operation. Operations without a time are left out.
func (c *carrier) event(r record, inbound bool) (ev parcel.Event, ok bool) {
	ev.Time, ev.ZoneKnown, ok = adapter.Moment(r.Operation.Date, nil, "2006-01-02T15:04:05.999")
	kind, attr := strings.TrimSpace(r.Operation.Type.ID), cmp.Or(strings.TrimSpace(r.Operation.Attr.ID), "0")
	ev.Code = adapter.Line(kind+":"+attr, 60)
	ev.Text = cmp.Or(words(kind, adapter.Text(r.Operation.Type.Name), adapter.Text(r.Operation.Attr.Name)), ev.Code)
	ev.Place = adapter.Text(r.Place.Operation.Description)
	ev.Country = adapter.Country(r.Place.At.Code)
	if ev.Country == "" && len(strings.TrimSpace(r.Place.Operation.Index)) == 6 {
		ev.Country = home
	}
	row := c.row(kind, attr, ev.Country, inbound)
	ev.Status, ev.Guess = row.Status, row.Guess
	return ev, ok && kind != ""
}

// words joins the names of type and attribute ("Return: refused"). The type
// "Processing" adds nothing to its attribute.
func words(kind, name, attr string) string {
	switch {
	case attr == "" || attr == name:
		return name
	case name == "" || kind == "8":
		return attr
	default:
		return name + ": " + attr
	}
}

// numbers lists other numbers of the item. ours is false if records name numbers
// and none of them is the one asked for.
func numbers(records []record, n number.Number) (aliases []parcel.Alias, ours bool) {
	named := false
	seen := map[number.Number]bool{n: true}
	for _, r := range records {
		for _, f := range []struct{ field, text string }{{"Barcode", r.Item.Barcode}, {"Internum", r.Item.Internum}} {
			other, err := number.Parse(f.text)
			if err != nil {
				continue
			}
			named = named || f.field == "Barcode"
			ours = ours || other == n
			if !seen[other] && adapter.Is(other, number.FamilyS10, number.FamilyRussianPost) {
				seen[other] = true
				aliases = append(aliases, parcel.Alias{Number: other, Field: f.field})
			}
		}
	}
	return aliases, ours || !named
}

// home is the post's country.
const home = "RU"

// row finds the row of an operation. A few operations mean something else in
// Russia than abroad.
func (c *carrier) row(kind, attr, country string, inbound bool) adapter.Code {
	row := c.Row(kind, attr)
	switch code := kind + ":" + attr; {
	case code == "8:5" && inbound && country == home: // arrived at an office of international exchange
		row.Status = parcel.Import
	case code == "8:6" && country != "" && (country != home) == inbound: // left it
		row.Status = parcel.Export
	case kind == "29" && !inbound && !row.Guess: // passed it
		row.Status = parcel.Export
	}
	return row
}

// cancelled is the operation that takes back an operation recorded in error.
const cancelled = "26:2"

// takeBack removes the ends and returns that a later operation takes back. Notes may
// stand between the two.
func takeBack(events []parcel.Event) []parcel.Event {
	var kept []parcel.Event
	for _, e := range events {
		if e.Code == cancelled {
			kept = withoutLast(kept)
		}
		kept = append(kept, e)
	}
	return kept
}

// withoutLast removes the last operation if it is an end or a return.
func withoutLast(events []parcel.Event) []parcel.Event {
	for i, e := range slices.Backward(events) {
		switch {
		case e.Status == parcel.Info, e.Guess:
		case e.Status.Final(), e.Status == parcel.Returning:
			return slices.Delete(events, i, i+1)
		default:
			return events
		}
	}
	return events
}

// inward reports whether the item came from abroad, by the post that issued the
// number, or else by where it was first seen.
func inward(records []record, n number.Number) bool {
	if issuer := n.Country(); issuer != "" {
		return issuer != home
	}
	for _, r := range records {
		if c := adapter.Country(r.Place.At.Code); c != "" {
			return c != home
		}
	}
	return false
}

// storedUntil is the last day of storage of an item that waits. Only reminders
// tell how many days are left.
func storedUntil(events []parcel.Event) parcel.Date {
	left := map[string]int{"8:42": 1, "8:43": 2, "8:56": 2, "8:28": 5, "8:35": 10, "8:33": 23, "8:27": 25}
	last, waits := adapter.Waiting(events)
	if days, ok := left[last.Code]; ok && waits {
		return parcel.DateOf(last.Time.AddDate(0, 0, days))
	}
	return ""
}
