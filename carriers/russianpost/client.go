package russianpost

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// request is getOperationHistory for the item itself (MessageType 0). What is
// called a header stands in the body, with an attribute of SOAP 1.1.
const request = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:oper="http://russianpost.org/operationhistory"` +
	` xmlns:data="http://russianpost.org/operationhistory/data" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">` +
	`<soap:Header/><soap:Body><oper:getOperationHistory>` +
	`<data:OperationHistoryRequest><data:Barcode>%s</data:Barcode><data:MessageType>0</data:MessageType>` +
	`<data:Language>RUS</data:Language></data:OperationHistoryRequest>` +
	`<data:AuthorizationHeader soapenv:mustUnderstand="1"><data:login>%s</data:login><data:password>%s</data:password>` +
	`</data:AuthorizationHeader></oper:getOperationHistory></soap:Body></soap:Envelope>`

// ask makes the one call there is. Its faults come with HTTP 500.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []record, error) {
	body := fmt.Sprintf(request, adapter.EscapeXML(string(n)), adapter.EscapeXML(c.login), adapter.EscapeXML(c.password))
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/rtm34",
		Header: http.Header{
			"Content-Type": {"application/soap+xml;charset=UTF-8"}, "Accept": {"application/soap+xml, text/xml"},
		},
		Body: []byte(body),
		Own:  []int{http.StatusInternalServerError},
	})
	if err != nil {
		return ans, nil, err
	}
	var e envelope
	if err := c.client.XML(ans, &e); err != nil {
		if ans.Status == http.StatusInternalServerError {
			return ans, nil, c.client.Fail(carriers.ErrTemporary, "HTTP 500 without a fault")
		}
		return ans, nil, err
	}
	switch {
	case e.Fault != nil:
		return ans, nil, c.fault(ans, *e.Fault)
	case ans.Status == http.StatusInternalServerError:
		return ans, nil, c.client.Fail(carriers.ErrTemporary, "HTTP 500 without a fault")
	case e.History == nil:
		return ans, nil, c.client.Changed(ans, "no OperationHistoryData in the answer")
	case len(e.History.Records) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "empty history")
	}
	return ans, e.History.Records, nil
}

// fault sorts what the service refuses. Its words may hold the login, so none of
// an authorization fault's are passed on. A spent limit wears the clothes of a
// wrong password and must not be taken for one.
func (c *carrier) fault(ans adapter.Answer, f fault) error {
	words := strings.ToLower(f.Reason + " " + f.Authorization + " " + f.History + " " + f.Language)
	holds := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(words, p) {
				return true
			}
		}
		return false
	}
	switch {
	case holds("лимит", "limit"):
		return c.client.Throttled(ans, "the day's limit of requests is used up")
	case f.Authorization != "", holds("авториз", "authoriz"):
		return c.client.Fail(carriers.ErrDenied, "login or password of the tracking API is wrong")
	case f.Language != "":
		return c.client.Changed(ans, "language refused: %s", f.Language)
	case f.History != "" && holds("формат данных", "format of the request"):
		return c.client.Fail(carriers.ErrNotFound, "the number is refused by its form")
	default:
		return c.client.Fail(carriers.ErrTemporary, "service says: %s %s", f.Reason, f.History)
	}
}
