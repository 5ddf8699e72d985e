package russianpost

import (
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is matched by local names: the server's prefixes change.
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

// record is one operation; every group may be absent. UserParameters hold the
// names of sender and addressee and are not read.
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

// read takes the history apart. Records name the barcode they are of, or its
// second number; an answer that names others only is another parcel's.
func (c *carrier) read(ans adapter.Answer, records []record, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	aliases, ours := numbers(records, n)
	if !ours {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	t := parcel.Tracking{Aliases: aliases}
	inbound := inward(records, n)
	for _, r := range records {
		ev, known, ok := c.event(r, inbound)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		if from := adapter.Country(r.Place.From.Code); from != "" && t.Origin == "" {
			t.Origin = from
		}
		if to := adapter.Country(r.Place.To.Code); to != "" {
			t.Destination = to
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 {
		return res, c.client.Changed(ans, "none of %d operations could be read", len(records))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	waits(&t)
	res.Tracking = t
	return res, nil
}

// event takes one operation apart. known is false for a type that the table does
// not hold, ok for one without a time.
func (c *carrier) event(r record, inbound bool) (ev parcel.Event, known, ok bool) {
	ev.Time, ev.ZoneKnown, ok = operated(r.Operation.Date)
	kind, attr := strings.TrimSpace(r.Operation.Type.ID), strings.TrimSpace(r.Operation.Attr.ID)
	if attr == "" {
		attr = "0"
	}
	ev.Code = textx.Line(kind+":"+attr, 60)
	ev.Text = words(kind, adapter.Text(r.Operation.Type.Name), adapter.Text(r.Operation.Attr.Name))
	if ev.Text == "" {
		ev.Text = ev.Code
	}
	ev.Place = adapter.Text(r.Place.Operation.Description)
	ev.Country = adapter.Country(r.Place.At.Code)
	if ev.Country == "" && len(strings.TrimSpace(r.Place.Operation.Index)) == 6 {
		ev.Country = home
	}
	ev.Status, known = c.status(kind, attr, ev.Country, inbound)
	return ev, known, ok && kind != ""
}

// words are the post's own. The type "Processing" says nothing beside its
// attribute; other types and attributes need each other ("Return: refused").
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

// operated reads the time of an operation, with the offset of its place.
func operated(s string) (at time.Time, zoned, ok bool) {
	if at, ok := adapter.At(s, time.UTC, time.RFC3339Nano); ok {
		return at, true, true
	}
	at, ok = adapter.At(s, time.UTC, "2006-01-02T15:04:05.999")
	return at, false, ok
}

// numbers lists other numbers of the item, and says whether the one asked for is
// among those that are named, if any is.
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
