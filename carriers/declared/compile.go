package declared

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// program is a definition made ready to run. It is immutable.
type program struct {
	info         carriers.Info
	like         carriers.Carrier // matches the same numbers; nil if match and maybe do
	match, maybe []*regexp.Regexp
	page         bool // the answer is HTML
	request      *request
	exec         []string
	forms        []*form
	refusals     []*refusal
	notFound     *field
	notFoundOn   []int
	blank        bool
	empty        *field
	complete     string
	rows         []*row
	cut          []*regexp.Regexp
	personal     []string
}

// form is a [Reading] made ready.
type form struct {
	item, number, group, events                         *field
	time, offset, place, country, text, code            *field
	origin, destination, aliases, eta, pickup, pickupBy *field

	fields []*field // all of these

	layouts []string
	zone    *time.Location // nil if it is not known
	wall    bool           // offsets do not count
	inZone  bool
}

type refusal struct {
	status int
	find   *field
	words  *regexp.Regexp
	means  error
}

type compiler struct {
	page     bool
	settings []string
	faults   []Fault
}

func (c *compiler) wrong(key, id string) { c.at(key, message.New(id)) }

// New returns the factory of a defined carrier. What the definition does not say is
// taken from the built-in carrier of the same name, if there is one. The second result is
// all that is wrong in the definition.
func New(d *Definition, builtin *carriers.Factory) (carriers.Factory, []Fault) {
	c := &compiler{}
	p := c.program(d, builtin)
	if len(c.faults) > 0 {
		return carriers.Factory{}, c.faults
	}
	return carriers.Factory{
		Defined: carriers.Defined{Replaces: builtin != nil, Titled: builtin == nil || d.Title != "", Keyed: d.keyed()},
		Info:    p.info, Public: !d.Private && len(d.Exec) == 0,
		New: func(cfg carriers.Config) (carriers.Carrier, error) { return open(p, cfg) },
	}, nil
}

func (c *compiler) program(d *Definition, builtin *carriers.Factory) *program {
	c.page = isPage(d)
	p := &program{page: c.page, exec: d.Exec, blank: d.NotFoundBlank, complete: d.Complete, personal: d.Personal, notFoundOn: d.NotFoundStatus}
	p.info = c.info(d, builtin)
	for _, s := range p.info.Settings {
		c.settings = append(c.settings, s.Name)
	}
	c.limits(d)
	c.claims(d, builtin, p)
	p.request = c.request(d)
	if p.request.base != "" {
		p.info.BaseURL = p.request.base
		p.info.Site = cmp.Or(d.Site, p.info.Site, p.request.base)
	}
	p.notFound, p.empty = c.field("not_found", d.NotFound, " "), c.field("empty", d.Empty, " ")
	if len(d.Exec) > 0 {
		c.execution(d, p)
		return p
	}
	p.forms = c.forms(d)
	p.refusals = c.refusals(d)
	p.rows, p.cut = c.rows(d), c.patterns("cut", d.Cut)
	p.request.own = statuses(d)
	return p
}

// claims compiles which numbers the carrier knows: those of its patterns, or those of the
// built-in carrier if it has none.
func (c *compiler) claims(d *Definition, builtin *carriers.Factory, p *program) {
	p.match, p.maybe = c.patterns("match", d.Match), c.patterns("maybe", d.Maybe)
	switch {
	case len(d.Match)+len(d.Maybe) > 0:
	case builtin == nil:
		c.wrong("match", "declared_match")
	default:
		if own, err := builtin.New(carriers.Config{HTTP: &http.Client{}}); err == nil {
			p.like = own
		}
	}
}

// isPage reports whether the answer is HTML: the first selector of its events is no
// JSONPath.
func isPage(d *Definition) bool {
	text, ok := firstSelector(d.Events)
	for i := 0; !ok && i < len(d.Forms); i++ {
		text, ok = firstSelector(d.Forms[i].Events)
	}
	return ok && !strings.HasPrefix(strings.TrimLeft(text, "^ "), "$")
}

// firstSelector returns the first text in what is written for a field.
func firstSelector(v any) (string, bool) {
	var inner []any
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		inner = v
	case map[string]any:
		inner = []any{v["first"], v["all"]}
	}
	for _, one := range inner[:min(len(inner), maxParts)] {
		if text, ok := firstSelector(one); ok {
			return text, true
		}
	}
	return "", false
}

