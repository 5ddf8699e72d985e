package ems

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/PuerkitoBio/goquery"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. An unknown number, and one that is no express item, are
// HTTP 200 with a sentence.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/api/publicTracking/track",
		Query:  url.Values{"language": {"EN"}, "itemId": {string(n)}},
		Header: http.Header{"User-Agent": {adapter.BrowserAgent}, "Accept": {"text/html"}},
	})
	if err != nil {
		return res, err
	}
	if err := c.Captcha(ans); err != nil {
		return res, err
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(ans.Body))
	if err != nil {
		return res, c.Changed(ans, "not the page that was expected: %v", err)
	}
	if refusal := adapter.Line(page.Find("ul.error").Text(), 200); refusal != "" {
		return res, c.refused(ans, refusal)
	}
	table, why := find(page, n)
	if table == nil {
		return res, c.Changed(ans, "%s", why)
	}
	rows := rows(table)
	switch empty := table.Find("td.no-results-found").Length() > 0; {
	case empty && len(rows) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no results")
	case empty:
		return res, c.Changed(ans, "events, and that there are none")
	case len(rows) == 0:
		return res, c.Changed(ans, "no rows in the table")
	case !bytes.Contains(bytes.ToLower(ans.Body), []byte("</tbody>")):
		return res, c.Changed(ans, "the table has no end")
	}
	return c.read(ans, rows, n)
}

// refused reads the sentence that refuses a number.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	if adapter.Mentions(words, "does not denote", "invalid", "not valid", "format", "check digit") {
		return c.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
	return c.Changed(ans, "service says: %s", words)
}
