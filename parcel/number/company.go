package number

import (
	"regexp"
	"slices"
)

// company is a carrier of the last mile with numbers of its own.
type company struct {
	page      Page
	countries []string
	form      *regexp.Regexp
}

// companiesOf returns the companies of a country whose numbers have the form of n;
// none for S10 numbers, which are the posts'.
func companiesOf(n Number, country string) []company {
	if n.S10() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(known().companies), func(c company) bool {
		return !slices.Contains(c.countries, country) || !c.form.MatchString(string(n))
	})
}
