package parcel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// A parcel from China to Russia, answer by answer: the reports of the mail,
// Cainiao, UPU (no zones) and Russian Post, and the resulting parcel.
func TestStoryOfAParcel(t *testing.T) {
	const (
		number   = number.Number("RB123456785CN")
		cainiao1 = "2026-02-03 11:20+08 accepted CN Picked up\n2026-02-04 22:00+08 in_transit CN Sorted\n"
		cainiao2 = cainiao1 + "2026-02-06 09:30+08 export CN Departed\n"
		upu      = "2026-02-03 11:20? accepted CN Receive item\n2026-02-06 09:30? export CN Send item abroad\n"
		upu2     = upu + "2026-02-17 05:40? import RU Receive item at OE\n"
		post     = "2026-02-17 05:40+10 import RU Прибыло\n2026-02-17 16:05+10 customs RU Выпущено таможней\n"
		post2    = post + "2026-02-24 10:12+03 in_transit RU Покинуло сортировочный центр\n"
		post3    = post2 + "2026-02-26 08:30+03 ready_for_pickup RU Прибыло в место вручения\n"
		post4    = post3 + "2026-02-27 18:45+03 delivered RU Вручение\n"
	)
	p := parcel.Parcel{FirstSeen: noon("2026-02-02")}
	p.AddLink(parcel.Link{Number: number, Reason: "mail", Certainty: parcel.Certain})
	mails := ""
	mail := func(line string) func() {
		return func() {
			mails += line + "\n"
			p.Source(parcel.SourceMail, number).Events = events(t, mails)
		}
	}
	answer := func(carrier, lines string) func() {
		return func() {
			p.Source(carrier, number).Update(parcel.Tracking{Events: events(t, lines)}, noon("2026-02-28"))
		}
	}
	for _, step := range []struct {
		name   string
		happen func()
		status parcel.Status
		phase  parcel.Phase
		lines  int
	}{
		{"the shop says it is sent", mail("2026-02-02 10:00+00 pre_advice - shipped"), parcel.PreAdvice, parcel.PhaseOrigin, 1},
		{"Cainiao knows it", answer("cainiao", cainiao1), parcel.InTransit, parcel.PhaseOrigin, 3},
		{"it leaves", answer("cainiao", cainiao2), parcel.Export, parcel.PhaseBetween, 4},
		{"UPU says the same", answer("upu", upu), parcel.Export, parcel.PhaseBetween, 4},
		{"Cainiao forgets all but the last", answer("cainiao", "2026-02-06 09:30+08 export CN Departed\n"), parcel.Export, parcel.PhaseBetween, 4},
		{"UPU has the arrival", answer("upu", upu2), parcel.Import, parcel.PhaseDestination, 5},
		{"Russian Post has it with its zone", answer("russianpost", post), parcel.Customs, parcel.PhaseDestination, 6},
		{"the mail is late", mail("2026-02-18 10:00+00 import - in your country"), parcel.Customs, parcel.PhaseDestination, 6},
		{"it goes on", answer("russianpost", post2), parcel.InTransit, parcel.PhaseDestination, 7},
		{"nobody answers", answer("russianpost", ""), parcel.InTransit, parcel.PhaseDestination, 7},
		{"it waits", answer("russianpost", post3), parcel.ReadyForPickup, parcel.PhaseDestination, 8},
		{"the mail says it is with a local carrier", mail("2026-02-26 10:00+00 in_transit - local carrier"), parcel.ReadyForPickup, parcel.PhaseDestination, 9},
		{"it is handed over", answer("russianpost", post4), parcel.Delivered, parcel.PhaseDone, 10},
		{"the mail asks for a confirmation", mail("2026-02-28 10:00+00 info - awaiting"), parcel.Delivered, parcel.PhaseDone, 11},
	} {
		step.happen()
		p.Settle("RU", noon("2026-02-28"))
		timeline := p.Timeline()
		if p.Status != step.status || p.Phase != step.phase || len(timeline) != step.lines {
			t.Fatalf("%s: %s in phase %s, %d lines; want %s in %s, %d lines\n%s",
				step.name, p.Status, p.Phase, len(timeline), step.status, step.phase, step.lines, show(timeline))
		}
	}
	want := trim(`
		2026-02-02 10:00+00 pre_advice - shipped [mail]
		2026-02-03 11:20+08 accepted CN Picked up [cainiao upu]
		2026-02-04 22:00+08 in_transit CN Sorted [cainiao]
		2026-02-06 09:30+08 export CN Departed [cainiao upu]
		2026-02-17 05:40+10 import RU Прибыло [mail russianpost upu]
		2026-02-17 16:05+10 customs RU Выпущено таможней [russianpost]
		2026-02-24 10:12+03 in_transit RU Покинуло сортировочный центр [russianpost]
		2026-02-26 08:30+03 ready_for_pickup RU Прибыло в место вручения [russianpost]
		2026-02-26 10:00+00 in_transit - local carrier [mail]
		2026-02-27 18:45+03 delivered RU Вручение [russianpost]
		2026-02-28 10:00+00 info - awaiting [mail]`)
	if diff := cmp.Diff(want, show(p.Timeline())); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if days := p.Days(noon("2026-03-20")); days != 25 {
		t.Errorf("%d days", days)
	}
}

// For any answers in any order: afterwards the answer's events are all there, in
// its order, and an empty answer removes nothing.
func TestUpdateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s parcel.Source
		for range rapid.IntRange(1, 4).Draw(t, "answers") {
			before := slices.Clone(s.Events)
			answer := drawEvents(t, true)
			s.Update(parcel.Tracking{Events: answer}, noon("2026-03-01"))
			if len(answer) == 0 {
				if diff := cmp.Diff(before, s.Events); diff != "" {
					t.Fatalf("an empty answer changed (-before +after):\n%s", diff)
				}
				continue
			}
			if len(s.Events) < len(answer) {
				t.Fatalf("%d events of %d", len(s.Events), len(answer))
			}
			if diff := cmp.Diff(answer, s.Events[len(s.Events)-len(answer):]); diff != "" {
				t.Fatalf("the answer is not there (-answer +kept):\n%s", diff)
			}
			first := slices.MinFunc(answer, func(a, b parcel.Event) int { return a.Time.Compare(b.Time) }).Time
			for _, e := range before {
				if e.Time.Before(first.Add(-30*time.Hour)) && !slices.ContainsFunc(s.Events, func(k parcel.Event) bool { return k.Time.Equal(e.Time) }) {
					t.Fatalf("%s is older than the answer, and gone", show([]parcel.Event{e}))
				}
			}
		}
	})
}
