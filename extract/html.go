package extract

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"parcelwatch/extract/shop"
)

const (
	maxToken   = 512 << 10 // limit of the tokenizer's buffer; a mail is only read up to maxRead
	maxHidden  = 4 << 10   // bytes of hidden text that are skipped; more means that an element was not closed
	maxRegions = 16
)

// region is an open element that gives its text a role, hides it or keeps its
// line breaks, up to its end tag.
type region struct {
	name   string
	depth  int
	role   shop.Role
	hidden bool
	lines  bool // line breaks of the source are kept
	budget int
}

// htmlReader turns markup into a page, token by token. It builds no tree, so
// nesting costs nothing and has no limit.
type htmlReader struct {
	parser  *Parser
	z       *html.Tokenizer
	b       builder
	links   []link
	regions []region
	off     int  // offset of the current token in the source
	open    int  // index of the link whose text is being read, or -1
	raw     bool // inside style, script or title
	schema  bool // inside a script with JSON-LD
	micro   bool // the page has microdata
	json    []byte
	item    item
	base    *url.URL
	name    [24]byte
}

func (p *Parser) readHTML(src []byte) page {
	s := p.scratch()
	s.lean = p.lean(s.lean, src)
	return p.readMarkup(s.lean, s)
}

// readMarkup reads markup unmodified, so that the lines have correct source
// offsets.
func (p *Parser) readMarkup(src []byte, s *scratch) page {
	r := htmlReader{parser: p, z: html.NewTokenizer(bytes.NewReader(src)), open: -1, b: newBuilder(s)}
	r.z.SetMaxBuf(maxToken)
	r.micro = microdata(src)
	for {
		kind := r.z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := r.z.Raw()
		end := r.off + len(raw)
		r.token(kind, raw, end)
		r.off = end
	}
	r.closeItem()
	pg := r.b.page()
	pg.links = r.links
	return pg
}

// microdata reports whether a page describes parcels with attributes.
func microdata(src []byte) bool {
	return bytes.Contains(src, []byte("ParcelDelivery")) && bytes.Contains(src, []byte("itemprop"))
}

func (r *htmlReader) token(kind html.TokenType, raw []byte, end int) {
	switch kind {
	case html.TextToken:
		r.text(end)
	case html.StartTagToken, html.SelfClosingTagToken:
		// Raw is only valid until the tag is read, so inspect it first.
		what := r.parser.markup(raw)
		micro := r.micro && bytes.Contains(raw, []byte("item"))
		name := r.tagName(raw[1:])
		if script := string(name) == "script"; micro && string(name) != "a" || script {
			_, more := r.z.TagName()
			r.attributes(script, more)
		}
		r.start(name, what)
	case html.EndTagToken:
		r.end(r.tagName(raw[2:]))
	default: // ignore comments
	}
}

// tagName returns the name of a tag in lower case without allocating, unlike
// the tokenizer's own method.
func (r *htmlReader) tagName(raw []byte) []byte {
	n := 0
	for n < len(raw) && n < len(r.name) && raw[n] != '>' && raw[n] != '/' && !space(raw[n]) {
		c := raw[n]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		r.name[n] = c
		n++
	}
	return r.name[:n]
}

// attributes reads those of a script or of an element with microdata.
func (r *htmlReader) attributes(script, more bool) {
	switch {
	case !more:
	case script:
		for more {
			var value []byte
			_, value, more = r.z.TagAttr()
			r.schema = r.schema || bytes.Contains(bytes.ToLower(value), []byte("ld+json"))
		}
	default:
		r.property()
	}
}

func (r *htmlReader) text(end int) {
	text := r.z.Text()
	if r.schema && len(r.json)+len(text) <= maxSchema {
		r.json = append(r.json, text...)
	}
	if r.raw {
		return
	}
	if r.item.value != nil && *r.item.value == "" {
		*r.item.value = strings.TrimSpace(string(text[:min(len(text), 80)]))
	}
	for i := range r.regions {
		if g := &r.regions[i]; g.hidden && g.budget > 0 {
			g.budget -= len(text)
			return
		}
	}
	if !slices.ContainsFunc(r.regions, func(g region) bool { return g.lines }) {
		r.b.add(text, r.off, end)
		return
	}
	for line := range bytes.Lines(text) {
		r.b.add(line, r.off, end)
		if bytes.HasSuffix(line, []byte("\n")) {
			r.b.newline()
		}
	}
}

