package tracker

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// predecessor returns the parcel to which a mail's new number belongs: one with the
// same order whose number has a lower rank, or whose journey ended before the mail was
// sent. It returns nil unless exactly one parcel matches.
func (in *intake) predecessor(np parcel.NoticeParcel) *parcel.Parcel {
	if match := in.predecessors(np); len(match) == 1 {
		return match[0]
	}
	return nil
}

// predecessors returns the parcels whose next number it may be.
func (in *intake) predecessors(np parcel.NoticeParcel) []*parcel.Parcel {
	var out []*parcel.Parcel
	rank := np.Number.Rank()
	for _, p := range in.State.Parcels {
		if p.Has(np.Number) || !sharesOrder(p, np.Orders) || slices.Contains(p.NeverJoin, np.Number) {
			continue
		}
		ended := p.Status.Final() && !p.LastEvent.IsZero() && p.LastEvent.Before(in.sent()) && p.Status != parcel.Delivered
		if p.Number().Rank() < rank && !p.Status.Final() || ended && rank == number.RankPost {
			out = append(out, p)
		}
	}
	return out
}

// closeGhosts closes the parcels of a finished order whose numbers no post knows, if one
// with a post's number was delivered: they are probably the same parcel, and nobody will
// report that they have arrived.
func closeGhosts(of []*parcel.Parcel) {
	if slices.ContainsFunc(of, func(p *parcel.Parcel) bool { return posted(p) && p.Status == parcel.Delivered }) {
		for _, p := range of {
			closeGhost(p)
		}
	}
}

// closeArrived closes ghosts as closeGhosts does where only a post has reported that the
// parcels of an order arrived: those of which no carrier has reported anything, if they are
// not more than the parcels that arrived. A number of the shop and one of the line may be
// of the same parcel, two of the shop are not.
func closeArrived(of []*parcel.Parcel) {
	arrived, ghosts := 0, map[number.Rank]int{}
	for _, p := range of {
		switch {
		case posted(p) && p.Status == parcel.Delivered:
			arrived++
		case posted(p) && !p.Status.Final():
			return // a ghost may be this one
		case !posted(p) && !p.Closed && !p.Status.Final():
			ghosts[p.Number().Rank()]++
		}
	}
	for _, p := range of {
		if ghosts[p.Number().Rank()] <= arrived && !heard(p) {
			closeGhost(p)
		}
	}
}

func closeGhost(p *parcel.Parcel) {
	if !posted(p) && !p.Status.Final() {
		p.Closed, p.NextCheck = true, time.Time{}
	}
}

// posted reports whether a parcel has a number of a post.
func posted(p *parcel.Parcel) bool { return p.Number().Rank() == number.RankPost }

// heard reports whether a carrier has reported anything of a parcel.
func heard(p *parcel.Parcel) bool {
	return slices.ContainsFunc(p.Sources, func(s parcel.Source) bool { return s.Carrier != parcel.SourceMail && len(s.Events) > 0 })
}

// suspect records on a new parcel which other parcels it may be identical with.
func (in *intake) suspect(p *parcel.Parcel, np parcel.NoticeParcel) {
	for _, other := range in.predecessors(np) {
		if other != p && other.ID != 0 {
			p.Maybe = append(p.Maybe, parcel.Link{
				Number: other.Number(), Since: in.now, Reason: "same order", Certainty: parcel.Maybe, Parcel: other.ID,
			})
		}
	}
}

func sharesOrder(p *parcel.Parcel, orders []string) bool {
	return slices.ContainsFunc(orders, func(id string) bool { return slices.Contains(p.Orders, id) })
}

// takeOver moves the numbers, orders, items and timelines of from to into. A title
// of into is kept. into remembers what both had.
func takeOver(into, from *parcel.Parcel, reason string, sure parcel.Certainty, now time.Time) {
	union := parcel.Union{Into: into.Part(), From: from.Part()}
	into.NeverJoin = slices.DeleteFunc(into.NeverJoin, from.Has)
	for _, l := range from.Links {
		into.AddLink(parcel.Link{Number: l.Number, Since: now, Reason: reason, Certainty: sure})
	}
	for _, id := range from.Orders {
		if !slices.Contains(into.Orders, id) {
			into.Orders = append(into.Orders, id)
		}
	}
	addItems(into, from.Items, false)
	for _, src := range from.Sources {
		dst := into.Source(src.Carrier, src.Number)
		if len(dst.Events) == 0 {
			*dst = src
		}
	}
	into.Mailboxes.Add(from.Mailboxes...)
	into.Unverified = into.Unverified && from.Unverified
	into.Title = cmp.Or(into.Title, from.Title)
	into.Shipped = parcel.Earliest(into.Shipped, from.Shipped)
	if from.FirstSeen.Before(into.FirstSeen) {
		into.FirstSeen = from.FirstSeen
	}
	into.Maybe = slices.DeleteFunc(into.Maybe, func(l parcel.Link) bool { return from.Has(l.Number) })
	into.Unions = append(append(slices.Clone(into.Unions), from.Unions...), union)
}

// splitOff moves a number of p to a new parcel. If it came by a merge, the merge is
// undone: each of the two has what it had, and the numbers it had. Otherwise both have the
// orders and items. The two are never joined automatically again.
func splitOff(p *parcel.Parcel, n number.Number, now time.Time) *parcel.Parcel {
	had, earlier, merged := p.Undo(n)
	if !merged {
		had = p.Part()
		had.Title, had.FirstSeen, had.Shipped = "", now, time.Time{}
		had.Links = []parcel.Link{{Number: n, Since: now, Reason: "split by hand", Certainty: parcel.Certain}}
		p.Unlink(n)
	}
	out := &parcel.Parcel{
		Links: had.Links, Title: had.Title, Items: had.Items, Orders: had.Orders, Mailboxes: had.Mailboxes,
		FirstSeen: had.FirstSeen, Shipped: had.Shipped, AddedByUser: had.AddedByUser, Unverified: had.Unverified && p.Unverified,
		NextCheck: now, Reason: "split", NeverJoin: p.Numbers(), Unions: earlier,
	}
	p.Sources = slices.DeleteFunc(p.Sources, func(src parcel.Source) bool {
		if had.Has(src.Number) {
			out.Sources = append(out.Sources, src)
		}
		return had.Has(src.Number)
	})
	p.NeverJoin = append(p.NeverJoin, out.Numbers()...)
	return out
}
