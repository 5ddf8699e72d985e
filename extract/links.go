package extract

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"
	"parcelwatch/parcel/number"
)

// link holds the known parameters of a link. Links are never followed and never
// copied. Paths, unknown parameters and product pages are ignored because they
// are full of digits that are neither orders nor parcels.
type link struct {
	line     int    // line of the page
	last     int    // last line of its text, if that spans several
	host     string // lower case, without "www."
	shop     bool
	orders   []string
	numbers  []number.Number
	rotated  string // an order id restored from the rotated form in the shop's message ids
	template string // name of the mail's template, lower case
}

const (
	maxLinks   = 400 // per page
	maxLinkLen = 8 << 10
	maxUnwrap  = 3 // nested redirects to unwrap

	base64HTTP = "aHR0c" // how an address begins in base64
)

func (l link) empty() bool {
	return l.host == "" && len(l.orders) == 0 && len(l.numbers) == 0 && l.rotated == ""
}

// says reports whether the link contains anything useful. Most links in a mail
// are to products and to the shop's own pages.
func (l link) says() bool {
	return len(l.orders) > 0 || len(l.numbers) > 0 || l.rotated != "" || l.template != "" || l.host != "" && !l.shop
}

// worthReading reports false for product links without other information.
func worthReading(s []byte) bool {
	return !bytes.Contains(s, []byte("/item/")) || bytes.Contains(s, []byte("rowan_")) || bytes.Contains(s, []byte("%3A%2F%2F"))
}

// readLink parses an address. Other mail services (Gmail, Outlook) wrap links
// in redirects that have the real address in a parameter.
func (p *Parser) readLink(s string, depth int) link {
	if len(s) > maxLinkLen {
		s = s[:maxLinkLen]
	}
	host, rest := splitHost(s)
	if host == "" {
		return link{}
	}
	l := link{host: host, shop: p.shopSite(host)}
	path, query, _ := strings.Cut(rest, "?")
	if fragment := strings.IndexByte(query, '#'); fragment >= 0 {
		query = query[:fragment] + "&" + query[fragment+1:]
	} else if i := strings.IndexByte(path, '#'); i >= 0 {
		path, query = path[:i], path[i+1:]
	}
	if !strings.Contains(query, "=") {
		query = unescape(query)
	}
	if !l.shop && depth < maxUnwrap {
		if in := p.embedded(rest, depth); in.shop {
			return in
		}
	}
	product := l.shop && p.shop.Product(path)
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, ok := strings.Cut(strings.TrimPrefix(pair, "amp;"), "=")
		if ok && value != "" {
			p.readParam(&l, strings.ToLower(key), value, depth, product)
		}
	}
	return l
}

// embedded finds a link to the shop anywhere in the address of a gateway:
// plain, percent-encoded, in Proofpoint's encoding ("-3A" for a colon, "_" for a
// slash), in base64, or as a host in the path.
func (p *Parser) embedded(rest string, depth int) link {
	var found link
	for _, read := range []func(string) string{func(s string) string { return s }, unescape, undash, unbase64, p.hostInPath} {
		s := read(rest)
		i := strings.LastIndex(strings.ToLower(s), "http")
		if i < 0 {
			continue
		}
		inner, _, _ := strings.Cut(s[i:], "__;") // Proofpoint's third form, which may drop a slash
		if scheme, rest, ok := strings.Cut(inner, ":/"); ok && !strings.HasPrefix(rest, "/") {
			inner = scheme + "://" + rest
		}
		if host, _ := splitHost(inner); host == "" || !p.shopSite(host) {
			continue
		}
		if found = p.readLink(inner, depth+1); found.says() {
			break
		}
	}
	return found
}

// unbase64 decodes the address that a gateway has encoded in base64.
func unbase64(s string) string {
	s = unescape(s)
	i := strings.Index(s, base64HTTP)
	if i < 0 {
		return ""
	}
	word, _, _ := strings.Cut(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s[i:], "/=")), "&")
	if end := strings.IndexFunc(word, func(r rune) bool { return !letterOrDigit(r) && r != '+' && r != '/' }); end >= 0 {
		word = word[:end]
	}
	return string(mail.LooseBase64(word))
}

