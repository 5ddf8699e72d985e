package notify_test

import (
	"strings"
	"testing"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// TestTheJourneyNamesCountriesOrNothing tries every phase with every mixture of known countries.
func TestTheJourneyNamesCountriesOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		origin, destination string
		phase               parcel.Phase
		want                string
	}{
		{"CN", "RU", parcel.PhaseOrigin, "[China] > on the way > Russia > delivered"},
		{"CN", "RU", parcel.PhaseBetween, "China > [on the way] > Russia > delivered"},
		{"CN", "RU", parcel.PhaseDestination, "China > on the way > [Russia] > delivered"},
		{"RU", "RU", parcel.PhaseOrigin, "[Russia] > delivered"},
		{"RU", "RU", parcel.PhaseDestination, "[Russia] > delivered"},
		{"", "RU", parcel.PhaseOrigin, ""},
		{"", "RU", parcel.PhaseBetween, "[on the way] > Russia > delivered"},
		{"", "RU", parcel.PhaseDestination, "on the way > [Russia] > delivered"},
		{"CN", "", parcel.PhaseOrigin, "[China] > on the way > delivered"},
		{"CN", "", parcel.PhaseBetween, "China > [on the way] > delivered"},
		{"CN", "", parcel.PhaseDestination, ""},
		{"", "", parcel.PhaseOrigin, ""},
		{"", "", parcel.PhaseBetween, ""},
		{"", "", parcel.PhaseDestination, ""},
	} {
		p := parcel.Parcel{Status: parcel.InTransit, Phase: c.phase, Origin: c.origin, Destination: c.destination}
		d := notify.Compose(one(p, parcel.Change{Kind: parcel.ChangeMoved}), noon)
		got := ""
		for line := range strings.Lines(render(t, d, "en").Text) {
			if strings.Contains(line, " > ") {
				got = strings.TrimSpace(line)
			}
		}
		if got != c.want {
			t.Errorf("%s from %q to %q: %q, want %q", c.phase, c.origin, c.destination, got, c.want)
		}
	}
}
