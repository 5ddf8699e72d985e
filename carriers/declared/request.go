package declared

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel/number"
)

// numberMark stands for the number that is asked for.
const numberMark = "{number}"

// sample is a number for trying a template.
const sample number.Number = "RB123456785CN"

// mark is a part of a template that stands for a value: the number, or a setting.
var mark = regexp.MustCompile(`\{([a-z][a-zA-Z0-9_.-]*)\}`)

// Limits of a request.
const (
	maxTemplate = 4000
	maxHeaders  = 20
)

// request makes the calls for a number.
type request struct {
	path, query string // of the address, with marks
	headers     map[string]string
	body        string // with marks; "" for none
	kind        string // content type of the body
	form        map[string]string
	own         []int
	accept      string
	base        string // scheme and host
}

// fill replaces the marks of a template by values.
func fill(template string, escape func(string) string, value func(string) string) string {
	return mark.ReplaceAllStringFunc(template, func(m string) string { return escape(value(m[1 : len(m)-1])) })
}

// make returns the adapter's request for a number.
func (r *request) make(n number.Number, setting func(string) string) adapter.Request {
	value := func(name string) string {
		if name == "number" {
			return string(n)
		}
		return setting(name)
	}
	out := adapter.Request{Path: fill(r.path, escapePath, value), Header: http.Header{"Accept": {r.accept}}, Own: r.own}
	if r.query != "" {
		out.Path += "?" + fill(r.query, url.QueryEscape, value)
	}
	switch {
	case r.form != nil:
		form := url.Values{}
		for k, v := range r.form {
			form.Set(k, fill(v, escapeFor(v), value))
		}
		out.Body = []byte(form.Encode())
	case r.body != "":
		out.Body = []byte(fill(r.body, escapeJSON, value))
	}
	if r.kind != "" {
		out.Header.Set("Content-Type", r.kind)
	}
	for k, v := range r.headers {
		out.Header.Set(k, fill(v, oneLine, value))
	}
	return out
}

// escapeFor returns how a value is escaped within a field of a form: as JSON if the
// field is JSON.
func escapeFor(template string) func(string) string {
	if strings.HasPrefix(strings.TrimSpace(template), "{\"") && json.Valid([]byte(fill(template, escapeJSON, sampleValue))) {
		return escapeJSON
	}
	return func(s string) string { return s }
}

func escapePath(s string) string { return strings.TrimPrefix(adapter.Path(s), "/") }

func escapeJSON(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), `"`), `"`)
}

// oneLine removes what would end a header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func sampleValue(string) string { return string(sample) }

// request compiles the request of a definition.
func (c *compiler) request(d *Definition) *request {
	r := &request{headers: map[string]string{}, accept: "application/json"}
	if c.page {
		r.accept = "text/html"
	}
	if len(d.Exec) > 0 {
		return r
	}
	q := &d.Request
	c.address(d, r)
	c.marks("request.url", q.URL)
	switch bodies := len(q.Form) + len(q.JSON); {
	case q.Method != "" && q.Method != http.MethodGet && q.Method != http.MethodPost:
		c.wrong("request.method", "declared_method")
	case q.Method == http.MethodGet && bodies > 0, len(q.Form) > 0 && q.JSON != "":
		c.wrong("request", "declared_body")
	case q.JSON != "":
		c.json(q.JSON, r)
	case q.Method == http.MethodPost:
		c.form(q.Form, r)
	case len(q.Form) > 0:
		c.form(q.Form, r)
	}
	c.headers(d, r)
	numbered := strings.Contains(q.URL+q.JSON, numberMark)
	for _, v := range q.Form {
		numbered = numbered || strings.Contains(v, numberMark)
	}
	if !numbered {
		c.wrong("request", "declared_no_number")
	}
	return r
}

// address splits the address. Its host is fixed: a mark may stand behind it only.
func (c *compiler) address(d *Definition, r *request) {
	text := d.Request.URL
	scheme, rest, ok := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	if !ok || len(text) > maxTemplate || strings.ContainsAny(host, "{}@#\\ ") || strings.Contains(text, "#") {
		c.wrong("request.url", "declared_url")
		return
	}
	r.base = scheme + "://" + host
	u, err := carriers.ParseEndpoint(r.base)
	if err != nil || u.Path != "" || !netx.IsHost(u.Hostname()) {
		c.wrong("request.url", "declared_url")
		return
	}
	c.reach(d, u.Hostname())
	r.path, r.query, _ = strings.Cut(strings.TrimPrefix(rest, host), "?")
	tried := fill(r.path, escapePath, sampleValue) + "?" + fill(r.query, url.QueryEscape, sampleValue)
	if _, err := url.ParseRequestURI("https://host.example" + tried); err != nil {
		c.wrong("request.url", "declared_url")
	}
}

// reach checks that a host may be asked: one of the internet, this machine named as such,
// or one of a private network if the definition says so, which a file that people pass on
// may not. What the name of a host leads to is checked when it is dialled.
func (c *compiler) reach(d *Definition, host string) {
	ip, err := netip.ParseAddr(host)
	inside := err == nil && !netx.Public(ip) && !netx.Loopback(host)
	switch {
	case d.Shared && d.Private:
		c.wrong("private", "declared_private_shared")
	case d.Shared && inside:
		c.wrong("request.url", "declared_private_shared")
	case inside && !d.Private:
		c.wrong("request.url", "declared_private")
	}
}

func (c *compiler) json(text string, r *request) {
	r.body, r.kind = text, "application/json"
	if len(text) > maxTemplate || !json.Valid([]byte(fill(text, escapeJSON, sampleValue))) {
		c.wrong("request.json", "declared_json")
	}
	c.marks("request.json", text)
}

func (c *compiler) form(fields map[string]string, r *request) {
	r.form, r.kind = map[string]string{}, "application/x-www-form-urlencoded"
	if len(fields) > maxHeaders {
		c.wrong("request.form", "declared_long")
	}
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		if v := fields[k]; len(v) > maxTemplate {
			c.wrong("request.form."+k, "declared_long")
		} else {
			r.form[k] = v
			c.marks("request.form."+k, v)
		}
	}
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,60}$`)

// refusedHeaders would change where the request goes or how it is read.
const refusedHeaders = " host content-length transfer-encoding connection te trailer upgrade accept-encoding proxy-authorization expect "

func (c *compiler) headers(d *Definition, r *request) {
	for _, k := range slices.Sorted(maps.Keys(d.Request.Headers)) {
		at := "request.headers." + k
		text, ok := d.Request.Headers[k].(string)
		if slices.Contains(d.Secrets, k) {
			text, ok = "{"+HeaderSetting(k)+"}", true
		}
		switch {
		case !headerName.MatchString(k) || strings.Contains(refusedHeaders, " "+strings.ToLower(k)+" "):
			c.wrong(at, "declared_header")
		case !ok || len(text) > maxTemplate || oneLine(text) != text || len(d.Request.Headers) > maxHeaders:
			c.wrong(at, "declared_header_value")
		default:
			r.headers[k] = text
			if !slices.Contains(d.Secrets, k) {
				c.marks(at, text)
			}
		}
	}
}

// marks checks that every mark of a template is the number or a setting.
func (c *compiler) marks(key, text string) {
	for _, m := range mark.FindAllStringSubmatch(text, -1) {
		if m[1] != "number" && !slices.Contains(c.settings, m[1]) {
			c.at(key, message.New("declared_mark", "Mark", m[0]))
		}
	}
}
