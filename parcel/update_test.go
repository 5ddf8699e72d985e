package parcel_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
)

func TestUpdate(t *testing.T) {
	const was = "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00+08 export CN b\n2026-02-14 09:00+03 import RU c\n"
	for name, c := range map[string]struct{ was, says, want string }{
		"the first answer is taken":        {"", was, was},
		"the same answer changes nothing":  {was, was, was},
		"new events are added":             {was, was + "2026-02-15 09:00+03 customs RU d", was + "2026-02-15 09:00+03 customs RU d\n"},
		"reworded events are replaced":     {was, "2026-02-03 11:20+08 accepted CN x\n2026-02-05 10:00+08 export CN y\n2026-02-14 09:00+03 import RU z", "2026-02-03 11:20+08 accepted CN x\n2026-02-05 10:00+08 export CN y\n2026-02-14 09:00+03 import RU z\n"},
		"withdrawn events go":              {was, "2026-02-03 11:20+08 accepted CN a\n2026-02-14 09:00+03 import RU c", "2026-02-03 11:20+08 accepted CN a\n2026-02-14 09:00+03 import RU c\n"},
		"older events it drops are kept":   {was, "2026-02-14 09:00+03 import RU c\n2026-02-15 09:00+03 customs RU d", was + "2026-02-15 09:00+03 customs RU d\n"},
		"an empty answer takes nothing":    {was, "", was},
		"a learned zone makes no second":   {"2026-02-14 09:00? import RU c", "2026-02-14 09:00+07 import RU c", "2026-02-14 09:00+07 import RU c\n"},
		"a lost zone makes no second":      {"2026-02-14 09:00+07 import RU c", "2026-02-14 09:00? import RU c\n2026-02-15 09:00? customs RU d", "2026-02-14 09:00? import RU c\n2026-02-15 09:00? customs RU d\n"},
		"a learned country makes no other": {"2026-02-14 09:00? import - c", "2026-02-14 09:00? import US c", "2026-02-14 09:00? import US c\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := parcel.Source{Carrier: "cainiao", Events: events(t, c.was)}
			s.Update(parcel.Tracking{Events: events(t, c.says)}, noon("2026-02-16"))
			want := show(events(t, c.want))
			if diff := cmp.Diff(want, show(s.Events)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			s.Update(parcel.Tracking{Events: events(t, c.says)}, noon("2026-02-17"))
			if diff := cmp.Diff(want, show(s.Events)); diff != "" {
				t.Errorf("the second time (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateTellsHowItWent(t *testing.T) {
	first, second := noon("2026-02-16"), noon("2026-02-17")
	s := parcel.Source{Carrier: "cainiao", Result: parcel.ResultTemporary, Error: "no answer"}
	s.Update(parcel.Tracking{
		Events: events(t, "2026-02-14 09:00+03 ready_for_pickup RU c"), Origin: "CN", Destination: "RU",
		ETA: "2026-02-20", PickupUntil: "2026-03-14", PickupPlace: "101000",
	}, first)
	if s.Result != parcel.ResultOK || s.Error != "" || !s.Asked.Equal(first) || !s.Answered.Equal(first) {
		t.Errorf("result %s, error %q, asked %v, answered %v", s.Result, s.Error, s.Asked, s.Answered)
	}
	s.Update(parcel.Tracking{Destination: "BY"}, second)
	want := parcel.Source{
		Carrier: "cainiao", Events: s.Events, Result: parcel.ResultOK, Asked: second, Answered: first, Origin: "CN",
		Destination: "BY", ETA: "2026-02-20", Pickup: parcel.Pickup{Place: "101000", Until: "2026-03-14"},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("what is not said stays (-want +got):\n%s", diff)
	}
}

func TestUpdateIsBounded(t *testing.T) {
	var s parcel.Source
	for day := range 5 {
		var answer parcel.Tracking
		for i := range 400 {
			answer.Events = append(answer.Events, parcel.Event{
				Time: noon("2026-02-01").AddDate(0, 0, day).Add(time.Duration(i) * time.Minute), ZoneKnown: true, Status: parcel.InTransit,
			})
		}
		s.Update(answer, noon("2026-03-01"))
	}
	if len(s.Events) != 1000 {
		t.Fatalf("%d events", len(s.Events))
	}
	if last := s.Events[999].Time; !last.Equal(noon("2026-02-05").Add(399 * time.Minute)) {
		t.Errorf("the newest kept is of %v", last)
	}
}
