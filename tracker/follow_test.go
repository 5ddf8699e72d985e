package tracker_test

import (
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

func TestAskRunsCarriersAtOnceAndKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick, slow := named("quick", carriers.RoleOrigin), named("slow", carriers.RoleDestination)
		quick.slow, slow.slow = time.Second, 3*time.Second
		slow.answer = func(number.Number) (parcel.Tracking, error) { return parcel.Tracking{}, carriers.ErrNotFound }
		set, err := carriers.NewSet([]carriers.Factory{factory(quick), factory(slow)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		engine := tracker.NewEngine(set, "UA", carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
		asks := []carriers.Ask{
			{Carrier: "slow", Number: "N1111"},
			{Carrier: "quick", Number: "N1111"},
			{Carrier: "locked", Number: "N1111", Skip: parcel.ResultNoCredential},
			{Carrier: "gone", Number: "N1111"},
			{Carrier: "quick", Number: "N2222"},
		}
		start, seen := time.Now(), 0
		asked, err := engine.Ask(t.Context(), asks, time.Minute, func(carriers.Asked) { seen++ })
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %s: carriers wait for each other", took)
		}
		var got []parcel.Result
		for i, a := range asked {
			if a.Carrier != asks[i].Carrier || a.Number != asks[i].Number {
				t.Errorf("answer %d is of %s", i, a.Carrier)
			}
			got = append(got, a.Result)
		}
		want := []parcel.Result{parcel.ResultNotFound, parcel.ResultOK, parcel.ResultNoCredential, parcel.ResultSkipped, parcel.ResultOK}
		if diff := cmp.Diff(want, got); diff != "" || seen != len(asks) || quick.calls != 1 {
			t.Errorf("results (-want +got):\n%s%d seen, %d calls for two numbers", diff, seen, quick.calls)
		}
	})
}

func TestFollow(t *testing.T) {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
	synctest.Test(t, func(t *testing.T) {
		origin, local, mute := named("origin", carriers.RoleOrigin), named("local", carriers.RoleDestination), named("mute", carriers.RoleDestination)
		locked := named("locked", carriers.RoleDestination, carriers.Setting{Name: "key", Required: true})
		local.info.Countries, mute.info.Countries = []string{"UA"}, []string{"UA"}
		origin.match = domestic("LP")
		local.match = domestic("59")
		origin.answer = func(n number.Number) (parcel.Tracking, error) {
			return parcel.Tracking{
				Destination: "UA", Aliases: []parcel.Alias{{Number: "59000000000017", Field: "copyRealMailNo"}},
				Events: []parcel.Event{{Time: at, ZoneKnown: true, Status: parcel.Export, Country: "CN", Text: "Left"}},
			}, nil
		}
		local.answer = func(n number.Number) (parcel.Tracking, error) {
			return parcel.Tracking{Events: []parcel.Event{{Time: at.Add(time.Minute), ZoneKnown: true, Status: parcel.Import, Country: "UA", Text: "Here"}}}, nil
		}
		mute.slow = time.Hour
		set, err := carriers.NewSet([]carriers.Factory{factory(origin), factory(local), factory(mute), factory(locked)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		engine := tracker.NewEngine(set, "UA", carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
		p := parcel.Parcel{AddedByUser: true, FirstSeen: time.Now(), Links: links("LP00999900000034")}
		start := time.Now()
		mute.match = func(n number.Number) carriers.Match { return map[bool]carriers.Match{true: carriers.Yes}[n[0] == '5'] }
		p, asked, err := engine.Follow(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("a person waited %s", took)
		}
		var got []string
		for _, a := range asked {
			got = append(got, a.Carrier+" "+string(a.Number)+" "+string(a.Result))
		}
		want := []string{"origin LP00999900000034 ok", "local 59000000000017 ok", "mute 59000000000017 temporary", "locked 59000000000017 no_credential"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		if len(p.Links) != 2 || p.Links[1].Reason != "copyRealMailNo" || p.Phase != parcel.PhaseDestination || p.Status != parcel.Import {
			t.Errorf("parcel %+v", p)
		}
	})
}

func TestRecordLeavesTheParcelAloneWhereNobodyWasAsked(t *testing.T) {
	p := parcel.Parcel{Links: links("N1111")}
	tracker.Record(&p, carriers.Asked{Ask: carriers.Ask{Carrier: "x", Number: "N1111"}, Err: &carriers.NotNowError{}}, noon())
	tracker.Record(&p, carriers.Asked{Ask: carriers.Ask{Carrier: "x", Number: "N1111", Skip: parcel.ResultSkipped}}, noon())
	if len(p.Sources) != 0 {
		t.Errorf("sources %+v", p.Sources)
	}
	tracker.Record(&p, carriers.Asked{
		Ask: carriers.Ask{Carrier: "x", Number: "N1111"}, Result: parcel.ResultDenied, Err: carriers.ErrDenied,
	}, noon())
	if len(p.Sources) != 1 || p.Sources[0].Result != parcel.ResultDenied || p.Sources[0].Error == "" || !p.Sources[0].Asked.Equal(noon()) {
		t.Errorf("sources %+v", p.Sources)
	}
}

func TestACarrierWithoutItsCredentialIsNotAsked(t *testing.T) {
	set, err := carriers.NewSet([]carriers.Factory{
		factory(named("plain", carriers.RoleOrigin)),
		factory(named("lacking", carriers.RoleDestination, carriers.Setting{Name: "key", Required: true})),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	engine := tracker.NewEngine(set, "UA", carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
	if names := slices.Collect(maps.Keys(engine.Askers)); !slices.Equal(names, []string{"plain"}) {
		t.Errorf("%v can be asked, want only the carrier that has its credential", names)
	}
}
