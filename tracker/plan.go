package tracker

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/message"
	"parcelwatch/internal/ordered"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	// unheard is how long the origin side may report nothing about a number before
	// the destination post is asked too.
	unheard = 10 * 24 * time.Hour
	// numbersEach bounds how many numbers of one parcel a carrier is asked for.
	numbersEach = 2
	// postsEach is how many posts are asked in one round while nobody knows where the
	// parcel goes.
	postsEach = 3
	// early is how much sooner than the carrier's interval a number may be asked
	// about again, so that a check planned for that time is not refused by seconds.
	early = time.Minute
	// again is the least time between two lookups after a temporary failure.
	again = 30 * time.Minute
)

// View holds what a plan depends on besides the parcel.
type View struct {
	Members []carriers.Member
	Home    string // ISO country where parcels usually arrive; empty if not configured
}

// Plan returns which carriers to ask about which numbers of the parcel, the most
// useful first, and which carriers that could know a number are skipped and why. It
// is pure.
//
// Carriers of the origin are asked until a source of the destination has events. A
// post of the destination is asked after export; earlier only if it issued the
// number, the mail mentions it, the user added the number, or the origin has
// reported nothing for long. Aggregators are asked if no direct carrier answers. No
// number is asked about again within the carrier's interval for it.
//
// While the destination is unknown, the posts of the world are asked about an S10
// number only after the origin side did not know it, a few at a time.
func Plan(p parcel.Parcel, v View, now time.Time) []carriers.Ask {
	pl := planner{p: p, v: v, now: now, home: cmp.Or(p.Destination, v.Home)}
	var list []planned
	for at, m := range v.Members {
		if m.Off || m.Info.Role == carriers.RoleAggregator {
			continue
		}
		list = append(list, pl.member(at, m)...)
	}
	if pl.lacking(list) {
		for at, m := range v.Members {
			if !m.Off && m.Info.Role == carriers.RoleAggregator {
				list = append(list, pl.member(at, m)...)
			}
		}
	}
	if pl.home == "" {
		list = pl.rounds(list)
	}
	ordered.Sort(list, func(a, b planned) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.match, a.match), cmp.Compare(a.at, b.at))
	})
	asks := make([]carriers.Ask, 0, len(list))
	for _, x := range list {
		asks = append(asks, x.Ask)
	}
	return asks
}

// planner plans for one parcel.
type planner struct {
	p    parcel.Parcel
	v    View
	now  time.Time
	home string // the country it goes to, as far as known
}

// planned is an ask with its sort keys.
type planned struct {
	carriers.Ask
	role  carriers.Role
	rank  int
	match carriers.Match
	at    int
}

// member plans the asks of one carrier.
func (pl planner) member(at int, m carriers.Member) []planned {
	var list []planned
	for _, c := range pl.numbers(m) {
		if !pl.covers(m, c.number, c.match) {
			continue
		}
		x := planned{
			Ask:  carriers.Ask{Carrier: m.Info.Name, Number: c.number, Link: m.Link(c.number)},
			role: m.Info.Role, rank: pl.rank(m.Info.Role), match: c.match, at: at,
		}
		switch reason := pl.notNow(m, c.number, c.match); {
		case reason != nil:
			x.Skip, x.Why, x.Again = parcel.ResultSkipped, reason, pl.again(m, c.number)
		case len(m.Missing) > 0:
			x.Skip, x.Why = parcel.ResultNoCredential, message.New("plan_needs", "Settings", strings.Join(m.Missing, ", "))
		}
		list = append(list, x)
	}
	return list
}

// candidate is a number a carrier may be asked for.
type candidate struct {
	number   number.Number
	match    carriers.Match
	answered bool
	at       int
}

