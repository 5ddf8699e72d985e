package notify_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// waiting returns a digest of one parcel that waits for pickup.
func waiting(p parcel.Parcel, news bool) notify.Digest {
	p.Status = parcel.ReadyForPickup
	var changes []parcel.Change
	if news {
		changes = append(changes, parcel.Change{Kind: parcel.ChangeMoved, From: parcel.InTransit})
	}
	in := one(p, changes...)
	in.Audience.Calendar = true
	return notify.Compose(in, noon)
}

// unfold unfolds a calendar and splits it into lines.
func unfold(t *testing.T, ics string) []string {
	t.Helper()
	if !strings.HasSuffix(ics, "\r\n") {
		t.Errorf("the calendar does not end its last line: %q", ics)
	}
	for line := range strings.SplitSeq(ics, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(ics, "\r\n ", ""), "\r\n"), "\r\n")
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	d := waiting(parcel.Parcel{
		Title: `Кабель; "USB", 2 m \ с очень длинным названием, которое не поместится в одну строку`, Destination: "RU", Phase: parcel.PhaseDestination,
		Pickup: parcel.Pickup{Place: "101000, Москва, Мясницкая 26", Until: "2026-03-31"},
	}, true)
	ics := render(t, d, "ru").Calendar
	uid := ""
	for _, line := range unfold(t, ics) {
		if strings.HasPrefix(line, "UID:") {
			uid = line
		}
	}
	want := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//parcelwatch//digest//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"BEGIN:VEVENT", uid, "DTSTAMP:20260312T050000Z", "DTSTART;VALUE=DATE:20260331", "DTEND;VALUE=DATE:20260401",
		`SUMMARY:Последний день хранения: Кабель\; "USB"\, 2 m \\ с очень длинным названием\, которое не поместится в одну строку`,
		"DESCRIPTION:RB123456785CN https://www.pochta.ru/tracking?barcode=RB123456785CN", "TRANSP:TRANSPARENT",
		`LOCATION:101000\, Москва\, Мясницкая 26`,
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15H",
		`DESCRIPTION:Последний день хранения: Кабель\; "USB"\, 2 m \\ с очень длинным названием\, которое не поместится в одну строку`,
		"END:VALARM", "END:VEVENT", "END:VCALENDAR",
	}
	if diff := cmp.Diff(want, unfold(t, ics)); diff != "" {
		t.Errorf("calendar (-want +got):\n%s", diff)
	}
	moved := waiting(parcel.Parcel{Title: "another title", Pickup: parcel.Pickup{Until: "2026-04-02"}}, true)
	if got := render(t, moved, "en").Calendar; !strings.Contains(got, uid+"\r\n") || !strings.Contains(got, "20260402") {
		t.Errorf("a moved day is another event than %s:\n%s", uid, got)
	}
}

func TestCalendarIsLeftOut(t *testing.T) {
	t.Parallel()
	until := parcel.Parcel{Pickup: parcel.Pickup{Until: "2026-03-31"}}
	off := waiting(until, true)
	off.Calendar = false
	moving := one(until, parcel.Change{Kind: parcel.ChangeMoved, From: parcel.Accepted})
	moving.Parcels[0].Status, moving.Audience.Calendar = parcel.InTransit, true
	for name, d := range map[string]notify.Digest{
		"where it is not wanted":         off,
		"where nothing waits":            notify.Compose(moving, noon),
		"where the day is no news":       waiting(until, false),
		"where no day is known":          waiting(parcel.Parcel{}, true),
		"where the day is none":          waiting(parcel.Parcel{Pickup: parcel.Pickup{Until: "soon"}}, true),
		"where the day is over for long": waiting(parcel.Parcel{Pickup: parcel.Pickup{Until: "2026-03-09"}}, true),
	} {
		if got := render(t, d, "en").Calendar; got != "" {
			t.Errorf("%s there is a calendar:\n%s", name, got)
		}
	}
	if got := render(t, waiting(parcel.Parcel{Pickup: parcel.Pickup{Until: "2026-03-12"}}, true), "en").Calendar; got == "" {
		t.Error("on the last day itself there is no calendar")
	}
}

func TestCalendarIsHarmless(t *testing.T) {
	t.Parallel()
	evil := "x\r\nEND:VEVENT\nBEGIN:VEVENT\u2028ATTACH:file:///etc/passwd\x00\u202e" + strings.Repeat("Ж🎁", 50_000)
	d := waiting(parcel.Parcel{
		Title: evil, Pickup: parcel.Pickup{Place: evil, Until: "2026-03-31"},
		Links: []parcel.Link{{Number: number.Number(evil[:200])}},
	}, true)
	ics := render(t, d, "ru").Calendar
	if len(ics) > 5000 {
		t.Errorf("the calendar has %d bytes", len(ics))
	}
	for _, line := range unfold(t, ics) {
		if strings.HasPrefix(line, "ATTACH") || strings.ContainsAny(line, "\x00\u202e\u2028") {
			t.Errorf("an outside text made the line %.80q", line)
		}
	}
	if n := strings.Count(ics, "\r\nBEGIN:VEVENT"); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestCalendarIsAttached(t *testing.T) {
	t.Parallel()
	d := waiting(parcel.Parcel{Title: "Кабель", Pickup: parcel.Pickup{Until: "2026-03-31"}}, true)
	want := render(t, d, "ru")
	m := build(t, d, "2026-03-12T08:00")
	r, err := mail.CreateReader(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		switch h := p.Header.(type) {
		case *mail.InlineHeader:
			kind, _, _ := h.ContentType()
			kinds = append(kinds, kind)
		case *mail.AttachmentHeader:
			kind, params, _ := h.ContentType()
			name, _ := h.Filename()
			kinds = append(kinds, kind+" "+params["method"]+" "+params["charset"]+" "+name)
			if string(body) != want.Calendar {
				t.Errorf("attached:\n%s\nwant:\n%s", body, want.Calendar)
			}
		}
	}
	if diff := cmp.Diff([]string{"text/plain", "text/html", "text/calendar PUBLISH utf-8 pickup.ics"}, kinds); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	e, err := enmime.ReadEnvelope(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Errors) > 0 || len(e.Attachments) != 1 || e.Text == "" || e.HTML == "" {
		t.Errorf("read with %d attachments and the faults %v", len(e.Attachments), e.Errors)
	}
	for i, line := range strings.Split(string(m.Raw), "\r\n") {
		if len(line) > 120 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d has %d bytes: %.100q", i+1, len(line), line)
		}
	}
}
