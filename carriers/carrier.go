package carriers

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Carrier answers for tracking numbers. Implementations hold no state except their
// settings, are safe for concurrent use, and never retry or wait; [Keeper] does
// that.
type Carrier interface {
	// Info is constant for the life of the carrier.
	Info() Info
	// Match tells from the form of the number whether the carrier may know it. It
	// is pure and fast.
	Match(n number.Number) Match
	// Track asks for at most Info().Batch numbers in one call of the service and
	// returns one Result for each, in the same order. A single result may hold an
	// error; if the whole call fails, there are no results. All errors wrap one of
	// the five sentinel errors of this package, or are the context's.
	Track(ctx context.Context, numbers []number.Number) ([]Result, error)
}

// Result is the answer of a carrier for one number.
type Result struct {
	Number   number.Number
	Tracking parcel.Tracking
	Err      error // nil, or wraps a sentinel error
	// Unmapped lists the codes of events that are guesses, because the carrier's
	// table does not hold them.
	Unmapped []string
	// Note is what the service reports about its limits ("quota 120 of 200"), or
	// "".
	Note string
}

// Match is the certainty that a carrier knows a number.
type Match int

// The matches.
const (
	No    Match = iota
	Maybe       // the form fits, but other carriers' numbers look the same
	Yes
)

// Role is the side of the journey that a carrier knows best.
type Role string

// The roles.
const (
	RoleOrigin      Role = "origin"      // knows the parcel until it leaves, or all the way
	RoleDestination Role = "destination" // the post of a country parcels arrive in
	RoleAggregator  Role = "aggregator"  // queries other carriers; fills in what none of them answers
)

// Info holds the facts about a carrier. All differences between carriers are data
// here and not special cases elsewhere; the tables of the documentation and of
// internal/locale are generated from it.
type Info struct {
	Name      string // as in the folder name, the configuration and all output
	Title     string // its own name in Latin letters
	Called    string // its name in running text, if it is shorter than Title
	Site      string // home page
	Page      string // tracking page with %s for the number; "" for the one of the country's post, or none
	Role      Role
	Countries []string // ISO countries whose numbers or arrivals it answers for; nil for all
	Country   string   // ISO country whose designated post it is; "" for others
	Language  string   // of its texts; "" if they come in several
	Standard  bool     // its texts are the standard names of its codes and add nothing to them
	Covers    string   // coverage, for the documentation
	Key       string   // how to get its credential, for the documentation

	BaseURL   string        // scheme and host, unless an endpoint is configured
	Hosts     []string      // other hosts that it calls
	Interval  time.Duration // least time between two calls to the host
	PerNumber time.Duration // least time between two calls for the same number
	Budget    int           // calls per day and credential; 0 for no limit
	// Day is the zone at whose midnight the budget is renewed; nil for UTC.
	Day   *time.Location
	Batch int // numbers per call, at least 1

	Settings []Setting
	// Canary is the number that "check --carriers" asks for. The service's answer
	// to it is known, even if it is "not found". "" if there is none.
	Canary number.Number
}

// NeedsCredential reports whether the carrier can be asked only with configured
// settings.
func (i Info) NeedsCredential() bool {
	for _, s := range i.Settings {
		if s.Required {
			return true
		}
	}
	return false
}

// Setting is a key of [carriers.NAME] in the configuration, in addition to those of
// every carrier (endpoint, proxy, enabled).
type Setting struct {
	Name     string
	Secret   bool // takes the forms of a password and is never shown
	Required bool
	Help     string // one line
}

// PostalCode is the setting of carriers that answer only if the postal code of the
// delivery is told too. The general key of the configuration with the same name fills
// it for carriers of the configured destination.
func PostalCode() Setting {
	return Setting{Name: "postal_code", Required: true, Help: "postal code of your address"}
}

// Spoken returns the name of the carrier in running text.
func (i Info) Spoken() string { return cmp.Or(i.Called, i.Title) }

// Config is the configuration of a carrier.
type Config struct {
	BaseURL     string            // replaces scheme and host; paths stay
	HTTP        *http.Client      // has a timeout and a bounded transport
	Destination string            // ISO country where parcels usually arrive, or ""
	Settings    map[string]string // by Setting.Name, secrets resolved
}

// Factory makes one kind of carrier. carriers/all lists one for each folder. New
// fails for a bad base URL, but not for a missing credential: without one, Match
// works and Track returns [ErrCredential].
type Factory struct {
	Defined

	Info   Info
	New    func(Config) (Carrier, error)
	Public bool // its service may not be in a private network
}

// Defined says where a carrier comes from that is not built in.
type Defined struct {
	File     string // that defines the carrier; "" for a built-in one
	Replaces bool   // it takes the place of a built-in carrier
	Titled   bool   // it has a title of its own
	Keyed    bool   // it has settings of its own
}
