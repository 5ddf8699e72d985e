package extract

import (
	"slices"
	"strings"
)

// headField is one field of a copied header.
type headField struct {
	name  string
	label label // labelFrom, labelSubject or labelStop for any other
	value string
	last  int // line
}

// begins reports whether a field is the sender of another copied header, right
// below the one that names the sender in o.
func (f headField) begins(o headField) bool {
	return f.value != "" && o.value != "" && (f.label == labelFrom && o.label == labelFrom || f.name == o.name && addressIn(f.value) != "" && addressIn(o.value) != "")
}

// header parses the copied header that begins at line i. If no language knows
// the label of its sender, the first field with an address is the sender.
func (p *Parser) header(pg *page, i int, outer string) (head, bool) {
	if h, ok := p.oneLine(pg, i, outer); ok {
		return h, true
	}
	var fields []headField
	k := i
	for wrapped := 0; k < len(pg.lines) && len(fields) < maxFields; {
		f, ok := p.field(pg, k)
		if ok && slices.ContainsFunc(fields, f.begins) {
			break
		}
		if ok {
			fields = append(fields, p.unwrapped(pg, f))
			k, wrapped = fields[len(fields)-1].last+1, 0
			continue
		}
		s := pg.str(pg.lines[k])
		if len(fields) == 0 || wrapped == maxWrapped || !strings.Contains(s, "@") || strings.Contains(s, "://") {
			break
		}
		last := &fields[len(fields)-1] // an address that was wrapped
		last.value += " " + s
		k++
		wrapped++
	}
	from := slices.IndexFunc(fields, func(f headField) bool { return f.label == labelFrom })
	known := from >= 0
	if !known {
		from = slices.IndexFunc(fields, func(f headField) bool {
			return !strings.Contains(f.name, "-") && (addressIn(f.value) != "" || p.isBrand(f.value)) // not Return-Path
		})
	}
	if from < 0 {
		return head{}, false
	}
	h := head{first: i, last: k - 1, by: p.author(fields[from].value), subject: subjectOf(fields, from, outer)}
	if !known && len(fields) < 3 {
		return h, false
	}
	switch {
	case addressIn(fields[from].value) != "":
		return h, true
	case h.by == byName:
		return h, len(fields) >= 2
	default:
		return h, known && slices.ContainsFunc(fields, func(f headField) bool { return f.label == labelSubject })
	}
}

// unwrapped returns the subject with the rest that was wrapped into the next line
// of a plain text. There is a rest if the line is as long as programs wrap them, or
// if another field follows.
func (p *Parser) unwrapped(pg *page, f headField) headField {
	at := f.last + 1
	if f.label == labelFrom || f.label == labelStop && (addressIn(f.value) != "" || hasYear(f.value)) || f.value == "" || at >= len(pg.lines) || !pg.adjacent(at) {
		return f
	}
	if _, ok := p.field(pg, at); ok {
		return f
	}
	rest := pg.str(pg.lines[at])
	word, _, _ := strings.Cut(rest, " ")
	long := len([]rune(pg.str(pg.lines[f.last])+word)) >= wrapColumn
	if !long && at+1 < len(pg.lines) && pg.adjacent(at+1) {
		_, long = p.field(pg, at+1)
	}
	if long {
		f.value, f.last = f.value+" "+rest, at
	}
	return f
}

// adjacent reports whether a line of plain text follows the one before without a
// blank line.
func (pg *page) adjacent(i int) bool { return pg.lines[i].src0 == pg.lines[i-1].src1 }

// author returns who is named as the sender.
func (p *Parser) author(value string) author {
	switch addr := addressIn(value); {
	case addr != "" && p.isShop(addr):
		return byShop
	case addr == "" && p.isBrand(value):
		return byName
	default:
		return byOther
	}
}

func (p *Parser) isBrand(s string) bool {
	return strings.EqualFold(strings.Trim(s, " \"'*_<>“”„«»‘’"), p.shop.Name())
}

// field parses the field of a copied header at line i: "label: value" in one
// line, in the cells of one row, or with the value on the line below.
func (p *Parser) field(pg *page, i int) (headField, bool) {
	l := pg.lines[i]
	name, value, ok := cutField(withoutRule(pg.str(l)))
	last := i
	for last+1 < len(pg.lines) && l.row > 0 && pg.lines[last+1].row == l.row && pg.lines[last+1].col > pg.lines[last].col && last-i < maxWrapped {
		last++
		value = strings.TrimSpace(value + " " + pg.str(pg.lines[last]))
	}
	if !ok {
		if name = pg.str(l); last != i+1 || !fieldName(name) || l.col != 1 {
			return headField{}, false
		}
	}
	f := headField{name: name, label: labelStop, value: value, last: last}
	if known, ok := p.fieldLabel(name); ok {
		f.label = known
	} else if p.ofBody(name) {
		return f, false
	}
	if f.value == "" && last+1 < len(pg.lines) {
		if _, _, ok := cutField(pg.str(pg.lines[last+1])); !ok {
			f.last++
			f.value = pg.str(pg.lines[f.last])
		}
	}
	return f, true
}

// cutField splits a line "label: value".
func cutField(s string) (name, value string, ok bool) {
	if len(s) > maxFieldLine {
		return "", "", false
	}
	i := strings.IndexAny(s, ":：")
	if i < 0 {
		return "", "", false
	}
	value = strings.TrimPrefix(strings.TrimPrefix(s[i:], ":"), "：")
	name, value = strings.Trim(s[:i], " *_|•-"), strings.Trim(value, " *_|")
	return name, value, fieldName(name) && !strings.HasPrefix(value, "//")
}

