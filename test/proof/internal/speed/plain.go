package speed

import (
	"fmt"
	"strings"
)

// plain is a figure that has no bare work to be compared with.
type plain struct {
	name   string
	metric Metric // a bench that ends with * is the slowest of its kind
	scale  Scale
}

// plainFigures are those that the benchmarks of the ratios report besides.
func plainFigures() []plain {
	kilobytes, count := Scale{1 << 10, "KB"}, Scale{1, ""}
	return []plain{
		{"mail of 60 KB read whole: memory taken", Metric{"Parse60KB", "B/op"}, kilobytes},
		{"mail of 60 KB read whole: allocations", Metric{"Parse60KB", "allocs/op"}, count},
		{"the same by enmime alone: memory taken", Metric{"BareEnmime60KB", "B/op"}, kilobytes},
		{"the same by enmime alone: allocations", Metric{"BareEnmime60KB", "allocs/op"}, count},
		{"headers alone: memory taken", Metric{"Headers", "B/op"}, kilobytes},
		{"first scan of 10,000 mails: bytes over the wire, of the bytes of the matching mails", Metric{"FirstScan/10000_mails", "x-of-the-bytes"}, Scale{1, "times"}},
		{"first scan of 100,000 mails: bytes over the wire, of the bytes of the matching mails", Metric{"FirstScan/100000_mails", "x-of-the-bytes"}, Scale{1, "times"}},
		{"first scan of 100,000 mails: heap at its peak", Metric{"FirstScan/100000_mails", "MiB-heap-peak"}, Scale{1, "MB"}},
		{"first scan of 100,000 mails: first SEARCH of a bare client, the server's caches empty", Metric{"FirstScan/100000_mails", "s-cold-search+fetch"}, Scale{1, "s"}},
	}
}

// others are benchmarks that no ratio needs.
func others() []figureOf {
	milli := Scale{1e6, "ms"}
	return []figureOf{
		{"parcelwatch/extract", "20x", plain{"slowest mail that is admitted", Metric{"Hostile/*", "ns/op"}, milli}},
		{"parcelwatch/tracker", "100x", plain{"tick while 1,000 parcels wait for their turn", Metric{"TickInABacklog", "ns/op"}, milli}},
		{"parcelwatch/test/imap", "200x", plain{"from the server's EXISTS to the handler, 200 mails, median", Metric{"Push", "ms-p50-from-EXISTS"}, Scale{1, "ms"}}},
		{"parcelwatch/test/imap", "", plain{"from the server's EXISTS to the handler, 99 of 100", Metric{"Push", "ms-p99-from-EXISTS"}, Scale{1, "ms"}}},
		{"parcelwatch/test/imap", "", plain{"from LMTP to the handler, median (Dovecot waits half a second between two EXISTS)", Metric{"Push", "ms-p50-from-LMTP"}, Scale{1, "ms"}}},
	}
}

// figureOf is a plain figure and the run that gives it.
type figureOf struct {
	pkg       string
	benchtime string // empty where an earlier one's run gives it
	plain
}

// find is the figure's value.
func (p plain) find(values Values) (float64, bool) {
	kind, several := strings.CutSuffix(p.metric.Bench, "*")
	if !several {
		v, ok := values[p.metric]
		return v, ok
	}
	most, found := 0.0, false
	for m, v := range values {
		if m.Unit == p.metric.Unit && strings.HasPrefix(m.Bench, kind) {
			most, found = max(most, v), true
		}
	}
	return most, found
}

// show writes a value in the words of its scale.
func (s Scale) show(value float64) string {
	value /= s.By
	form := "%.2f %s"
	switch {
	case value >= 100:
		form = "%.0f %s"
	case value >= 10:
		form = "%.1f %s"
	}
	return strings.TrimSpace(fmt.Sprintf(form, value, s.Word))
}
