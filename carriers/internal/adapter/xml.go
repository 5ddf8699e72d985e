package adapter

import (
	"encoding/xml"
	"strings"
)

// XML decodes an answer that must be XML, as [Client.JSON] does for JSON. Elements
// are matched by their local names, because prefixes change; entities of a document
// type are not expanded.
func (c *Client) XML(ans Answer, into any) error {
	if err := c.Page(ans); err != nil {
		return err
	}
	if len(strings.TrimSpace(string(ans.Body))) == 0 {
		return c.Changed(ans, "answer is empty")
	}
	if err := xml.Unmarshal(ans.Body, into); err != nil {
		return c.Changed(ans, "not the XML that was expected: %v", err)
	}
	return nil
}

// EscapeXML returns s escaped as text or attribute of an XML request.
func EscapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // strings.Builder does not fail
	}
	return b.String()
}
