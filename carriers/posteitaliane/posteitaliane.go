// Package posteitaliane asks Poste Italiane. Site: https://www.poste.it. It takes
// no key. The protocol is not published; it is known from two public clients
// (parcel, ha-poste-italiane). Every answer is HTTP 200 and says itself whether
// the number is known. The words of a movement tell what it means, or else a
// coarse number beside them. No limits are published, so the adapter makes few
// requests.
package posteitaliane

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Poste Italiane.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "posteitaliane",
		Title:     "Poste Italiane",
		Site:      "https://www.poste.it",
		Page:      "https://www.poste.it/cerca/index.html#/risultati-spedizioni/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "it",
		Covers:    "Italy",
		BaseURL:   "https://www.poste.it",
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
		Canary:    "RN000000000IT", // the answer for an unknown number is recorded
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Rome", Personal: []string{
		"destinatario", "mittente",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Italy. Items of other posts may be on their way
// there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
