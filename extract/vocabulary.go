package extract

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"parcelwatch/parcel"
)

// label is the meaning of a phrase in the tables: a step, or a label that
// describes the value beside it.
type label uint8

const (
	labelStep      label = iota
	labelOrder           // "Order", in subjects, sentences and before an order id
	labelPackage         // "Package", before a tracking number
	labelNumber          // "Tracking number"
	labelLogistics       // "Logistics Information", the head of a block
	labelSender          // "Sender", "Shipping company", inside such a block
	labelVia             // "sent by", in running text of such a block
	labelSites           // "Track at", inside such a block
	labelShipTo          // head of the address
	labelETA             // "Estimated delivery"
	labelItems           // head of the list of articles
	labelGreeting        // "Hi", before the buyer's name
	labelFiller          // "No.", between a label and its number
	labelPromo           // coupons, surveys, offers
	labelFrom            // "From:" of a forwarded mail's header
	labelSubject         // "Subject:" of it
	labelStop            // a stop word

	// The words around a step that change what it says; see [page.sense].
	labelNot       // "not", "failed", "back to sender"
	labelWill      // "will be", "when", "expected"
	labelLater     // "tomorrow", "soon"
	labelHeld      // "held", "refused"
	labelCustoms   // "customs"
	labelOrigin    // "country of origin"
	labelToCustoms // where something was delivered to, unless to the addressee
	labelToPickup
	labelToCarrier
	labelToCenter
	labelByCarrier // "by the courier": who collects it
	labelThing     // "payment", "invoice": not the parcel
	labelBut       // begins another clause
)

func labelNames() map[string]label {
	return map[string]label{
		"@order": labelOrder, "@package": labelPackage, "@number": labelNumber, "@logistics": labelLogistics,
		"@sender": labelSender, "@via": labelVia, "@sites": labelSites, "@shipto": labelShipTo, "@eta": labelETA,
		"@items": labelItems, "@greeting": labelGreeting, "@filler": labelFiller, "@promo": labelPromo,
		"@from": labelFrom, "@subject": labelSubject, "@stop": labelStop,
		"@not": labelNot, "@will": labelWill, "@later": labelLater, "@held": labelHeld, "@customs": labelCustoms,
		"@origin": labelOrigin, "@to_customs": labelToCustoms, "@to_pickup": labelToPickup, "@to_carrier": labelToCarrier,
		"@to_center": labelToCenter, "@by_carrier": labelByCarrier, "@thing": labelThing, "@but": labelBut,
	}
}

// phrase is one line of a table. A word that ends in * matches every word with
// that prefix.
type phrase struct {
	label  label
	step   parcel.Step
	words  []string
	said   int // number of words, without those for "order" and "package"
	length int // number of letters, to prefer the longer phrase
	cjk    bool
	lang   uint32 // bit of its language
}

// vocabulary holds the phrases of all languages.
type vocabulary struct {
	phrases  index             // steps and labels
	around   index             // the words that change a step
	stop     map[string]uint32 // stop words, with a bit set of their languages
	nouns    map[string]bool   // words for "order" and "package"
	subjects []string          // one-word labels of the subject in a copied header
}

// index holds phrases by their first word.
type index struct {
	exact  map[string][]phrase
	prefix map[string][]phrase // by the first prefixKey bytes of a first word with *
}

func newIndex() index { return index{exact: map[string][]phrase{}, prefix: map[string][]phrase{}} }

const (
	prefixKey   = 4
	longestStop = 16 // bytes
)

// mark is a phrase found in a folded text, from word first to word last.
type mark struct {
	*phrase
	first, last int
}

func (m mark) tokens() int { return m.last - m.first + 1 }

// loadVocabulary reads the phrase tables.
func loadVocabulary() (*vocabulary, error) {
	v := &vocabulary{phrases: newIndex(), around: newIndex(), stop: map[string]uint32{}, nouns: map[string]bool{}}
	langs := languages()
	for i, lang := range langs {
		v.loadStops(lang, 1<<i)
	}
	names, steps := labelNames(), map[parcel.Step]bool{}
	for _, s := range parcel.Steps() {
		steps[s] = true
	}
	for i, lang := range langs {
		for f := range rows("phrases/" + lang + ".tsv") {
			p, err := readRow(f, names, steps)
			if err == nil && p.label != labelStop {
				p.lang = 1 << i
				err = v.addPhrase(p, f[2])
			}
			if err != nil {
				return nil, fmt.Errorf("phrases/%s.tsv: %w", lang, err)
			}
		}
	}
	return v, nil
}

// loadStops reads the stop words of a language and its words for "order" and
// "package".
func (v *vocabulary) loadStops(lang string, bit uint32) {
	for f := range rows("phrases/" + lang + ".tsv") {
		switch {
		case len(f) < 3:
		case f[0] == "@stop":
			for w := range strings.FieldsSeq(f[2]) {
				v.stop[foldWord(w)] |= bit
			}
		case (f[0] == "@order" || f[0] == "@package") && !strings.Contains(f[2], " "):
			v.nouns[foldWord(f[2])] = true
		}
	}
}

