package tracker_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// everyCarrier returns a view with all carriers, some of which lack their credential.
func everyCarrier(tb testing.TB, home string, settings map[string]carriers.Options) tracker.View {
	tb.Helper()
	set, err := carriers.NewSet(all.Factories(), settings)
	if err != nil {
		tb.Fatal(err)
	}
	return tracker.View{Members: set.Members(), Home: home}
}

// TestNoSilenceOfACountryThatWasNotAsked lets carriers of any kind answer or not, and
// wants a parcel to be called stalled only if one of the country it is expected in
// has answered after the usual time.
func TestNoSilenceOfACountryThatWasNotAsked(t *testing.T) {
	homes := []string{"RU", "UA", "BY", "KZ", "DE", "FR", "US", "BR", "IL"}
	views := map[string]tracker.View{}
	for _, home := range homes {
		views[home] = everyCarrier(t, home, map[string]carriers.Options{"russianpost": {Settings: map[string]string{"login": "a", "password": "b"}}})
	}
	rapid.Check(t, func(t *rapid.T) {
		home := rapid.SampledFrom(homes).Draw(t, "home")
		v := views[home]
		silent := time.Duration(rapid.IntRange(0, 110).Draw(t, "days")) * day
		p := travelling(
			rapid.SampledFrom([]parcel.Status{parcel.Export, parcel.InTransit, parcel.Import}).Draw(t, "status"),
			rapid.SampledFrom([]parcel.Phase{parcel.PhaseBetween, parcel.PhaseDestination}).Draw(t, "phase"), silent, noon())
		p.Links[0].Number = rapid.SampledFrom([]number.Number{"RB999900506CN", "LP00999900005013", "61039903000177"}).Draw(t, "number")
		p.Destination = home
		for _, m := range v.Members {
			if rapid.Bool().Draw(t, m.Info.Name) {
				src := p.Source(m.Info.Name, p.Number())
				src.Asked = noon().Add(-time.Duration(rapid.IntRange(0, 110).Draw(t, "asked")) * day)
				src.Result = rapid.SampledFrom([]parcel.Result{parcel.ResultOK, parcel.ResultNotFound, parcel.ResultTemporary, parcel.ResultDenied}).Draw(t, "result")
			}
		}
		tracker.MarkStalled(&p, tracker.Basis{Unasked: func(p *parcel.Parcel, since time.Time) parcel.Unasked { return tracker.Unheard(p, v, since) }}, noon())
		if p.Stalled.IsZero() {
			return
		}
		if p.Unasked != (parcel.Unasked{}) {
			t.Fatalf("stalled, though %+v was not asked", p.Unasked)
		}
		late := tracker.StalledAt(&p, nil)
		if !slices.ContainsFunc(v.Members, func(m carriers.Member) bool {
			src := p.Source(m.Info.Name, p.Number())
			there := slices.Contains(m.Info.Countries, home) || m.Info.Role == carriers.RoleAggregator
			return there && !src.Asked.Before(late) && (src.Result == parcel.ResultOK || src.Result == parcel.ResultNotFound)
		}) {
			t.Fatalf("stalled in %s since %s, where nobody has answered since: %+v", home, late, p.Sources)
		}
	})
}

func TestALatePostThatCannotBeAskedIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, home string
		number     number.Number
		options    map[string]carriers.Options
		source     parcel.Source
		want       parcel.Unasked
	}{
		{name: "never asked", home: "BY", number: "RB999900506CN", want: parcel.Unasked{Carrier: "belpost", Country: "BY", Result: parcel.ResultSkipped}},
		{name: "asked before it was late", home: "BY", number: "RB999900506CN", source: parcel.Source{Carrier: "belpost", Asked: noon().Add(-60 * day), Result: parcel.ResultNotFound}, want: parcel.Unasked{Carrier: "belpost", Country: "BY", Result: parcel.ResultSkipped}},
		{name: "does not answer", home: "BY", number: "RB999900506CN", source: parcel.Source{Carrier: "belpost", Asked: noon(), Result: parcel.ResultTemporary}, want: parcel.Unasked{Carrier: "belpost", Country: "BY", Result: parcel.ResultTemporary}},
		{name: "has answered", home: "BY", number: "RB999900506CN", source: parcel.Source{Carrier: "belpost", Asked: noon(), Result: parcel.ResultNotFound}},
		{name: "without a credential", home: "RU", number: "RB999900506CN", want: parcel.Unasked{Carrier: "russianpost", Country: "RU", Result: parcel.ResultNoCredential}},
		{name: "no post to ask", home: "BR", number: "RB999900506CN", want: parcel.Unasked{Country: "BR", Result: parcel.ResultSkipped}},
		{name: "an aggregator where there is no post", home: "BR", number: "RB999900506CN", source: parcel.Source{Carrier: "seventeentrack", Asked: noon(), Result: parcel.ResultNotFound}},
		{name: "an aggregator is not the post", home: "BY", number: "RB999900506CN", source: parcel.Source{Carrier: "seventeentrack", Asked: noon(), Result: parcel.ResultNotFound}, want: parcel.Unasked{Carrier: "belpost", Country: "BY", Result: parcel.ResultSkipped}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := travelling(parcel.Export, parcel.PhaseBetween, 50*day, noon())
			p.Links[0].Number, p.Destination = c.number, c.home
			if c.source.Carrier != "" {
				c.source.Number = c.number
				p.Sources = append(p.Sources, c.source)
			}
			if got := tracker.Unheard(&p, everyCarrier(t, c.home, c.options), tracker.StalledAt(&p, nil)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
