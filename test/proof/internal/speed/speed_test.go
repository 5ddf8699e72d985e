package speed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/speed"
)

func TestParse(t *testing.T) {
	got, err := speed.Parse([]byte(`goos: linux
BenchmarkParse60KB-2   	     100	   1832557 ns/op	  36.69 MB/s	  344228 B/op
BenchmarkParse60KB-2   	     100	   1700000 ns/op	  40.00 MB/s	  344228 B/op
BenchmarkMerge/1000_events_of_four_sources 	     200	   1119898 ns/op
BenchmarkFirstScan/x-9-2         	       4	         0.06366 s-bare
PASS
`))
	if err != nil {
		t.Fatal(err)
	}
	want := speed.Values{
		{"Parse60KB", "ns/op"}: 1700000, {"Parse60KB", "MB/s"}: 36.69, {"Parse60KB", "B/op"}: 344228,
		{"Merge/1000_events_of_four_sources", "ns/op"}: 1119898, {"FirstScan/x-9", "s-bare"}: 0.06366,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJudge(t *testing.T) {
	figure := speed.Figure{Name: "a figure", Measured: speed.Metric{Bench: "A", Unit: "ns/op"}, Baseline: speed.Metric{Bench: "B", Unit: "ns/op"}}
	values := func(measured, baseline float64) speed.Values {
		return speed.Values{figure.Measured: measured, figure.Baseline: baseline}
	}
	for name, c := range map[string]struct {
		values speed.Values
		held   speed.Ratios
		ok     bool
	}{
		"as committed":                 {values(20, 10), speed.Ratios{"a figure": 2}, true},
		"worse by less than half":      {values(29, 10), speed.Ratios{"a figure": 2}, true},
		"worse by more than half":      {values(31, 10), speed.Ratios{"a figure": 2}, false},
		"a ratio nobody has committed": {values(20, 10), speed.Ratios{}, false},
		"no measurement":               {speed.Values{}, speed.Ratios{"a figure": 2}, false},
		"no baseline":                  {speed.Values{figure.Measured: 20}, speed.Ratios{"a figure": 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := speed.Judge([]speed.Figure{figure}, c.values, c.held)
			if len(got) != 1 || got[0].OK() != c.ok {
				t.Errorf("got %+v, want OK %v", got, c.ok)
			}
		})
	}
}

func TestReadRatios(t *testing.T) {
	for name, text := range map[string]string{
		"no ratio":         "a figure\n",
		"not a number":     "a figure\tfast\n",
		"nothing is free":  "a figure\t0\n",
		"twice":            "a figure\t1\na figure\t2\n",
		"more than a line": "a figure\t1\t2\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := speed.ReadRatios(text); err == nil {
				t.Errorf("got %v and no error", got)
			}
		})
	}
}

func TestEveryFigureHasItsRatioAndNoOther(t *testing.T) {
	held, err := speed.Committed()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range speed.Figures() {
		if held[f.Name] == 0 {
			t.Errorf("no ratio is committed for %q", f.Name)
		}
		delete(held, f.Name)
	}
	for name := range held {
		t.Errorf("a ratio is committed for %q, which is no figure", name)
	}
}

func TestWrittenRatiosAreReadBack(t *testing.T) {
	text := speed.WriteRatios([]speed.Verdict{{Figure: speed.Figure{Name: "a figure"}, Ratio: 1.234}, {Figure: speed.Figure{Name: "another"}, Ratio: 9}})
	got, err := speed.ReadRatios(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(speed.Ratios{"a figure": 1.23, "another": 9}, got); diff != "" || strings.Count(text, "\n") != 2 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
