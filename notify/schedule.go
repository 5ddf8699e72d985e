package notify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/netresearch/go-cron"
)

// ErrSchedule is returned for invalid times and cron expressions.
var ErrSchedule = errors.New("not a time to send at")

// Schedule determines when regular digests are made: at times of day or by a cron
// expression, in a time zone.
type Schedule struct {
	times []int // minutes after midnight, ascending
	cron  cron.Schedule
	zone  *time.Location
}

// ParseSchedule parses times of day ("08:00") or, if spec is not empty, a cron expression
// of five fields. Without either there are no regular digests.
func ParseSchedule(at []string, spec string, zone *time.Location) (Schedule, error) {
	s := Schedule{zone: cmp.Or(zone, time.UTC)}
	if spec != "" {
		if len(at) > 0 {
			return Schedule{}, fmt.Errorf("%w: give times of day or a cron expression, not both", ErrSchedule)
		}
		// A zone in the expression would conflict with the configured one.
		if strings.Contains(spec, "TZ=") || strings.HasPrefix(strings.TrimSpace(spec), "@") {
			return Schedule{}, fmt.Errorf("%w: %.60q is not a cron expression of five fields", ErrSchedule, spec)
		}
		parsed, err := cron.ParseStandard(spec)
		if err != nil {
			return Schedule{}, fmt.Errorf("%w: cron %.60q: %w", ErrSchedule, spec, err)
		}
		if parsed.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
			return Schedule{}, fmt.Errorf("%w: cron %.60q never comes", ErrSchedule, spec)
		}
		s.cron = parsed
		return s, nil
	}
	for _, text := range at {
		m, err := parseClock(text)
		if err != nil {
			return Schedule{}, err
		}
		s.times = append(s.times, m)
	}
	slices.Sort(s.times)
	s.times = slices.Compact(s.times)
	return s, nil
}

// Next returns the first time after t; zero if there is none. A time skipped by a clock
// change is due at the change or soon after; a repeated time is due once.
func (s Schedule) Next(t time.Time) time.Time {
	if s.zone == nil {
		return time.Time{}
	}
	t = t.In(s.zone)
	if s.cron != nil {
		return s.cron.Next(t)
	}
	y, m, d := t.Date()
	// Calendar days instead of 24 hours, from yesterday on: a clock change may move midnight.
	for offset := -1; offset <= 2; offset++ {
		for _, minute := range s.times {
			if next := time.Date(y, m, d+offset, minute/60, minute%60, 0, 0, s.zone); next.After(t) {
				return next
			}
		}
	}
	return time.Time{}
}

// Slot returns the name of the digest scheduled at t. There is one mail for each name.
// Both passes of a repeated hour have the same name.
func (s Schedule) Slot(t time.Time) string {
	if s.zone == nil {
		return t.UTC().Format(slotLayout)
	}
	return t.In(s.zone).Format(slotLayout)
}

const slotLayout = "2006-01-02T15:04"

// QuietHours is a time of day in which nothing urgent is sent, in minutes after midnight.
// It is empty if both ends are the same.
type QuietHours struct{ From, To int }

// Until returns the end of the quiet hours that contain now; zero outside of them.
func (q QuietHours) Until(now time.Time, zone *time.Location) time.Time {
	if q.From == q.To {
		return time.Time{}
	}
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	inside := minute >= q.From && minute < q.To
	if q.From > q.To {
		inside = minute >= q.From || minute < q.To
	}
	if !inside {
		return time.Time{}
	}
	y, m, d := local.Date()
	end := time.Date(y, m, d, q.To/60, q.To%60, 0, 0, zone)
	if !end.After(now) {
		end = time.Date(y, m, d+1, q.To/60, q.To%60, 0, 0, zone)
	}
	return end
}

func parseClock(text string) (int, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("%w: %.20q is not a time of day like 08:00", ErrSchedule, text)
	}
	return t.Hour()*60 + t.Minute(), nil
}
