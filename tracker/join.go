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
	if !slices.ContainsFunc(of, func(p *parcel.Parcel) bool {
		return p.Status == parcel.Delivered && p.Number().Rank() == number.RankPost
	}) {
		return
	}
	for _, p := range of {
		if p.Number().Internal() && !p.Status.Final() {
			p.Closed, p.NextCheck = true, time.Time{}
		}
	}
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
// of into is kept.
func takeOver(into, from *parcel.Parcel, reason string, sure parcel.Certainty, now time.Time) {
	into.NeverJoin = slices.DeleteFunc(into.NeverJoin, from.Has)
	for _, l := range from.Links {
		into.AddLink(parcel.Link{Number: l.Number, Since: now, Reason: reason, Certainty: sure})
	}
	for _, id := range from.Orders {
		if !slices.Contains(into.Orders, id) {
			into.Orders = append(into.Orders, id)
		}
	}
	addItems(into, from.Items)
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
}

// splitOff moves one number of p to a new parcel. The two are never joined
// automatically again.
func splitOff(p *parcel.Parcel, n number.Number, now time.Time) *parcel.Parcel {
	out := &parcel.Parcel{
		FirstSeen: now, Mailboxes: slices.Clone(p.Mailboxes), Orders: slices.Clone(p.Orders), Items: slices.Clone(p.Items),
		AddedByUser: p.AddedByUser, NextCheck: now, Reason: "split",
		Links:     []parcel.Link{{Number: n, Since: now, Reason: "split by hand", Certainty: parcel.Certain}},
		NeverJoin: p.Numbers(),
	}
	out.NeverJoin = slices.DeleteFunc(out.NeverJoin, func(x number.Number) bool { return x == n })
	for _, src := range p.Sources {
		if src.Number == n {
			out.Sources = append(out.Sources, src)
		}
	}
	p.Links = slices.DeleteFunc(p.Links, func(l parcel.Link) bool { return l.Number == n })
	p.Sources = slices.DeleteFunc(p.Sources, func(src parcel.Source) bool { return src.Number == n })
	p.NeverJoin = append(p.NeverJoin, n)
	return out
}
