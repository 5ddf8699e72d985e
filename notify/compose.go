package notify

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/internal/ordered"
	"parcelwatch/parcel"
)

// Input is the data from which a digest is composed.
type Input struct {
	Audience Audience
	// Parcels include final ones, whose end may be news. Those that shownParcels does not
	// name may be outlines.
	Parcels    []parcel.Parcel
	Orders     []parcel.Order  // those that no parcel carries
	Changes    []parcel.Change // not yet announced to the audience
	Health     parcel.Health
	Mailboxes  []string  // the configured ones; empty if they are not known
	Next       time.Time // time of the next regular digest; zero for none
	Protection Protection
	Gap        Gap              // nil for the general table of routes
	Sharing    []parcel.Sharing // carriers whose budgets are short
	Trips      []parcel.Trip    // of earlier parcels, for forecasts
	// Hello makes the first digest of an audience.
	Hello   bool
	Ended   Hello // what was delivered before a first digest, without those above
	Absence Span  // in which the program did not run; zero for none to mention
	Outage  Span  // in which this audience could not be sent a digest; zero for none to mention
	// Urgent includes only the parcels and troubles that Changes are about.
	Urgent bool
}

// Gap returns after how many days a parcel from origin is usually first seen in
// destination.
type Gap = func(origin, destination string) (least, most int)

// Compose decides what a digest contains and in which section. It is pure.
func Compose(in Input, now time.Time) Digest {
	c := arranged(in, now)
	d := Digest{
		Audience: in.Audience.Name, Language: in.Audience.Language, Zone: c.zone, Made: now,
		Urgent: in.Urgent, Calendar: in.Audience.Calendar, Footer: c.footer, News: c.news, Told: c.told,
		Absence: in.Absence, Outage: in.Outage, Hello: c.hello,
	}
	d.Footer.Next = in.Next
	if !in.Urgent {
		d.Footer.Sharing = in.Sharing
	}
	d.News += d.Hello.Found()
	for _, row := range sectionTable() {
		entries := c.sections[row.kind]
		if len(entries) == 0 {
			continue
		}
		kept, news := worthShowing(entries)
		s := Section{Kind: row.kind, Items: make([]Item, 0, len(kept)), More: len(entries) - len(kept), News: news}
		for _, e := range kept {
			s.Items = append(s.Items, e.item())
		}
		d.Sections = append(d.Sections, s)
	}
	return d
}

// arranged sorts parcels, orders and troubles into sections.
func arranged(in Input, now time.Time) *composer {
	c := &composer{Input: in, now: now, zone: in.Audience.zone(), sections: map[SectionKind][]entry{}, hello: in.Ended}
	c.sort()
	for i := range in.Parcels {
		c.addParcel(&in.Parcels[i])
	}
	for i := range in.Orders {
		c.addOrder(&in.Orders[i])
	}
	c.troubles()
	for _, entries := range c.sections {
		ordered.Sort(entries, func(a, b entry) int { return cmp.Compare(a.rank, b.rank) })
	}
	return c
}

// shownParcels returns the parcels that a digest shows at most: all with news, and the
// first of each section. Outlines decide the section and rank of a parcel.
func shownParcels(in Input, now time.Time) []int64 {
	var out []int64
	for _, entries := range arranged(in, now).sections {
		kept, _ := worthShowing(entries)
		for _, e := range kept {
			if e.parcel != 0 {
				out = append(out, e.parcel)
			}
		}
	}
	return out
}

// worthShowing returns the entries that a digest may show, in their order: those with news,
// which it counts, and as many of the others as fit into a digest at most.
func worthShowing(entries []entry) (kept []entry, news int) {
	room := maxItems
	for _, e := range entries {
		switch {
		case e.news:
			news++
		case room > 0:
			room--
		default:
			continue
		}
		kept = append(kept, e)
	}
	return kept, news
}

type composer struct {
	Input

	now      time.Time
	zone     *time.Location
	byParcel map[int64][]parcel.Change
	byOrder  map[string][]parcel.Change
	health   []parcel.Change
	sections map[SectionKind][]entry
	footer   Footer
	news     int
	told     []int64
	hello    Hello
	unasked  []parcel.Unasked // posts of late parcels, each once
}

// entry is an item with its rank in the section; the lowest rank comes first. Most items of
// a digest about many parcels are only counted, so an item is made when it is shown.
type entry struct {
	item    func() Item
	news    bool // changed since the last digest
	rank    int64
	parcel  int64    // 0 for an order
	trouble *Trouble // nil for a parcel or an order
}

