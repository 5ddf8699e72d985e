package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestRenderSections renders each section alone, one below the other, for a
// native reader to review. The HTML is one page of all sections.
func TestRenderSections(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var text, page strings.Builder
			whole := notify.Compose(sample(t, language), noon)
			for i, s := range whole.Sections {
				c := render(t, notify.Digest{Zone: whole.Zone, Made: noon, News: s.News, Sections: []notify.Section{s}, Footer: notify.Footer{Parcels: 1}}, language)
				fmt.Fprintf(&text, "===== %s =====\n%s\n\n%s\n", s.Kind, c.Subject, c.Text)
				if i > 0 {
					_, c.HTML, _ = strings.Cut(c.HTML, "<body ")
					c.HTML = "<body " + c.HTML
				}
				body, _, _ := strings.Cut(c.HTML, "</body>")
				fmt.Fprintf(&page, "%s\n<!-- above: %s -->\n", body, s.Kind)
			}
			golden(t, "sections."+language+".txt", text.String())
			goldenPage(t, "sections", language, page.String()+"</body>\n</html>\n")
		})
	}
}

// TestRenderOther renders what the sample's sections do not contain.
func TestRenderOther(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			for _, d := range others() {
				c := render(t, d.digest, language)
				fmt.Fprintf(&text, "===== %s =====\n%s\n\n%s\n", d.name, c.Subject, c.Text)
			}
			golden(t, "others."+language+".txt", text.String())
		})
	}
}

type named struct {
	name   string
	digest notify.Digest
}

func others() []named {
	since := daysAgo(1)
	mailbox := notify.Trouble{
		Kind: notify.TroubleMailbox, Name: "home/INBOX", State: "refused", Since: since,
		Fault: message.New("fault_login_refused", "Host", "imap.example.org", "Text", "AUTHENTICATIONFAILED").And(message.New("do_password")),
	}
	carrier := notify.Trouble{
		Kind: notify.TroubleCarrier, Name: "russianpost", State: "changed", Since: since, Fault: message.New("fault_post_changed"),
	}
	outbox := notify.Trouble{
		Kind: notify.TroubleOutbox, Since: since,
		Fault: message.New("fault_given_up").And(message.New("fault_unreachable", "Host", "smtp.example.org:465", "Text", "no route to host")),
	}
	trouble := func(items ...notify.Item) []notify.Section {
		return []notify.Section{{Kind: notify.SectionNeeds, News: len(items), Items: items}}
	}
	return []named{
		{"all is well", notify.Digest{Made: noon, Footer: notify.Footer{Parcels: 5, Orders: 2, Next: noon.Add(24 * time.Hour)}}},
		{"what is broken", notify.Digest{
			Made: noon, News: 3, Urgent: true,
			Sections: trouble(notify.Item{Trouble: &mailbox}, notify.Item{Trouble: &carrier}, notify.Item{Trouble: &outbox}),
		}},
		{"what an older program recorded is told in its English", notify.Digest{
			Made: noon, News: 1, Urgent: true,
			Sections: trouble(notify.Item{Trouble: &notify.Trouble{Kind: notify.TroubleMailbox, Name: "home/INBOX", State: "broken", Since: since, Error: "no answer"}}),
		}},
		{"what works again", notify.Digest{
			Made: noon, News: 3, Footer: notify.Footer{Recovered: []notify.Trouble{mailbox, carrier, outbox}},
		}},
	}
}

// TestNotesInEveryNumber renders every note with the counts that select
// different plural forms.
func TestNotesInEveryNumber(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			for _, n := range everyNote() {
				d := notify.Digest{Made: noon, News: 1, Sections: []notify.Section{{Kind: notify.SectionMoved, News: 1, Items: []notify.Item{{
					Number: "RB123456785CN", Notes: n,
				}}}}}
				c := render(t, d, language)
				_, lines, _ := strings.Cut(c.Text, "\n* ")
				lines, _, _ = strings.Cut(lines, "\n--\n")
				_, lines, _ = strings.Cut(lines, "\n")
				fmt.Fprintf(&text, "%s\n%s\n", n[0].ID, strings.Replace(lines, "\n  RB123456785CN", "", 1))
			}
			golden(t, "notes."+language+".txt", text.String())
		})
	}
}

// everyNote returns every note that a parcel or an order can have.
func everyNote() [][]notify.Note {
	day := parcel.DateOf(noon.AddDate(0, 0, 2))
	out := [][]notify.Note{}
	for _, id := range []string{
		"note_customs", "note_attempt", "note_exception", "note_returning", "note_protection_today", "note_unseen_today",
		"note_quiet_today", "note_shop_only", "note_waiting_today", "note_unnumbered_today",
		"note_quiet_yesterday", "note_waiting_yesterday", "note_unnumbered_yesterday",
	} {
		out = append(out, []notify.Note{{ID: id}})
	}
	for _, id := range []string{"note_pickup_today", "note_pickup_over", "note_eta"} {
		out = append(out, []notify.Note{{ID: id, Data: []any{"Day", day}}})
	}
	out = append(out,
		[]notify.Note{{ID: "note_pickup_usual", Data: []any{"Day", notify.ShortDay(day)}}},
		[]notify.Note{{ID: "note_pickup_usual_over", Data: []any{"Day", notify.ShortDay(day)}}},
		[]notify.Note{{ID: "note_half", Data: []any{"Day", notify.ShortDay(day)}}},
		[]notify.Note{{ID: "note_courier_since", Data: []any{"Day", notify.ShortDay(day)}}},
		[]notify.Note{{ID: "note_number", Data: []any{"Number", number.Number("LP00999900000034")}}},
		[]notify.Note{{ID: "note_maybe", Data: []any{"Number", number.Number("LP00999900000034"), "Own", number.Number("RB999900506CN")}}})
	for _, s := range parcel.Statuses() {
		out = append(out, []notify.Note{{ID: "note_before", Data: []any{"Status", s}}})
	}
	for _, id := range []string{
		"note_pickup_until", "note_pickup_waits", "note_protection", "note_gap", "note_gap_somewhere", "note_overdue", "note_overdue_somewhere",
		"note_stalled", "note_unseen", "note_quiet", "note_waiting", "note_waiting_long", "note_unnumbered", "note_unnumbered_long", "note_took",
	} {
		var counted []notify.Note
		for _, n := range []int{1, 2, 5, 21} {
			counted = append(counted, notify.Note{ID: id, Data: []any{
				"Count", n, "Day", day, "Least", 7, "Most", 25, "Origin", notify.Country("CN"), "Destination", notify.Country("KZ"),
			}})
		}
		out = append(out, counted)
	}
	return out
}
