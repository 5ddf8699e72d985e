package carriers

import (
	"context"
	"net/http"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Carrier answers for tracking numbers. Implementations hold no state but their
// settings, are safe for concurrent use, never retry and never wait: decorators
// do (see [Keeper]).
type Carrier interface {
	// Info is constant for the life of the carrier.
	Info() Info
	// Match says whether this carrier may know the number by its form. It is
	// pure and fast.
	Match(n number.Number) Match
	// Track asks for at most Info().Batch numbers in one call of the service.
	// It returns one Result for each number asked, in the order asked; one of
	// them may fail alone. The second result is an error of the whole call,
	// and then the results are nil. All errors wrap one of the five sentinel
	// errors of this package, or are the context's.
	Track(ctx context.Context, numbers []number.Number) ([]Result, error)
}

// Result is what a carrier says of one number.
type Result struct {
	Number   number.Number
	Tracking parcel.Tracking
	Err      error // nil, or wraps a sentinel error
	// Unmapped are codes of the answer that the carrier's table does not hold.
	// Their events are in_transit with the post's own words.
	Unmapped []string
	// Note is what the service said of its limits ("quota 120 of 200"); empty
	// where it said nothing.
	Note string
}

// Match is how sure a carrier is that a number is one of its own.
type Match int

// The matches.
const (
	No    Match = iota
	Maybe       // the form fits, and other carriers' numbers look the same
	Yes
)

// Role is the side of the journey a carrier knows best.
type Role string

// The roles.
const (
	RoleOrigin      Role = "origin"      // knows the parcel until it leaves, or all the way
	RoleDestination Role = "destination" // the post of a country parcels arrive in
	RoleAggregator  Role = "aggregator"  // asks others; fills what nobody else answers
)

// Info is what is known of a carrier before it is asked. Facts are data here,
// never type switches elsewhere.
type Info struct {
	Name      string // as in the folder, the configuration and all output
	Title     string // the post's own name in Latin letters
	Site      string // its home page
	Page      string // page for people with %s for the number; empty where there is none
	Role      Role
	Countries []string // ISO countries whose numbers or arrivals it answers for; nil for all

	BaseURL   string        // scheme and host in use without an endpoint of the person's
	Interval  time.Duration // least time between two calls to the host
	PerNumber time.Duration // least time between two asks for the same number
	Budget    int           // calls a day and credential; 0 for no limit
	// Day is the zone whose midnight renews the budget; nil for UTC.
	Day   *time.Location
	Batch int // numbers a call, at least 1

	Settings []Setting
	// CredentialHelp says in one line where a credential is to be had.
	CredentialHelp string
	// Canary is a number for "check --carriers": the service's answer to it is
	// known, if only that it does not know it. Empty where there is none.
	Canary number.Number
}

// NeedsCredential reports whether the carrier cannot be asked without settings
// of the person's.
func (i Info) NeedsCredential() bool {
	for _, s := range i.Settings {
		if s.Required {
			return true
		}
	}
	return false
}

// Setting is one key of [carriers.NAME] in the configuration that this carrier
// takes, beyond the ones every carrier takes (endpoint, proxy, enabled).
type Setting struct {
	Name     string
	Secret   bool // takes the forms of a password, never shown
	Required bool
	Help     string // one line
}

// Config is what a carrier is made of.
type Config struct {
	BaseURL  string            // replaces scheme and host; paths stay
	HTTP     *http.Client      // has a timeout and a bounded transport
	Settings map[string]string // by Setting.Name, secrets resolved
}

// Factory makes one kind of carrier. carriers/all lists one for each folder.
// New refuses a bad base URL. It does not refuse a missing credential: without
// one, Match works and Track is [ErrDenied].
type Factory struct {
	Info Info
	New  func(Config) (Carrier, error)
}
