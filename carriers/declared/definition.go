package declared

import (
	"reflect"
	"time"
)

// Definition is one [[carrier]] as it is written. A field of type any is a selector,
// a list of selectors whose values are joined, or a table with "first" or "all".
type Definition struct {
	Reading

	Name      string   `toml:"name"`
	Title     string   `toml:"title"`
	Site      string   `toml:"site"`
	Page      string   `toml:"page"` // tracking page with {number}
	Language  string   `toml:"language"`
	Role      string   `toml:"role"`
	Countries []string `toml:"countries"`

	Match    []string `toml:"match"`  // RE2: numbers that only this carrier has
	Maybe    []string `toml:"maybe"`  // RE2: numbers that others may have too
	Canary   string   `toml:"canary"` // number for "check --carriers"
	Settings []string `toml:"settings"`

	Request  Request       `toml:"request"`
	Exec     []string      `toml:"exec"` // instead of Request
	Private  bool          `toml:"private"`
	Interval time.Duration `toml:"interval"`
	PerNum   time.Duration `toml:"per_number"`
	Budget   int           `toml:"budget"`

	NotFound       any       `toml:"not_found"`
	NotFoundStatus []int     `toml:"not_found_status"`
	NotFoundBlank  bool      `toml:"not_found_blank"`
	Empty          any       `toml:"empty"`
	Complete       string    `toml:"complete"`
	Refusals       []Refusal `toml:"refusal"`
	Forms          []Reading `toml:"form"`

	Status   map[string]any `toml:"status"`
	Cut      []string       `toml:"cut"`
	Personal []string       `toml:"personal"`

	// Order holds the keys of Status as they follow each other in the file: the first
	// row that fits counts.
	Order []string `toml:"-"`
	// Shared is set for files that people pass on: exec is refused.
	Shared bool `toml:"-"`
	// Secrets are the headers whose values are settings named by [HeaderSetting].
	Secrets []string `toml:"-"`
}

// Request is how a number is asked for: GET, or POST with a body.
type Request struct {
	Method  string            `toml:"method"`
	URL     string            `toml:"url"`
	Headers map[string]any    `toml:"headers"`
	JSON    string            `toml:"json"`
	Form    map[string]string `toml:"form"`
}

// Reading is where one form of answer holds what. A [[carrier.form]] takes what it
// does not say from the carrier.
type Reading struct {
	Item   any `toml:"item"`
	Number any `toml:"number"`
	Group  any `toml:"group"`
	Events any `toml:"events"`

	Time    any      `toml:"time"`
	Layout  []string `toml:"layout"`
	Zone    string   `toml:"zone"`
	InZone  bool     `toml:"in_zone"`
	Offset  any      `toml:"offset"`
	Place   any      `toml:"place"`
	Country any      `toml:"country"`
	Text    any      `toml:"text"`
	Code    any      `toml:"code"`

	Origin      any `toml:"origin"`
	Destination any `toml:"destination"`
	Aliases     any `toml:"aliases"`
	ETA         any `toml:"eta"`
	PickupPlace any `toml:"pickup_place"`
	PickupUntil any `toml:"pickup_until"`
}

// Refusal is an answer that reports a failure.
type Refusal struct {
	Status int    `toml:"status"` // HTTP status; 0 for any
	Find   any    `toml:"find"`   // finds something
	Words  string `toml:"words"`  // RE2 that what is found must fit
	Means  string `toml:"means"`  // not_found, throttled, denied, temporary or changed
}

// keyed reports whether the definition says what the user must set.
func (d *Definition) keyed() bool { return d.Settings != nil || len(d.Secrets) > 0 }

// HeaderSetting is the name of the setting that holds the secret value of a header.
func HeaderSetting(header string) string { return "headers." + header }

// says reports whether the reading has the key.
func (r *Reading) says(key string) bool {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("toml") == key {
			return !v.Field(i).IsZero()
		}
	}
	return false
}

// over returns the reading with what it does not say taken from base.
func (r *Reading) over(base *Reading) *Reading {
	out := *base
	from, to := reflect.ValueOf(r).Elem(), reflect.ValueOf(&out).Elem()
	for i := range from.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
	return &out
}
