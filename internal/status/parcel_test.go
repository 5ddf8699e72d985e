package status_test

import (
	"encoding/json"
	"testing"
	"time"

	"parcelwatch/internal/status"
	"parcelwatch/parcel"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"track":  status.Document(parcel.Parcel{}, "12345", nil, now),
		"parcel": status.ParcelRow(parcel.Parcel{}, now),
		"order":  status.OrderRow(parcel.Order{ID: "8190000000000001", Step: parcel.StepConfirmed}, now),
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		if doc["schema"] != float64(1) {
			t.Errorf("%s: schema %v", name, doc["schema"])
		}
		for _, key := range []string{"numbers", "orders", "events", "asked"} {
			if v, there := doc[key]; there && v == nil {
				t.Errorf("%s: %s is null", name, key)
			}
		}
	}
}

func TestAnOrderIsARowOfItsOwn(t *testing.T) {
	t.Parallel()
	got := status.OrderRow(parcel.Order{
		ID: "8190000000000001", Step: parcel.StepShipped, Items: []parcel.Item{{Title: "Lamp"}, {Title: "Cable"}}, StepAt: now, Closed: true,
	}, now)
	if got.Number != "" || got.Orders[0] != "8190000000000001" || got.Title != "Lamp" || got.Status != parcel.PreAdvice || !got.Done || !got.LastEvent.Equal(now) {
		t.Errorf("%+v", got)
	}
}

func TestDaysAreCountedFromTheFirstThatIsKnown(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return now.AddDate(0, 0, d) }
	events := func(at ...time.Time) []parcel.Source {
		var s parcel.Source
		s.Carrier = "cainiao"
		for _, t := range at {
			s.Events = append(s.Events, parcel.Event{Time: t, ZoneKnown: true, Status: parcel.InTransit, Sources: []string{"cainiao"}})
		}
		return []parcel.Source{s}
	}
	for name, tt := range map[string]struct {
		p    parcel.Parcel
		want int
	}{
		"nothing known":     {parcel.Parcel{}, 0},
		"first seen":        {parcel.Parcel{FirstSeen: day(-3)}, 3},
		"sent before":       {parcel.Parcel{FirstSeen: day(-3), Shipped: day(-5)}, 5},
		"an event before":   {parcel.Parcel{Shipped: day(-5), Sources: events(day(-8), day(-2))}, 8},
		"arrived long ago":  {parcel.Parcel{Shipped: day(-50), Status: parcel.Delivered, StatusSince: day(-20)}, 30},
		"in a wrong future": {parcel.Parcel{FirstSeen: day(2)}, 0},
	} {
		if got := status.Days(tt.p, now); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}
