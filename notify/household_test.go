package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// household returns the sample with copies of its parcels and orders, as many of each kind as
// wanted: of the sample's order, and of waiting and of unnumbered orders.
func household(t *testing.T, language string, parcels []int, waiting, unnumbered int) notify.Input {
	t.Helper()
	in := sample(t, language)
	changes := in.Changes
	for i, n := range parcels {
		for j := range n - 1 {
			p := in.Parcels[i]
			p.ID = int64(100*(i+1) + j)
			in.Parcels = append(in.Parcels, p)
			for _, ch := range changes {
				if ch.Parcel == in.Parcels[i].ID {
					ch.ID, ch.Parcel = p.ID*10+int64(len(in.Changes)), p.ID
					in.Changes = append(in.Changes, ch)
				}
			}
		}
	}
	for i, n := range []int{waiting, unnumbered} {
		for j := range n - 1 {
			o := in.Orders[i]
			o.ID = o.ID[:12] + fmt.Sprintf("%04d", 1000*(i+1)+j)
			in.Orders = append(in.Orders, o)
		}
	}
	return in
}

// TestAHouseholdOfSixtyParcelsFitsOnTwoPages renders a calm and a busy day. The sample has
// pickup, customs, protection, courier, import, new, quiet, late, delivered, returned.
func TestAHouseholdOfSixtyParcelsFitsOnTwoPages(t *testing.T) {
	t.Parallel()
	for name, parcels := range map[string][]int{
		"calm": {1, 1, 1, 1, 1, 1, 50, 1, 1, 1},
		"busy": {2, 1, 1, 2, 10, 4, 21, 3, 4, 1},
	} {
		for _, language := range locale.Tags() {
			waiting, unnumbered := 1, 1
			if name == "busy" {
				waiting, unnumbered = 6, 5
			}
			in := household(t, language, parcels, waiting, unnumbered)
			c := render(t, notify.Compose(in, noon), language)
			if got := len(in.Parcels) + len(in.Orders); got < 60 {
				t.Fatalf("%s: %d parcels and orders", name, got)
			}
			t.Logf("%s, %s: %d lines, %d bytes", name, language, strings.Count(c.Text, "\n"), len(c.HTML))
			if lines := strings.Count(c.Text, "\n"); lines > 125 {
				t.Errorf("%s, %s: the text has %d lines:\n%s", name, language, lines, c.Text)
			}
			if len(c.HTML) > 60_000 {
				t.Errorf("%s, %s: the page has %d bytes", name, language, len(c.HTML))
			}
			for _, p := range in.Parcels {
				if n := string(p.Number()); strings.Count(c.Text, n) == 0 || strings.Count(c.HTML, n) == 0 {
					t.Errorf("%s, %s: %s is missing", name, language, n)
				}
			}
			if n := strings.Count(c.Text, string(in.Parcels[6].Number())); n != parcels[6] {
				t.Errorf("%s, %s: %d quiet parcels, want %d", name, language, n, parcels[6])
			}
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
