package carriers

import "time"

// Rank is what a call is for. A short budget is left to the calls that matter most.
type Rank int

// The ranks, the most important first.
const (
	RankPerson  Rank = iota // somebody waits for the answer
	RankCourier             // the parcel is with the courier today
	RankSoon                // its last days of pickup, a mail or a person caused it, or no carrier was ever asked
	RankDue                 // it is in the country of destination, or due to arrive
	RankRest
)

// Hours of the carrier's day between which a budget is spent. Carriers scan little at
// night.
const (
	usefulFrom  = 7
	usefulUntil = 20
)

// portion is the part of a day's budget, in percent, up to which calls of a rank may have
// spent it: first at the start of the useful hours, last at their end, late after them.
// The rest of a percentage is left to higher ranks. Of the late ones only RankRest reaches
// the end of the budget, so that it gets some calls every day.
type portion struct{ first, last, late int }

func portions(r Rank) portion {
	switch r {
	case RankPerson:
		return portion{100, 100, 100}
	case RankCourier:
		return portion{90, 90, 90}
	case RankSoon:
		return portion{85, 85, 90}
	case RankDue:
		return portion{30, 75, 90}
	default:
		return portion{15, 60, 100}
	}
}

// allowance returns how many calls may have been made on the day of now, by all ranks
// together, for a call to be allowed. now is in the zone of the carrier's day.
func allowance(budget int, turn Turn, now time.Time) int {
	p := portions(turn.Rank)
	since := time.Duration(now.Hour()-usefulFrom)*time.Hour + time.Duration(now.Minute())*time.Minute
	percent := p.late
	if now.Hour() < usefulUntil {
		const hours = (usefulUntil - usefulFrom) * time.Hour
		percent = p.first + int(time.Duration(p.last-p.first)*max(since, 0)/hours)
	}
	if turn.Share > 0 {
		percent = min(percent, turn.Share)
	}
	return max(1, budget*percent/100)
}

// opens returns when a call is allowed next, if used calls were made on the
// day of now.
func opens(budget, used int, turn Turn, now time.Time) time.Time {
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 1, 0, 0, now.Location())
	for t := now.Truncate(time.Minute).Add(time.Minute); t.Before(tomorrow); t = t.Add(time.Minute) {
		if allowance(budget, turn, t) > used {
			return t
		}
	}
	return tomorrow
}
