package notify

import "parcelwatch/parcel"

// page is the address where a person can look the parcel up, and the country
// whose post it belongs to.
// It is built from the number alone, never taken from mail. Once the parcel has
// left, the destination's post knows more than the origin's.
func page(p *parcel.Parcel) (link, post string) {
	n := p.Number()
	if n == "" {
		return "", ""
	}
	country := p.Origin
	if p.Phase != parcel.PhaseOrigin && p.Destination != "" {
		country = p.Destination
	}
	link = parcel.TrackingLink(n, country)
	if known, ok := parcel.PostOf(country); ok && known.Page != "" && link == known.Link(n) {
		post = known.Country
	}
	return link, post
}
