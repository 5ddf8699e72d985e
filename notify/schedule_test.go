package notify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func schedule(t *testing.T, at []string, spec string, z *time.Location) notify.Schedule {
	t.Helper()
	s, err := notify.ParseSchedule(at, spec, z)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runs returns the next n times after from, in local time.
func runs(s notify.Schedule, from time.Time, n int) []string {
	var out []string
	for t := from; len(out) < n; {
		if t = s.Next(t); t.IsZero() {
			break
		}
		out = append(out, t.Format("01-02 15:04 -0700"))
	}
	return out
}

func TestScheduleNext(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	spring := time.Date(2026, 3, 28, 12, 0, 0, 0, berlin) // clocks go from 02:00 to 03:00 on the 29th
	autumn := time.Date(2026, 10, 24, 12, 0, 0, 0, berlin)
	for _, c := range []struct {
		name string
		at   []string
		cron string
		from time.Time
		want []string
	}{
		{"times of day", []string{"19:00", "08:00"}, "", spring, []string{"03-28 19:00 +0100", "03-29 08:00 +0200", "03-29 19:00 +0200"}},
		{"a time at the moment itself is not next", []string{"12:00"}, "", spring, []string{"03-29 12:00 +0200"}},
		{"an hour that is left out is not skipped", []string{"02:30"}, "", spring, []string{"03-29 03:30 +0200", "03-30 02:30 +0200"}},
		{"an hour that comes twice is once", []string{"02:30"}, "", autumn, []string{"10-25 02:30 +0100", "10-26 02:30 +0100"}},
		{"midnight", []string{"00:00"}, "", spring, []string{"03-29 00:00 +0100", "03-30 00:00 +0200"}},
		{"cron on working days", nil, "0 8 * * 1-5", spring, []string{"03-30 08:00 +0200", "03-31 08:00 +0200"}},
		{"cron at nine is at nine", nil, "0 9 * * *", spring, []string{"03-29 09:00 +0200", "03-30 09:00 +0200"}},
		{"no times are never", nil, "", spring, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, runs(schedule(t, c.at, c.cron, berlin), c.from, len(c.want)+1)[:len(c.want)]); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
		})
	}
	if got := (notify.Schedule{}).Next(spring); !got.IsZero() {
		t.Errorf("the zero schedule comes at %v", got)
	}
}

func TestScheduleSlot(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	s := schedule(t, nil, "30 2 * * *", berlin)
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	if a, b := s.Slot(first), s.Slot(first.Add(time.Hour)); a != b || a != "2026-10-25T02:30" {
		t.Errorf("the two passes of a repeated hour are the slots %q and %q", a, b)
	}
}

func TestScheduleRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   []string
		cron string
	}{
		{[]string{"25:00"}, ""},
		{[]string{"8"}, ""},
		{[]string{""}, ""},
		{[]string{strings.Repeat("9", 9999)}, ""},
		{nil, "* * *"},
		{nil, "TZ=0 * * * * *"},
		{nil, "@every 0s"},
		{nil, "0 0 30 2 *"},
		{[]string{"08:00"}, "0 8 * * *"},
	} {
		_, err := notify.ParseSchedule(c.at, c.cron, time.UTC)
		if !errors.Is(err, notify.ErrSchedule) {
			t.Errorf("ParseSchedule(%.20q, %q) = %v, want ErrSchedule", c.at, c.cron, err)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	at := func(h, m int) time.Time { return time.Date(2026, 3, 12, h, m, 0, 0, time.UTC) }
	for _, c := range []struct {
		from, to  int
		now, want time.Time
	}{
		{23, 7, at(22, 59), time.Time{}},
		{23, 7, at(23, 0), at(31, 0)},
		{23, 7, at(3, 0), at(7, 0)},
		{23, 7, at(7, 0), time.Time{}},
		{13, 15, at(14, 0), at(15, 0)},
		{13, 15, at(16, 0), time.Time{}},
		{0, 0, at(3, 0), time.Time{}},
		{8, 8, at(8, 0), time.Time{}},
	} {
		q := notify.QuietHours{From: c.from * 60, To: c.to * 60}
		if got := q.Until(c.now, time.UTC); !got.Equal(c.want) {
			t.Errorf("%d-%d at %s ends %v, want %v", c.from, c.to, c.now.Format("15:04"), got, c.want)
		}
	}
}
