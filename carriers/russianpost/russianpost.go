// Package russianpost asks Russian Post's single access (rtm34, SOAP 1.2). Site:
// https://www.pochta.ru. It takes the login and password that
// https://tracking.pochta.ru gives to anyone with an ordinary account, free of
// charge, for 100 requests a day; the protocol is documented there. A used-up
// limit comes as an authorization error and is told apart here. Every answer names
// sender and addressee, who are not read.
package russianpost

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Russian Post.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "russianpost",
		Title:     "Russian Post",
		Site:      "https://www.pochta.ru",
		Page:      "https://www.pochta.ru/tracking?barcode=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "ru",
		Standard:  true,
		Covers:    "Russia",
		Key:       "free for everybody",
		BaseURL:   "https://tracking.russianpost.ru",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Budget:    100,
		Day:       adapter.Fixed(3 * 3600), // Moscow; the portal does not say when the day turns
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "login", Required: true, Help: "login of the tracking portal's API, not of pochta.ru itself"},
			{Name: "password", Secret: true, Required: true, Help: "password of the tracking portal's API"},
		},
		Canary: "RA644000001RU",
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Personal: []string{"Sndr", "Rcpn"}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the S10 numbers of Russia and the domestic 14 digits with a right
// check digit. Items of other posts may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case n.Country() == home, n.Family() == number.FamilyRussianPost && n.Check() == number.CheckOK:
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyRussianPost), carriers.Maybe)
	}
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
