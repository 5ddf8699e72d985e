package extract

import (
	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Precheck returns why the structure of a mail is refused, or "".
func Precheck(raw []byte) string {
	if why := precheck(raw); why != nil {
		return locale.English(why)
	}
	return ""
}

// Texts returns the visible text of markup, parsed with all attributes and
// after lean.
func Texts(p *Parser, src []byte) (full, short string) {
	return p.readMarkup(src, &scratch{}).text, p.readMarkup(p.lean(nil, src), &scratch{}).text
}

// SubjectStep returns the step that a subject tells.
func SubjectStep(p *Parser, text string) (parcel.Step, bool) {
	s := p.readSubject(text)
	found := s.step()
	return found.step, found.known
}

// Row is a line of a phrase table.
type Row struct{ Language, Kind, Source, Phrase string }

// Rows returns all lines of the phrase tables.
func Rows() []Row {
	var out []Row
	for _, lang := range languages() {
		for f := range rows("phrases/" + lang + ".tsv") {
			r := Row{Language: lang, Kind: f[0]}
			if len(f) == 3 {
				r.Source, r.Phrase = f[1], f[2]
			}
			out = append(out, r)
		}
	}
	return out
}
