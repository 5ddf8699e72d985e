package carriertest

import (
	"context"
	"os"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Suite describes a carrier to the checks.
type Suite struct {
	New  func(carriers.Config) (carriers.Carrier, error)
	Info carriers.Info
	// Dir holds recordings and goldens; its last element is the carrier's name.
	Dir string
	// Codes is the file of the adapter's table; empty if there is none.
	Codes string
	// Known are numbers that the service answers with events: at least two with
	// different recordings, or one and Other.
	Known []Case
	// NotFound are numbers the service does not know (yet).
	NotFound []Case
	// Faults are the service's specific failures, with the error they mean.
	Faults []Fault
	// Other is a number of the same form as the known ones that is in no recording.
	Other number.Number
	// Foreign are numbers of other carriers that this one must not claim.
	Foreign []number.Number
	// Private are personal names planted in the recordings; they must not be in any
	// output.
	Private []string
	// Calls is how many requests one Track may make; 0 means 1.
	Calls int
	// Exceptions are the exceptions from the general rules, by the name of the
	// case.
	Exceptions []Exception
}

// Case is a recorded answer.
type Case struct {
	Number    number.Number
	Also      []number.Number // asked for in the same call
	Recording string          // file in Dir that answers every request
	Replies   []Reply         // instead of Recording, if several requests are made
	Status    int             // of the recording; 0 means 200
	Unmapped  []string        // codes planted in it that no table can hold
}

// Reply answers the requests whose method, address or body contains Match.
type Reply struct {
	Match     string
	Recording string
	Status    int // 0 means 200
}

// Fault is a recorded failure.
type Fault struct {
	Case
	Want error // one of the five
}

// Exception lets a service differ from a general rule in one case.
type Exception struct {
	Case   string // as named by the failing check: "empty body", "HTTP 403"
	Want   error  // error that the case means here; nil if it is undefined
	Source string // source of the exception
}

// Run runs every check.
func Run(t *testing.T, s Suite) {
	t.Helper()
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(t.Context(), s.withDefaults()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Live asks the real service for its canary number. It runs only by hand, with
// PARCELWATCH_LIVE=1, never in CI.
func Live(t *testing.T, s Suite, settings map[string]string) {
	t.Helper()
	if os.Getenv("PARCELWATCH_LIVE") == "" {
		t.Skip("PARCELWATCH_LIVE is not set")
	}
	if s.Info.Canary == "" {
		t.Skip("no canary number is known")
	}
	set, err := carriers.NewSet([]carriers.Factory{{Info: s.Info, New: s.New}}, map[string]carriers.Options{s.Info.Name: {Settings: settings}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := track(t.Context(), set.Members()[0].Carrier, s.Info.Canary)
	t.Logf("%d events, error %v", len(res.Tracking.Events), err)
	if kind := carriers.ResultOf(err); kind == parcel.ResultChanged {
		t.Errorf("%s has changed its answer: %v", s.Info.Name, err)
	}
}

// check is one clause of the contract.
type check struct {
	name string
	run  func(context.Context, Suite) error
}

// checks returns the checks in the order in which a new adapter should pass them.
func checks() []check {
	return []check{
		{"its name and facts are in order", names},
		{"it claims its own numbers and no others", matches},
		{"each recording gives exactly its golden tracking, twice", goldens},
		{"its events are ordered, distinct, zoned, worded and mapped", events},
		{"a number not known is not found and has no events", notFound},
		{"the service's failures are told apart", failures},
		{"an answer that is not one is changed, never no news", changed},
		{"it stops when told to", cancelled},
		{"an endless answer stops at the limit, a slow one at the deadline", bounded},
		{"it sends what it should and only where it should", requests},
		{"credentials and names stay secret", secrets},
		{"sixteen lookups at once agree", parallel},
		{"each request waits for its turn", paced},
	}
}

func (s Suite) withDefaults() Suite {
	if s.Calls == 0 {
		s.Calls = 1
	}
	if s.Other == "" {
		for _, k := range s.Known[min(1, len(s.Known)):] {
			if k.Recording != s.Known[0].Recording {
				s.Other = k.Number
				break
			}
		}
	}
	return s
}
