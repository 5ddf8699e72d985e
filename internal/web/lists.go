package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parcelwatch/internal/ordered"
	"parcelwatch/internal/textx"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

const (
	perPage  = 50
	maxQuery = 100 // characters
	maxPage  = 10_000
)

// show is what the page of parcels lists.
type show string

const (
	showOpen      show = "open"
	showNeeds     show = "needs"
	showWay       show = "way"
	showWaiting   show = "waiting"
	showDelivered show = "delivered"
	showArchive   show = "archive"
)

// shows returns the entries of the page's menu with the ids of their words.
func shows() []choice {
	return []choice{
		{showOpen, "web_open"},
		{showNeeds, "section_needs"},
		{showWay, "section_travelling"},
		{showWaiting, "section_waiting"},
		{showDelivered, "section_delivered"},
		{showArchive, "web_archive"},
	}
}

type choice struct {
	Show show
	Word string
}

// has reports whether a section belongs to an entry of the menu.
func (s show) has(kind notify.SectionKind) bool {
	switch s {
	case showNeeds:
		return kind == notify.SectionNeeds || kind == notify.SectionStalled
	case showWay:
		return kind == notify.SectionToday || kind == notify.SectionTravelling
	case showWaiting:
		return kind == notify.SectionWaiting || kind == notify.SectionUnnumbered
	default:
		return true
	}
}

// parcels is the body of the page of parcels.
type parcels struct {
	Shows  []choice
	Show   show
	Query  string
	Groups []group
	Number int // of the page, from 1
	Before string
	After  string
}

// group is a section of the page.
type group struct {
	Title string
	Cards []card
}

// card is a parcel or an order with its address.
type card struct {
	notify.Card

	Path  string // below the prefix
	Muted bool
	Done  bool
}

func (s *Server) listParcels(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	b := parcels{Shows: shows(), Show: showOpen, Query: textx.Line(q.Get("q"), maxQuery), Number: 1}
	for _, c := range shows() {
		if string(c.Show) == q.Get("show") {
			b.Show = c.Show
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		b.Number = min(max(n, 1), maxPage)
	}
	if err := s.fill(r.Context(), &b, s.list(r)); err != nil {
		s.fail(w, r, "list parcels", err)
		return
	}
	say := s.say(r)
	for i := range b.Groups {
		if b.Groups[i].Title != "" {
			b.Groups[i].Title = say.T(b.Groups[i].Title)
		}
	}
	s.render(w, r, http.StatusOK, "parcels.html", page{Title: say.T("web_parcels"), Nav: "parcels", Notice: saved(r, say), Body: b})
}

// list returns the rules and words of the digest for a visitor.
func (s *Server) list(r *http.Request) notify.List {
	p := s.Settings.Protection
	in := notify.Input{Protection: notify.Protection{Days: p.Days, Remind: p.Remind}}
	if s.Gaps != nil {
		gap, err := s.Gaps(r.Context())
		if err != nil {
			s.Log.WarnContext(r.Context(), "usual durations are not known", "err", err.Error())
		}
		in.Gap = gap
	}
	return notify.NewList(in, s.say(r), s.Settings.Timezone.Location(), s.Now())
}

// fill finds what the page shows.
func (s *Server) fill(ctx context.Context, b *parcels, l notify.List) error {
	switch {
	case b.Query != "":
		return s.search(ctx, b, l)
	case b.Show == showDelivered:
		return s.past(ctx, b, l, store.Delivered)
	case b.Show == showArchive:
		return s.past(ctx, b, l, store.Archived)
	default:
		return s.present(ctx, b, l)
	}
}

// ref is an open parcel or order in a list. Documents are read only for those shown.
type ref struct {
	kind  int // position of the section
	rank  int64
	id    int64
	order *parcel.Order
}

// present lists the open parcels and orders in the sections of the digest.
func (s *Server) present(ctx context.Context, b *parcels, l notify.List) error {
	kinds := notify.SectionKinds()
	var refs []ref
	outlines, err := s.Store.Outlines(ctx, nil)
	if err != nil {
		return err
	}
	for i := range outlines {
		if kind, rank := l.Place(&outlines[i]); b.Show.has(kind) {
			refs = append(refs, ref{kind: slices.Index(kinds, kind), rank: rank, id: outlines[i].ID})
		}
	}
	orders, err := s.Store.FollowedOrders(ctx, nil)
	if err != nil {
		return err
	}
	for i := range orders {
		if kind, rank, ok := l.PlaceOrder(&orders[i]); ok && b.Show.has(kind) {
			refs = append(refs, ref{kind: slices.Index(kinds, kind), rank: rank, order: &orders[i]})
		}
	}
	ordered.Sort(refs, func(x, y ref) int { return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.rank, y.rank)) })
	from := min((b.Number-1)*perPage, len(refs))
	to := min(from+perPage, len(refs))
	b.turn(to < len(refs))
	cards, err := s.cards(ctx, refs[from:to], l)
	if err != nil {
		return err
	}
	for i, one := range refs[from:to] {
		title := "section_" + string(kinds[one.kind])
		if cards[i].Path == "" {
			continue // gone since
		}
		if n := len(b.Groups); n == 0 || b.Groups[n-1].Title != title {
			b.Groups = append(b.Groups, group{Title: title})
		}
		g := &b.Groups[len(b.Groups)-1]
		g.Cards = append(g.Cards, cards[i])
	}
	return nil
}

