// Package cainiaoeurope asks Cainiao's European last mile, which delivers AliExpress
// parcels in Spain and Portugal. Site: https://global.cainiao.com. It takes no key.
// The protocol is not published: the form of request and answer is known from public
// clients and was not tried against the service. Not known are the meaning of the
// errors S12, S16 and S23, how an unknown number is answered (taken to be an empty
// list), the fields of a pickup point, and whether all codes of the last mile occur.
// No limits are published. It belongs to Alibaba, which blocks addresses that ask
// often, so the adapter asks a few times a day.
package cainiaoeurope

import (
	"context"
	"regexp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "cainiaoeurope",
		Title:     "Cainiao (Spain, Portugal)",
		Called:    "Cainiao",
		Site:      "https://global.cainiao.com",
		Page:      "https://global.cainiao.com/newDetail.htm?mailNoList=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"ES", "PT"},
		Language:  "en",
		Covers:    "Spain, Portugal: `CNESP...`, `CNPRT...`",
		BaseURL:   "https://de-link.cainiao.com",
		Interval:  20 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Madrid", NewestFirst: true, Personal: []string{
		"receiverName", "receiverPhone", "receiverAddress", "signer",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

var (
	ownForm = regexp.MustCompile(`^CN(ESP|PRT)\d{18,22}$`)
	digits  = regexp.MustCompile(`^46\d{16}$`)
)

// Match claims the forms with a country. The 18 digits look like those of other
// partners.
func (*carrier) Match(n number.Number) carriers.Match {
	if ownForm.MatchString(string(n)) {
		return carriers.Yes
	}
	return adapter.If(digits.MatchString(string(n)), carriers.Maybe)
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
