package number

import (
	"cmp"
	_ "embed"
	"net/url"
	"slices"
	"strings"
	"sync"

	"parcelwatch/internal/textx"
)

//go:embed posts.tsv
var postsTable string

// Post is the designated operator of a country.
type Post struct {
	Country string // ISO 3166-1 alpha-2, and XK
	Name    string // in Latin letters
	Site    string // home page or tracking form; "" if unknown
	Page    string // tracking page with %s for the number; "" if there is none
}

// anywhere is an aggregator's page that takes every number.
const anywhere = "https://t.17track.net/en#nums=%s"

// posts is the embedded table, read once, in the order of country codes.
//
//nolint:gochecknoglobals // table
var posts = sync.OnceValue(func() []Post {
	list := make([]Post, 0, 256)
	for row := range textx.Rows(postsTable, 4) {
		list = append(list, Post{row[0], row[1], row[2], row[3]})
	}
	return list
})

// Posts lists all posts by country code.
func Posts() []Post { return slices.Clone(posts()) }

// PostOf returns the post of a country (ISO 3166-1 alpha-2, upper case).
func PostOf(country string) (Post, bool) {
	list := posts()
	i, ok := slices.BinarySearchFunc(list, country, func(p Post, c string) int {
		return cmp.Compare(p.Country, c)
	})
	if !ok {
		return Post{}, false
	}
	return list[i], true
}

// Link returns the page that shows the number: the post's own page if it takes a
// number, otherwise an aggregator's.
func (p Post) Link(n Number) string {
	if p.Page == "" {
		return link(anywhere, n)
	}
	return link(p.Page, n)
}

// TrackingLink returns the page that shows the number. For an S10 number that is
// the page of the given country's post (the one that has the parcel now; "" if
// unknown), or of the issuing post; for other numbers the page of the company
// that issued it. An aggregator's page is the fallback.
func TrackingLink(n Number, country string) string {
	if page := n.Family().Page(); page != "" {
		return link(page, n)
	}
	if !n.S10() {
		return link(anywhere, n)
	}
	if post, ok := PostOf(country); ok && post.Page != "" {
		return post.Link(n)
	}
	post, _ := PostOf(n.Country())
	return post.Link(n)
}

// Page is the tracking page of the family's company with %s for the number; empty
// where it has none of its own.
func (f Family) Page() string {
	country := map[Family]string{FamilyCorreos: "ES", FamilyUSPS: "US", FamilyRussianPost: "RU", FamilyUkrposhta: "UA"}[f]
	if post, ok := PostOf(country); ok {
		return post.Page
	}
	return map[Family]string{
		FamilyCainiao:    "https://global.cainiao.com/newDetail.htm?mailNoList=%s",
		FamilyAliExpress: "https://global.cainiao.com/newDetail.htm?mailNoList=%s",
		FamilyFourPX:     "https://track.4px.com/#/result/0/%s",
		FamilyYunExpress: "https://www.yuntrack.com/parcelTracking?id=%s",
		FamilyDHL:        "https://www.dhl.com/en/home/tracking.html?tracking-id=%s",
		FamilyInPost:     "https://inpost.pl/sledzenie-przesylek?number=%s",
		FamilyNovaPoshta: "https://novaposhta.ua/tracking/%s",
		FamilyMeest:      "https://t.meest-group.com/n/%s",
	}[f]
}

// link puts the number into a page. Escaping is right in a path, a query and a
// fragment alike.
func link(page string, n Number) string {
	escaped := strings.ReplaceAll(url.QueryEscape(string(n)), "+", "%20")
	return strings.Replace(page, "%s", escaped, 1)
}
