package parcel

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// scan is an event with precomputed times for comparison, in seconds.
type scan struct {
	Event

	at     int64 // Event.instant
	wall   int64 // Event.wall
	spread int64 // Event.spread
}

func newScan(e Event) scan {
	return scan{Event: e, at: e.instant().Unix(), wall: e.wall().Unix(), spread: seconds(e.spread())}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// distance reports whether two reports of different sources are of the same scan,
// and how many seconds apart they are.
func distance(a, b *scan) (int64, bool) {
	if a.Country != "" && b.Country != "" && a.Country != b.Country {
		return 0, false
	}
	apart := gapOf(a.at, b.at)
	clocks := gapOf(a.wall, b.wall)
	known := a.ZoneKnown && b.ZoneKnown
	if a.Status != b.Status || a.Status == Info {
		// One post's "in transit" is another's "import". They are the same scan
		// only at the same minute and place.
		const minute = 60
		return apart, alike(a.Status, b.Status) && known && a.Country != "" && a.Country == b.Country && a.at/minute == b.at/minute
	}
	reach := min(a.spread+b.spread, seconds(spreadUnknown))
	switch {
	case known:
		return apart, apart <= seconds(sameScan) || a.Status == Delivered && apart <= seconds(sameDelivery)
	case clocks <= seconds(sameScan):
		return clocks, true
	case apart > reach+seconds(sameScan):
		return 0, false
	case once(a.Status):
		return apart, true
	default:
		// Zones are whole or half hours apart, so the minutes agree.
		const minute, half = 60, 1800
		rest := apart % half
		return apart, min(rest, half-rest) <= minute
	}
}

// gapOf returns the distance between two times. It does not overflow for absurd
// times, such as those of wrong years.
func gapOf(a, b int64) int64 {
	if a < b {
		return b - a
	}
	return a - b
}

// alike reports whether two statuses may be two posts' names for one scan.
func alike(a, b Status) bool {
	return a == b || a == InTransit && b != Info || b == InTransit && a != Info
}

// once reports whether a parcel has the status only once on a usual journey.
func once(s Status) bool {
	return s == Import || s == ReadyForPickup || s == Delivered || s == Returned
}

// joined merges two reports of the same scan: it returns the more precise one,
// completed from the other. The earlier report's time is kept, unless it has no
// zone and the line moves to where the later one's time puts it.
func joined(first, second Event, moves bool) Event {
	line, other := first, second
	if first.Guess && !second.Guess || !vague(second) && (vague(first) || moves) {
		line, other = second, first
	}
	line.Time, line.ZoneKnown = first.Time, first.ZoneKnown
	if moves {
		line.Time, line.ZoneKnown = second.Time, second.ZoneKnown
	}
	line.Country, line.Place, line.Text = cmp.Or(line.Country, other.Country), cmp.Or(line.Place, other.Place), cmp.Or(line.Text, other.Text)
	line.Sources = union(first.Sources, second.Sources)
	return line
}

func vague(e Event) bool { return e.Status == InTransit || e.Status == Info }

// stage returns the position of a status on the usual journey, or -1.
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

// sourced returns the event with a fresh Sources slice: its sources, or else the
// carrier.
func sourced(e Event, carrier string) Event {
	if len(e.Sources) == 0 {
		e.Sources = []string{carrier}
		return e
	}
	e.Sources = union(e.Sources, nil)
	return e
}

// union returns the names of both lists, sorted and without duplicates.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// equal reports whether two events are the same apart from their Sources.
func equal(a, b Event) bool {
	return a.Time.Equal(b.Time) && a.ZoneKnown == b.ZoneKnown && a.Status == b.Status && a.Country == b.Country &&
		a.Place == b.Place && a.Text == b.Text && a.Code == b.Code && a.Guess == b.Guess
}

// compareSources orders sources by their contents.
func compareSources(a, b Source) int {
	return cmp.Or(
		cmp.Compare(a.Carrier, b.Carrier),
		cmp.Compare(a.Number, b.Number),
		slices.CompareFunc(a.Events, b.Events, compareEvents),
	)
}

// compareEvents orders events by their contents.
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
		cmp.Compare(strconv.FormatBool(a.Guess), strconv.FormatBool(b.Guess)),
		slices.Compare(a.Sources, b.Sources),
	)
}
