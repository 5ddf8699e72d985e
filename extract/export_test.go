package extract

// Collapsed lists phrases of several words of which one is left.
func Collapsed() []string {
	v, _ := loadVocabulary()
	var out []string
	for i, lang := range languages() {
		for f := range rows("phrases/" + lang + ".tsv") {
			p := phrase{lang: 1<<i}
			if f[0] == "@stop" {
				continue
			}
			all := phrase{}
			all.fold(f[2], nil)
			p.fold(f[2], v.stop)
			if len(all.words) > 1 && len(p.words) <= 1 {
				out = append(out, lang+" "+f[0]+" "+f[2]+" -> "+p.words[0])
			}
		}
	}
	return out
}

// Precheck is the check of a mail's structure.
func Precheck(raw []byte) string { return precheck(raw) }

// Texts are the visible text of markup, read with all its attributes and
// without the needless ones.
func Texts(p *Parser, src []byte) (full, short string) {
	return p.readMarkup(src, &scratch{}).text, p.readMarkup(lean(nil, src), &scratch{}).text
}
