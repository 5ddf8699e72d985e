package number

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"parcelwatch/internal/textx"
)

// company is a carrier of the last mile with numbers of its own.
type company struct {
	page      Page
	countries []string
	form      *regexp.Regexp
}

// companies is the embedded table, read once.
//
//nolint:gochecknoglobals // table
var companies = sync.OnceValue(func() []company {
	var list []company
	for cells := range textx.Rows(tables, "companies.tsv", 4) {
		list = append(list, company{Page{Name: cells[0], URL: cells[3]}, strings.Fields(cells[2]), shape(cells[1])})
	}
	return list
})

// companiesOf returns the companies of a country whose numbers have the form of n;
// none for S10 numbers, which are the posts'.
func companiesOf(n Number, country string) []company {
	if n.S10() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(companies()), func(c company) bool {
		return !slices.Contains(c.countries, country) || !c.form.MatchString(string(n))
	})
}
