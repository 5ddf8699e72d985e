package ems

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// agent begins like a browser's, without which the service answers 403, and
// says who asks all the same.
const agent = "Mozilla/5.0 (compatible; parcelwatch/1; parcel tracking daemon, few polite requests)"

// ask makes the one call there is. A number that is not known, and one that is
// no express item, come with HTTP 200 and a sentence.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []row, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path:   "/api/publicTracking/track",
		Query:  url.Values{"language": {"EN"}, "itemId": {string(n)}},
		Header: http.Header{"User-Agent": {agent}, "Accept": {"text/html"}},
	})
	if err != nil {
		return ans, nil, err
	}
	if err := c.client.Captcha(ans); err != nil {
		return ans, nil, err
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(ans.Body))
	if err != nil {
		return ans, nil, c.client.Changed(ans, "not the page that was expected: %v", err)
	}
	if refusal := textx.Line(page.Find("ul.error").Text(), 200); refusal != "" {
		return ans, nil, c.refused(ans, refusal)
	}
	table, why := find(page, n)
	if table == nil {
		return ans, nil, c.client.Changed(ans, "%s", why)
	}
	rows := rows(table)
	switch empty := table.Find("td.no-results-found").Length() > 0; {
	case empty && len(rows) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "no results")
	case empty:
		return ans, nil, c.client.Changed(ans, "events, and that there are none")
	case len(rows) == 0:
		return ans, nil, c.client.Changed(ans, "no rows in the table")
	case !bytes.Contains(bytes.ToLower(ans.Body), []byte("</tbody>")):
		return ans, nil, c.client.Changed(ans, "the table has no end")
	}
	return ans, rows, nil
}

// refused reads the sentence against a number.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	said := strings.ToLower(words)
	for _, form := range []string{"does not denote", "invalid", "not valid", "format", "check digit"} {
		if strings.Contains(said, form) {
			return c.client.Fail(carriers.ErrNotFound, "service says: %s", words)
		}
	}
	return c.client.Changed(ans, "service says: %s", words)
}