// Why a line of a table cannot be used.
var (
	errRow    = errors.New("step or label, seen or translated, and the phrase are expected, with tabs between")
	errNoStep = errors.New("no such step or label")
	errWords  = errors.New("no words")
	errPrefix = errors.New("the first word is too short for *")
)

// readRow parses one line of a table.
func readRow(f []string, names map[string]label, steps map[parcel.Step]bool) (phrase, error) {
	if len(f) < 3 || f[1] != "seen" && f[1] != "translated" {
		return phrase{}, fmt.Errorf("line %q: %w", strings.Join(f, "\t"), errRow)
	}
	if l, ok := names[f[0]]; ok {
		return phrase{label: l}, nil
	}
	if s := parcel.Step(f[0]); steps[s] {
		return phrase{step: s}, nil
	}
	return phrase{}, fmt.Errorf("line %q: %w", strings.Join(f, "\t"), errNoStep)
}

func (v *vocabulary) addPhrase(p phrase, text string) error {
	if err := p.read(text, v.stop); err != nil {
		return err
	}
	for _, w := range p.words {
		if p.label != labelStep || !v.nouns[w] {
			p.said++
			p.length += utf8.RuneCountInString(w)
		}
	}
	if p.label == labelSubject && len(p.words) == 1 {
		v.subjects = append(v.subjects, p.words[0])
	}
	if p.label < labelNot {
		v.phrases.add(p)
	} else {
		v.around.add(p)
	}
	return nil
}

// read folds the words of a phrase. "N" alone is a placeholder for the number
// and is left out of comparisons. If all words are stop words in the language,
// they are kept.
func (p *phrase) read(text string, stop map[string]uint32) error {
	if p.fold(text, stop); len(p.words) == 0 {
		p.fold(text, nil)
	}
	if len(p.words) == 0 {
		return fmt.Errorf("phrase %q: %w", text, errWords)
	}
	if w := p.words[0]; strings.HasSuffix(w, "*") && len(w) <= prefixKey {
		return fmt.Errorf("phrase %q: %w", text, errPrefix)
	}
	return nil
}

func (p *phrase) fold(text string, stop map[string]uint32) {
	for w := range strings.FieldsSeq(text) {
		if w == "N" {
			continue
		}
		w, prefix := strings.CutSuffix(w, "*")
		var f folded
		f.add(w, 0)
		for i := range f.toks {
			word := string(f.word(i))
			if p.cjk = p.cjk || f.toks[i].cjk; prefix && i == len(f.toks)-1 {
				word += "*"
			}
			if stop[word]&p.lang == 0 {
				p.words = append(p.words, word)
			}
		}
	}
}

func (x index) add(p phrase) {
	first := p.words[0]
	if word, ok := strings.CutSuffix(first, "*"); ok {
		key := word[:prefixKey]
		x.prefix[key] = append(x.prefix[key], p)
		return
	}
	x.exact[first] = append(x.exact[first], p)
}

func foldWord(w string) string {
	var f folded
	f.add(w, 0)
	if len(f.toks) == 0 {
		return ""
	}
	return string(f.word(0))
}

// stops marks the stop words among the tokens from index from.
func (v *vocabulary) stops(f *folded, from int) {
	for i := from; i < len(f.toks); i++ {
		if t := &f.toks[i]; t.end-t.start <= longestStop && t.digits == 0 {
			t.stop = v.stop[string(f.buf[t.start:t.end])]
		}
	}
}

// find appends the phrases that begin at any of the words from..to.
func (x index) find(f *folded, from, to int, marks []mark) []mark {
	for i := from; i < to; i++ {
		t := &f.toks[i]
		if t.digits > 0 {
			continue
		}
		w := f.buf[t.start:t.end]
		marks = matching(f, x.exact[string(w)], i, to, marks)
		if len(w) >= prefixKey {
			marks = matching(f, x.prefix[string(w[:prefixKey])], i, to, marks)
		}
	}
	return marks
}

func matching(f *folded, phrases []phrase, i, to int, marks []mark) []mark {
	for k := range phrases {
		if last, ok := phrases[k].at(f, i, to); ok {
			marks = append(marks, mark{&phrases[k], i, last})
		}
	}
	return marks
}

// at reports whether the phrase begins at word i, and returns its last word.
// Stop words and numbers in between are skipped.
func (p *phrase) at(f *folded, i, to int) (int, bool) {
	last := i
	for k, want := range p.words {
		for k > 0 && i < to && (f.toks[i].stop&p.lang != 0 || f.toks[i].digits >= 8) {
			i++
		}
		if i >= to || !same(want, f.word(i)) {
			return 0, false
		}
		last = i
		i++
	}
	return last, true
}

func same(want string, word []byte) bool {
	if n := len(want) - 1; want[n] == '*' {
		return len(word) >= n && string(word[:n]) == want[:n]
	}
	return string(word) == want
}
