//go:build linux

package kill_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/test/proof/internal/disk"
	"parcelwatch/test/proof/internal/kill"
	"parcelwatch/test/proof/internal/lab"
)

// unsynced builds the program with a store that syncs nothing.
func unsynced(t *testing.T, dir string) string {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(root, "store", "sqlite", "sqlite.go")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `"synchronous(FULL)"`, `"synchronous(OFF)"`, 1)
	if changed == string(text) {
		t.Fatal("the store's source does not say how it syncs")
	}
	other, overlay, binary := filepath.Join(dir, "sqlite.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "unsynced")
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {source: other}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{other: []byte(changed), overlay: replaced} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", binary, "parcelwatch/cmd/daemon").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	return binary
}

// TestAStoreWithoutSyncsIsFoundOut shows that the chapter can fail.
func TestAStoreWithoutSyncsIsFoundOut(t *testing.T) {
	if os.Getenv("PARCELWATCH_RIG") == "" {
		t.Skip("skipped: needs Dovecot, root and a minute: set PARCELWATCH_RIG=1")
	}
	if err := disk.Need(); err != nil {
		t.Skip("skipped: ", err)
	}
	dir, err := os.MkdirTemp("", "parcelwatch-power-") //nolint:usetesting // the mail server's users must be able to enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cage, err := lab.FindCage()
	if err != nil {
		t.Skip("skipped: ", err)
	}
	env := &lab.Env{Dir: dir, Daemon: unsynced(t, dir), Cage: cage, Quick: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	lost, err := kill.Cuts(t.Context(), env, 12)
	if len(lost) == 0 {
		t.Fatalf("a store that syncs nothing loses nothing; error %v", err)
	}
	t.Logf("%d losses, the first: %s", len(lost), lost[0])
}
