package declared_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel"
)

// TestTheExamplesOfTheDocumentWork compiles the examples of docs/own-carriers.md and reads
// the answer that stands beside the first.
func TestTheExamplesOfTheDocumentWork(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "own-carriers.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```(toml|json)\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	var examples []string
	answer := ""
	for _, b := range blocks {
		if b[1] == "json" {
			answer = b[2]
		} else if !strings.Contains(b[2], "exec") {
			examples = append(examples, b[2])
		}
	}
	if len(examples) != 2 {
		t.Fatalf("%d examples, want one for JSON and one for HTML", len(examples))
	}
	if _, err := compile(t, examples[1]); err != nil {
		t.Error(err)
	}
	res, _, err := ask(t, examples[0], answer)
	if err != nil || len(res.Tracking.Events) != 1 || res.Tracking.Events[0].Status != parcel.Accepted || len(res.Tracking.Aliases) != 1 {
		t.Errorf("result %+v, error %v", res, err)
	}
	const page = `<table class="tracking"><tbody><tr><td>02.03.2026</td><td>10:30</td><td class="place">Riga</td><td>Accepted</td></tr></tbody></table>`
	res, _, err = ask(t, strings.Replace(examples[1], "LV$", "UZ$", 1), page)
	if err != nil || len(res.Tracking.Events) != 1 || res.Tracking.Events[0].Place != "Riga" {
		t.Errorf("result %+v, error %v", res, err)
	}
}

// FuzzJSON and FuzzPage feed arbitrary answers to a definition.
func FuzzJSON(f *testing.F) { carriertest.Fuzz(f, complete(f, inpost())) }

func FuzzPage(f *testing.F) { carriertest.Fuzz(f, complete(f, ems())) }
