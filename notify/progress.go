package notify

import (
	"slices"
	"strings"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// leg is one stage of the progress line. Its country is that of the phases that are in one.
type leg struct {
	phase   parcel.Phase
	country string
	width   int // of its column; the destination's name is the longest
}

// legs returns the stages of a journey that can be named: those of known countries,
// and without a border only the last two. It returns none if the present one cannot be named.
func legs(it Item) []leg {
	out := []leg{
		{parcel.PhaseOrigin, it.Origin, 19},
		{parcel.PhaseBetween, "", 25},
		{parcel.PhaseDestination, it.Destination, 30},
		{parcel.PhaseDone, "", 26},
	}
	if it.domestic() {
		out = out[2:]
	}
	out = slices.DeleteFunc(out, func(s leg) bool {
		return s.country == "" && (s.phase == parcel.PhaseOrigin || s.phase == parcel.PhaseDestination)
	})
	named := slices.ContainsFunc(out, func(s leg) bool { return s.country != "" })
	if here := slices.ContainsFunc(out, func(s leg) bool { return s.phase == it.present() }); !here || !named {
		return nil
	}
	return out
}

func (it Item) domestic() bool { return it.Origin != "" && it.Origin == it.Destination }

// present returns the phase of an item in its journey: one that crosses no border is in its
// destination from the start.
func (it Item) present() parcel.Phase {
	if it.domestic() && it.Phase != parcel.PhaseDone {
		return parcel.PhaseDestination
	}
	return it.Phase
}

// progress returns the stages of the journey, and the current one as text.
func (v viewer) progress(it Item) (points []viewPoint, now string) {
	all, total := legs(it), 0
	for _, s := range all {
		total += s.width
	}
	at := slices.IndexFunc(all, func(s leg) bool { return s.phase == it.present() })
	for i, s := range all {
		label := v.p.T("progress_between")
		switch {
		case s.country != "":
			label = isolate(textx.Line(v.p.Country(s.country), 30))
		case s.phase == parcel.PhaseDone:
			label = v.p.T("progress_done")
		}
		points = append(points, viewPoint{Label: label, Reached: i <= at, Here: i == at, Width: s.width * 100 / total})
	}
	if points == nil {
		return nil, ""
	}
	return points, v.p.T("progress", "N", at+1, "Of", len(all), "Phase", v.p.Phase(it.present()))
}

// way returns the progress line as text, for what is not at its destination yet.
func way(it Item, points []viewPoint) string {
	if needing(it.Status) || it.Status == parcel.OutForDelivery || it.Status.Final() {
		return ""
	}
	labels := make([]string, 0, len(points))
	for _, p := range points {
		label := p.Label
		if p.Here {
			label = "[" + label + "]"
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, " > ")
}
