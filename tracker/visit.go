package tracker

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// visitRounds bounds the rounds of a visit: the number, its successor, and the
// follow-up of that.
const visitRounds = 3

// visit is one check of a parcel. It takes a few rounds, each planned from the
// results of the rounds before.
type visit struct {
	id          int64
	orders      []string         // of the parcel
	unverified  bool             // only unproven mail names the parcel
	rank        carriers.Rank    // of its calls when a budget is short
	piggybacked bool             // on calls made for other parcels; its next check stays as scheduled
	rounds      int              // started so far
	asked       []carriers.Asked // every ask of the visit, in the order planned
	open        int              // asks without an answer
	answered    bool             // by any carrier, if only with a failure
	until       time.Time        // the earliest time when a carrier that was not asked can be
}

// job is one number to ask one carrier about.
type job struct {
	visit *visit
	at    int // index in visit.asked
	ask   carriers.Ask
	since time.Time // when the carrier was last asked about it
}

// compare orders jobs: unverified parcels last, then by rank, the one asked longest ago
// first.
func (j job) compare(other job) int {
	return cmp.Or(j.visit.share()-other.visit.share(), cmp.Compare(j.visit.rank, other.visit.rank), j.since.Compare(other.since))
}

// outcome is the result of a job. failure, if any, is of the ledger.
type outcome struct {
	job

	result  carriers.Result
	failure error
}

// next returns the asks of a plan that the visit has not made and that can be made;
// none after the last round.
func (e *Engine) next(v *visit, plan []carriers.Ask) []carriers.Ask {
	if v.rounds == visitRounds {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(plan), func(a carriers.Ask) bool {
		return a.Skip != "" || e.Askers[a.Carrier] == nil || v.has(a)
	})
}

func (v *visit) has(a carriers.Ask) bool {
	return slices.ContainsFunc(v.asked, func(d carriers.Asked) bool { return d.Carrier == a.Carrier && d.Number == a.Number })
}

// knows reports whether the visit has asked any carrier about the number.
func (v *visit) knows(n number.Number) bool {
	return slices.ContainsFunc(v.asked, func(d carriers.Asked) bool { return d.Number == n })
}

// asks reports whether the visit has asked the carrier about any number.
func (v *visit) asks(carrier string) bool {
	return slices.ContainsFunc(v.asked, func(d carriers.Asked) bool { return d.Carrier == carrier })
}

// add adds an ask to the visit.
func (v *visit) add(a carriers.Ask, since time.Time) job {
	v.open++
	v.asked = append(v.asked, carriers.Asked{Ask: a})
	return job{visit: v, at: len(v.asked) - 1, ask: a, since: since}
}

// unverifiedShare is the part of a carrier's budget, in percent, that is asked about
// parcels which only unproven mail names. Anybody can make such parcels.
const unverifiedShare = 50

func (v *visit) share() int {
	if v.unverified {
		return unverifiedShare
	}
	return 0
}

// end records the outcome of one of the visit's asks.
func (v *visit) end(o outcome) carriers.Asked {
	v.open--
	a := &v.asked[o.at]
	if a.Skip != "" {
		a.Result = a.Skip
		return *a
	}
	a.Result, a.Tracking, a.Err = carriers.ResultOf(o.result.Err), o.result.Tracking, o.result.Err
	if until, notNow := carriers.NotNowUntil(a.Err); notNow {
		v.until = parcel.Earliest(v.until, until)
	} else {
		v.answered = true
	}
	return *a
}
