package parcel_test

import (
	"os"
	"strconv"
	"testing"
	"testing/fstest"

	"parcelwatch/internal/textx"
)

// The tables are read without errors because every row of them is read here.
func TestTheTablesHoldWholeNumbersWhereTheyAreRead(t *testing.T) {
	t.Parallel()
	for name, numbers := range map[string][]int{"clocks.tsv": {0, 1}, "gaps.tsv": {2, 3}, "keeping.tsv": {1, 2}} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		columns := max(3, numbers[1]+1)
		rows := 0
		for row := range textx.Rows(fstest.MapFS{name: {Data: text}}, name, 0) {
			rows++
			if len(row) != columns {
				t.Errorf("%s: %q has %d columns, want %d", name, row, len(row), columns)
				continue
			}
			for _, i := range numbers {
				if _, err := strconv.Atoi(row[i]); err != nil {
					t.Errorf("%s: %q: %v", name, row, err)
				}
			}
		}
		if rows == 0 {
			t.Errorf("%s has no rows", name)
		}
	}
}
