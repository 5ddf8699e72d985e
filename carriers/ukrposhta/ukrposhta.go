// Package ukrposhta asks Ukrposhta's status tracking, documented at
// https://dev.ukrposhta.ua. Site: https://www.ukrposhta.ua. It takes a bearer
// token that the post gives only to customers with a contract; without one there
// is the tracking page, which is behind a captcha. No limit is published. A call
// takes 50 numbers, and unknown ones are listed separately. Times are wall clocks
// of Kyiv without a zone.
package ukrposhta

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Ukrposhta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ukrposhta",
		Title:     "Ukrposhta",
		Site:      "https://www.ukrposhta.ua",
		Page:      "https://track.ukrposhta.ua/tracking_UA.html?barcode=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "uk",
		Covers:    "Ukraine",
		Key:       "with a business contract only; the digest links otherwise",
		BaseURL:   "https://www.ukrposhta.ua",
		Interval:  3 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     50,
		Settings: []carriers.Setting{
			{Name: "token", Secret: true, Required: true, Help: "production bearer of StatusTracking, not the one of eCom"},
		},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Kyiv"})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the S10 numbers of Ukraine, and 13 digits that begin as all known
// ones do. 12 digits may lack the zero before them. Items of other posts may be on
// their way to Ukraine, except letters with a customs barcode (U?) and most with
// L?.
func (*carrier) Match(n number.Number) carriers.Match {
	country := n.Country()
	switch {
	case country == home, adapter.Is(n, number.FamilyUkrposhta) && n[:2] == "05":
		return carriers.Yes
	case country != "" && (n[0] == 'U' || n[0] == 'L' && country != "CN"):
		return carriers.No
	default:
		return adapter.If(country != "" || adapter.Is(whole(n), number.FamilyUkrposhta), carriers.Maybe)
	}
}

// whole adds the leading zero that 12 digits lack.
func whole(n number.Number) number.Number {
	if len(n) == 12 && n[0] == '5' {
		return "0" + n
	}
	return n
}

// Track asks for all numbers in one call, and alone for each whose check digit is
// wrong, since one refused number may fail the others.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	var sound []number.Number
	for _, n := range numbers {
		if n = whole(n); n.Check() != number.CheckWrong {
			sound = append(sound, n)
		}
	}
	var answer reply
	if len(sound) > 0 {
		var err error
		if answer, err = c.ask(ctx, sound); err != nil {
			return nil, err
		}
	}
	return adapter.Each(ctx, numbers, func(ctx context.Context, n number.Number) (carriers.Result, error) {
		if n = whole(n); n.Check() != number.CheckWrong {
			return c.read(answer, n)
		}
		alone, err := c.ask(ctx, []number.Number{n})
		if err != nil {
			return carriers.Result{}, err
		}
		return c.read(alone, n)
	})
}
