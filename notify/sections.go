package notify

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/parcel"
)

// The colours of sections. Each is legible on white and on black, which mail programs
// that invert colours use.
const (
	red    = "#c4271b"
	amber  = "#a85b00"
	green  = "#197a43"
	blue   = "#1f63c1"
	silver = "#667085"
)

// sectionRow holds the differences between the sections of a digest.
type sectionRow struct {
	kind  SectionKind
	tone  string
	rank  func(*composer, *parcel.Parcel) int64 // sorts the parcels, lowest first
	notes func(c *composer, p *parcel.Parcel, before []Note) []Note
	brief bool // shown by channels
	minor bool // in the subject only if there is room
	lines bool // one line for each item
	spare bool // one line for each item of a digest with many
}

// sectionTable lists every section in the order of the digest. It is an array, which a
// caller need not put on the heap for each item.
func sectionTable() [11]sectionRow {
	return [11]sectionRow{
		{kind: SectionNeeds, tone: red, rank: byEnd, notes: needsNotes, brief: true},
		{kind: SectionToday, tone: green, rank: byMove, notes: courierNotes, brief: true},
		{kind: SectionMoved, tone: blue, rank: byMove, notes: patienceNotes, brief: true},
		{kind: SectionDelivered, tone: green, rank: byMove, notes: deliveredNotes, brief: true, spare: true},
		{kind: SectionStalled, tone: amber, rank: bySilence, notes: stalledNotes, brief: true, spare: true},
		{kind: SectionNew, tone: blue, rank: byMove, notes: patienceNotes, brief: true, spare: true},
		{kind: SectionTravelling, tone: blue, rank: byMove, notes: quietNotes, lines: true},
		{kind: SectionWaiting, tone: silver, rank: byMove, notes: noNotes, minor: true, lines: true},
		{kind: SectionUnnumbered, tone: silver, rank: byMove, notes: noNotes, minor: true, lines: true},
		{kind: SectionQuiet, tone: silver, rank: bySilence, notes: quietNotes, lines: true},
		{kind: SectionEnded, tone: silver, rank: byMove, notes: noNotes, brief: true, minor: true, spare: true},
	}
}

// rowOf returns the section's row of the table.
func rowOf(kind SectionKind) sectionRow {
	for _, row := range sectionTable() {
		if row.kind == kind {
			return row
		}
	}
	return sectionRow{tone: silver}
}

// byEnd ranks by the nearest end: of the storage, else of the buyer's protection if that is near.
func byEnd(c *composer, p *parcel.Parcel) int64 {
	end, _ := p.KeptUntil(c.zone)
	if end == "" {
		end, _ = c.protectedUntil(p)
	}
	return c.ends(end)
}

// ends is the rank of what has to be done by a day. What has no last day ranks
// as if it ended in two days.
func (c *composer) ends(last parcel.Date) int64 {
	if last == "" {
		return c.now.AddDate(0, 0, 2).Unix()
	}
	return last.Time(c.zone).Unix()
}

func byMove(_ *composer, p *parcel.Parcel) int64 { return -p.StatusSince.Unix() }

func bySilence(_ *composer, p *parcel.Parcel) int64 { return silentSince(p).Unix() }

// courierNotes says since when the courier has had a parcel, unless it is today.
func courierNotes(c *composer, p *parcel.Parcel, _ []Note) []Note {
	if since := parcel.DateOf(p.StatusSince.In(c.zone)); since < parcel.DateOf(c.now.In(c.zone)) {
		return []Note{note("note_courier_since", "Day", ShortDay(since))}
	}
	return nil
}

func noNotes(*composer, *parcel.Parcel, []Note) []Note { return nil }

func needsNotes(c *composer, p *parcel.Parcel, before []Note) []Note {
	if p.Stalled.IsZero() || len(before) > 0 {
		return nil
	}
	return c.stalled(p)
}

func stalledNotes(c *composer, p *parcel.Parcel, _ []Note) []Note { return c.stalled(p) }

func deliveredNotes(_ *composer, p *parcel.Parcel, _ []Note) []Note {
	if days := daysSince(p.Shipped, p.StatusSince); !p.Shipped.IsZero() && days > 0 {
		return []Note{note("note_took", "Count", days)}
	}
	return nil
}

// patienceNotes explains a usual silence: the expected day, and that the parcel is
// between two countries.
func patienceNotes(c *composer, p *parcel.Parcel, _ []Note) []Note {
	if p.Unasked != (parcel.Unasked{}) {
		return []Note{c.unaskedNote(p.Unasked)}
	}
	var out []Note
	if p.ETA != "" {
		out = append(out, note("note_eta", "Day", p.ETA))
	}
	if between(p) {
		out = append(out, c.gap(p, "note_gap"))
	}
	if day := parcel.Forecast(p, c.Trips, c.zone, c.now); day != "" && p.ETA == "" {
		out = append(out, note("note_half", "Day", ShortDay(day)))
	}
	return out
}

// unaskedNote says why the silence of a late parcel means nothing.
func (c *composer) unaskedNote(u parcel.Unasked) Note {
	refused := slices.ContainsFunc(c.Health.Carriers, func(k parcel.CarrierHealth) bool {
		return k.Name == u.Carrier && k.State == parcel.CarrierCredential
	})
	switch {
	case u.Carrier == "" && u.Country == "":
		return note("note_unasked_nobody")
	case u.Carrier == "":
		return note("note_unasked_country", "Country", Country(u.Country))
	case u.Result == parcel.ResultNoCredential:
		return note("note_unasked_key", "Post", Carrier(u.Carrier))
	case refused:
		return note("note_unasked_credential", "Post", Carrier(u.Carrier), "Name", u.Carrier)
	case u.Result == parcel.ResultSkipped:
		return note("note_unasked", "Post", Carrier(u.Carrier))
	default:
		return note("note_unasked_failed", "Post", Carrier(u.Carrier))
	}
}

// quietNotes adds the duration of the silence to patienceNotes.
func quietNotes(c *composer, p *parcel.Parcel, _ []Note) []Note {
	out := patienceNotes(c, p, nil)
	switch {
	case between(p) || p.Unasked != parcel.Unasked{}:
		return out
	case (p.LastEvent.IsZero() || p.Status == parcel.PreAdvice) && daysSince(p.Shipped, c.now) <= unseenDays:
		return append(out, counted("note_unseen", daysSince(p.FirstSeen, c.now)))
	default:
		return append(out, c.dated("note_quiet", cmp.Or(p.LastEvent, p.Shipped, p.FirstSeen)))
	}
}

// unseenDays is for how many days after it was sent a parcel is usually not scanned.
const unseenDays = 7

// between reports whether a parcel has left one country and has not been seen in the
// other.
func between(p *parcel.Parcel) bool { return p.Phase == parcel.PhaseBetween && !p.Exported.IsZero() }

// silentSince returns the time of the last sign of a parcel.
func silentSince(p *parcel.Parcel) time.Time { return cmp.Or(p.LastEvent, p.FirstSeen) }
