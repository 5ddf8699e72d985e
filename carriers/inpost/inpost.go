// Package inpost asks InPost, lockers and couriers in Poland and Italy, about its
// numbers of 24 digits. Sites: https://inpost.pl, https://inpost.it. The tracking of
// ShipX takes no key and is documented for Poland at
// https://dokumentacja-inpost.atlassian.net. It answers with codes only, so the words
// are ours. The web site uses a newer form with the codes of the InPost group; that
// form is read as well. The Italian service is not documented: that it has the same
// form is known from public clients and was not tried. No limits are published. A
// number is known for 45 days.
package inpost

import (
	"context"
	"net/http"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of InPost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "inpost",
		Title:     "InPost",
		Site:      "https://inpost.pl",
		Page:      number.FamilyInPost.Page(),
		Role:      carriers.RoleDestination,
		Countries: []string{"PL"},
		Language:  "en",
		Standard:  true,
		Covers:    "Poland",
		BaseURL:   "https://api-shipx-pl.easypack24.net",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "000000000000000000000000", // never given out
	}
}

// Italy returns the facts of InPost in Italy.
func Italy() carriers.Info {
	i := Info()
	i.Name, i.Title = "inpostitalia", "InPost Italia"
	i.Site, i.Page = "https://inpost.it", "https://inpost.it/trova-il-tuo-pacco?number=%s"
	i.Countries, i.Covers, i.BaseURL = []string{"IT"}, "Italy", "https://api-shipx-it.easypack24.net"
	return i
}

// New returns the Polish carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) { return open(Info(), cfg, "Europe/Warsaw") }

// NewItaly returns the Italian carrier.
func NewItaly(cfg carriers.Config) (carriers.Carrier, error) {
	return open(Italy(), cfg, "Europe/Rome")
}

func open(info carriers.Info, cfg carriers.Config, zone string) (carriers.Carrier, error) {
	return adapter.New(info, cfg, adapter.Spec{
		Codes: carriers.CodeTable("inpost"), Zone: zone, NewestFirst: true,
		Personal: []string{"name", "phone", "email", "first_name", "last_name"},
	}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b, info.Countries[0]}) })
}

type carrier struct {
	adapter.Base

	home string // the country of the carrier
}

// Match claims 24 digits, which no other carrier uses.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(adapter.Is(n, number.FamilyInPost) && n.Family() != number.FamilyBpost, carriers.Maybe)
}

// Ask makes the call. An unknown number is HTTP 404 with an error in JSON.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/v1/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return res, err
	}
	if ans.Status >= http.StatusBadRequest {
		return res, c.refused(ans)
	}
	var all answers
	if err := c.JSON(ans, &all); err != nil {
		return res, err
	}
	if len(all) == 0 {
		return res, c.Changed(ans, "the list is empty")
	}
	return c.read(ans, all, n)
}

// refused reads an error. One that is not the service's own (a gateway's, a web
// page) does not concern the number.
func (c *carrier) refused(ans adapter.Answer) error {
	var p problem
	if err := c.JSON(ans, &p); err != nil {
		return err
	}
	words := p.Error + " " + p.Message
	if textx.Mentions(words, "not_found", "not found", "nie znaleziono", "validation", "tracking_number", "invalid") {
		return c.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
	return c.Changed(ans, "HTTP %d: %s", ans.Status, words)
}
