package notify

import (
	"strings"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

const (
	// Maximum numbers of lines in the footer.
	maxTroubles = 12
	maxMails    = 5
)

func (v viewer) trouble(t Trouble) viewItem {
	out := viewItem{Title: v.p.Capital(v.troubleName(t)), Badge: v.troubleState(t)}
	line := v.why(t)
	if !t.Since.IsZero() {
		since := v.p.T("trouble_since", "When", bind(v.p.DateTime(t.Since.In(v.zone))))
		if line == "" {
			line = since
		} else {
			line = v.p.Pair(since, line)
		}
	}
	if line != "" {
		out.Notes = append(out.Notes, v.p.Capital(line))
	}
	if t.Kind == TroubleCarrier && parcel.CarrierState(t.State).Refused() {
		out.Notes = append(out.Notes, v.p.Capital(v.p.Text(t.Fault.Steps()))+".")
	}
	out.Notes = append(out.Notes, v.p.T("note_trouble_"+string(t.Kind)))
	if t.Kind == TroubleMailbox || t.Kind == TroubleOutbox {
		out.Notes = append(out.Notes, v.p.T("note_trouble_check"))
	}
	return out
}

// follows counts a parcel that is followed.
func (c *composer) follows(p *parcel.Parcel) {
	c.footer.Parcels++
	if needing(p.Status) {
		c.footer.Waiting++
	}
}

// why returns what is wrong, without advice, which would be too long for a digest, and
// without what the state of a carrier says already.
func (v viewer) why(t Trouble) string {
	f := t.Fault.What()
	if len(f) > 0 && f[0].ID == "carrier_"+t.State {
		if f = f[1:]; len(f) == 0 {
			return ""
		}
	}
	if f != nil {
		return isolate(textx.Line(v.p.Text(f), maxText))
	}
	return isolate(textx.Line(t.Error, maxText))
}

func (v viewer) troubleName(t Trouble) string {
	name, kind := t.Name, t.Kind
	switch kind {
	case TroubleCarrier:
		name = v.p.Carrier(name)
	case TroubleSurplus:
		kind = TroubleMailbox
	default:
	}
	return v.p.T("trouble_"+string(kind), "Name", isolate(textx.Line(name, maxPlace)))
}

func (v viewer) troubleState(t Trouble) string {
	switch t.Kind {
	case TroubleMailbox:
		return textx.Line(v.p.MailboxState(parcel.MailboxState(t.State)), maxPlace)
	case TroubleCarrier:
		return textx.Line(v.p.CarrierState(parcel.CarrierState(t.State)), maxPlace)
	case TroubleSurplus:
		return v.p.T("trouble_surplus_state")
	default:
		return v.p.T("trouble_outbox_state")
	}
}

// troubles returns the footer's lines about recovered and continuing troubles.
func (v viewer) troubles(d Digest) viewTroubles {
	var out viewTroubles
	f := d.Footer
	for _, t := range f.Recovered {
		out.Lines = append(out.Lines, v.p.T("recovered", "Name", v.troubleName(t)))
	}
	for i, t := range f.Troubles {
		if i == maxTroubles {
			out.Lines = append(out.Lines, v.p.T("item_more", "Count", len(f.Troubles)-i))
			break
		}
		out.Lines = append(out.Lines, v.troubleLine(t, d.needs(t)))
	}
	for i, n := range f.Unasked {
		if i == maxTroubles {
			out.Lines = append(out.Lines, v.p.T("item_more", "Count", len(f.Unasked)-i))
			break
		}
		out.Lines = append(out.Lines, v.p.Capital(v.note(n)))
	}
	if n := len(f.NotUnderstood); n > 0 {
		out.Lines = append(out.Lines, v.p.T("footer_not_understood", "Count", n))
		out.Hint = v.p.T("footer_parse")
	}
	for i, m := range f.NotUnderstood {
		if i == maxMails {
			out.Mails = append(out.Mails, v.p.T("item_more", "Count", len(f.NotUnderstood)-i))
			break
		}
		out.Mails = append(out.Mails, v.mail(m))
	}
	if len(out.Lines) > 0 {
		out.Title = v.p.T("footer_title")
		if !f.unchecked() && len(f.NotUnderstood) == 0 {
			out.Title = ""
		}
	}
	return out
}

// troubleLine returns a continuing trouble in one line: what is broken, since when or until
// when, and why. A carrier that refuses also gets the next step, unless it is told above.
func (v viewer) troubleLine(t Trouble, told bool) string {
	line, refused := v.troubleState(t), t.Kind == TroubleCarrier && parcel.CarrierState(t.State).Refused()
	switch {
	case !t.Until.IsZero():
		line += ", " + v.p.T("asked_again", "When", bind(v.p.DateTime(t.Until.In(v.zone))))
	case !t.Since.IsZero():
		line = v.p.T("trouble_state_since", "State", line, "Since", v.p.T("trouble_since", "When", bind(v.p.DateTime(t.Since.In(v.zone)))))
	}
	line = v.p.Pair(v.p.Capital(v.troubleName(t)), line)
	if s := v.why(t); s != "" {
		line += " (" + s + ")"
	}
	if steps := t.Fault.Steps(); refused && !told && len(steps) > 0 {
		line = v.p.T("then", "First", line, "Then", v.p.Text(steps))
	}
	return line
}

func (v viewer) mail(m parcel.NotUnderstood) string {
	parts := []string{isolate(textx.Line(m.Mail, maxPlace))}
	for _, s := range []string{m.Subject, v.p.Texts(m.Why)} {
		if s = isolate(textx.Line(s, maxTitle)); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " — ")
}

// counts returns how many parcels and orders are followed, with or without news.
func (v viewer) counts(d Digest) string {
	var counts []string
	if moving := d.Footer.Parcels - d.Footer.Waiting; moving > 0 {
		counts = append(counts, v.p.T("footer_parcels", "Count", moving))
	}
	if d.Footer.Waiting > 0 {
		counts = append(counts, v.p.T("hello_needs", "N", d.Footer.Waiting))
	}
	if d.Footer.Orders > 0 {
		counts = append(counts, v.p.T("footer_orders", "Count", d.Footer.Orders))
	}
	if d.Urgent || len(counts) == 0 {
		return ""
	}
	return v.p.Capital(strings.Join(counts, ", ")) + "."
}

func (v viewer) footer(d Digest) []string {
	var out []string
	if d.Calm() && d.Footer.Orders > 0 {
		out = append(out, v.counts(d))
	}
	for _, s := range d.Footer.Sharing {
		out = append(out, v.p.Sharing(s)+".")
	}
	if !d.Footer.Next.IsZero() {
		next := d.Footer.Next.In(v.zone)
		out = append(out, v.p.T("footer_next", "When", v.p.T("date_time", "Date", bind(v.p.DayDate(parcel.DateOf(next))), "Time", v.p.Clock(next)))+".")
	}
	return append(out, v.p.T("footer_made"))
}
