package notify

import (
	"cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// page is the address where a person can look the parcel up, and the country
// whose post it belongs to.
// It is built from the number alone, never taken from mail. Before the parcel has
// left, the post that gave out the number knows it, wherever it is sent from;
// after that, the destination's post knows more.
func page(p *parcel.Parcel) (link, post string) {
	n := p.Number()
	if n == "" {
		return "", ""
	}
	country := cmp.Or(n.Country(), p.Origin)
	if p.Phase != parcel.PhaseOrigin && p.Destination != "" {
		country = p.Destination
	}
	link = number.TrackingLink(n, country)
	if known, ok := number.PostOf(country); ok && known.Page != "" && link == known.Link(n) {
		post = known.Country
	}
	return link, post
}
