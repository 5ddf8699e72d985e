package extract

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"strings"

	"parcelwatch/parcel/number"
)

const (
	maxSchema      = 64 << 10 // bytes of JSON-LD in one page
	maxSchemaDepth = 16
	maxDeliveries  = 20
)

// delivery is a schema.org ParcelDelivery: a tracking number with its orders.
type delivery struct {
	number string
	orders []string
	site   string // address at which the parcel is tracked
}

// deliveryLink returns the delivery as a link, which ties a number to its orders too.
func (p *Parser) deliveryLink(d delivery) link {
	l := p.readLink(d.site, 0)
	if !l.shop {
		l = link{}
	}
	for _, o := range d.orders {
		if o = strings.TrimSpace(o); len(o) >= 5 && len(o) <= 40 && !strings.ContainsFunc(o, func(r rune) bool { return !letterOrDigit(r) && r != '-' }) {
			l.orders = appendNew(l.orders, o)
		}
	}
	if n, err := number.Parse(d.number); err == nil && !has(l.numbers, n) {
		l.numbers = append(l.numbers, n)
	}
	return l
}

// deliveries returns the parcels in a block of JSON-LD. Other objects and broken
// JSON are ignored.
func deliveries(text []byte) []delivery {
	text = bytes.TrimSpace(text)
	if bytes.Contains(text, []byte("&quot;")) {
		text = []byte(html.UnescapeString(string(text)))
	}
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("<!--")), []byte("-->"))
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	var out []delivery
	walk(v, 0, &out)
	return out
}

func walk(v any, depth int, out *[]delivery) {
	if depth > maxSchemaDepth || len(*out) >= maxDeliveries {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walk(e, depth+1, out)
		}
	case map[string]any:
		if isDelivery(v["@type"]) {
			*out = append(*out, delivery{number: word(v["trackingNumber"]), orders: orderNumbers(v["partOfOrder"]), site: word(v["trackingUrl"])})
			return
		}
		for _, e := range v {
			walk(e, depth+1, out)
		}
	}
}

func isDelivery(v any) bool {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	return strings.HasSuffix(word(v), "ParcelDelivery")
}

func orderNumbers(v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, e := range v[:min(len(v), maxOrders)] {
			if m, ok := e.(map[string]any); ok {
				out = append(out, word(m["orderNumber"]))
			}
		}
		return out
	case map[string]any:
		return []string{word(v["orderNumber"])}
	default:
		return nil
	}
}

// word returns a string or number of JSON as text.
func word(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case map[string]any:
		return word(v["@id"])
	default:
		return ""
	}
}

// item is microdata that is being read: the properties of one parcel.
type item struct {
	delivery
	open  bool
	value *string // whose text is being read
}

// property reads the attributes of an element with microdata.
func (r *htmlReader) property() {
	var name, content, href string
	for more := true; more; {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		switch string(key) {
		case "itemtype":
			if bytes.HasSuffix(value, []byte("ParcelDelivery")) {
				r.closeItem()
				r.item.open = true
			}
		case "itemprop":
			name = string(value)
		case "content":
			content = string(value)
		case "href":
			href = string(value)
		}
	}
	if !r.item.open {
		return
	}
	switch name {
	case "trackingNumber":
		r.item.number = content
		r.item.value = &r.item.number
	case "orderNumber":
		if len(r.item.orders) < maxOrders {
			r.item.orders = append(r.item.orders, content)
			r.item.value = &r.item.orders[len(r.item.orders)-1]
		}
	case "trackingUrl":
		r.item.site = content + href
	}
	if content != "" {
		r.item.value = nil
	}
}

// closeItem adds the parcel whose microdata was read.
func (r *htmlReader) closeItem() {
	if r.item.open {
		r.addDelivery(r.item.delivery)
	}
	r.item = item{}
}

func (r *htmlReader) addDelivery(d delivery) {
	l := r.parser.deliveryLink(d)
	if l.says() && len(r.links) < maxLinks {
		l.line, l.last = r.b.next(), r.b.next()
		r.links = append(r.links, l)
	}
}

// setBase remembers the address that links of the page are relative to.
func (r *htmlReader) setBase() {
	for more := true; more; {
		var key, value []byte
		if key, value, more = r.z.TagAttr(); string(key) != "href" || r.base != nil {
			continue
		}
		if u, err := url.Parse(string(value[:min(len(value), maxLinkLen)])); err == nil && u.Host != "" {
			r.base = u
		}
	}
}

// absolute returns the address of a link that may be relative to the page's.
func (r *htmlReader) absolute(s string) string {
	if strings.Contains(s, "://") && !strings.HasPrefix(s, "/") {
		return s
	}
	if strings.HasPrefix(s, "//") {
		return "https:" + s
	}
	if r.base == nil {
		return s
	}
	u, err := r.base.Parse(s)
	if err != nil {
		return s
	}
	return u.String()
}
