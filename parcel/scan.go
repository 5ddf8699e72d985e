package parcel

import (
	"cmp"
	"slices"
	"time"
)

// distance reports whether two reports of different sources are of the same
// scan, and how far apart they are.
func distance(a, b Event) (time.Duration, bool) {
	if a.Country != "" && b.Country != "" && a.Country != b.Country {
		return 0, false
	}
	apart := a.instant().Sub(b.instant()).Abs()
	clocks := a.wall().Sub(b.wall()).Abs()
	known := a.ZoneKnown && b.ZoneKnown
	if a.Status != b.Status || a.Status == Info {
		// One post's "in transit" is another's "import". Only the very same
		// minute and place make them one.
		vague := a.Status == b.Status || a.Status == InTransit && b.Status != Info || b.Status == InTransit && a.Status != Info
		return apart, vague && known && a.Country != "" && a.Country == b.Country && minute(a).Equal(minute(b))
	}
	reach := min(a.spread()+b.spread(), spreadUnknown)
	switch {
	case known:
		return apart, apart <= sameScan || a.Status == Delivered && apart <= sameDelivery
	case clocks <= sameScan:
		return clocks, true
	case apart > reach+sameScan:
		return 0, false
	case once(a.Status):
		return apart, true
	default:
		// Zones are whole or half hours apart, so the minutes agree.
		const half = 30 * time.Minute
		rest := apart % half
		return apart, min(rest, half-rest) <= time.Minute
	}
}

func minute(e Event) time.Time { return e.Time.Truncate(time.Minute) }

// once reports statuses that a parcel has once on a usual journey.
func once(s Status) bool {
	return s == Import || s == ReadyForPickup || s == Delivered || s == Returned
}

// joined is one line of two reports of the same scan: the better report, with
// what it lacks from the other. The earlier report's time stays, unless it has
// no zone and the line moves to where the later one's time puts it.
func joined(first, second Event, moves bool) Event {
	line, other := first, second
	if vague(first) && !vague(second) {
		line, other = second, first
	}
	line.Time, line.ZoneKnown = first.Time, first.ZoneKnown
	if moves {
		line.Time, line.ZoneKnown = second.Time, second.ZoneKnown
	}
	if line.Country == "" {
		line.Country = other.Country
	}
	if line.Place == "" {
		line.Place = other.Place
	}
	if line.Text == "" {
		line.Text = other.Text
	}
	line.Sources = union(first.Sources, second.Sources)
	return line
}

func vague(e Event) bool { return e.Status == InTransit || e.Status == Info }

// stage orders statuses by the usual journey.
func stage(s Status) int {
	switch s {
	case PreAdvice:
		return 0
	case Accepted:
		return 1
	case InTransit:
		return 2
	case Export:
		return 3
	case Import:
		return 4
	case Customs, CustomsHold:
		return 5
	case OutForDelivery:
		return 6
	case AttemptFailed:
		return 7
	case ReadyForPickup:
		return 8
	case Exception:
		return 9
	case Delivered:
		return 10
	case Returning:
		return 11
	case Returned:
		return 12
	default: // Info, Expired: not a stage
		return -1
	}
}

// sourced is the event with Sources of its own: what it has, else the carrier.
func sourced(e Event, carrier string) Event {
	if len(e.Sources) == 0 {
		e.Sources = []string{carrier}
		return e
	}
	e.Sources = union(e.Sources, nil)
	return e
}

// union is both lists in one, sorted, each name once.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// equal reports whether two events say the same in all, whoever says it.
func equal(a, b Event) bool {
	return a.Time.Equal(b.Time) && a.ZoneKnown == b.ZoneKnown && a.Status == b.Status && a.Country == b.Country &&
		a.Place == b.Place && a.Text == b.Text && a.Code == b.Code
}

// compareSources is an order of sources by what is in them.
func compareSources(a, b Source) int {
	return cmp.Or(
		cmp.Compare(a.Carrier, b.Carrier),
		cmp.Compare(a.Number, b.Number),
		slices.CompareFunc(a.Events, b.Events, compareEvents),
	)
}

// compareEvents is an order of events by what is in them.
func compareEvents(a, b Event) int {
	return cmp.Or(
		a.Time.Compare(b.Time),
		cmp.Compare(a.wall().UnixNano(), b.wall().UnixNano()),
		cmp.Compare(stage(a.Status), stage(b.Status)),
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Country, b.Country),
		cmp.Compare(a.Place, b.Place),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.Code, b.Code),
		slices.Compare(a.Sources, b.Sources),
	)
}
