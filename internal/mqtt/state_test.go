package mqtt_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/mqtt"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

var (
	zone = time.FixedZone("", 3*3600)
	now  = time.Date(2026, 3, 1, 9, 0, 0, 0, zone)
)

func followed(n number.Number, s parcel.Status, title string) parcel.Parcel {
	p := parcel.Parcel{
		Status: s, StatusSince: now.Add(-2 * time.Hour), Title: title, FirstSeen: now.AddDate(0, 0, -20), Destination: "RU", LastEvent: now.Add(-2 * time.Hour),
	}
	p.AddLink(parcel.Link{Number: n, Since: p.FirstSeen, Certainty: parcel.Certain})
	return p
}

func decode(t *testing.T, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

func TestTheStateCountsWhatASensorShows(t *testing.T) {
	t.Parallel()
	waits := followed("RB123456785CN", parcel.ReadyForPickup, "Lamp")
	waits.Pickup = parcel.Pickup{Place: "Office 101000", Until: "2026-03-10"}
	comes := followed("LA900000257CN", parcel.Import, "")
	comes.ETA = "2026-03-04"
	late := followed("RR900000416CN", parcel.InTransit, "Cable")
	late.ETA = "2026-02-20"
	closed := followed("LP00999900000034", parcel.InTransit, "Old")
	closed.Closed = true
	docs, err := mqtt.Documents([]parcel.Parcel{
		waits, comes, late, closed, followed("RA000000005CN", parcel.OutForDelivery, "Mug"), followed("RA000000014CN", parcel.Delivered, "Pen"),
	}, parcel.Health{
		Carriers:  []parcel.CarrierHealth{{Name: "upu", LastSuccess: now.Add(-time.Minute)}},
		Mailboxes: []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: parcel.MailboxBroken, LastCheck: now.Add(-3 * time.Hour)}},
	}, "ru", zone, now)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	decode(t, docs["parcelwatch/home/state"], &got)
	want := map[string]any{
		"incoming": 4.0, "with_courier": 1.0, "awaiting_pickup": 1.0, "delivered_today": 1.0, "next_delivery": "2026-03-01T00:00:00+03:00",
		"last_answer": "2026-03-01T08:59:00+03:00", "needs_you": "ON", "blind": "ON",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var about struct{ About []string }
	decode(t, docs["parcelwatch/home/attention"], &about)
	if d := cmp.Diff([]string{"Lamp"}, about.About); d != "" {
		t.Error(d)
	}
	decode(t, docs["parcelwatch/home/troubles"], &about)
	if d := cmp.Diff([]string{"home/INBOX"}, about.About); d != "" {
		t.Error(d)
	}
	docs, err = mqtt.Documents(nil, parcel.Health{}, "en", zone, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(docs["parcelwatch/home/state"]); !strings.Contains(got, `"next_delivery":null`) || !strings.Contains(got, `"needs_you":"OFF","blind":"OFF"`) {
		t.Errorf("nothing followed: %s", got)
	}
	if got := string(docs["parcelwatch/home/incoming"]); got != `{"parcels":[]}` {
		t.Errorf("nothing followed: %s", got)
	}
}

// The contract of the cards: each field that a card reads, with the form that it expects.
func TestEachParcelIsACardOfTheContract(t *testing.T) {
	t.Parallel()
	statuses := []string{"registered", "in_transit", "out_for_delivery", "at_pickup_point", "delivered", "returning", "problem", "unknown"}
	seen := map[string]bool{}
	for _, s := range parcel.Statuses() {
		p := followed("RB123456785CN", s, "Lamp")
		p.ETA = "2026-03-04"
		p.Pickup = parcel.Pickup{Place: "Office", Until: "2026-03-10"}
		for _, language := range locale.Languages() {
			docs, err := mqtt.Documents([]parcel.Parcel{p}, parcel.Health{}, language, zone, now)
			if err != nil {
				t.Fatal(err)
			}
			topic := "parcelwatch/home/incoming"
			if s == parcel.Delivered {
				topic = "parcelwatch/home/delivered"
			}
			var list struct{ Parcels []map[string]any }
			decode(t, docs[topic], &list)
			if s == parcel.Returned || s == parcel.Expired {
				continue // over, and not delivered
			}
			if len(list.Parcels) != 1 {
				t.Fatalf("%s: %s", s, docs[topic])
			}
			c := list.Parcels[0]
			status, _ := c["status"].(string)
			seen[status] = true
			words, _ := c["raw_status"].(string)
			if !slices.Contains(statuses, status) || c["delivered"] != (s == parcel.Delivered) || c["key"] != "RB123456785CN" || c["barcode"] != "RB123456785CN" ||
				c["name"] != "Lamp" || c["pickup"] != (s == parcel.ReadyForPickup) || words == "" || strings.Contains(words, "_") {
				t.Errorf("%s in %s: %v", s, language, c)
			}
			for _, field := range []string{"planned_from", "planned_to", "delivered_at"} {
				text, given := c[field].(string)
				if _, err := time.Parse(time.RFC3339, text); given && err != nil || given == ((field == "delivered_at") != (s == parcel.Delivered)) {
					t.Errorf("%s: %s is %q", s, field, text)
				}
			}
			if _, ok := c["raw"].(map[string]any); !ok {
				t.Errorf("%s: raw is %v", s, c["raw"])
			}
		}
	}
	for _, s := range statuses {
		if !seen[s] {
			t.Errorf("no status becomes %s", s)
		}
	}
}

func TestAttributesFitIntoTheRecorder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var parcels []parcel.Parcel
		count := rapid.IntRange(0, 300).Draw(t, "parcels")
		title := rapid.StringN(0, 400, 1600).Draw(t, "title")
		for i := range count {
			p := followed(number.Number("X"+strings.Repeat("9", 8)+string(rune('A'+i%26))), parcel.InTransit, title)
			p.Items = []parcel.Item{{Title: title}, {Title: title}}
			p.Sources = []parcel.Source{{Carrier: "upu", Number: p.Number(), Events: []parcel.Event{
				{Time: now, Status: parcel.InTransit, Place: title, Text: title}, {Time: now.Add(time.Hour), Status: parcel.Import, Text: title},
			}}}
			parcels = append(parcels, p)
		}
		parcels = append(parcels, followed("RB123456785CN", parcel.CustomsHold, "Urgent"))
		docs, err := mqtt.Documents(parcels, parcel.Health{}, "en", zone, now)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Parcels []map[string]any
			More    int
		}
		raw := docs["parcelwatch/home/incoming"]
		if err := json.Unmarshal(raw, &list); err != nil || len(raw) > 16_000 || len(list.Parcels)+list.More != len(parcels) {
			t.Fatalf("%d bytes, %d and %d of %d: %v", len(raw), len(list.Parcels), list.More, len(parcels), err)
		}
		if list.Parcels[0]["name"] != "Urgent" {
			t.Fatalf("what needs the reader is not first: %v", list.Parcels[0])
		}
	})
}

func TestDiscoveryHasWhatHomeAssistantRequires(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		raw, err := mqtt.Discovery("Parcels-2/x", language, "http://nas:8417/")
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Dev struct {
				IDs []string
				CU  string
			}
			O    struct{ Name string }
			Cmps map[string]map[string]any
		}
		decode(t, raw, &d)
		if len(d.Dev.IDs) != 1 || d.Dev.CU != "http://nas:8417/" || d.O.Name == "" || len(d.Cmps) != 10 {
			t.Fatalf("%s: %s", language, raw)
		}
		for name, c := range d.Cmps {
			id, _ := c["default_entity_id"].(string)
			platform, _ := c["p"].(string)
			if !slices.Contains([]string{"sensor", "binary_sensor", "event", "button"}, platform) || c["unique_id"] != "parcels_2_x_home_"+name ||
				id != platform+".parcels_2_x_home_"+name || c["name"] == "" || c["name"] == "mqtt_"+name {
				t.Errorf("%s: %s: %v", language, name, c)
			}
		}
	}
}