func (r *htmlReader) start(name []byte, what region) {
	switch string(name) {
	case "wbr": // a possible line break, not a separator
		return
	case "br", "hr":
		r.b.newline()
		return
	case "style", "script", "title", "noembed", "template":
		r.raw = true
		return
	case "base":
		r.z.TagName()
		r.setBase()
		return
	case "img", "input", "meta", "link", "col", "area", "source":
		r.b.space()
		return
	case "a":
		r.anchor()
	case "tr":
		r.b.row++
		r.b.col = 0
	case "td", "th":
		r.b.col++
	case "p":
		r.close("p", true)
	case "pre":
		what.lines = true
	}
	if block(name) {
		r.b.newline()
	} else {
		r.b.space()
	}
	r.enter(name, what)
}

func (r *htmlReader) end(name []byte) {
	switch string(name) {
	case "style", "script", "title", "noembed", "template":
		r.raw = false
		r.closeSchema()
		return
	case "wbr":
		return
	case "a":
		r.open = -1
	}
	if block(name) {
		r.b.newline()
	} else {
		r.b.space()
	}
	if r.open >= 0 {
		r.links[r.open].last = len(r.b.lines) - 1
	}
	r.close(string(name), false)
}

// closeSchema adds the parcels of a script with JSON-LD that ends.
func (r *htmlReader) closeSchema() {
	if r.schema {
		for _, d := range deliveries(r.json) {
			r.addDelivery(d)
		}
	}
	r.schema, r.json = false, r.json[:0]
}

// enter counts the element in the open regions and opens its own region.
func (r *htmlReader) enter(name []byte, what region) {
	for i := range r.regions {
		if r.regions[i].name == string(name) {
			r.regions[i].depth++
		}
	}
	if (what.role != shop.RolePlain || what.hidden || what.lines) && len(r.regions) < maxRegions {
		what.name, what.depth, what.budget = string(name), 1, maxHidden
		r.regions = append(r.regions, what)
		r.setRole()
	}
}

// close processes an end tag and leaves a region if its element ends. A
// paragraph also ends at the next one.
func (r *htmlReader) close(name string, all bool) {
	for i := 0; i < len(r.regions); i++ {
		g := &r.regions[i]
		if g.name != name {
			continue
		}
		if g.depth--; g.depth <= 0 || all {
			r.regions = r.regions[:i]
			r.setRole()
			return
		}
	}
}

func (r *htmlReader) setRole() {
	r.b.role = shop.RolePlain
	for _, g := range r.regions {
		if g.role != shop.RolePlain {
			r.b.role = g.role
		}
	}
}

// markup returns what a tag says about its text. Reading also works without it.
func (p *Parser) markup(tag []byte) region {
	switch {
	case len(tag) < 24:
		return region{}
	case style(tag, "display:", "none"):
		return region{hidden: true}
	default:
		return region{role: p.shop.Role(tag), lines: style(tag, "white-space:", "pre")}
	}
}

// style reports whether the first style of this name in a tag has a value that
// begins so.
func style(tag []byte, name, value string) bool {
	_, rest, ok := bytes.Cut(tag, []byte(name))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte(value))
}

func (r *htmlReader) anchor() {
	for _, more := r.z.TagName(); more; {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		switch string(key) {
		case "href", "data-saferedirecturl":
			if value = value[:min(len(value), maxLinkLen)]; worthReading(value) {
				r.addLink(string(value))
			}
		}
	}
}

func (r *htmlReader) addLink(s string) {
	if len(r.links) >= maxLinks {
		return
	}
	if l := r.parser.readLink(r.absolute(s), 0); l.says() {
		l.line = r.b.next()
		l.last = l.line
		r.open = len(r.links)
		r.links = append(r.links, l)
	}
}

// block reports whether an element starts a new line.
func block(name []byte) bool {
	switch string(name) {
	case "p", "div", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "ul", "ol", "li", "dl", "dt", "dd",
		"h1", "h2", "h3", "h4", "h5", "h6", "center", "blockquote", "section", "article", "header", "footer", "main",
		"pre", "body", "html", "head", "form", "fieldset", "address", "caption", "figure", "option", "button":
		return true
	default:
		return false
	}
}
