package extract

import (
	"strings"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// stepFound is a step and the words that express it.
type stepFound struct {
	step  parcel.Step
	words string
	known bool
}

const maxWords = 200 // runes of step words

// bestStep returns the longest step phrase among the words from..to that the
// words around it leave standing. A single word must make up half of the text:
// "delivered" is a step, "delivered by tomorrow if all goes well" is not.
func (pg *page) bestStep(from, to int, strict bool) (told, bool) {
	var best told
	found := false
	all := 0
	for k := pg.markFrom(from); k < len(pg.marks) && pg.marks[k].first < to; k++ {
		m := pg.marks[k]
		if m.label != labelStep || m.last >= to || found && !better(m, best) || strict && (m.slight() || m.length < 8 && !m.cjk) {
			continue
		}
		c := pg.clauseOf(m, from, to)
		if m.slight() && all == 0 {
			all = pg.saying(from, to)
		}
		step, ok := c.sense(pg)
		if ok && (!m.slight() || m.weightOf(pg)*2 >= all-c.weight(pg)) {
			best, found = told{m, step}, true
		}
	}
	if !found && !strict {
		return pg.heldByCustoms(from, to)
	}
	return best, found
}

// better reports whether a phrase is preferred to the best one so far: the longer
// one, and any step to the mere words for a step that is not one of the known.
func better(m mark, best told) bool {
	if other := m.step == parcel.StepOther; other != (best.step == parcel.StepOther) {
		return !other
	}
	return m.length > best.length
}

// slight reports whether a phrase is too short to count unless it is the whole
// text.
func (p *phrase) slight() bool { return p.said < 2 || p.cjk && p.said < 3 }

func (m mark) weightOf(pg *page) int { return pg.weight(m.first, m.last+1) }

// saying counts the words that are neither stop words nor the label of the
// number.
func (pg *page) saying(from, to int) int {
	n := pg.weight(from, to)
	for k := pg.markFrom(from); k < len(pg.marks) && pg.marks[k].first < to; k++ {
		if m := pg.marks[k]; (m.label == labelOrder || m.label == labelPackage || m.label == labelNumber) && m.last < to {
			n -= m.weightOf(pg)
		}
	}
	return max(n, 1)
}

// step returns the step of the subject and its words.
func (s *subject) step() stepFound {
	m, ok := s.bestStep(0, len(s.fold.toks), false)
	out := stepFound{words: s.stepWords(m, ok)}
	if ok {
		out.step, out.known = m.step, true
	}
	return out
}

// stepWords returns the part of the subject that contains the step: the text
// after the number, or the text before it if the phrase is there, or everything
// except the number if the phrase surrounds it.
func (s *subject) stepWords(m told, ok bool) string {
	if len(s.tokens) == 0 {
		return textx.Cut(s.text, maxWords)
	}
	at := s.fold.toks[s.tokens[0].tok]
	lastTok := s.tokens[len(s.tokens)-1].last
	rest := s.fold.toks[lastTok].src1
	if k := s.labelEnd(lastTok + 1); k >= 0 {
		rest = s.fold.toks[k].src1
	}
	before, behind := trimWords(s.text[:at.src0]), trimWords(s.text[rest:])
	switch {
	case ok && m.first > lastTok:
		return textx.Cut(behind, maxWords)
	case ok && m.last < s.tokens[0].tok:
		return textx.Cut(before, maxWords)
	case ok && s.tells(lastTok+1, len(s.fold.toks), m.step):
		return textx.Cut(behind, maxWords)
	case ok:
		return textx.Cut(before+" … "+behind, maxWords)
	case behind != "":
		return textx.Cut(behind, maxWords)
	default:
		return textx.Cut(before, maxWords)
	}
}

// labelEnd returns the last word of a label that follows the number, as in
// Korean, or -1 if there is none.
func (s *subject) labelEnd(tok int) int {
	end := -1
	for k := s.markFrom(tok); k < len(s.marks) && s.marks[k].first == tok; k++ {
		m := s.marks[k]
		behind := strings.TrimLeft(s.text[s.fold.toks[m.last].src1:], " ")
		if m.cjk && (m.label == labelOrder || m.label == labelPackage) && (strings.HasPrefix(behind, ":") || strings.HasPrefix(behind, "：")) {
			end = max(end, m.last)
		}
	}
	return end
}

// tells reports whether the words from..to alone express a step.
func (s *subject) tells(from, to int, step parcel.Step) bool {
	m, ok := s.bestStep(from, to, false)
	return ok && m.step == step
}

func trimWords(s string) string {
	return strings.Trim(s, " \t:：,;-–—|·.!、")
}

// bodyStep looks for the step in the headline, which comes before the greeting,
// and in the sentence that names the order or parcel. Only phrases of several
// words count, because single words are the labels of the progress bar.
func (pg *page) bodyStep(ids map[string]bool) stepFound {
	greeted := false
	for i, l := range pg.lines {
		if i > 40 {
			break
		}
		if l.role != shop.RolePlain {
			continue
		}
		_, hi := pg.leads(l, labelGreeting)
		greeted = greeted || hi
		if !greeted && i > 8 || greeted && !pg.mentions(l, ids) {
			continue
		}
		if m, ok := pg.bestStep(l.tok0, l.tok1, true); ok {
			return stepFound{step: m.step, words: textx.Cut(pg.phraseText(m.mark), maxWords), known: true}
		}
	}
	return stepFound{}
}

func (pg *page) phraseText(m mark) string {
	return pg.text[pg.fold.toks[m.first].src0:pg.fold.toks[m.last].src1]
}

func (pg *page) mentions(l line, ids map[string]bool) bool {
	for i := l.tok0; i < l.tok1; i++ {
		if pg.fold.toks[i].digits >= 8 && ids[pg.src(i)] {
			return true
		}
	}
	return false
}
