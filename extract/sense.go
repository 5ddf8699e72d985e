package extract

import (
	"slices"
	"strings"

	"parcelwatch/parcel"
)

// told is a step phrase and the step it expresses among the words around it.
type told struct {
	mark

	step parcel.Step
}

// clauseWords are the clause that a phrase stands in, the words from..to, and
// those among them that change a step: words of the phrase's language outside
// the phrase.
type clauseWords struct {
	mark

	langs    uint32
	from, to int
	around   []mark
	within   []mark // those that the phrase is part of
}

// sense returns the step that a phrase expresses in its clause. It reports false
// for a step that is denied ("was not delivered"), expected ("will be delivered
// tomorrow"), of another place ("in the country of origin"), of another thing
// ("invoice delivered") or for somebody else ("ready for pickup by the courier").
func (c clauseWords) sense(pg *page) (parcel.Step, bool) {
	switch {
	case c.slight() && c.precededBy(labelThing), c.step == parcel.StepReadyForPickup && (c.has(labelByCarrier) || c.has(labelToCarrier)):
		return "", false
	case c.has(labelOrigin) && onlyAtHome(c.step):
		return "", false
	case c.has(labelHeld) && c.step != parcel.StepReadyForPickup:
		return parcel.StepAtCustoms, c.step == parcel.StepAtCustoms || c.step == parcel.StepClearedCustoms || c.has(labelCustoms)
	case c.has(labelNot):
		return parcel.StepAtCustoms, c.step == parcel.StepClearedCustoms
	case done(c.step) && (c.has(labelWill) || c.has(labelLater)), c.step == parcel.StepOutForDelivery && c.has(labelLater):
		return "", false
	case inDestination(c.step) && c.precededBy(labelWill, labelLater):
		return "", false
	case c.partOf(labelOrigin):
		return "", false
	case c.step == parcel.StepDelivered || c.step == parcel.StepHandedOver:
		return c.deliveredTo(pg), true
	default:
		return c.step, true
	}
}

// done reports whether a step says that something has been completed, which a
// word for the future takes back.
func done(s parcel.Step) bool {
	switch s {
	case parcel.StepShipped, parcel.StepPartlyShipped, parcel.StepHandedOver, parcel.StepPickedUp, parcel.StepLeftOrigin,
		parcel.StepClearedCustoms, parcel.StepReadyForPickup, parcel.StepDelivered, parcel.StepDeliveryConfirmed, parcel.StepClosed:
		return true
	default:
		return false
	}
}

// onlyAtHome reports whether a step is one of the country of destination, which
// words for the country of origin take back: a parcel passes customs in both.
func onlyAtHome(s parcel.Step) bool {
	switch s {
	case parcel.StepDelivered, parcel.StepDeliveryConfirmed, parcel.StepAtCustoms, parcel.StepClearedCustoms:
		return true
	default:
		return inDestination(s)
	}
}

func inDestination(s parcel.Step) bool {
	return s == parcel.StepInCountry || s == parcel.StepLocalTransit || s == parcel.StepLocalCarrier || s == parcel.StepAtDeliveryCenter
}

// heldByCustoms returns the step of a text that has no step phrase but says that
// customs keep the parcel or have not released it.
func (pg *page) heldByCustoms(from, to int) (told, bool) {
	for _, m := range pg.words.around.find(&pg.fold, from, to, nil) {
		if m.label != labelCustoms {
			continue
		}
		c := pg.clauseOf(m, from, to)
		if c.has(labelOrigin) {
			continue
		}
		if c.has(labelHeld) || c.has(labelNot) && !pg.stepIn(c.from, c.to) {
			return told{m, parcel.StepAtCustoms}, true
		}
	}
	return told{}, false
}

// stepIn reports whether a step phrase other than the word "completed" stands
// among the words from..to.
func (pg *page) stepIn(from, to int) bool {
	for k := pg.markFrom(from); k < len(pg.marks) && pg.marks[k].first < to; k++ {
		if m := pg.marks[k]; m.label == labelStep && m.step != parcel.StepOther && m.step != parcel.StepDeliveryConfirmed && m.last < to {
			return true
		}
	}
	return false
}

