package service_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// previous builds the package of the newest commit that had an older schema, and returns its path inside and the number of
// that schema.
func (b *box) previous(t *testing.T, version string) (path, schema string) {
	t.Helper()
	git := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join("..", "..")}, args...)...).Output()
		if err != nil {
			t.Skipf("no history of the repository here: git %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	steps, err := filepath.Glob(filepath.Join("..", "..", "store", "sqlite", "migrations", "*.sql"))
	if err != nil || len(steps) < 2 {
		t.Fatalf("schema steps: %v, %v", steps, err)
	}
	newest := filepath.Base(steps[len(steps)-1])
	added := git("log", "--diff-filter=A", "--format=%H", "-1", "--", "store/sqlite/migrations/"+newest)
	if added == "" || git("rev-parse", "--is-shallow-repository") == "true" {
		t.Skip("the commit that added the newest schema step is not in the history here")
	}
	tree, out := t.TempDir(), t.TempDir()
	git("archive", "-o", filepath.Join(out, "tree.tar"), added+"^")
	if said, err := exec.CommandContext(t.Context(), "tar", "-xf", filepath.Join(out, "tree.tar"), "-C", tree).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, said)
	}
	before, err := filepath.Glob(filepath.Join(tree, "store", "sqlite", "migrations", "*.sql"))
	if err != nil || len(before) == 0 {
		t.Fatalf("schema steps of the older program: %v, %v", before, err)
	}
	data, err := os.ReadFile(packageFrom(t, tree, out, version, "deb"))
	if err != nil {
		t.Fatal(err)
	}
	path = "/root/parcelwatch-" + version + "-previous.deb"
	b.put(t, path, string(data))
	number, _, _ := strings.Cut(filepath.Base(before[len(before)-1]), "_")
	return path, strings.TrimLeft(number, "0")
}

// TestAPackageBringsTheStoreOfThePreviousVersionUpToDate installs a real older program, lets it fill its store, and upgrades
// it as apt does; then it goes back, as docs/service.md says.
func TestAPackageBringsTheStoreOfThePreviousVersionUpToDate(t *testing.T) {
	b := startBox(t)
	old, schema := b.previous(t, "0.8.9")
	current := b.buildPackage(t, "0.9.2")
	d := rig.StartDovecot(t, "", nil)
	idle := func() bool { return b.idle(t) }
	saved := storeFile + ".schema-" + schema + ".bak"

	b.run(t, "dpkg", "-i", old)
	configure(t, b, d, settings{})
	b.run(t, "parcelwatch", "service", "install")
	b.run(t, "parcelwatch", "service", "start")
	until(t, patience, "the mailbox idles", idle)
	d.Deliver(t, "alice", letter("RB123456785CN", collected))
	until(t, patience, "the mail is a parcel", func() bool { return b.knows(t, "RB123456785CN") })
	b.run(t, "parcelwatch", "rename", "RB123456785CN", "Lamp of the old version")

	t.Run("upgraded, the new program has the parcel, and a copy of the old store is beside its own", func(t *testing.T) {
		config := b.run(t, "sha256sum", configFile)
		b.run(t, "dpkg", "-i", current)
		until(t, patience, "the mailbox idles", idle)
		if got := b.run(t, "parcelwatch", "version"); !strings.Contains(got, " 0.9.2 ") {
			t.Errorf("version %s", got)
		}
		if !strings.Contains(b.run(t, "parcelwatch", "list"), "Lamp of the old version") || b.run(t, "sha256sum", configFile) != config {
			t.Error("the parcel's name or the configuration is lost")
		}
		if !b.there(saved) {
			t.Errorf("there is no copy of the store of schema %s: %s", schema, b.try(t, "ls", "/var/lib/parcelwatch"))
		}
		d.Deliver(t, "alice", letter("LP00999900000034", collected))
		until(t, patience, "new mail is a parcel", func() bool { return b.knows(t, "LP00999900000034") })
	})
	t.Run("gone back, the old program has the old store and reads the mail since then again", func(t *testing.T) {
		b.run(t, "dpkg", "-i", old)
		b.try(t, "parcelwatch", "service", "stop")
		b.run(t, "parcelwatch", "restore", saved)
		b.try(t, "systemctl", "reset-failed", "parcelwatch")
		b.run(t, "parcelwatch", "service", "start")
		until(t, patience, "the mailbox idles", idle)
		if !strings.Contains(b.run(t, "parcelwatch", "list"), "Lamp of the old version") {
			t.Error("the parcel's name is lost")
		}
		until(t, patience, "mail since the copy is a parcel again", func() bool { return b.knows(t, "LP00999900000034") })
	})
}
