package parcel

import (
	"embed"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/textx"
)

//go:embed *.tsv
var embedded embed.FS

// tables hold what is usual in the countries of the world.
type tables struct {
	clocks   map[string]zone // by country
	gaps     []gap           // the first one that fits counts
	keepings map[string]kept // by country
}

// zone is the offset from UTC in winter where most people of a country live, and how
// far other zones and summer time are from it.
type zone struct{ offset, spread time.Duration }

// gap is how many days usually pass between two regions.
type gap struct {
	from, to    string
	least, most int
}

// kept is for how many days a post keeps parcels for pickup.
type kept struct{ ems, other int }

// usual returns the embedded tables, which are read once.
//
//nolint:gochecknoglobals // tables
var usual = sync.OnceValue(func() tables {
	t := tables{clocks: map[string]zone{}, keepings: map[string]kept{}}
	for row := range rows("clocks.tsv", 3) {
		z := zone{minutes(row[0]), minutes(row[1])}
		for country := range strings.FieldsSeq(row[2]) {
			t.clocks[country] = z
		}
	}
	for row := range rows("gaps.tsv", 4) {
		t.gaps = append(t.gaps, gap{row[0], row[1], whole(row[2]), whole(row[3])})
	}
	for row := range rows("keeping.tsv", 3) {
		t.keepings[row[0]] = kept{whole(row[1]), whole(row[2])}
	}
	return t
})

func rows(name string, columns int) iter.Seq[[]string] { return textx.Rows(embedded, name, columns) }

// whole returns a whole number of a table.
func whole(cell string) int {
	n, _ := strconv.Atoi(cell) // a test reads every row
	return n
}

func minutes(cell string) time.Duration { return time.Duration(whole(cell)) * time.Minute }