// languagesOf returns the languages of all step phrases that share words with m.
func (pg *page) languagesOf(m mark) uint32 {
	langs := m.lang
	for k := pg.markFrom(m.first - longestPhrase); k < len(pg.marks) && pg.marks[k].first <= m.last; k++ {
		if o := pg.marks[k]; o.label == labelStep && o.last >= m.first {
			langs |= o.lang
		}
	}
	return langs
}

// longestPhrase is the number of words that a phrase may span.
const longestPhrase = 24

// clauseOf returns the clause of a phrase within the words from..to.
func (pg *page) clauseOf(m mark, from, to int) clauseWords {
	c := clauseWords{mark: m, langs: pg.languagesOf(m), from: m.first, to: m.last + 1}
	for c.from > from && !pg.breaks(c.from-1) {
		c.from--
	}
	for c.to < to && !pg.breaks(c.to-1) {
		c.to++
	}
	for _, a := range pg.words.around.find(&pg.fold, c.from, c.to, nil) {
		switch {
		case a.lang&c.langs == 0, a.first >= m.first && a.last <= m.last:
		case a.first <= m.first && a.last >= m.last:
			c.within, c.around = append(c.within, a), append(c.around, a)
		case a.label == labelNot && a.last+1 < to && pg.fold.toks[a.last+1].digits >= 4: // "No" before a number
		case a.label != labelBut:
			c.around = append(c.around, a)
		case a.last < m.first:
			c.from = a.last + 1
		default:
			c.to = min(c.to, a.first)
		}
	}
	c.around = slices.DeleteFunc(c.around, func(a mark) bool { return a.first < c.from || a.last >= c.to })
	return c
}

// breaks reports whether punctuation ends a clause between a word and the next.
func (pg *page) breaks(tok int) bool {
	between := pg.gap(tok)
	return strings.ContainsAny(between, ".,;:!?()[]|\n—–•·،؛؟、。，；：！？") || strings.Contains(between, " - ")
}

// precededBy reports whether one of the labels stands before the phrase.
func (c clauseWords) precededBy(labels ...label) bool {
	return slices.ContainsFunc(c.around, func(a mark) bool { return a.last < c.first && slices.Contains(labels, a.label) })
}

func (c clauseWords) has(l label) bool {
	return slices.ContainsFunc(c.around, func(a mark) bool { return a.label == l })
}

// partOf reports whether the phrase is part of a longer one, such as "sent" in
// Korean in "the country that it was sent from".
func (c clauseWords) partOf(l label) bool {
	return slices.ContainsFunc(c.within, func(a mark) bool { return a.label == l })
}

// weight counts the words around the phrase that change its step.
func (c clauseWords) weight(pg *page) int {
	n := 0
	for i := c.from; i < c.to; i++ {
		if slices.ContainsFunc(c.around, func(a mark) bool { return a.first <= i && i <= a.last }) {
			n += pg.weight(i, i+1)
		}
	}
	return n
}

// deliveredTo returns what "delivered" or "handed over" means with the words
// beside it: a parcel delivered to customs, a pickup point, a carrier or a depot
// has not reached its addressee.
func (c clauseWords) deliveredTo(pg *page) parcel.Step {
	for _, a := range c.around {
		behind := a.first > c.last && pg.weight(c.last+1, a.first)-c.carried(pg, a.first) <= 2
		before := a.last < c.first && pg.weight(a.last+1, c.first) == 0
		if step := target(a.label); step != "" && (behind || before) {
			return step
		}
	}
	return c.step
}

// carried counts the words for who brought it ("by courier") from the phrase to a word.
func (c clauseWords) carried(pg *page, to int) int {
	n := 0
	for _, a := range c.around {
		if a.label == labelByCarrier && a.first > c.last && a.last < to {
			n += a.weightOf(pg)
		}
	}
	return n
}

func target(l label) parcel.Step {
	switch l {
	case labelToCustoms:
		return parcel.StepAtCustoms
	case labelToPickup:
		return parcel.StepReadyForPickup
	case labelToCarrier:
		return parcel.StepHandedOver
	case labelToCenter:
		return parcel.StepAtDeliveryCenter
	default:
		return ""
	}
}
