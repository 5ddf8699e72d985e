package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/textx"
)

// Duration is a length of time: "60d", "12h", "90m", "2w" or a combination such
// as "1d12h".
type Duration time.Duration

// Time returns the duration as a [time.Duration].
func (d Duration) Time() time.Duration { return time.Duration(d) }

// String returns the duration in the format that [ParseDuration] reads, without units that
// are zero: "1h", "1d12h".
func (d Duration) String() string {
	const day = 24 * time.Hour
	rest := time.Duration(d)
	if rest <= 0 || rest%time.Second != 0 {
		return rest.String()
	}
	var out strings.Builder
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := rest / u.size; n > 0 {
			out.WriteString(strconv.Itoa(int(n)) + u.name)
		}
		rest %= u.size
	}
	return out.String()
}

func (d *Duration) set(v any) message.Text {
	return parsed((*time.Duration)(d), v, "config_duration", ParseDuration)
}

// parsed stores what parse returns for a text. wrong is the id of the message for any
// other value.
func parsed[T any](dst *T, v any, wrong string, parse func(string) (T, error)) message.Text {
	s, ok := v.(string)
	if !ok {
		return message.New(wrong)
	}
	value, err := parse(s)
	if err != nil {
		return message.New(wrong)
	}
	*dst = value
	return nil
}

// Why a text is not a duration.
var (
	errNoDuration = errors.New("empty")
	errUnit       = errors.New("a number and a unit of w, d, h, m or s are expected")
	errTooLong    = errors.New("longer than ten years")
)

// ParseDuration parses the format of [Duration]. The maximum is ten years.
func ParseDuration(s string) (time.Duration, error) {
	units := map[byte]time.Duration{
		'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second,
	}
	const most = 3650 * 24 * time.Hour
	if s == "" {
		return 0, fmt.Errorf("duration %q: %w", s, errNoDuration)
	}
	var sum time.Duration
	for rest := s; rest != ""; {
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i <= 0 {
			return 0, fmt.Errorf("duration %q: %w", s, errUnit)
		}
		n, err := strconv.ParseUint(rest[:i], 10, 31)
		unit, known := units[rest[i]]
		if err != nil || !known {
			return 0, fmt.Errorf("duration %q: %w", s, errUnit)
		}
		if time.Duration(n) > most/unit {
			return 0, fmt.Errorf("duration %q: %w", s, errTooLong)
		}
		if sum += time.Duration(n) * unit; sum > most {
			return 0, fmt.Errorf("duration %q: %w", s, errTooLong)
		}
		rest = rest[i+1:]
	}
	return sum, nil
}

// Clock is a time of day: minutes since midnight.
type Clock int

// Hour returns the hour of the day.
func (c Clock) Hour() int { return int(c) / 60 }

// Minute returns the minute of the hour.
func (c Clock) Minute() int { return int(c) % 60 }

// String returns the time of day as 15:04.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour(), c.Minute()) }

func (c *Clock) set(v any) message.Text { return parsed(c, v, "config_clock", parseClock) }

func parseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	return clockOf(t), err
}

func clockOf(t time.Time) Clock { return Clock(t.Hour()*60 + t.Minute()) }

// Span is a part of the day, such as "23:00-07:00". It is empty if both ends are the same.
type Span struct {
	From, To Clock
	given    bool
}

// Holds reports whether the wall clock of t is inside the span, which may
// extend past midnight.
func (s Span) Holds(t time.Time) bool {
	c := clockOf(t)
	if s.From <= s.To {
		return c >= s.From && c < s.To
	}
	return c >= s.From || c < s.To
}

// String returns the span as 15:04-16:05.
func (s Span) String() string { return s.From.String() + "-" + s.To.String() }

func (s *Span) set(v any) message.Text {
	return parsed(s, v, "config_span", func(text string) (Span, error) {
		a, b, _ := strings.Cut(text, "-")
		from, err := parseClock(strings.TrimSpace(a))
		to, err2 := parseClock(strings.TrimSpace(b))
		return Span{From: from, To: to, given: true}, errors.Join(err, err2)
	})
}

// Zone is a time zone with an IANA name.
type Zone struct {
	Name string
	loc  *time.Location
}

// String returns the name of the zone.
func (z Zone) String() string { return z.Name }

// Location returns the zone, or the system's if none is set.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.Local
	}
	return z.loc
}

func (z *Zone) set(v any) message.Text {
	const wrong = "config_zone"
	s, ok := v.(string)
	if !ok || s == "" {
		return message.New(wrong)
	}
	loc, err := time.LoadLocation(s)
	if err != nil {
		return message.New("config_zone_unknown")
	}
	*z = Zone{Name: s, loc: loc}
	return nil
}

// LogLevel is the name of a log/slog level.
type LogLevel string

// Level returns the level as a [slog.Level].
func (l LogLevel) Level() slog.Level {
	var out slog.Level
	if err := out.UnmarshalText([]byte(l)); err != nil {
		return slog.LevelInfo
	}
	return out
}

func (l *LogLevel) set(v any) message.Text {
	return oneOf(l, v, "level", "debug", "info", "warn", "error")
}

// Proxy is the address of a proxy. It may contain a password, which is never
// shown.
type Proxy struct{ u *url.URL }

// IsZero reports whether no proxy is set.
func (p Proxy) IsZero() bool { return p.u == nil }

// URL returns the proxy's address with its password, or nil.
func (p Proxy) URL() *url.URL { return p.u }

// String returns the address without its password.
func (p Proxy) String() string {
	if p.u == nil {
		return ""
	}
	return p.u.Redacted()
}

// GoString returns the same as String, for %#v.
func (p Proxy) GoString() string { return p.String() }

// MarshalText returns the same as String, for JSON and logs.
func (p Proxy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (p *Proxy) set(v any) message.Text { return parsed(&p.u, v, "config_proxy", netx.ParseProxy) }

func (p Proxy) password() bool {
	if p.u == nil {
		return false
	}
	_, has := p.u.User.Password()
	return has
}

// Pattern is a regular expression. The zero value matches nothing and means
// "not set".
type Pattern struct{ re *regexp.Regexp }

// Regexp returns the compiled expression, or nil.
func (p Pattern) Regexp() *regexp.Regexp { return p.re }

// The largest pattern: characters, and steps after its repetitions are written out. A
// search of a long mail with the largest one takes about a second.
const (
	maxPattern     = 1000
	maxPatternSize = 400
)

// String returns the expression.
func (p Pattern) String() string {
	if p.re == nil {
		return ""
	}
	return p.re.String()
}

func (p *Pattern) set(v any) message.Text {
	if s, _ := v.(string); len(s) > maxPattern || textx.PatternSize(s) > maxPatternSize {
		return message.New("config_pattern_large", "Size", strconv.Itoa(maxPatternSize), "Characters", strconv.Itoa(maxPattern))
	}
	return parsed(&p.re, v, "config_pattern", regexp.Compile)
}
