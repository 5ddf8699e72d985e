package notify

import (
	"cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// page returns the address of the post's web page about the parcel, in the language if
// the post has it, and the country of that post. It is built from the number alone,
// never taken from mail. Before the parcel has left its country, the post that issued
// the number knows it; after that, the destination's post knows more.
func page(p *parcel.Parcel, language string) (link, post string) {
	n := p.Number()
	if n == "" {
		return "", ""
	}
	country := cmp.Or(n.Country(), p.Origin)
	if p.Phase != parcel.PhaseOrigin && p.Destination != "" {
		country = p.Destination
	}
	link = number.TrackingLink(n, country, language)
	if known, ok := number.PostOf(country); ok && known.Page != "" && link == known.Link(n, language) {
		post = known.Country
	}
	return link, post
}
