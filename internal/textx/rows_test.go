package textx_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/textx"
)

func TestRows(t *testing.T) {
	t.Parallel()
	var got [][]string
	for row := range textx.Rows(table("# a\tcomment\nx\ty\r\n\nshort\n\t\nlast\tz"), "t.tsv", 2) {
		got = append(got, row)
	}
	if diff := cmp.Diff([][]string{{"x", "y"}, {"", ""}, {"last", "z"}}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for row := range textx.Rows(table("a\tb\nc\td\n"), "t.tsv", 2) {
		if row[0] != "a" {
			t.Errorf("row %q after the loop ended", row)
		}
		break
	}
}

func table(text string) fstest.MapFS { return fstest.MapFS{"t.tsv": {Data: []byte(text)}} }