// numbers returns the numbers to ask a carrier about: of those it matches best, the
// ones it has answered before and those learned last.
func (pl planner) numbers(m carriers.Member) []candidate {
	var list []candidate
	for at, n := range pl.p.Numbers() {
		if match := m.Carrier.Match(n); match != carriers.No {
			list = append(list, candidate{n, match, pl.source(m, n).Events != nil, at})
		}
	}
	ordered.Sort(list, func(a, b candidate) int {
		if c := cmp.Compare(b.match, a.match); c != 0 {
			return c
		}
		if a.answered != b.answered {
			if a.answered {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.at, a.at)
	})
	most := numbersEach
	if len(m.Missing) > 0 {
		most = 1 // one link to its page is enough
	}
	for i, c := range list {
		if i == most || c.match < list[0].match {
			return list[:i]
		}
	}
	return list
}

// covers reports whether the number concerns one of the carrier's countries.
func (pl planner) covers(m carriers.Member, n number.Number, match carriers.Match) bool {
	issuer := n.Country()
	in := func(country string) bool {
		return len(m.Info.Countries) == 0 || slices.Contains(m.Info.Countries, country)
	}
	switch {
	case m.Info.Role == carriers.RoleAggregator:
		return true
	case m.Info.Role == carriers.RoleOrigin:
		return in(issuer) || match == carriers.Yes
	case issuer != "" && len(m.Info.Countries) > 0 && in(issuer), match == carriers.Yes && issuer == "" && !pl.anothers(n), pl.hinted(m):
		return true
	case pl.home == "":
		return issuer == "" || pl.originSilent()
	default:
		return in(pl.home)
	}
}

// anothers reports whether a number that has the form of several companies is that
// of one in the country it goes to.
func (pl planner) anothers(n number.Number) bool {
	return n.FamilyIn(pl.home) != n.Family() && n.CheckIn(pl.home) != number.CheckWrong
}

// originSilent reports whether every carrier of the origin that matches a number has
// been asked, and no direct carrier has events.
func (pl planner) originSilent() bool {
	if pl.answered("") {
		return false
	}
	for _, m := range pl.v.Members {
		if m.Off || len(m.Missing) > 0 || m.Info.Role != carriers.RoleOrigin {
			continue
		}
		for _, c := range pl.numbers(m) {
			if pl.covers(m, c.number, c.match) && pl.source(m, c.number).Asked.IsZero() {
				return false
			}
		}
	}
	return true
}

// rounds keeps the first postsEach asks of posts that are asked only because the
// destination is unknown, those asked longest ago first.
func (pl planner) rounds(list []planned) []planned {
	guessed := func(x planned) bool {
		return x.role == carriers.RoleDestination && x.Skip == "" && x.match != carriers.Yes && x.Number.S10()
	}
	guesses := slices.DeleteFunc(slices.Clone(list), func(x planned) bool { return !guessed(x) })
	ordered.Sort(guesses, func(a, b planned) int {
		return pl.find(a.Carrier, a.Number).Asked.Compare(pl.find(b.Carrier, b.Number).Asked)
	})
	return append(slices.DeleteFunc(list, guessed), guesses[:min(len(guesses), postsEach)]...)
}

// notNow returns why a carrier that could know the number is skipped, or nil if it
// is asked.
func (pl planner) notNow(m carriers.Member, n number.Number, match carriers.Match) message.Text {
	if !pl.again(m, n).IsZero() {
		return ago(pl.now.Sub(pl.source(m, n).Asked))
	}
	switch m.Info.Role {
	case carriers.RoleOrigin:
		if lead := pl.lead(); lead != "" {
			return message.New("plan_lead", "Carrier", lead)
		}
	case carriers.RoleDestination:
		if pl.beforeExport() && !pl.welcome(m, n, match) {
			return message.New("plan_export")
		}
	case carriers.RoleAggregator:
	}
	return nil
}

// again returns when a carrier can be asked about a number again; zero for now.
func (pl planner) again(m carriers.Member, n number.Number) time.Time {
	src, apart := pl.source(m, n), m.Info.PerNumber
	if src.Result == parcel.ResultTemporary {
		apart = min(apart, again)
	}
	if next := src.Asked.Add(apart); !src.Asked.IsZero() && next.Sub(pl.now) > early {
		return next
	}
	return time.Time{}
}

// ago returns how long ago a carrier was asked.
func ago(d time.Duration) message.Text {
	if d < 2*time.Hour {
		return message.New("plan_asked_minutes", "Count", strconv.Itoa(int(d.Round(time.Minute)/time.Minute)))
	}
	return message.New("plan_asked_hours", "Count", strconv.Itoa(int(d/time.Hour)))
}

// beforeExport reports whether the parcel is not known to have left its origin, or has
// left it just now.
func (pl planner) beforeExport() bool {
	left := pl.p.Phase == parcel.PhaseBetween && pl.now.Sub(pl.p.Exported) < day
	return pl.p.Phase == parcel.PhaseOrigin || pl.p.Phase == "" || left
}

// welcome reports whether a carrier of the destination is asked before export.
func (pl planner) welcome(m carriers.Member, n number.Number, match carriers.Match) bool {
	issuer := n.Country()
	switch {
	case match == carriers.Yes && issuer == "" && !pl.anothers(n), pl.hinted(m):
		return true
	case issuer != "" && slices.Contains(m.Info.Countries, issuer):
		return true
	case pl.answered(""):
		return false
	default:
		since := pl.p.FirstSeen
		return pl.p.AddedByUser || !since.IsZero() && pl.now.Sub(since) > unheard
	}
}

// lead returns the carrier of the destination that has events if the parcel is
// there, else "".
func (pl planner) lead() string {
	if pl.p.Phase != parcel.PhaseDestination && pl.p.Phase != parcel.PhaseDone {
		return ""
	}
	for _, s := range pl.p.Sources {
		if len(s.Events) > 0 && pl.role(s.Carrier) == carriers.RoleDestination {
			return s.Carrier
		}
	}
	return ""
}

// lacking reports whether an aggregator is needed: all direct carriers have been
// asked and none has events, or none of the destination if the parcel is there.
func (pl planner) lacking(list []planned) bool {
	there := pl.p.Phase == parcel.PhaseDestination
	if pl.answered(carriers.RoleDestination) || !there && pl.answered("") {
		return false
	}
	return !slices.ContainsFunc(list, func(x planned) bool {
		return x.Skip == "" && (!there || x.role == carriers.RoleDestination) && pl.find(x.Carrier, x.Number).Asked.IsZero()
	})
}

// answered reports whether a direct carrier of the role has events; with an empty
// role, whether any has.
func (pl planner) answered(role carriers.Role) bool {
	return slices.ContainsFunc(pl.p.Sources, func(s parcel.Source) bool {
		r := pl.role(s.Carrier)
		return len(s.Events) > 0 && r != "" && r != carriers.RoleAggregator && (role == "" || r == role)
	})
}

// hinted reports whether the mail mentions the carrier's site.
func (pl planner) hinted(m carriers.Member) bool {
	u, err := url.Parse(m.Info.Site)
	if err != nil || u.Host == "" {
		return false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return slices.ContainsFunc(pl.p.Logistics.Sites, func(site string) bool {
		site = strings.TrimPrefix(strings.ToLower(site), "www.")
		return site == host || strings.HasSuffix(site, "."+host)
	})
}

func (pl planner) rank(r carriers.Role) int {
	there := pl.p.Phase == parcel.PhaseDestination || pl.p.Phase == parcel.PhaseDone
	switch {
	case r == carriers.RoleAggregator:
		return 2
	case (r == carriers.RoleDestination) == there:
		return 0
	default:
		return 1
	}
}

func (pl planner) source(m carriers.Member, n number.Number) parcel.Source {
	return pl.find(m.Info.Name, n)
}

func (pl planner) find(carrier string, n number.Number) parcel.Source {
	for _, s := range pl.p.Sources {
		if s.Carrier == carrier && s.Number == n {
			return s
		}
	}
	return parcel.Source{}
}

func (pl planner) role(carrier string) carriers.Role {
	for _, m := range pl.v.Members {
		if m.Info.Name == carrier {
			return m.Info.Role
		}
	}
	return ""
}
