package number

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Post is the designated operator of a country.
type Post struct {
	Country string // ISO 3166-1 alpha-2, and XK
	Name    string // its own or its usual name, in Latin letters
	Site    string // home page or tracking form; empty where none is known
	Page    string // tracking page with %s for the number; empty where there is none
}

// anywhere is a page that takes every number.
const anywhere = "https://t.17track.net/en#nums=%s"

// Posts lists all posts by country code.
func Posts() []Post { return slices.Clone(posts) }

// PostOf is the post of a country (ISO 3166-1 alpha-2, upper case).
func PostOf(country string) (Post, bool) {
	i, ok := slices.BinarySearchFunc(posts, country, func(p Post, c string) int {
		return cmp.Compare(p.Country, c)
	})
	if !ok {
		return Post{}, false
	}
	return posts[i], true
}

// Link is the page where a person sees the number: the post's own where it has
// one that takes a number, else that of an aggregator.
func (p Post) Link(n Number) string {
	if p.Page == "" {
		return link(anywhere, n)
	}
	return link(p.Page, n)
}

// TrackingLink is the page where a person sees the number. For a number of the
// posts that is the page of the country's post (the one that has the parcel
// now; empty where that is not known), else of the issuing post; for others the
// page of who gave the number; where there is none, an aggregator's.
func TrackingLink(n Number, country string) string {
	if page := n.Family().page(); page != "" {
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

// page is the tracking page of a family with %s for the number; empty where the
// family has none of its own.
func (f Family) page() string {
	switch f {
	case FamilyCainiao, FamilyAliExpress:
		return "https://global.cainiao.com/newDetail.htm?mailNoList=%s"
	case FamilyFourPX:
		return "https://track.4px.com/#/result/0/%s"
	case FamilyYunExpress:
		return "https://www.yuntrack.com/parcelTracking?id=%s"
	case FamilyDHL:
		return "https://www.dhl.com/en/home/tracking.html?tracking-id=%s"
	case FamilyInPost:
		return "https://inpost.pl/sledzenie-przesylek?number=%s"
	case FamilyNovaPoshta:
		return "https://novaposhta.ua/tracking/%s"
	case FamilyMeest:
		return "https://t.meest-group.com/n/%s"
	case FamilyCorreos:
		return pageOf("ES")
	case FamilyUSPS:
		return pageOf("US")
	case FamilyRussianPost:
		return pageOf("RU")
	case FamilyUkrposhta:
		return pageOf("UA")
	default:
		return ""
	}
}

func pageOf(country string) string {
	post, _ := PostOf(country)
	return post.Page
}

// link puts the number into a page. Escaping is right in a path, a query and a
// fragment alike.
func link(page string, n Number) string {
	escaped := strings.ReplaceAll(url.QueryEscape(string(n)), "+", "%20")
	return strings.Replace(page, "%s", escaped, 1)
}
