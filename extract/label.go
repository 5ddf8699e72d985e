package extract

import "slices"

const headDistance = 60 // maximum lines between a column's head and its values

// labelOf returns the label of a value: the one before it in its cell, the head
// of its column or row, else the label right before it.
func (pg *page) labelOf(l line, tok int) (label, bool) {
	kind, at, ok := pg.labelBefore(tok)
	if l.row == 0 {
		if ok && pg.fold.toks[at].src0 >= l.start {
			return kind, true
		}
		if head, found := pg.headLine(l, tok); found {
			return head, true
		}
		return kind, ok
	}
	if ok {
		if m, _ := pg.lineAt(pg.fold.toks[at].src0); m.row == l.row && m.col == l.col {
			return kind, true
		}
	}
	if head, found := pg.columnLabel(l); found {
		return head, true
	}
	if head, found, is := pg.rowLabel(l); is {
		return head, found
	}
	return kind, ok
}

// headLine returns the label of a value below a line of several labels: the first
// value has the first label. Lines of values may come between.
func (pg *page) headLine(l line, tok int) (label, bool) {
	at := pg.lineIndex(l.start) - 1
	for far := at - headDistance; at >= 0 && at > far && pg.lines[at].row == 0 && pg.hasID(pg.lines[at]); {
		at--
	}
	if at < 0 || pg.lines[at].row != 0 {
		return 0, false
	}
	nth := 0
	for i := l.tok0; i < tok; i++ {
		if pg.isID(i) {
			nth++
		}
	}
	labels := pg.labels(pg.lines[at])
	if len(labels) < 2 || nth >= len(labels) {
		return 0, false
	}
	return labels[nth], true
}

// labels returns the labels of a line that has no more than labels, in order.
func (pg *page) labels(l line) []label {
	var out []label
	for k := l.tok1 - 1; k >= l.tok0; k-- {
		m, ok := pg.endingAt(k)
		switch {
		case ok && m.first >= l.tok0:
			if m.label != labelFiller {
				out = append(out, m.label)
			}
			k = m.first
		case pg.weight(k, k+1) > 0 && len(out) > 0 && pg.gap(k) == " ":
			return nil // a sentence
		}
	}
	slices.Reverse(out)
	return out
}

// columnLabel returns the label at the head of a cell's column, which is above
// it or, in the last row, below. The search stops at the heads of another table.
func (pg *page) columnLabel(cell line) (label, bool) {
	at := pg.lineIndex(cell.start)
	for i := at - 1; i >= 0 && i >= at-headDistance && pg.lines[i].row > 0; i-- {
		if pg.lines[i].row == cell.row || pg.lines[i].col != cell.col {
			continue
		}
		if kind, ok := pg.cellLabel(pg.lines[i]); ok && pg.headRow(i) {
			return kind, true
		}
		if pg.headRow(i) {
			return 0, false // the head of this column is not a label
		}
	}
	for i := at + 1; i < len(pg.lines) && i <= at+headDistance && pg.lines[i].row > 0; i++ {
		if pg.lines[i].row == cell.row || pg.lines[i].col != cell.col || !pg.headRow(i) {
			continue
		}
		return pg.cellLabel(pg.lines[i])
	}
	return 0, false
}

// cellLabel returns the label that a cell begins with.
func (pg *page) cellLabel(l line) (label, bool) {
	for k := l.tok1 - 1; k >= l.tok0; k-- {
		if m, ok := pg.endingAt(k); ok && m.label != labelFiller && pg.leading(l, m.first) {
			return m.label, true
		}
	}
	return 0, false
}

// rowLabel returns the label of a cell in a row that has its labels in cells of
// their own: one for the row, or one beside each value, always on the same side.
// It reports whether the row is of this kind.
func (pg *page) rowLabel(cell line) (kind label, found, is bool) {
	at := pg.lineIndex(cell.start)
	from, to := pg.rowAround(at)
	labels, first, behind, one := 0, true, false, label(0)
	for i := from; i < to; i++ {
		kind, ok := pg.cellLabel(pg.lines[i])
		id := pg.hasID(pg.lines[i])
		if ok && !id {
			labels++
			one = kind
		}
		if first && (ok || id) {
			first, behind = false, id
		}
	}
	if labels < 2 {
		return one, labels == 1, labels == 1
	}
	step := -1
	if behind {
		step = 1
	}
	for i := at + step; i >= from && i < to; i += step {
		if kind, ok := pg.cellLabel(pg.lines[i]); ok {
			return kind, true, true
		}
		if pg.hasID(pg.lines[i]) {
			break
		}
	}
	return 0, false, true
}

// hasID reports whether a cell contains a word that may be an order or a number.
func (pg *page) hasID(l line) bool {
	for i := l.tok0; i < l.tok1; i++ {
		if pg.isID(i) {
			return true
		}
	}
	return false
}

func (pg *page) isID(tok int) bool {
	return pg.fold.toks[tok].digits >= 6 || fewDigits(pg.src(tok))
}

// rowAround returns the lines of the row that line i is in.
func (pg *page) rowAround(i int) (from, to int) {
	from, to = i, i+1
	for row := pg.lines[i].row; from > 0 && pg.lines[from-1].row == row && i-from < maxCells; {
		from--
	}
	for row := pg.lines[i].row; to < len(pg.lines) && pg.lines[to].row == row && to-i < maxCells; {
		to++
	}
	return from, to
}

// saidOfOrder reports whether a sentence mentions the number of an order: "the
// tracking number of your order 8190000000001234 is 520600009876".
func (r *reading) saidOfOrder(pg *page, l line, tok int) bool {
	if !tokenForm(pg.src(tok)) {
		return false
	}
	orders := 0
	for i := tok - 1; i >= l.tok0; i-- {
		if m, ok := pg.endingAt(i); ok && m.label == labelNumber {
			return orders == 1
		}
		if pg.fold.toks[i].digits < 6 {
			continue
		}
		if orders++; !r.isOrder(pg.src(i)) {
			return false
		}
	}
	return false
}
