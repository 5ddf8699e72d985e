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
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "cainiaoeurope",
		Title:     "Cainiao (Spain, Portugal)",
		Called:    "Cainiao",
		Site:      "https://global.cainiao.com",
		Page:      number.FamilyCainiao.Page(),
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
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Madrid", NewestFirst: true, Personal: []string{
		"receiverName", "receiverPhone", "receiverAddress", "signer",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
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

// Ask makes the call, a form whose first field is JSON.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	query, err := json.Marshal(question{Number: string(n), Locale: "en_US", Role: "endUser"})
	if err != nil {
		return res, c.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	form := url.Values{
		"logistics_interface":  {string(query)},
		"msg_type":             {"CN_OVERSEA_LOGISTICS_INQUIRY_TRACKING"},
		"logistic_provider_id": {"DISTRIBUTOR_30250031"},
		"data_digest":          {"parcelwatch"}, // not checked
		"to_code":              {"CNL_EU"},
	}
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/gateway/link.do", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(form.Encode()),
	})
	if err != nil {
		return res, err
	}
	if c.Page(ans) != nil {
		return res, c.Throttled(ans, "a web page came instead of data, its way to say slow down")
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case e.Success == "true":
		return c.read(ans, e, n)
	case e.Success != "false":
		return res, c.Changed(ans, "no success in the answer")
	case textx.Mentions(e.Code+" "+e.Message, "limit", "traffic", "frequen", "too many"):
		return res, c.Throttled(ans, "service says %s %s", e.Code, e.Message)
	default:
		return res, c.Fail(carriers.ErrTemporary, "service says %s %s", e.Code, e.Message)
	}
}
