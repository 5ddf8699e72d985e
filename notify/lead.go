package notify

import "time"

// lead returns the lines below the heading.
func (v viewer) lead(d Digest) []string {
	var out []string
	switch s := v.counts(d); {
	case d.Hello != (Hello{}):
		out = append(out, v.hello(d.Hello)+".")
	case !d.Calm() && s != "":
		out = append(out, s)
	}
	if a := d.Absence; !a.To.IsZero() {
		out = append(out, v.p.T("lead_absence", "Days", v.p.Days(daysSince(a.From, a.To)), "From", v.shortDay(a.From), "Until", v.shortDay(a.To)))
	}
	if o := d.Outage; o.To.Sub(o.From) >= leastOutage {
		out = append(out, v.p.T("lead_outage", "From", v.moment(o.From), "Until", v.moment(o.To)))
	}
	return out
}

func (v viewer) moment(t time.Time) string { return v.shortDay(t) + ", " + v.p.Clock(t.In(v.zone)) }

func (v viewer) shortDay(t time.Time) string { return bind(v.p.ShortDate(t.In(v.zone))) }
