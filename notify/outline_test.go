package notify_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// A digest reads whole parcels only where it shows them. What it says must be the same as
// if it had read all.
func TestADigestOfOutlinesSaysWhatAWholeOneSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory()
		dice := rapid.SampledFrom([]parcel.Status{
			parcel.PreAdvice, parcel.InTransit, parcel.Import, parcel.OutForDelivery, parcel.ReadyForPickup, parcel.CustomsHold, parcel.Delivered, parcel.Returned,
		})
		for i := range rapid.IntRange(1, 400).Draw(t, "parcels") {
			p := aParcel(int64(i+1), dice.Draw(t, "status"), rapid.IntRange(0, 90).Draw(t, "days"))
			if rapid.IntRange(0, 3).Draw(t, "stalled") == 0 {
				p.Stalled = p.StatusSince.AddDate(0, 0, 1)
			}
			m.parcels = append(m.parcels, p)
			if rapid.IntRange(0, 9).Draw(t, "news") == 0 {
				m.changes = append(m.changes, parcel.Change{ID: p.ID, Kind: parcel.ChangeMoved, Parcel: p.ID, From: parcel.Accepted, To: p.Status, At: noon, Key: "k"})
			}
		}
		c := config(me("08:00"))
		n := notify.New(c, m, m, &postman{}, notify.Options{Now: func() time.Time { return noon }, Budgets: map[string]int{"upu": 100}})
		got, err := n.Digest(t.Context(), "me")
		if err != nil {
			t.Fatal(err)
		}
		whole := notify.Compose(notify.Input{
			Audience: c.Audiences[0], Parcels: m.followed(), Changes: m.changes, Mailboxes: c.Mailboxes, Protection: c.Protection,
			Next: c.Audiences[0].Schedule.Next(noon), Sharing: m.sharing(100),
		}, noon)
		if diff := cmp.Diff(said(t, whole), said(t, got)); diff != "" {
			t.Errorf("digest (-whole +outlines):\n%s", diff)
		}
	})
}

// said is what a digest says in English.
func said(t *rapid.T, d notify.Digest) notify.Content {
	t.Helper()
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	c, err := notify.Render(d, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sharing is what a digest says about the budget of the one carrier.
func (m *memory) sharing(budget int) []parcel.Sharing {
	open := 0
	for _, p := range m.parcels {
		if !p.Status.Final() {
			open++
		}
	}
	return parcel.Sharings(map[string]int{"upu": open}, map[string]int{"upu": budget})
}

// followed are the whole parcels that a digest is about.
func (m *memory) followed() []parcel.Parcel {
	changed := map[int64]bool{}
	for _, ch := range m.changes {
		changed[ch.Parcel] = true
	}
	var out []parcel.Parcel
	for _, p := range m.parcels {
		if !p.Status.Final() || changed[p.ID] {
			out = append(out, p)
		}
	}
	return out
}

func aParcel(id int64, status parcel.Status, days int) parcel.Parcel {
	at := noon.AddDate(0, 0, -days)
	n := number.Number(fmt.Sprintf("LP%014d", id))
	return parcel.Parcel{
		ID: id, Status: status, StatusSince: at, LastEvent: at, FirstSeen: at.AddDate(0, 0, -10), Shipped: at.AddDate(0, 0, -12),
		Origin: "CN", Destination: "RU", Items: []parcel.Item{{Title: fmt.Sprint("Lamp ", id)}}, Orders: []string{strconv.FormatInt(id, 10)},
		Links: []parcel.Link{{Number: n, Certainty: parcel.Certain}},
		Sources: []parcel.Source{{Carrier: "upu", Number: n, Result: parcel.ResultOK, Asked: noon, Events: []parcel.Event{
			{Time: at, ZoneKnown: true, Status: status, Country: "CN", Place: "Yiwu", Text: "Scanned"},
		}}},
	}
}
