package service_test

import (
	"os/exec"
	"testing"

	"parcelwatch/test/rig"
)

// TestLintianFindsNoError asks Debian's own judge of packages.
func TestLintianFindsNoError(t *testing.T) {
	rig.Need(t)
	lintian, err := exec.LookPath("lintian")
	if err != nil {
		t.Skip("needs lintian (package lintian)")
	}
	out, err := exec.CommandContext(t.Context(), lintian, "--fail-on", "error", packageOf(t, "0.9.1", "deb")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
