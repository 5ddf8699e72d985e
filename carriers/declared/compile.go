package declared

import (
	"cmp"
	"maps"
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
	match, maybe []*regexp.Regexp
	page         bool // the answer is HTML
	request      request
	exec         []string
	forms        []form
	refusals     []refusal
	notFound     field
	notFoundOn   []int
	blank        bool
	empty        field
	complete     string
	rows         []row
	cut          []*regexp.Regexp
	personal     []string
}

// form is a [Reading] made ready.
type form struct {
	item, number, group, events                         field
	time, offset, place, country, text, code            field
	origin, destination, aliases, eta, pickup, pickupBy field

	layouts []string
	zone    *time.Location // nil if it is not known
	wall    bool           // offsets do not count
	inZone  bool
}

type refusal struct {
	status int
	find   field
	words  *regexp.Regexp
	means  error
}

type compiler struct {
	page     bool
	settings []string
	faults   Errors
}

func (c *compiler) wrong(key, id string) { c.at(key, message.New(id)) }

// New returns the factory of a defined carrier. What the definition does not say is
// taken from the built-in carrier of the same name, if there is one. The error is
// [Errors].
func New(d Definition, builtin *carriers.Factory) (carriers.Factory, error) {
	c := &compiler{}
	p := c.program(d, builtin)
	if len(c.faults) > 0 {
		return carriers.Factory{}, c.faults
	}
	match := p.claims(builtin, d)
	return carriers.Factory{
		Defined: carriers.Defined{Replaces: builtin != nil, Titled: builtin == nil || d.Title != "", Keyed: d.keyed()},
		Info:    p.info, Public: !d.Private && len(d.Exec) == 0,
		New: func(cfg carriers.Config) (carriers.Carrier, error) { return open(p, match, cfg) },
	}, nil
}

func (c *compiler) program(d Definition, builtin *carriers.Factory) *program {
	c.page = isPage(d)
	p := &program{page: c.page, exec: d.Exec, blank: d.NotFoundBlank, complete: d.Complete, personal: d.Personal, notFoundOn: d.NotFoundStatus}
	p.info = c.info(d, builtin)
	for _, s := range p.info.Settings {
		c.settings = append(c.settings, s.Name)
	}
	c.limits(d)
	p.match, p.maybe = c.patterns("match", d.Match), c.patterns("maybe", d.Maybe)
	if len(d.Match)+len(d.Maybe) == 0 && builtin == nil {
		c.wrong("match", "declared_match")
	}
	p.request = c.request(d)
	if p.request.base != "" {
		p.info.BaseURL = p.request.base
		p.info.Site = cmp.Or(d.Site, p.info.Site, p.request.base)
	}
	if len(d.Exec) > 0 {
		c.execution(d, p)
		return p
	}
	p.forms = c.forms(d)
	p.refusals = c.refusals(d)
	p.notFound, p.empty = c.field("not_found", d.NotFound, " "), c.field("empty", d.Empty, " ")
	p.rows, p.cut = c.rows(d), c.patterns("cut", d.Cut)
	p.request.own = append(slices.Clone(d.NotFoundStatus), statuses(d.Refusals)...)
	return p
}

// isPage reports whether the answer is HTML: the first selector of its events is no
// JSONPath.
func isPage(d Definition) bool {
	for _, r := range append([]Reading{d.Reading}, d.Forms...) {
		if text, ok := firstSelector(r.Events); ok {
			return !strings.HasPrefix(strings.TrimLeft(text, "^ "), "$")
		}
	}
	return false
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

func statuses(refusals []Refusal) []int {
	var out []int
	for _, r := range refusals {
		if r.Status != 0 {
			out = append(out, r.Status)
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
func (c *compiler) info(d Definition, builtin *carriers.Factory) carriers.Info {
	info := carriers.Info{Role: carriers.RoleDestination, Interval: 10 * time.Second, PerNumber: 4 * time.Hour, Budget: 500, Title: d.Name}
	if builtin != nil {
		info = builtin.Info
		info.Hosts, info.Settings = nil, slices.Clone(info.Settings)
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
		info.Page = strings.Replace(strings.NewReplacer("%", "%25", "{number}", "\x00").Replace(d.Page), "\x00", "%s", 1)
		info.Page = strings.ReplaceAll(info.Page, "%25", "%")
	}
	if d.Settings != nil {
		info.Settings = nil
		for _, name := range d.Settings {
			info.Settings = append(info.Settings, carriers.Setting{Name: name, Secret: true, Required: true})
		}
	}
	for _, header := range d.Secrets {
		info.Settings = append(info.Settings, carriers.Setting{Name: HeaderSetting(header), Secret: true, Required: true})
	}
	c.facts(d, info)
	return info
}

// facts checks what a definition says about its carrier.
func (c *compiler) facts(d Definition, info carriers.Info) {
	if !nameForm.MatchString(d.Name) || slices.Contains([]string{"state", "try", "export"}, d.Name) {
		c.wrong("name", "declared_name")
	}
	roles := []string{string(carriers.RoleOrigin), string(carriers.RoleDestination), string(carriers.RoleAggregator)}
	if !slices.Contains(roles, string(info.Role)) {
		c.at("role", message.New("declared_one_of", "Names", strings.Join(roles, ", ")))
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
func (c *compiler) limits(d Definition) {
	if d.Interval != 0 && (d.Interval < time.Second || d.Interval > time.Hour) {
		c.wrong("interval", "declared_interval")
	}
	if d.PerNum != 0 && d.PerNum < 10*time.Minute {
		c.wrong("per_number", "declared_per_number")
	}
	if d.Budget < 0 || d.Budget > 10_000 {
		c.wrong("budget", "declared_budget")
	}
	lists := map[string]int{
		"settings": len(d.Settings), "refusal": len(d.Refusals), "form": len(d.Forms), "not_found_status": len(d.NotFoundStatus),
		"countries": len(d.Countries) / 10, "personal": len(d.Personal) / 2,
	}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		if lists[key] > 30 {
			c.wrong(key, "declared_long")
		}
	}
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

func (c *compiler) refusals(d Definition) []refusal {
	kinds := map[string]error{
		string(parcel.ResultNotFound): carriers.ErrNotFound, string(parcel.ResultThrottled): carriers.ErrThrottled,
		string(parcel.ResultDenied): carriers.ErrDenied, string(parcel.ResultTemporary): carriers.ErrTemporary, string(parcel.ResultChanged): carriers.ErrChanged,
	}
	var out []refusal
	for i, r := range d.Refusals {
		at := element("refusal", i)
		one := refusal{status: r.Status, find: c.field(at+".find", r.Find, " "), means: kinds[r.Means]}
		if one.means == nil {
			c.at(at+".means", message.New("declared_one_of", "Names", strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")))
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

// claims returns how the carrier matches numbers: by its patterns, or as the built-in
// carrier does if it has none.
func (p *program) claims(builtin *carriers.Factory, d Definition) func(number.Number) carriers.Match {
	if len(d.Match)+len(d.Maybe) == 0 && builtin != nil {
		if own, err := builtin.New(carriers.Config{HTTP: &http.Client{}}); err == nil {
			return own.Match
		}
	}
	return func(n number.Number) carriers.Match {
		fits := func(re *regexp.Regexp) bool { return re.MatchString(string(n)) }
		switch {
		case slices.ContainsFunc(p.match, fits):
			return carriers.Yes
		case slices.ContainsFunc(p.maybe, fits):
			return carriers.Maybe
		default:
			return carriers.No
		}
	}
}
