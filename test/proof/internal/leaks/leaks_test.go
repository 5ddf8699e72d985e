package leaks_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/leaks"
)

func TestRaced(t *testing.T) {
	packages := []string{"parcelwatch/parcel", "parcelwatch/test/kill", "parcelwatch/test/killer"}
	raced, left, err := leaks.Raced("# grep -vE 'x' | xargs go test -race\ngo list ./... | grep -vE '/test/(kill|e2e)$' | xargs go test -race -timeout 15m\n", packages)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"parcelwatch/parcel", "parcelwatch/test/killer"}, raced); diff != "" {
		t.Errorf("raced (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"parcelwatch/test/kill"}, left); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if _, _, err := leaks.Raced("go test ./...\n", packages); err == nil {
		t.Error("a script that races nothing gave no error")
	}
}

func TestCIRacesTheStore(t *testing.T) {
	script, err := os.ReadFile("../../../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	raced, _, err := leaks.Raced(string(script), []string{"parcelwatch/store/sqlite"})
	if err != nil || !slices.Contains(raced, "parcelwatch/store/sqlite") {
		t.Errorf("raced %q, error %v", raced, err)
	}
}
