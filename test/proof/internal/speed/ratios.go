package speed

import (
	_ "embed" // the committed ratios
	"fmt"
	"strconv"
	"strings"
)

// Tolerance is how much worse than committed a ratio may get.
const Tolerance = 1.5

//go:embed ratios.tsv
var committed string

// Ratios are ratios by the names of their figures.
type Ratios map[string]float64

// Committed are the ratios that the guard holds.
func Committed() (Ratios, error) { return ReadRatios(committed) }

// ReadRatios reads lines of a name and a ratio with a tab between.
func ReadRatios(text string) (Ratios, error) {
	out := Ratios{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "\t")
		ratio, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || ratio <= 0 {
			return nil, fmt.Errorf("committed ratios: line %q has no ratio", line)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("committed ratios: %q stands twice", name)
		}
		out[name] = ratio
	}
	return out, nil
}

// WriteRatios is the text of measured ratios, in the order of the figures.
func WriteRatios(list []Verdict) string {
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%s\t%.2f\n", v.Name, v.Ratio)
	}
	return b.String()
}

// Verdict is a figure with what was measured.
type Verdict struct {
	Figure

	Measured, Baseline float64 // in the benchmark's units
	Ratio, Committed   float64
	Missing            bool // the benchmarks said nothing of it
}

// OK reports whether the ratio is within the tolerance.
func (v Verdict) OK() bool { return !v.Missing && v.Ratio <= v.Committed*Tolerance }

// Judge compares measured values with the committed ratios.
func Judge(figures []Figure, values Values, held Ratios) []Verdict {
	var out []Verdict
	for _, f := range figures {
		measured, ok := values[f.Measured]
		baseline, also := values[f.Baseline]
		v := Verdict{Figure: f, Measured: measured, Baseline: baseline, Committed: held[f.Name]}
		if !ok || !also || baseline <= 0 {
			v.Missing = true
		} else {
			v.Ratio = measured / baseline
		}
		out = append(out, v)
	}
	return out
}