// statuses returns the statuses besides 2xx that the definition tells the meaning of.
func statuses(d *Definition) (out []int) {
	out = append(out, d.NotFoundStatus...)
	for i := range d.Refusals {
		if status := d.Refusals[i].Status; status != 0 {
			out = append(out, status)
		}
	}
	return out
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	settingForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// info returns the facts of the carrier.
func (c *compiler) info(d *Definition, builtin *carriers.Factory) carriers.Info {
	info := carriers.Info{Role: carriers.RoleDestination, Interval: 10 * time.Second, PerNumber: 4 * time.Hour, Budget: 500, Title: d.Name}
	if builtin != nil {
		info = builtin.Info
		info.Hosts, info.Settings = nil, slices.Clip(info.Settings)
	}
	info.Name, info.Batch = d.Name, 1
	if title := textx.Line(d.Title, 60); title != "" {
		info.Title, info.Called = title, ""
	}
	info.Site = cmp.Or(d.Site, info.Site)
	info.Language, info.Role = cmp.Or(d.Language, info.Language), cmp.Or(carriers.Role(d.Role), info.Role)
	info.Interval, info.PerNumber, info.Budget = cmp.Or(d.Interval, info.Interval), cmp.Or(d.PerNum, info.PerNumber), cmp.Or(d.Budget, info.Budget)
	info.Canary = number.Number(cmp.Or(d.Canary, string(info.Canary)))
	if d.Countries != nil {
		info.Countries = d.Countries
	}
	if d.Page != "" {
		info.Page = strings.Replace(d.Page, numberMark, "%s", 1)
	}
	if d.Settings != nil {
		info.Settings = nil
		for _, name := range d.Settings {
			info.Settings = append(info.Settings, secret(name))
		}
	}
	for _, header := range d.Secrets {
		info.Settings = append(info.Settings, secret(HeaderSetting(header)))
	}
	c.facts(d, info.Role)
	return info
}

func secret(name string) carriers.Setting {
	return carriers.Setting{Name: name, Secret: true, Required: true}
}

// facts checks what a definition says about its carrier.
func (c *compiler) facts(d *Definition, role carriers.Role) {
	if !nameForm.MatchString(d.Name) || slices.Contains([]string{"state", "try", "export"}, d.Name) {
		c.wrong("name", "declared_name")
	}
	if role != carriers.RoleOrigin && role != carriers.RoleDestination && role != carriers.RoleAggregator {
		c.allowed("role", "origin, destination, aggregator")
	}
	for i, country := range d.Countries {
		if !countryForm.MatchString(country) {
			c.wrong(element("countries", i), "declared_country")
		}
	}
	for i, name := range d.Settings {
		if !settingForm.MatchString(name) || slices.Contains([]string{"number", "enabled", "endpoint", "proxy"}, name) {
			c.wrong(element("settings", i), "declared_setting")
		}
	}
	for _, one := range [][2]string{{"site", d.Site}, {"page", d.Page}} {
		if address := one[1]; address != "" && (!strings.HasPrefix(address, "https://") || len(address) > 500 || textx.Line(address, 500) != address) {
			c.wrong(one[0], "declared_page")
		}
	}
	if n, err := number.Parse(d.Canary); d.Canary != "" && (err != nil || string(n) != d.Canary) {
		c.wrong("canary", "declared_canary")
	}
}

// limits checks the pace: a mistake must not become a flood.
func (c *compiler) limits(d *Definition) {
	if d.Interval != 0 && (d.Interval < time.Second || d.Interval > time.Hour) {
		c.wrong("interval", "declared_interval")
	}
	if d.PerNum != 0 && d.PerNum < 10*time.Minute {
		c.wrong("per_number", "declared_per_number")
	}
	if d.Budget < 0 || d.Budget > 10_000 {
		c.wrong("budget", "declared_budget")
	}
	c.length("countries", len(d.Countries), 300)
	c.length("form", len(d.Forms), 30)
	c.length("not_found_status", len(d.NotFoundStatus), 30)
	c.length("personal", len(d.Personal), 60)
	c.length("refusal", len(d.Refusals), 30)
	c.length("settings", len(d.Settings), 30)
	for i, status := range d.NotFoundStatus {
		if status < 200 || status > 599 {
			c.wrong(element("not_found_status", i), "declared_http")
		}
	}
	for i, name := range d.Personal {
		if name == "" || len(name) > 60 {
			c.wrong(element("personal", i), "declared_long")
		}
	}
}

// length checks the length of a list.
func (c *compiler) length(key string, n, most int) {
	if n > most {
		c.wrong(key, "declared_long")
	}
}

// Limits of a regular expression, as in the configuration.
const (
	maxPattern     = 1000
	maxPatternSize = 400
)

// pattern compiles a regular expression.
func (c *compiler) pattern(key, text string) *regexp.Regexp {
	if len(text) > maxPattern || textx.PatternSize(text) > maxPatternSize {
		c.wrong(key, "declared_long")
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		c.wrong(key, "declared_pattern")
	}
	return re
}

func (c *compiler) patterns(key string, texts []string) []*regexp.Regexp {
	if len(texts) > maxParts {
		c.wrong(key, "declared_long")
		return nil
	}
	var out []*regexp.Regexp
	for i, text := range texts {
		out = append(out, c.pattern(element(key, i), text))
	}
	return out
}

func (c *compiler) refusals(d *Definition) []*refusal {
	var out []*refusal
	for i, r := range d.Refusals {
		at := element("refusal", i)
		one := &refusal{status: r.Status, find: c.field(at+".find", r.Find, " "), means: failureOf(r.Means)}
		if one.means == nil {
			c.allowed(at+".means", "changed, denied, not_found, temporary, throttled")
		}
		if r.Words != "" {
			one.words = c.pattern(at+".words", r.Words)
		}
		if one.find.none() && (r.Status == 0 || r.Words != "") || r.Status != 0 && (r.Status < 200 || r.Status > 599) {
			c.wrong(at, "declared_refusal")
		}
		out = append(out, one)
	}
	return out
}

// failureOf returns the kind of failure that a refusal means, or nil.
func failureOf(means string) error {
	switch parcel.Result(means) {
	case parcel.ResultNotFound:
		return carriers.ErrNotFound
	case parcel.ResultThrottled:
		return carriers.ErrThrottled
	case parcel.ResultDenied:
		return carriers.ErrDenied
	case parcel.ResultTemporary:
		return carriers.ErrTemporary
	case parcel.ResultChanged:
		return carriers.ErrChanged
	default:
		return nil
	}
}

// Match tells from the form of the number whether the carrier may know it.
func (p *program) Match(n number.Number) carriers.Match {
	fits := func(re *regexp.Regexp) bool { return re.MatchString(string(n)) }
	switch {
	case p.like != nil:
		return p.like.Match(n)
	case slices.ContainsFunc(p.match, fits):
		return carriers.Yes
	case slices.ContainsFunc(p.maybe, fits):
		return carriers.Maybe
	default:
		return carriers.No
	}
}
