package parcel

import (
	"slices"
	"time"

	"parcelwatch/parcel/number"
)

// Part is what one of two merged parcels had, so that a split can undo the merge.
type Part struct {
	Links       []Link    `json:"links"`
	Title       string    `json:"title,omitempty"`
	Items       []Item    `json:"items,omitempty"`
	Orders      []string  `json:"orders,omitempty"`
	Mailboxes   Mailboxes `json:"mailboxes,omitempty"`
	FirstSeen   time.Time `json:"first_seen"`
	Shipped     time.Time `json:"shipped,omitzero"`
	AddedByUser bool      `json:"typed,omitempty"`
	Unverified  bool      `json:"unverified,omitempty"`
}

// Union records that a parcel took over another one.
type Union struct {
	Into Part `json:"into"`
	From Part `json:"from"`
}

// Part returns what the parcel has now.
func (p *Parcel) Part() Part {
	return Part{
		Links: slices.Clone(p.Links), Title: p.Title, Items: slices.Clone(p.Items), Orders: slices.Clone(p.Orders),
		Mailboxes: slices.Clone(p.Mailboxes), FirstSeen: p.FirstSeen, Shipped: p.Shipped,
		AddedByUser: p.AddedByUser, Unverified: p.Unverified,
	}
}

// Has reports whether the number is one of the part's.
func (t Part) Has(n number.Number) bool {
	return slices.ContainsFunc(t.Links, func(l Link) bool { return l.Number == n })
}

// holds reports whether the part has a number of the other.
func (t Part) holds(o Part) bool {
	return slices.ContainsFunc(o.Links, func(l Link) bool { return t.Has(l.Number) })
}

// relink gives the numbers the reasons that they had before a merge.
func (p *Parcel) relink(links []Link) {
	p.Links = slices.Clone(p.Links)
	for _, l := range links {
		if i := slices.IndexFunc(p.Links, func(own Link) bool { return own.Number == l.Number }); i >= 0 {
			p.Links[i] = l
		}
	}
}

// Undo takes back the merge of which the number is one side: the parcel keeps what the
// other side had and what it has learned since. It returns the side with the number and
// its own earlier merges; ok is false if the number came by no merge.
func (p *Parcel) Undo(n number.Number) (out Part, earlier []Union, ok bool) {
	for i, u := range slices.Backward(p.Unions) {
		switch {
		case u.From.Has(n):
		case i == len(p.Unions)-1 && len(u.Into.Links) == 1 && u.Into.Has(n):
			u.Into, u.From = u.From, u.Into
			p.relink(u.Into.Links)
		default:
			continue
		}
		out = u.From
		out.Links = slices.DeleteFunc(slices.Clone(out.Links), func(l Link) bool { return !p.Has(l.Number) })
		p.Unions = slices.Delete(slices.Clone(p.Unions), i, i+1)
		p.Unions = slices.DeleteFunc(p.Unions, func(within Union) bool {
			inside := u.From.holds(within.From) && u.From.holds(within.Into)
			if inside {
				earlier = append(earlier, within)
			}
			return inside
		})
		for j := range p.Unions {
			p.Unions[j].From.lose(u, n)
			p.Unions[j].Into.lose(u, n)
		}
		p.keep(u)
		return out, earlier, true
	}
	return Part{}, nil, false
}

// Unlink removes a number that came by no merge.
func (p *Parcel) Unlink(n number.Number) {
	gone := func(l Link) bool { return l.Number == n }
	p.Links = slices.DeleteFunc(p.Links, gone)
	for i := range p.Unions {
		u := &p.Unions[i]
		u.Into.Links, u.From.Links = slices.DeleteFunc(u.Into.Links, gone), slices.DeleteFunc(u.From.Links, gone)
	}
}

// keep removes what only the other side of a merge brought.
func (p *Parcel) keep(u Union) {
	p.Links = slices.DeleteFunc(p.Links, func(l Link) bool { return u.From.Has(l.Number) })
	p.Items = without(p.Items, u.From.Items, u.Into.Items)
	p.Orders = without(p.Orders, u.From.Orders, u.Into.Orders)
	p.Mailboxes = without(p.Mailboxes, u.From.Mailboxes, u.Into.Mailboxes)
	if p.Title == u.Into.Title || p.Title == u.From.Title {
		p.Title = u.Into.Title
	}
	if p.FirstSeen.Equal(u.From.FirstSeen) {
		p.FirstSeen = u.Into.FirstSeen
	}
	if p.Shipped.Equal(u.From.Shipped) {
		p.Shipped = u.Into.Shipped
	}
	p.AddedByUser, p.Unverified = u.Into.AddedByUser, u.Into.Unverified && p.Unverified
}

// lose takes the other side of a merge out of a part that had it, with the number.
func (t *Part) lose(u Union, n number.Number) {
	if !t.Has(n) {
		return
	}
	t.Links = slices.DeleteFunc(slices.Clone(t.Links), func(l Link) bool { return u.From.Has(l.Number) })
	t.Items = without(t.Items, u.From.Items, u.Into.Items)
	t.Orders = without(t.Orders, u.From.Orders, u.Into.Orders)
	t.Mailboxes = without(t.Mailboxes, u.From.Mailboxes, u.Into.Mailboxes)
}

// without returns list without what is in gone and not in kept.
func without[S ~[]E, E comparable](list, gone, kept S) S {
	return slices.DeleteFunc(slices.Clone(list), func(e E) bool { return slices.Contains(gone, e) && !slices.Contains(kept, e) })
}
