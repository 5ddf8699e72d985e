package cainiaoeurope

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call, a form whose first field is JSON.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
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
	case adapter.Mentions(e.Code+" "+e.Message, "limit", "traffic", "frequen", "too many"):
		return res, c.Throttled(ans, "service says %s %s", e.Code, e.Message)
	default:
		return res, c.Fail(carriers.ErrTemporary, "service says %s %s", e.Code, e.Message)
	}
}
