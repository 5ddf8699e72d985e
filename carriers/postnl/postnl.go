// Package postnl asks PostNL, the post of the Netherlands. Site:
// https://www.postnl.nl. It takes no key, and answers with events only if the
// postal code of the delivery is told as well; a wrong one looks like an unknown
// number. The protocol is not published; it is known from public clients and was
// not tried against the service. The codes are those of PostNL's documentation for
// senders. Not published are the limits and how long a number is known, so the
// adapter makes few requests.
package postnl

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of PostNL.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "postnl",
		Title:     "PostNL",
		Site:      "https://www.postnl.nl",
		Page:      "https://jouw.postnl.nl/track-and-trace/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Covers:    "Netherlands",
		Key:       "your postal code",
		BaseURL:   "https://jouw.postnl.nl",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings:  []carriers.Setting{carriers.PostalCode()},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Amsterdam", NewestFirst: true, Personal: []string{
		"personName", "companyName", "street", "houseNumber", "houseNumberSuffix", "postalCode", "town", "email", "phone", "signature",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

var ownForm = regexp.MustCompile(`^3S[A-Z0-9]{9,15}$`)

// Match claims PostNL's own form and the numbers of the Netherlands. Items of other
// posts may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	if ownForm.MatchString(string(n)) {
		return carriers.Yes
	}
	return adapter.National(n, home)
}

// Ask makes the call. An unknown number is an empty object.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	code := strings.ToUpper(strings.ReplaceAll(c.Setting(carriers.PostalCode().Name), " ", ""))
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path:  "/track-and-trace/api/trackAndTrace" + adapter.Path(string(n)+"-"+home+"-"+code),
		Query: url.Values{"language": {"en"}},
	}, &e)
	switch {
	case err != nil:
		return res, err
	case e.Parcels == nil:
		return res, c.Changed(ans, "no colli in the answer")
	case len(e.Parcels) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no parcel with this number and postal code")
	}
	return c.read(ans, e.Parcels, n)
}
