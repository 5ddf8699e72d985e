package lab_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"parcelwatch/test/proof/internal/lab"
)

func TestTheLimitIsThatOfThePackages(t *testing.T) {
	for _, file := range []string{"packaging/parcelwatch.service", "service/unit.tmpl.service"} {
		unit, err := os.ReadFile("../../../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("\nMemoryMax=%dM\n", lab.MemoryLimit>>20); !strings.Contains(string(unit), want) {
			t.Errorf("%s has no line %q", file, strings.TrimSpace(want))
		}
	}
}