// cards renders what a page shows. A parcel that is gone has a card without a path.
func (s *Server) cards(ctx context.Context, refs []ref, l notify.List) ([]card, error) {
	var ids []int64
	for _, one := range refs {
		if one.order == nil {
			ids = append(ids, one.id)
		}
	}
	found, err := s.Store.ParcelsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]card, len(refs))
	for i, one := range refs {
		if one.order != nil {
			out[i] = orderCard(one.order, l)
			continue
		}
		if at := slices.IndexFunc(found, func(p parcel.Parcel) bool { return p.ID == one.id }); at >= 0 {
			out[i] = parcelCard(&found[at], l)
		}
	}
	return out, nil
}

func parcelCard(p *parcel.Parcel, l notify.List) card {
	return card{Card: l.Parcel(p), Path: pathOf(p.Number()), Muted: p.Muted, Done: p.Closed}
}

func orderCard(o *parcel.Order, l notify.List) card {
	return card{Card: l.Order(o), Path: "/order/" + url.PathEscape(o.ID), Done: o.Closed}
}

// pathOf returns the address of a parcel's page.
func pathOf(n number.Number) string { return "/parcel/" + url.PathEscape(string(n)) }

// past lists parcels that are over, the latest first. It stops reading after the page.
func (s *Server) past(ctx context.Context, b *parcels, l notify.List, standing store.Standing) error {
	pick := picker{skip: (b.Number - 1) * perPage}
	err := s.Store.EachParcel(ctx, standing, func(p parcel.Parcel) bool {
		return pick.take(func() card { return parcelCard(&p, l) })
	})
	b.found(pick)
	return err
}

// search lists the parcels and orders with the words of the query, whatever their state.
func (s *Server) search(ctx context.Context, b *parcels, l notify.List) error {
	pick := picker{skip: (b.Number - 1) * perPage}
	words := strings.Fields(strings.ToLower(b.Query))
	for _, standing := range []store.Standing{store.Open, store.Delivered, store.Archived} {
		err := s.Store.EachParcel(ctx, standing, func(p parcel.Parcel) bool {
			return !matches(p, words) || pick.take(func() card { return parcelCard(&p, l) })
		})
		if err != nil {
			return err
		}
		if pick.more {
			b.found(pick)
			return nil
		}
	}
	orders, err := s.Store.FollowedOrders(ctx, nil)
	if err != nil {
		return err
	}
	for i := range orders {
		if contains(words, orders[i].ID, orders[i].Items) {
			pick.take(func() card { return orderCard(&orders[i], l) })
		}
	}
	b.found(pick)
	return nil
}

// matches reports whether a parcel contains all words: in its title, contents, numbers,
// orders or places.
func matches(p parcel.Parcel, words []string) bool {
	text := append([]string{p.Title, p.Pickup.Place}, p.Orders...)
	for _, n := range p.Numbers() {
		text = append(text, string(n))
	}
	return contains(words, strings.Join(text, " "), p.Items)
}

func contains(words []string, text string, items []parcel.Item) bool {
	all := make([]string, 0, len(items)+1)
	for _, it := range items {
		all = append(all, it.Title)
	}
	text = strings.ToLower(strings.Join(append(all, text), " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// picker collects the cards of one page.
type picker struct {
	skip  int
	cards []card
	more  bool
}

// take reports whether there is room for more. It renders the card if it is on the page.
func (p *picker) take(render func() card) bool {
	switch {
	case p.skip > 0:
		p.skip--
	case len(p.cards) == perPage:
		p.more = true
	default:
		p.cards = append(p.cards, render())
	}
	return !p.more
}

func (b *parcels) found(p picker) {
	if len(p.cards) > 0 {
		b.Groups = []group{{Cards: p.cards}}
	}
	b.turn(p.more)
}

// turn sets the addresses of the neighbouring pages.
func (b *parcels) turn(more bool) {
	to := func(n int) string {
		q := url.Values{"page": {strconv.Itoa(n)}}
		if b.Query != "" {
			q.Set("q", b.Query)
		} else {
			q.Set("show", string(b.Show))
		}
		return "/?" + q.Encode()
	}
	if b.Number > 1 {
		b.Before = to(b.Number - 1)
	}
	if more {
		b.After = to(b.Number + 1)
	}
}
