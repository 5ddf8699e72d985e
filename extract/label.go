package extract

const headDistance = 60 // maximum lines between a column's head and its values

// labelOf returns the label of a value: the head of its column if the table has
// a row of labels, else the label right before it.
func (pg *page) labelOf(l line, tok int) (label, bool) {
	if l.row > 0 {
		if kind, ok := pg.columnLabel(l); ok {
			return kind, true
		}
	}
	return pg.labelBefore(tok)
}

// columnLabel returns the label at the head of a cell's column. The search
// stops at the heads of another table.
func (pg *page) columnLabel(cell line) (label, bool) {
	at := pg.lineIndex(cell.start)
	for i := at - 1; i >= 0 && i >= at-headDistance; i-- {
		l := pg.lines[i]
		switch {
		case l.row == 0:
			return 0, false
		case l.row == cell.row || l.col != cell.col:
			continue
		}
		for k := l.tok1 - 1; k >= l.tok0; k-- {
			if m, ok := pg.endingAt(k); ok && m.label != labelFiller && pg.headRow(i) && pg.leading(l, m.first) {
				return m.label, true
			}
		}
		if pg.headRow(i) {
			return 0, false // the head of this column is not a label
		}
	}
	return 0, false
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
