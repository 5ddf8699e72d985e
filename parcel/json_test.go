package parcel_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// The words are stored and shown in JSON. They must never change: stored parcels
// and scripts depend on them.
func TestWordsStay(t *testing.T) {
	var statuses, steps []string
	for _, s := range parcel.Statuses() {
		statuses = append(statuses, string(s))
	}
	for _, s := range parcel.Steps() {
		steps = append(steps, string(s))
	}
	for name, c := range map[string]struct {
		got  []string
		want string
	}{
		"statuses": {statuses, `pre_advice accepted in_transit export import customs customs_hold ready_for_pickup
			out_for_delivery attempt_failed delivered returning returned exception expired info`},
		"steps": {steps, `confirmed ready_to_ship partly_shipped shipped handed_over picked_up in_transit left_origin at_customs
			cleared_customs in_country local_transit local_carrier at_delivery_center out_for_delivery ready_for_pickup
			delivered delivery_confirmed awaiting_confirmation feedback closed update other none`},
		"phases":      {text(parcel.PhaseOrigin, parcel.PhaseBetween, parcel.PhaseDestination, parcel.PhaseDone), "origin between destination done"},
		"certainties": {text(parcel.Certain, parcel.Likely, parcel.Maybe), "certain likely maybe"},
		"checks":      {text(number.CheckNone, number.CheckOK, number.CheckWrong), "none ok wrong"},
		"trust": {
			text(parcel.TrustVerified, parcel.TrustRelayed, parcel.TrustForwarded, parcel.TrustUnverified, parcel.TrustForged, parcel.TrustForeign),
			"verified relayed forwarded unverified forged foreign",
		},
		"results": {
			text(parcel.ResultOK, parcel.ResultNotFound, parcel.ResultTemporary, parcel.ResultThrottled, parcel.ResultDenied, parcel.ResultNoCredential),
			"ok not_found temporary throttled denied no_credential",
		},
		"families of the interface": {text(number.FamilyS10, number.FamilyCainiao, number.FamilyUnknown), "s10 cainiao unknown"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func text[T ~string](words ...T) []string {
	var list []string
	for _, w := range words {
		list = append(list, string(w))
	}
	return list
}

func TestStoredParcelKeepsItsFields(t *testing.T) {
	p := fullParcel(t)
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	want := strings.Fields(`apart changed closed destination eta exported final_at first_seen id imported items last_event links logistics
		mailboxes maybe muted next_check next_reason orders origin phase pickup reminded shipped sources stalled status status_since title typed unasked unions unverified`)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	var back parcel.Parcel
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Errorf("stored and read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(show(p.Timeline()), show(back.Timeline())); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
}

// fullParcel returns a parcel with every field set.
func fullParcel(t *testing.T) parcel.Parcel {
	t.Helper()
	day := noon("2026-02-03")
	src := source(t, "cainiao", "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00? export CN b")
	src.Events[0].Place, src.Events[0].Code, src.Events[0].Sources = "Guangzhou", "PU", []string{"cainiao"}
	src.Result, src.Error, src.Asked, src.Answered = parcel.ResultOK, "none", day, day
	src.Origin, src.Destination, src.ETA, src.Pickup = "CN", "RU", "2026-03-05", parcel.Pickup{Place: "101000", Until: "2026-03-22"}
	p := parcel.Parcel{
		ID: 7, Title: "cable", Items: []parcel.Item{{Title: "USB-C cable", Variant: "1 m", Quantity: 2}},
		Links:     []parcel.Link{{Number: "RB123456785CN", Since: day, Reason: "mail", Certainty: parcel.Certain}},
		Maybe:     []parcel.Link{{Number: "RB123456785SE", Since: day, Reason: "same days", Certainty: parcel.Maybe, Parcel: 8}},
		NeverJoin: []number.Number{"RB123456785DE"},
		Orders:    []string{"8190000000000001"},
		Unions:    []parcel.Union{{Into: parcel.Part{Title: "cable", FirstSeen: day}, From: parcel.Part{Orders: []string{"8190000000000001"}, FirstSeen: day}}},
		Mailboxes: parcel.Mailboxes{"home"},
		Logistics: parcel.Logistics{Sender: "Cainiao", Sites: []string{"cainiao.com"}},
		Sources:   []parcel.Source{src},
		Status:    parcel.Export, StatusSince: day, Phase: parcel.PhaseBetween, Origin: "CN", Destination: "RU",
		Exported: day, Imported: day, LastEvent: day, ETA: "2026-03-05", Pickup: parcel.Pickup{Place: "101000", Until: "2026-03-22"},
		FirstSeen: day, Shipped: day, Changed: day, FinalAt: day, Stalled: day, Unasked: parcel.Unasked{Carrier: "russianpost", Country: "RU", Result: parcel.ResultSkipped}, Reminded: day, NextCheck: day,
		Reason: "gap", Muted: true, Closed: true, AddedByUser: true, Unverified: true,
	}
	value := reflect.ValueOf(p)
	for i := range value.NumField() {
		if value.Field(i).IsZero() {
			t.Fatalf("field %s is not set", value.Type().Field(i).Name)
		}
	}
	return p
}

func TestEventShowsItsZone(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{
			"2026-02-03 11:20+08 accepted CN words",
			`{"time":"2026-02-03T11:20:00+08:00","zone_known":true,"status":"accepted","country":"CN","place":"","text":"words","code":"","sources":["cainiao"]}`,
		},
		{
			"2026-02-03 11:20? info - words",
			`{"time":"2026-02-03T11:20:00Z","zone_known":false,"status":"info","country":"","place":"","text":"words","code":"","sources":["cainiao"]}`,
		},
	} {
		merged := parcel.Merge([]parcel.Source{source(t, "cainiao", c.line)})
		data, err := json.Marshal(merged)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("["+c.want+"]", string(data)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestChangeIsStoredWhole(t *testing.T) {
	change := parcel.Change{
		ID: 3, Kind: parcel.ChangeMoved, Parcel: 7, Order: "8190000000000001", From: parcel.Export, To: parcel.Import, Old: "a", New: "b",
		Event: events(t, "2026-02-14 09:00+03 import RU c")[0], At: noon("2026-02-14"), Quiet: true, Key: "7/moved/import/2026-02-14",
	}
	data, err := json.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	var back parcel.Change
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(change, back); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	data, err = json.Marshal(parcel.Change{Kind: parcel.ChangeHealth, At: time.Time{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"event", "parcel", "order", "from", "quiet"} {
		if strings.Contains(string(data), `"`+absent+`"`) {
			t.Errorf("%s is told where there is none: %s", absent, data)
		}
	}
}