// fieldName reports whether a text can be the name of a header field.
func fieldName(s string) bool {
	return s != "" && len([]rune(s)) <= 24 && strings.Count(s, " ") <= 2 && countDigits(s) == 0 && !strings.ContainsAny(s, "@<>.,;!?") &&
		strings.ContainsFunc(s, isLetter)
}

func isLetter(r rune) bool { return letterOrDigit(r) && (r < '0' || r > '9') }

// fieldLabel returns the label that the name of a field is.
func (p *Parser) fieldLabel(name string) (label, bool) {
	pg := p.onePage(name)
	for _, m := range pg.marks {
		if (m.label == labelFrom || m.label == labelSubject) && m.last == len(pg.fold.toks)-1 && pg.leading(pg.lines[0], m.first) {
			return m.label, true
		}
	}
	return 0, false
}

// ofBody reports whether the name of a field is a label of the shop's own text.
func (p *Parser) ofBody(name string) bool {
	pg := p.onePage(name)
	return slices.ContainsFunc(pg.marks, func(m mark) bool {
		switch m.label {
		case labelOrder, labelPackage, labelNumber, labelLogistics, labelETA, labelItems:
			return true
		default:
			return false
		}
	})
}

// subjectOf returns the subject in a copied header: the field with its label,
// else the field that repeats the outer subject, names a number, or is neither
// an address nor a date.
func subjectOf(fields []headField, from int, outer string) string {
	best, score := "", 0
	for i, f := range fields {
		rank := 0
		switch {
		case i == from || f.value == "":
		case f.label == labelSubject:
			rank = 4
		case outer != "" && strings.Contains(f.value, outer):
			rank = 3
		case slices.ContainsFunc(strings.FieldsFunc(f.value, func(r rune) bool { return !letterOrDigit(r) }), tokenForm):
			rank = 2
		case addressIn(f.value) == "" && !hasYear(f.value):
			rank = 1
		}
		if rank > score || rank == 1 && score == 1 && len(f.value) > len(best) {
			best, score = f.value, rank
		}
	}
	if score < 2 && outer != "" && len(fields) < 4 {
		return "" // rather the recipient's name than a subject
	}
	return best
}

// hasYear reports whether a text contains a year of this century.
func hasYear(s string) bool {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(w) == 4 && w[:2] == "20" {
			return true
		}
	}
	return false
}

// oneLine parses a header that was copied without line breaks:
// "From: name <address>To: name <address>Subject: text".
func (p *Parser) oneLine(pg *page, i int, outer string) (head, bool) {
	s := withoutRule(pg.str(pg.lines[i]))
	_, value, ok := cutField(s)
	end := strings.IndexAny(value, ">]")
	if !ok || end < 0 || addressIn(value[:end+1]) == "" {
		return head{}, false
	}
	if _, _, ok := cutField(value[end+1:]); !ok {
		return head{}, false
	}
	tail := value[end+1:]
	h := head{first: i, last: i, by: p.author(value[:end+1])}
	if outer != "" && strings.HasSuffix(tail, outer) {
		h.subject = outer
		return h, true
	}
	for at, r := range tail {
		if r != ':' && r != '：' {
			continue
		}
		name := strings.FieldsFunc(tail[:at], func(r rune) bool { return !letterOrDigit(r) })
		if len(name) > 0 && p.words.endsInSubject(foldWord(name[len(name)-1])) {
			h.subject = strings.TrimLeft(tail[at:], ":： ")
			break
		}
	}
	return h, true
}

// endsInSubject reports whether a folded word ends in a label of the subject.
// On one line the label follows the value of the field before without a space.
func (v *vocabulary) endsInSubject(word string) bool {
	return slices.ContainsFunc(v.subjects, func(s string) bool { return strings.HasSuffix(word, s) })
}

// addressIn returns the address in a text: the one in brackets, else the first
// word that is one.
func addressIn(s string) string {
	for _, pair := range []string{"<>", "[]", "()"} {
		for rest := s; ; {
			_, inner, ok := strings.Cut(rest, pair[:1])
			if !ok {
				break
			}
			word, _, _ := strings.Cut(inner, pair[1:])
			if addr := bareAddress(word); addr != "" {
				return addr
			}
			rest = inner
		}
	}
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>()[],;:\"'*|“”„«»", r) }) {
		if addr := bareAddress(w); addr != "" {
			return addr
		}
	}
	return ""
}

// bareAddress returns the address in a word, or "".
func bareAddress(w string) string {
	w, _, _ = strings.Cut(strings.TrimSpace(w), "<") // "a@b<mailto:a@b>"
	w = strings.Trim(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(w)), "mailto:"), ".,;*\"'")
	at := strings.LastIndexByte(w, '@')
	if at < 1 || !strings.Contains(w[at:], ".") || strings.ContainsAny(w, " \t") {
		return ""
	}
	return w
}

// withoutRule removes a line of dashes, with or without words in it, from the
// front of a text: "----- Forwarded message ----- From: ...".
func withoutRule(s string) string {
	trimmed := strings.TrimLeft(s, "-_=")
	if len(s)-len(trimmed) < 3 {
		return s
	}
	for _, run := range []string{"---", "___", "==="} {
		if i := strings.Index(trimmed, run); i >= 0 && i < 60 {
			return strings.TrimLeft(trimmed[i:], "-_= ")
		}
	}
	return s
}

// rules returns the dashes in front of and behind the words of a line that
// marks the begin or end of a copied mail, or "" for another line.
func rules(s string) string {
	s = strings.TrimSpace(s)
	inner := strings.TrimLeft(s, "-_=")
	left := s[:len(s)-len(inner)]
	right := inner[len(strings.TrimRight(inner, "-_=")):]
	if len(left) < 3 || inner != "" && len(right) < 3 {
		return ""
	}
	return left + " " + right
}
