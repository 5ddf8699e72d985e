// Package bpost asks bpost, the post of Belgium. Site: https://www.bpost.be. It
// takes no key, and answers only if the postal code of the delivery is told as
// well; a wrong one looks like an unknown number. The protocol is not published; it
// is known from public clients and was not tried against the service. Its events
// have words but no codes, so only the newest one gets a certain status, that of the
// item. Not published are the limits and how long a number is known, so the adapter
// makes few requests.
package bpost

import (
	"context"
	"net/url"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of bpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "bpost",
		Title:     "bpost",
		Site:      "https://www.bpost.be",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Covers:    "Belgium",
		Key:       "your postal code",
		BaseURL:   "https://track.bpost.cloud",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings:  []carriers.Setting{carriers.PostalCode()},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Brussels", NewestFirst: true, Personal: []string{
		"name", "senderCommercialName", "street", "streetNumber", "postcode", "municipality", "email", "phone",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims bpost's 24 digits and the numbers of Belgium. Items of other posts
// may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilyBpost {
		return carriers.Yes
	}
	return adapter.National(n, home)
}

// Ask makes the call. An unknown number, or a postal code that is not its own, is
// HTTP 200 with an error.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path:  "/track/items",
		Query: url.Values{"itemIdentifier": {string(n)}, "postalCode": {c.Setting(carriers.PostalCode().Name)}},
	}, &e)
	switch {
	case err != nil:
		return res, err
	case len(e.Error) > 0:
		return res, c.refused(ans, string(e.Error))
	case e.Items == nil:
		return res, c.Changed(ans, "neither items nor an error in the answer")
	case len(*e.Items) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no item with this number and postal code")
	}
	return c.read(ans, *e.Items, n)
}

// refused reads an error, whose form is not published.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	switch {
	case textx.Mentions(words, "limit", "too many", "throttl"):
		return c.Throttled(ans, "service says: %s", words)
	case textx.Mentions(words, "unavailable", "timeout", "internal", "try again"):
		return c.Fail(carriers.ErrTemporary, "service says: %s", words)
	default:
		return c.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
}
