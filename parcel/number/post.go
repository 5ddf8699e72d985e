package number

import (
	"cmp"
	"embed"
	"net/url"
	"slices"
	"strings"
	"sync"

	"parcelwatch/internal/textx"
)

//go:embed *.tsv
var tables embed.FS

// Post is the designated operator of a country.
type Post struct {
	Country string // ISO 3166-1 alpha-2, and XK
	Name    string // in Latin letters
	Site    string // home page or tracking form; "" if unknown
	Page    string // tracking page with %s for the number; "" if there is none
}

// anywhere is an aggregator's page that takes every number.
const anywhere = "https://t.17track.net/{en|ru|de|fr|es|pt|it|pl|nl|tr}#nums=%s"

// lists are the embedded tables.
type lists struct {
	posts     []Post // in the order of country codes
	companies []company
}

// known returns the embedded tables, which are read once.
//
//nolint:gochecknoglobals // tables
var known = sync.OnceValue(func() lists {
	l := lists{posts: make([]Post, 0, 256)}
	for row := range textx.Rows(tables, "posts.tsv", 4) {
		l.posts = append(l.posts, Post{row[0], row[1], row[2], row[3]})
	}
	for row := range textx.Rows(tables, "companies.tsv", 4) {
		l.companies = append(l.companies, company{Page{Name: row[0], URL: row[3]}, strings.Fields(row[2]), shape(row[1])})
	}
	return l
})

// PostOf returns the post of a country (ISO 3166-1 alpha-2, upper case).
func PostOf(country string) (Post, bool) {
	list := known().posts
	i, ok := slices.BinarySearchFunc(list, country, func(p Post, c string) int {
		return cmp.Compare(p.Country, c)
	})
	if !ok {
		return Post{}, false
	}
	return list[i], true
}

// Link returns the page that shows the number, in the language if the page has it: the
// post's own page if it takes a number, otherwise an aggregator's.
func (p Post) Link(n Number, language string) string {
	return Fill(inLanguage(cmp.Or(p.Page, anywhere), language), n)
}

// Page is a web page where a person can look a number up.
type Page struct {
	Name string `json:"name"` // of the post or company
	URL  string `json:"url"`
	Post string `json:"-"` // the country, if it is a post
}

const maxPages = 4

// Pages returns the pages that may show the number of a parcel to a country (ISO
// 3166-1 alpha-2, "" if unknown), the best first: the company that issued it, the
// companies of the country with numbers of that form, the country's post, and an
// aggregator that takes every number. There is always at least one.
func Pages(n Number, country string) []Page {
	list := issuers(n, country)
	if len(list) == 0 {
		list = list.add(pageOf(country))
	}
	list = list[:min(len(list), maxPages-1)].add(Page{Name: "17TRACK", URL: anywhere})
	for i := range list {
		list[i].URL = Fill(list[i].URL, n)
	}
	return list
}

// pages are pages with %s for the number, without repetitions.
type pages []Page

func (list pages) add(p Page) pages {
	if p.URL == "" || slices.ContainsFunc(list, func(o Page) bool { return o.URL == p.URL }) {
		return list
	}
	return append(list, p)
}

// issuers returns the pages of the companies and posts that issue numbers of this
// form for parcels to the country; for S10 numbers also of the country's post.
func issuers(n Number, country string) pages {
	var list pages
	if m, ok := n.bestIn(country); ok && (m.form.in == "" || m.fits(country) >= 0) {
		list = list.add(m.form.family.page())
	}
	for _, c := range companiesOf(n, country) {
		list = list.add(c.page)
	}
	if !n.S10() {
		return list
	}
	for _, at := range []string{country, n.Country()} {
		list = list.add(pageOf(at))
	}
	return list
}

// TrackingLink returns the page that shows the number. For an S10 number that is
// the page of the given country's post (the one that has the parcel now; "" if
// unknown), or of the issuing post; for other numbers the page of the company
// that issued it. An aggregator's page is the fallback. The page is in the language if
// it exists in it.
func TrackingLink(n Number, country, language string) string {
	for _, p := range issuers(n, country) {
		if strings.Contains(p.URL, "%s") {
			return Fill(inLanguage(p.URL, language), n)
		}
	}
	return Fill(inLanguage(anywhere, language), n)
}

// page is the page of a family's company, with %s for the number; the zero Page if
// there is none.
func (f Family) page() Page {
	switch f {
	case FamilyCainiao, FamilyAliExpress, FamilyCainiaoLine:
		return Page{Name: "Cainiao", URL: "https://global.cainiao.com/newDetail.htm?mailNoList=%s"}
	case FamilyFourPX:
		return Page{Name: "4PX", URL: "https://track.4px.com/#/result/0/%s"}
	case FamilyYunExpress:
		return Page{Name: "YunExpress", URL: "https://www.yuntrack.com/parcelTracking?id=%s"}
	case FamilyDHL:
		return Page{Name: "DHL", URL: "https://www.dhl.com/en/home/tracking.html?tracking-id=%s"}
	case FamilySF:
		return Page{Name: "SF", URL: "https://www.sf-express.com/we/ow/chn/en/waybill/waybill-detail/%s"}
	case FamilyInPost:
		return Page{Name: "InPost", URL: "https://inpost.pl/sledzenie-przesylek?number=%s"}
	case FamilyMeest:
		return Page{Name: "Meest", URL: "https://t.meest-group.com/n/%s"}
	case FamilyNovaPoshta:
		return Page{Name: "Nova Poshta", URL: "https://novaposhta.ua/tracking/%s"}
	case FamilyCorreos:
		return pageOf("ES")
	case FamilyUSPS:
		return pageOf("US")
	case FamilyRussianPost:
		return pageOf("RU")
	case FamilyUkrposhta:
		return pageOf("UA")
	case FamilyMalaysia:
		return pageOf("MY")
	case FamilyKorea:
		return pageOf("KR")
	default:
		return Page{}
	}
}

// Page is the address of the tracking page of the family's company with %s for the
// number; empty where it has none of its own.
func (f Family) Page() string { return f.page().URL }

// pageOf is the page of a country's post: the tracking page, or else its site.
func pageOf(country string) Page {
	post, _ := PostOf(country)
	return Page{post.Name, cmp.Or(post.Page, post.Site), post.Country}
}

// Fill puts a number in the place of %s in a page's address; of a number that contains
// another (see [Number.Inner]) that one. The escaping is right in a path, a query and a
// fragment alike. Of the languages of the page, the first is taken.
func Fill(page string, n Number) string {
	page = inLanguage(page, "")
	escaped := strings.ReplaceAll(url.QueryEscape(string(cmp.Or(n.Inner(), n))), "+", "%20")
	return strings.Replace(page, "%s", escaped, 1)
}

// inLanguage resolves the languages that a page exists in, written as "{en|de}", to the
// given one ("de" or "de-AT"), or to the first if it is not among them.
func inLanguage(page, language string) string {
	before, rest, _ := strings.Cut(page, "{")
	list, after, ok := strings.Cut(rest, "}")
	if !ok {
		return page
	}
	language, _, _ = strings.Cut(language, "-")
	names := strings.Split(list, "|")
	if !slices.Contains(names, language) {
		language = names[0]
	}
	return before + language + after
}
