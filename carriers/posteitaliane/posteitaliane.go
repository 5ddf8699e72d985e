// Package posteitaliane asks Poste Italiane. Site: https://www.poste.it. It takes
// no key. The protocol is not published; it is known from two public clients
// (parcel, ha-poste-italiane). Every answer is HTTP 200 and says itself whether
// the number is known. The words of a movement tell what it means, or else a
// coarse number beside them. No limits are published, so the adapter makes few
// requests.
package posteitaliane

import (
	"context"
	"net/http"
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
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Rome", Personal: []string{
		"destinatario", "mittente",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Italy. Items of other posts may be on their way
// there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Ask makes the call, with the origin that the pages of the site send.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path:   "/online/dovequando/DQ-REST/ricercasemplice",
		Header: http.Header{"Origin": {"https://www.poste.it"}, "Referer": {"https://www.poste.it/cerca/index.html"}},
		JSON:   question{Kind: "WEB", Number: string(n), Period: 1},
	}, &e)
	if err != nil {
		return res, err
	}
	switch {
	case e.Result == "1", e.Result == "2":
		return res, c.Fail(carriers.ErrNotFound, "esitoRicerca %s", e.Result)
	case e.Result == "3":
		return c.read(ans, e, n)
	case e.Result == "" && e.Movements != nil && len(*e.Movements) == 0 && (e.Number == "" || adapter.Same(n, e.Number)):
		return res, c.Fail(carriers.ErrNotFound, "no result and no movements: the number has expired")
	default:
		return res, c.Changed(ans, "esitoRicerca is %q", e.Result)
	}
}
