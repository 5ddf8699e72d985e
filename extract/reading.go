package extract

import (
	"sort"
	"strconv"
	"strings"

	"parcelwatch/extract/shop"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// reading is the state of reading one mail of the shop: its subject, its pages
// and what was found in them so far.
type reading struct {
	p       *Parser
	subject subject
	pages   []page

	orders  []string
	parcels []parcelFound
	weak    []string // order ids from rotated message ids: they confirm an order but do not add one
	spots   []spot   // where orders and numbers are in the texts
	tmpl    string
	step    stepFound
}

// parcelFound is a tracking number with the orders that a link ties it to and
// the step printed beside it.
type parcelFound struct {
	number number.Number
	orders []string
	step   parcel.Step
}

const (
	maxOrders  = 50
	maxParcels = 50
)

// read finds orders and numbers by link parameters, by the form of the subject
// and by labels in the text, and unmistakable forms anywhere in the text.
func (r *reading) read() {
	linkOrders, linkNumbers := r.linked()
	r.step = r.subject.step()
	for _, t := range r.subject.tokens {
		r.takeToken(t, linkOrders, linkNumbers)
	}
	for _, c := range number.Candidates(r.subject.text) {
		if c.Strength == number.High {
			r.addParcel(c.Number) // printed in groups, so not a single token
		}
	}
	for _, o := range linkOrders {
		if !parcelNumber(linkNumbers, o) {
			r.addOrder(o)
		}
	}
	for i := range r.pages {
		r.bodyOrders(&r.pages[i], i)
	}
	for i := range r.pages {
		r.linkParcels(&r.pages[i])
	}
	for i := range r.pages {
		r.bodyNumbers(&r.pages[i], i)
	}
	if len(r.orders) == 0 && len(r.weak) > 0 && len(r.parcels) > 0 {
		r.addOrder(r.weak[0])
	}
	r.assignOrders()
}

// linked returns the orders and numbers in the links of all pages.
func (r *reading) linked() (orders []string, numbers []number.Number) {
	for i := range r.pages {
		for _, l := range r.pages[i].links {
			for _, o := range l.orders {
				orders = appendNew(orders, o)
			}
			for _, n := range l.numbers {
				numbers = appendNew(numbers, n)
			}
			if l.rotated != "" {
				r.weak = appendNew(r.weak, l.rotated)
			}
			if r.tmpl == "" {
				r.tmpl = l.template
			}
		}
	}
	return orders[:min(len(orders), maxOrders)], numbers[:min(len(numbers), maxParcels)]
}

// parcelNumber reports whether the digits are a tracking number in a link.
func parcelNumber(numbers []number.Number, s string) bool { return has(numbers, number.Number(s)) }

// takeToken classifies one token of the subject as an order, a tracking number
// or neither.
func (r *reading) takeToken(t token8, linkOrders []string, linkNumbers []number.Number) {
	known := append(append([]string{}, linkOrders...), r.weak...)
	switch {
	case r.subject.isOrder(t, known, linkNumbers):
		if len(t.text) >= 10 {
			r.addOrder(t.text)
		}
	case has(linkNumbers, number.Number(t.text)) || r.subject.isNumber(t, r.step.known):
		if n, err := number.Parse(t.text); err == nil {
			r.addParcel(n)
		}
	}
}

func (r *reading) addOrder(id string) {
	if len(r.orders) < maxOrders {
		r.orders = appendNew(r.orders, id)
	}
}

func (r *reading) addParcel(n number.Number) *parcelFound {
	for i := range r.parcels {
		if r.parcels[i].number == n {
			return &r.parcels[i]
		}
	}
	if len(r.parcels) >= maxParcels || r.isOrder(string(n)) {
		return nil
	}
	r.parcels = append(r.parcels, parcelFound{number: n})
	return &r.parcels[len(r.parcels)-1]
}

// isOrder reports whether digits are an order of this mail, also in rotated
// form or with a running number in front.
func (r *reading) isOrder(s string) bool {
	if has(r.weak, s) {
		return true
	}
	for _, o := range r.orders {
		if s == o || len(s) <= len(o)+2 && strings.HasSuffix(s, o) || len(s) == len(o) && len(o) > 4 && o[len(o)-4:]+o[:len(o)-4] == s {
			return true
		}
	}
	return false
}

// bodyOrders finds order ids in the text: digits after a word for "order".
func (r *reading) bodyOrders(pg *page, nth int) {
	running := 0
	for k, l := range pg.lines {
		if l.role != shop.RolePlain {
			continue
		}
		for i := l.tok0; i < l.tok1; i++ {
			id := pg.src(i)
			if digits := pg.fold.toks[i].digits; digits >= 1 && digits < 14 {
				id, i = pg.groupedOrder(l, i)
			} else if digits == 0 || !allDigits(id) {
				continue
			} else if kind, ok := pg.labelOf(l, i); !ok || kind != labelOrder {
				continue
			}
			if len(id) > 16 {
				id = r.unglued(id, &running)
			}
			if len(id) >= 14 && len(id) <= 16 && !r.hasParcel(id) && !has(r.weak, id) {
				r.addOrder(id)
				r.seen(spot{id: id, order: true, page: nth, line: k, row: l.row, col: l.col})
			}
		}
	}
}

func (r *reading) hasParcel(s string) bool {
	for _, f := range r.parcels {
		if string(f.number) == s {
			return true
		}
	}
	return false
}

// unglued removes the running number that a list of orders prints before each
// id ("Order 1", "Order 2") and that flattened markup joins to it. For the
// first one, the rest must be an order that is already known.
func (r *reading) unglued(s string, running *int) string {
	id, ok := strings.CutPrefix(s, strconv.Itoa(*running+1))
	if !ok || len(id) != 16 || *running == 0 && !has(r.orders, id) {
		return ""
	}
	*running++
	return id
}

func allDigits(s string) bool { return countDigits(s) == len(s) }

// linkParcels adds the numbers in links, each with the orders of its link and
// the step printed since the previous link.
func (r *reading) linkParcels(pg *page) {
	from := 0
	for _, l := range pg.links {
		for _, n := range l.numbers {
			f := r.addParcel(n)
			if f == nil {
				continue
			}
			for _, o := range l.orders {
				f.orders = appendNew(f.orders, o)
			}
			if f.step == "" {
				f.step = pg.stepOf(l, from)
			}
		}
		if len(l.numbers) > 0 {
			from = l.last + 1
		}
	}
}

const stepDistance = 14 // lines above a parcel's link that are searched for its step

// stepOf returns the step inside a link that surrounds a whole card, else the
// step in the nearest line above the link.
func (pg *page) stepOf(k link, from int) parcel.Step {
	for i := k.line; i < len(pg.lines) && i <= k.last; i++ {
		if s := pg.lineStep(i); s != "" {
			return s
		}
	}
	for i := min(k.line, len(pg.lines)-1); i >= from && i >= k.line-stepDistance; i-- {
		if s := pg.lineStep(i); s != "" {
			return s
		}
	}
	return ""
}

func (pg *page) lineStep(i int) parcel.Step {
	l := pg.lines[i]
	if l.role != shop.RolePlain {
		return ""
	}
	if m, ok := pg.bestStep(l.tok0, l.tok1, false); ok && m.step != parcel.StepUpdate {
		return m.step
	}
	return ""
}

// bodyNumbers finds numbers in the text: those after a label, and those with an
// unmistakable form.
func (r *reading) bodyNumbers(pg *page, nth int) {
	found := func(n number.Number, k int) {
		if r.addParcel(n) != nil {
			r.seen(spot{id: string(n), page: nth, line: k, row: pg.lines[k].row, col: pg.lines[k].col})
		}
	}
	next := 0
	for k, l := range pg.lines {
		if l.role == shop.RolePlain {
			next = r.lineNumbers(pg, l, max(next, l.tok0), func(n number.Number) { found(n, k) })
		}
	}
	for _, c := range number.Candidates(pg.text) {
		if c.Strength < number.High {
			continue
		}
		if l, ok := pg.lineAt(c.Start); ok && l.role == shop.RolePlain {
			found(c.Number, pg.lineIndex(c.Start))
		}
	}
}

// lineNumbers finds the numbers after labels in the words of one line from a word
// on. It returns the first word that was not read.
func (r *reading) lineNumbers(pg *page, l line, from int, found func(number.Number)) int {
	i := from
	for ; i < l.tok1; i++ {
		if n, last, ok := r.grouped(pg, l, i); ok {
			found(n)
			i = last
			continue
		}
		if digits := pg.fold.toks[i].digits; digits < 6 && (digits < 2 || !fewDigits(pg.src(i))) {
			continue
		}
		if n, ok := r.labelled(pg, l, i); ok {
			found(n)
		}
	}
	return i
}

// labelled returns a word as a tracking number if it follows a label. A word for
// "package" is a weaker label than one for "tracking number".
func (r *reading) labelled(pg *page, l line, tok int) (number.Number, bool) {
	word := pg.src(tok)
	if len(word) < 8 || len(word) > 40 || !plainASCII(word) || r.isOrder(word) || longTail(pg, tok) {
		return "", false
	}
	kind, ok := pg.labelOf(l, tok)
	if !ok && r.saidOfOrder(pg, l, tok) {
		kind, ok = labelNumber, true
	}
	switch {
	case !ok:
		return "", false
	case kind == labelNumber:
	case kind == labelPackage && fewDigits(word) && !allDigits(word):
	case kind == labelPackage && tokenForm(word) && (!allDigits(word) || len(word) >= 12):
	case kind == labelOrder && !allDigits(word) && tokenForm(word):
	default:
		return "", false
	}
	n, err := number.Parse(word)
	return n, err == nil
}

// longTail reports whether a dash, dot or comma and more digits follow a word,
// as in a date, price or phone number.
func longTail(pg *page, tok int) bool {
	t := pg.fold.toks[tok]
	rest := pg.text[t.src1:]
	before := pg.text[:t.src0]
	if strings.HasSuffix(before, "+") {
		return true
	}
	return len(rest) >= 2 && strings.IndexByte(".,", rest[0]) >= 0 && rest[1] >= '0' && rest[1] <= '9'
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lineIndex returns the first line that ends after an offset in the text.
func (pg *page) lineIndex(off int) int {
	return sort.Search(len(pg.lines), func(i int) bool { return pg.lines[i].end > off })
}

// lineAt returns the line at an offset in the text.
func (pg *page) lineAt(off int) (line, bool) {
	lo := pg.lineIndex(off)
	if lo == len(pg.lines) || pg.lines[lo].start > off {
		return line{}, false
	}
	return pg.lines[lo], true
}