// hostInPath returns the address behind a host of the shop in the path of a
// gateway.
func (p *Parser) hostInPath(s string) string {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '/')
		if i < 0 {
			return ""
		}
		at += i + 1
		if host, _, _ := strings.Cut(s[at:], "/"); len(host) < 80 && p.shopSite(strings.TrimPrefix(host, "www.")) {
			return "https://" + s[at:]
		}
	}
}

// undash decodes Proofpoint's second form.
func undash(s string) string {
	_, s, ok := strings.Cut(s, "u=http")
	if !ok {
		return ""
	}
	s, _, _ = strings.Cut(s, "&")
	return unescape("http" + strings.NewReplacer("-", "%", "_", "/").Replace(s))
}

// readParam stores one parameter in the link.
func (p *Parser) readParam(l *link, key, value string, depth int, product bool) {
	if l.shop {
		l.shopParam(p.shop.Param(key), value, product)
	}
	switch key {
	case "mailno", "mailnos", "mailnolist":
		if strings.HasSuffix(l.host, "cainiao.com") {
			l.addNumbers(value)
		}
	case "nums":
		if strings.HasSuffix(l.host, "17track.net") {
			l.addNumbers(value)
		}
	case "q", "url", "u", "target", "redirecturl", "redirect_url", "return_url", "returnurl":
		if depth < maxUnwrap {
			l.unwrap(p.readLink(unescape(value), depth+1))
		}
	}
}

// shopParam stores one parameter of a link to the shop.
func (l *link) shopParam(kind shop.Param, value string, product bool) {
	switch kind {
	case shop.ParamOrders:
		for id := range splitList(value) {
			if !product && orderID(id) {
				l.orders = appendNew(l.orders, id)
			}
		}
	case shop.ParamNumbers:
		if !product {
			l.addNumbers(value)
		}
	case shop.ParamMessage:
		l.rotated = derotate(unescape(value))
	case shop.ParamTemplate:
		l.template = strings.ToLower(textx.Cut(unescape(value), 200))
	case shop.ParamUnknown:
	}
}

// unwrap copies the values of the address inside a redirect.
func (l *link) unwrap(in link) {
	if in.empty() {
		return
	}
	for _, o := range l.orders {
		in.orders = appendNew(in.orders, o)
	}
	if l.template != "" {
		in.template = l.template
	}
	if l.rotated != "" {
		in.rotated = l.rotated
	}
	in.numbers = append(in.numbers, l.numbers...)
	*l = in
}

func (l *link) addNumbers(value string) {
	for s := range splitList(value) {
		n, err := number.Parse(s)
		if err == nil && (countDigits(string(n)) >= 5 || fewDigits(string(n))) && !has(l.numbers, n) {
			l.numbers = append(l.numbers, n)
		}
	}
}

// splitHost returns the host of an http address and the rest of it.
func splitHost(s string) (host, rest string) {
	s = strings.TrimSpace(s)
	i := strings.Index(s, "://")
	if i < 0 || i > 5 || !strings.EqualFold(s[:min(4, i)], "http") {
		return "", ""
	}
	s = s[i+3:]
	end := strings.IndexAny(s, "/?#")
	if end < 0 {
		end = len(s)
	}
	host, rest = s[:end], s[end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "www."), rest
}

// unescape undoes percent-encoding, including encoding applied again by
// services that wrap links.
func unescape(s string) string {
	for range maxUnwrap {
		if !strings.Contains(s, "%") {
			break
		}
		t, err := url.QueryUnescape(s)
		if err != nil {
			break
		}
		s = t
	}
	return s
}

func splitList(s string) func(func(string) bool) {
	return strings.FieldsFuncSeq(unescape(s), func(r rune) bool { return r == ',' || r == ';' || r == '|' || r <= ' ' })
}

// derotate restores an order id that is given as its last four digits, the
// other digits, a dollar sign and 32 hex digits.
func derotate(s string) string {
	id, hex, ok := strings.Cut(s, "$")
	if !ok || len(hex) < 32 || !orderID(id) || len(id) < 14 {
		return ""
	}
	return id[4:] + id[:4]
}

// orderID reports whether s has the format of an order id in a parameter.
func orderID(s string) bool {
	return len(s) >= 10 && len(s) <= 20 && countDigits(s) == len(s)
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

func has[T comparable](s []T, v T) bool { return slices.Contains(s, v) }

func appendNew[T comparable](s []T, v T) []T {
	if has(s, v) {
		return s
	}
	return append(s, v)
}
