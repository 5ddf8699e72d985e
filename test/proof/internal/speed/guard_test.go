package speed_test

import (
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"parcelwatch/test/proof/internal/speed"
)

var update = flag.Bool("update", false, "commit the measured ratios")

func TestNoRatioIsWorseByHalf(t *testing.T) {
	if os.Getenv("PARCELWATCH_SPEED") == "" {
		t.Skip("skipped: takes most of a minute of a machine of its own: set PARCELWATCH_SPEED=1")
	}
	held, err := speed.Committed()
	if err != nil {
		t.Fatal(err)
	}
	server := os.Getenv("PARCELWATCH_RIG") != ""
	figures := speed.Figures()
	plan := speed.Plan{Dir: t.TempDir(), Rounds: 4, Turn: 100 * time.Millisecond, Told: func(s string) { t.Log(s) }}
	if *update {
		values, err := speed.Measure(t.Context(), figures, plan)
		if err != nil {
			t.Fatal(err)
		}
		text := speed.WriteRatios(speed.Judge(figures, values, held))
		if err := os.WriteFile("ratios.tsv", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	figures = slices.DeleteFunc(figures, func(f speed.Figure) bool { return f.Slow || (f.Server && !server) })
	list, _, err := speed.Guard(t.Context(), figures, held, plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		t.Logf("%-45s %8.2f of %.2f", v.Name, v.Ratio, v.Committed)
		if !v.OK() {
			t.Errorf("%s: %.2f times the bare work (%s), want at most %.2f times %.2f", v.Name, v.Ratio, v.Against, speed.Tolerance, v.Committed)
		}
	}
}