// sort groups the changes by subject. All of them count as announced by this digest,
// including those without news for its audience.
func (c *composer) sort() {
	c.byParcel, c.byOrder = map[int64][]parcel.Change{}, map[string][]parcel.Change{}
	for _, ch := range c.Changes {
		c.told = append(c.told, ch.ID)
		switch {
		case ch.Kind == parcel.ChangeHealth:
			c.health = append(c.health, ch)
		case ch.Parcel != 0:
			c.byParcel[ch.Parcel] = append(c.byParcel[ch.Parcel], ch)
		default:
			c.byOrder[ch.Order] = append(c.byOrder[ch.Order], ch)
		}
	}
}

func (c *composer) add(kind SectionKind, e entry) {
	c.sections[kind] = append(c.sections[kind], e)
}

func has(changes []parcel.Change, kind parcel.ChangeKind) bool {
	return slices.ContainsFunc(changes, func(ch parcel.Change) bool { return ch.Kind == kind })
}

func (c *composer) addParcel(p *parcel.Parcel) {
	switch {
	case p.Muted || !c.cares(p.Mailboxes):
	case c.Hello:
		c.helloParcel(p)
	default:
		c.parcel(p)
	}
}

func (c *composer) addOrder(o *parcel.Order) {
	switch {
	case !c.cares(o.Mailboxes):
	case c.Hello:
		c.helloOrder(o)
	default:
		c.order(o)
	}
}

func (c *composer) parcel(p *parcel.Parcel) {
	changes := c.loud(c.byParcel[p.ID], p.Mailboxes)
	if p.Closed || (c.Urgent && len(changes) == 0) {
		return
	}
	final := p.Status.Final()
	if final && len(changes) == 0 {
		return
	}
	c.news += len(changes)
	if !final {
		c.follows(p)
	}
	c.silent(p.Unasked)
	kind := c.section(p, changes)
	rank := rowOf(kind).rank(c, p)
	if p.Unverified {
		rank += unverifiedRank
	}
	c.add(kind, entry{item: func() Item { return c.item(p, kind, changes) }, news: len(changes) > 0, rank: rank, parcel: p.ID})
}

// unverifiedRank puts what only unproven mail names after everything else of a section,
// because sections are cut.
const unverifiedRank = 1 << 40

// section returns the first section that fits a parcel.
func (c *composer) section(p *parcel.Parcel, changes []parcel.Change) SectionKind {
	switch {
	case needing(p.Status):
		return SectionNeeds
	case p.Status == parcel.Delivered:
		return SectionDelivered
	case p.Status.Final():
		return SectionEnded
	}
	switch _, ends := c.protectedUntil(p); {
	case ends:
		return SectionNeeds
	case p.Status == parcel.OutForDelivery:
		return SectionToday
	case !p.Stalled.IsZero():
		return SectionStalled
	case has(changes, parcel.ChangeNewParcel):
		return SectionNew
	case len(changes) > 0:
		return SectionMoved
	case p.Unasked != (parcel.Unasked{}):
		return SectionTravelling // its silence says nothing
	default:
		return SectionQuiet
	}
}

func (c *composer) item(p *parcel.Parcel, kind SectionKind, changes []parcel.Change) Item {
	it := Item{
		Number: p.Number(), Status: p.Status, Phase: p.Phase, Origin: p.Origin, Destination: p.Destination,
		News: len(changes) > 0, Notes: c.notes(p, kind, changes), Last: p.StatusEvent(c.now), Unheard: unheard(p),
	}
	it.Title, it.Others = title(p.Title, p.Items)
	it.Link, it.Post = page(p, c.Audience.Language)
	it.PickupPlace, it.PickupUntil = pickup(p)
	if until, estimated := p.KeptUntil(c.zone); estimated {
		it.PickupUsual = until
	}
	it.ProtectionUntil, _ = c.protectedUntil(p)
	return it
}

// title returns the title set by the user, or the first item's and the number of others.
func title(given string, items []parcel.Item) (string, int) {
	if given != "" {
		return given, 0
	}
	for i, it := range items {
		if it.Title != "" {
			return it.Title, len(items) - 1 - i
		}
	}
	return "", 0
}

// unheard reports whether nothing but the number of a parcel is known.
func unheard(p *parcel.Parcel) bool {
	return p.Shipped.IsZero() && !slices.ContainsFunc(p.Sources, func(s parcel.Source) bool { return len(s.Events) > 0 })
}

// silentCarriers reports whether the shop has reported a parcel and no carrier has.
func silentCarriers(p *parcel.Parcel) bool {
	return !unheard(p) && !slices.ContainsFunc(p.Sources, func(s parcel.Source) bool { return s.Carrier != parcel.SourceMail && len(s.Events) > 0 })
}
