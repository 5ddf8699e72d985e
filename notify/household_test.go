package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// household returns a digest's input of many parcels of which few are news.
func household(t *testing.T, parcels int) notify.Input {
	t.Helper()
	in := sample(t, "en")
	template := in.Parcels[len(in.Parcels)-1]
	for _, p := range in.Parcels {
		if p.Status == parcel.Export && p.Stalled.IsZero() {
			template = p
		}
	}
	for i := len(in.Parcels); i < parcels; i++ {
		p := template
		p.ID = int64(1000 + i)
		p.Title = fmt.Sprintf("Thing %d of the house", i)
		in.Parcels = append(in.Parcels, p)
	}
	return in
}

func TestAHouseholdOfSixtyParcelsFitsOnTwoPages(t *testing.T) {
	t.Parallel()
	c := render(t, notify.Compose(household(t, 60), noon), "en")
	if lines := strings.Count(c.Text, "\n"); lines > 155 {
		t.Errorf("the text has %d lines", lines)
	}
	if len(c.HTML) > 60_000 {
		t.Errorf("the page has %d bytes", len(c.HTML))
	}
	for i := range 40 {
		if name := fmt.Sprintf("Thing %d of the house", 15+i); !strings.Contains(c.Text, name) || !strings.Contains(c.HTML, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestACourierOfAnotherDayIsNotTodays(t *testing.T) {
	t.Parallel()
	p := parcel.Parcel{Status: parcel.OutForDelivery, StatusSince: daysAgo(2)}
	d := notify.Compose(one(p), noon)
	if got := notes(t, d); len(got) != 1 || got[0] != "note_courier_since" {
		t.Errorf("notes %v", got)
	}
	if text := render(t, d, "en").Text; !strings.Contains(text, "With the courier since 10 March") || strings.Contains(text, "today") {
		t.Errorf("got:\n%s", text)
	}
	p.StatusSince = noon
	if got := notes(t, notify.Compose(one(p), noon)); got != nil {
		t.Errorf("today's courier has notes %v", got)
	}
}

func TestNotAllIsWellWhileAParcelIsLate(t *testing.T) {
	t.Parallel()
	late := parcel.Parcel{Status: parcel.InTransit, LastEvent: daysAgo(40), Stalled: daysAgo(1)}
	c := render(t, notify.Compose(one(late), noon), "en")
	if strings.Contains(c.Subject+c.Text, "ll is well") || c.Subject != "No news for too long: 1" {
		t.Errorf("%s\n\n%s", c.Subject, c.Text)
	}
}

func TestNotAllIsWellWhileALatePostWasNotAsked(t *testing.T) {
	t.Parallel()
	late := parcel.Parcel{Status: parcel.Export, LastEvent: daysAgo(40), Unasked: parcel.Unasked{Carrier: "russianpost", Country: "RU", Result: parcel.ResultNoCredential}}
	c := render(t, notify.Compose(one(late), noon), "en")
	if all := strings.ToLower(c.Subject + c.Text); strings.Contains(all, "is well") || strings.Contains(all, "nothing has changed") {
		t.Errorf("%s\n\n%s", c.Subject, c.Text)
	}
}

func TestTheLineUnderAStatusIsTheEventThatSetIt(t *testing.T) {
	t.Parallel()
	p := parcel.Parcel{Status: parcel.Delivered, StatusSince: daysAgo(1), Sources: []parcel.Source{
		{Carrier: "russianpost", Events: []parcel.Event{{Time: daysAgo(1), ZoneKnown: true, Status: parcel.Delivered, Country: "RU", Place: "Tver", Text: "Вручение адресату"}}},
		{Carrier: "upu", Events: []parcel.Event{{Time: noon, ZoneKnown: true, Status: parcel.Info, Country: "RU", Place: "Moscow", Text: "Accepted by carrier"}}},
	}}
	text := render(t, notify.Compose(one(p, parcel.Change{Kind: parcel.ChangeMoved, From: parcel.InTransit}), noon), "en").Text
	if !strings.Contains(text, "11 March, Tver") || strings.Contains(text, "Accepted by carrier") {
		t.Errorf("got:\n%s", text)
	}
}

func TestAParcelOfWhichOnlyTheShopSpeaksSaysSo(t *testing.T) {
	t.Parallel()
	p := parcel.Parcel{Status: parcel.Import, StatusSince: daysAgo(1), Sources: []parcel.Source{
		{Carrier: parcel.SourceMail, Events: []parcel.Event{{
			Time: daysAgo(1), ZoneKnown: true, Status: parcel.Import, Code: string(parcel.StepInCountry), Text: "in your country", Sources: []string{parcel.SourceMail},
		}}},
		{Carrier: "russianpost", Result: parcel.ResultNotFound},
	}}
	d := notify.Compose(one(p, parcel.Change{Kind: parcel.ChangeMoved, From: parcel.Export}), noon)
	text := render(t, d, "en").Text
	for _, want := range []string{"  11 March, shop: ", "Known only from the shop’s email"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}
