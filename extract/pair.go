package extract

import "slices"

// spot is where an order or a tracking number is in a text.
type spot struct {
	id         string
	order      bool
	page, line int
	row, col   int
}

const maxSpots = 400

func (r *reading) seen(s spot) {
	if len(r.spots) < maxSpots {
		r.spots = append(r.spots, s)
	}
}

// pairByPlace gives each of several parcels without orders those that stand with
// it: in its row, its column or its line, or in turn with it.
func (r *reading) pairByPlace() {
	if len(r.parcels) < 2 || len(r.orders) < 2 {
		return
	}
	for i := range r.parcels {
		f := &r.parcels[i]
		if len(f.orders) > 0 {
			continue
		}
		for _, s := range r.spots {
			if !s.order && s.id == string(f.number) && len(f.orders) == 0 {
				f.orders = r.ordersBeside(s)
			}
		}
	}
}

// ordersBeside returns the orders that belong to the number at a spot.
func (r *reading) ordersBeside(s spot) []string {
	if s.row == 0 {
		if out := r.idsOf(func(o spot) bool { return o.order && o.page == s.page && o.line == s.line }); len(out) == 1 {
			return out
		}
		return r.inTurn(s)
	}
	if out := r.idsOf(func(o spot) bool { return o.order && o.page == s.page && o.row == s.row }); len(out) > 0 {
		return out
	}
	return r.inTurn(s)
}

// inTurn returns the order at the same place among the orders of a column as the
// number has among its numbers. Outside of a table both must take turns.
func (r *reading) inTurn(s spot) []string {
	same := func(o spot) bool { return o.page == s.page && (o.row > 0) == (s.row > 0) && o.col == s.col }
	orders := r.idsOf(func(o spot) bool { return o.order && same(o) })
	numbers := r.idsOf(func(o spot) bool { return !o.order && same(o) })
	if len(orders) != len(numbers) || s.row == 0 && !r.alternate(same) {
		return nil
	}
	for i, n := range numbers {
		if n == s.id {
			return []string{orders[i]}
		}
	}
	return nil
}

// alternate reports whether orders and numbers take turns from line to line.
func (r *reading) alternate(same func(spot) bool) bool {
	var before *spot
	turn := make([]*spot, 0, len(r.spots))
	for i := range r.spots {
		if same(r.spots[i]) {
			turn = append(turn, &r.spots[i])
		}
	}
	slices.SortStableFunc(turn, func(a, b *spot) int { return a.line - b.line })
	for _, s := range turn {
		if before != nil && before.order == s.order && before.id != s.id {
			return false
		}
		before = s
	}
	return true
}

// idsOf returns the different ids of the spots chosen, in the order of lines.
func (r *reading) idsOf(choose func(spot) bool) []string {
	var chosen []spot
	for _, s := range r.spots {
		if choose(s) {
			chosen = append(chosen, s)
		}
	}
	slices.SortStableFunc(chosen, func(a, b spot) int { return a.line - b.line })
	var out []string
	for _, s := range chosen {
		out = appendNew(out, s.id)
	}
	return out
}

// assignOrders gives each parcel its orders: those in its link, else all orders
// of the mail if it is the only parcel, else the only order.
func (r *reading) assignOrders() {
	r.pairByPlace()
	for i := range r.parcels {
		f := &r.parcels[i]
		for _, o := range f.orders {
			r.addOrder(o)
		}
		switch {
		case len(r.parcels) == 1:
			f.orders = append([]string{}, r.orders...)
		case len(f.orders) == 0 && len(r.orders) == 1:
			f.orders = append([]string{}, r.orders...)
		}
	}
}

// ids returns the orders and numbers found, to recognise sentences about them.
func (r *reading) ids() map[string]bool {
	out := make(map[string]bool, len(r.orders)+len(r.parcels))
	for _, o := range r.orders {
		out[o] = true
	}
	for _, f := range r.parcels {
		out[string(f.number)] = true
	}
	return out
}
