package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/report"
)

var update = flag.Bool("update", false, "write the goldens anew")

func sample() report.Report {
	kill := report.Chapter{
		Name: "kill", Title: "Killed", Intro: "SIGKILL at random moments.", Mode: "default",
		At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Took: 291 * time.Second,
	}
	moments := report.Table{Title: "Moments", Columns: []string{"after", "kills"}}
	moments.Row("a line | with a bar", "50")
	moments.Row("<html>\nover two lines", "50")
	kill.Tables = append(kill.Tables, moments)
	kill.Find(true, "every mail is a notice exactly once", "%d of %d", 200, 200)
	r := report.Report{Schema: 1, Machine: report.Machine{CPU: "a CPU", Cores: 2, Memory: "4 GiB", System: "a system", Kernel: "6.1", Go: "go1"}, Program: "v1"}
	r.Put(kill)
	return r
}

func TestMarkdown(t *testing.T) {
	var b strings.Builder
	if err := sample().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "report.golden.md")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFiguresOnFileAreReadBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kill.json")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := sample().JSON(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMerge(t *testing.T) {
	again, faults := sample(), sample()
	again.Chapters[0].Took = time.Second
	faults.Chapters[0].Name = "faults"
	t.Run("a chapter run again replaces the earlier one", func(t *testing.T) {
		got, err := report.Merge(sample(), faults, again)
		if err != nil || len(got.Chapters) != 2 || got.Chapters[0].Took != time.Second {
			t.Errorf("got %+v, error %v", got, err)
		}
	})
	t.Run("figures of two machines are not mixed", func(t *testing.T) {
		faults.Machine.Cores = 64
		if _, err := report.Merge(sample(), faults); err == nil {
			t.Error("got no error")
		}
	})
}

func TestAChapterFailsByOneFinding(t *testing.T) {
	c := sample().Chapters[0]
	if !c.OK() {
		t.Error("a chapter whose promises hold is not OK")
	}
	c.Find(false, "a promise", "broken")
	if c.OK() {
		t.Error("a chapter with a broken promise is OK")
	}
}
