package fuzz_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/fuzz"
)

// A module of one package with a target that fails at once.
func broken(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module broken\n\ngo 1.24\n",
		"sum_test.go":  "package sum\n\nimport \"testing\"\n\nfunc FuzzSum(f *testing.F) {\n\tf.Add(1)\n\tf.Fuzz(func(t *testing.T, n int) {\n\t\tif n != 1 {\n\t\t\tt.Error(n)\n\t\t}\n\t})\n}\n",
		"more_test.go": "package sum\n\nimport \"testing\"\n\nfunc Fuzzy(t *testing.T, n int) {}\n\ntype s struct{}\n\nfunc (s) FuzzMethod(f *testing.F) {}\n",
		"sum.go":       "package sum\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTargetsOfThisModuleAreFound(t *testing.T) {
	got, err := fuzz.Targets(t.Context(), "parcelwatch/extract", "parcelwatch/parcel")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range got {
		names = append(names, one.Short()+" "+one.Name)
	}
	for _, want := range []string{"extract FuzzParse", "parcel FuzzParseNumber"} {
		if !slices.Contains(names, want) {
			t.Errorf("%q is missing among %q", want, names)
		}
	}
}

func TestAFailingTargetLeavesItsSeed(t *testing.T) {
	dir := broken(t)
	t.Chdir(dir)
	targets, err := fuzz.Targets(t.Context(), "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(targets) != 1 || targets[0].Name != "FuzzSum" {
		t.Fatalf("found %+v, want FuzzSum alone", targets)
	}
	program, err := fuzz.Build(t.Context(), t.TempDir(), targets[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := program.Try(t.Context(), targets[0], time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if got.Failed == "" || got.Seed == "" {
		t.Fatalf("got %+v, want a failure and its seed", got)
	}
	if _, err := os.Stat(filepath.Join(dir, got.Seed)); err != nil {
		t.Error(err)
	}
}

func TestRead(t *testing.T) {
	got := fuzz.Read(fuzz.Target{Name: "FuzzX"}, `fuzz: elapsed: 0s, gathering baseline coverage: 0/12 completed
fuzz: elapsed: 0s, gathering baseline coverage: 12/12 completed, now fuzzing with 1 workers
fuzz: elapsed: 3s, execs: 1000 (333/sec), new interesting: 2 (total: 14)
fuzz: elapsed: 5s, execs: 2345 (500/sec), new interesting: 7 (total: 19)
PASS
`)
	if diff := cmp.Diff(fuzz.Result{Target: fuzz.Target{Name: "FuzzX"}, Execs: 2345, Interesting: 7}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimeThatRanOutIsNoFailure(t *testing.T) {
	const ended = "fuzz: elapsed: 2s, execs: 10884 (5328/sec), new interesting: 42 (total: 44)\n--- FAIL: FuzzX (2.04s)\n    context deadline exceeded\nFAIL\n"
	if got := fuzz.Failure(ended); got != "" {
		t.Errorf("time that ran out is told as %q", got)
	}
	for _, out := range []string{
		"--- FAIL: FuzzX (0.04s)\n    --- FAIL: FuzzX (0.00s)\n        x_test.go:9: context deadline exceeded\nFAIL\n",
		ended + "    Failing input written to testdata/fuzz/FuzzX/1\n",
		"panic: odd\n",
	} {
		if fuzz.Failure(out) == "" {
			t.Errorf("no failure in %q", out)
		}
	}
}
