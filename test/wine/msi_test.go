package wine_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// inMenu reports whether setup is in the Start menu: that of all users in
// Windows, the person's own in Wine.
func inMenu(w *windows) bool {
	const entry = `\Microsoft\Windows\Start Menu\Programs\parcelwatch setup.lnk`
	return w.there(`C:\ProgramData`+entry) || w.there(`C:\users\root\AppData\Roaming`+entry)
}

// buildInstaller makes the installer of a version and returns where it is on
// drive C:.
func buildInstaller(t *testing.T, w *windows, version string) string {
	t.Helper()
	for _, tool := range []string{"wixl", "msibuild"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs %s (packages wixl msitools)", tool)
		}
	}
	exe := build(t, version)
	var made [][]byte
	for range 2 {
		out := filepath.Join(t.TempDir(), "parcelwatch.msi")
		cmd := exec.CommandContext(t.Context(), filepath.Join(repository(t), "packaging", "msi", "build.sh"), exe, filepath.Join(repository(t), "LICENSE"), out)
		cmd.Env = append(os.Environ(), "VERSION="+version, "SOURCE_DATE_EPOCH=1700000000")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, data)
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("two builds of the same program differ")
	}
	path := `C:\parcelwatch-` + version + `.msi`
	w.put(t, path, string(made[0]))
	return path
}

func TestTheInstallersLife(t *testing.T) {
	w := startWindows(t)
	d := rig.StartDovecot(t, "", nil)
	first, second := buildInstaller(t, w, "0.9.1"), buildInstaller(t, w, "0.9.2")
	idle := func() bool { return w.idle(t) }
	// One machine's story: each chapter begins where the one before ended.
	_ = t.Run("installed, there is a stopped service, and setup in the Start menu", func(t *testing.T) {
		w.run(t, "wine", "msiexec", "/i", first, "/qn")
		if got := w.service(t, "parcelwatch"); got != "STOPPED" {
			t.Errorf("the service is %q", got)
		}
		if said := w.run(t, "wine", "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services\parcelwatch`, "/v", "Start"); !strings.Contains(said, "0x2") {
			t.Errorf("it does not start with Windows: %s", said)
		}
		if !inMenu(w) || !w.there(`C:\Program Files\parcelwatch\example.toml`) {
			t.Errorf("Start menu %v, example %v", inMenu(w), w.there(`C:\Program Files\parcelwatch\example.toml`))
		}
		if !w.there(`C:\Program Files\parcelwatch\THIRD-PARTY.txt`) {
			t.Error("the licences of the parts are not there")
		}
		if !w.there(strings.TrimSuffix(configFile, `\parcelwatch.toml`)) {
			t.Error("others can make the folder of the service")
		}
		if said := w.ours(t, "version"); !strings.Contains(said, " 0.9.1 ") {
			t.Errorf("version %s", said)
		}
		if said := w.run(t, "wine", "cmd", "/c", "parcelwatch version"); !strings.Contains(said, " 0.9.1 ") {
			t.Errorf("by the path of commands: %s", said)
		}
	}) &&
		t.Run("configured and started, it watches", func(t *testing.T) {
			w.configure(t, d, configFile, "alice", "")
			w.ours(t, "service", "install") // as setup does at its end
			w.ours(t, "service", "start")
			until(t, patience, "the mailbox idles", idle)
			d.Deliver(t, "alice", letter("RB123456785CN"))
			until(t, patience, "the mail is a parcel", func() bool { return w.knows(t, "RB123456785CN") })
		}) &&
		t.Run("upgraded, it runs the new program with the old data", func(t *testing.T) {
			before, err := os.ReadFile(w.outside(configFile))
			if err != nil {
				t.Fatal(err)
			}
			w.run(t, "wine", "msiexec", "/i", second, "/qn")
			if said := w.ours(t, "version"); !strings.Contains(said, " 0.9.2 ") {
				t.Errorf("version %s", said)
			}
			if got := w.service(t, "parcelwatch"); got != "RUNNING" {
				t.Errorf("the service is %q", got)
			}
			until(t, patience, "the mailbox idles", idle)
			if after, err := os.ReadFile(w.outside(configFile)); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the configuration is another: %v", err)
			}
			if !w.knows(t, "RB123456785CN") {
				t.Error("the parcel is lost")
			}
			d.Deliver(t, "alice", letter("LP00999900000034"))
			until(t, patience, "new mail is a parcel", func() bool { return w.knows(t, "LP00999900000034") })
		}) &&
		t.Run("removed, it is gone and leaves configuration and store", func(t *testing.T) {
			w.run(t, "wine", "msiexec", "/x", second, "/qn")
			if got := w.service(t, "parcelwatch"); got != "" {
				t.Errorf("the service is %q", got)
			}
			if w.there(program) || w.there(`C:\Program Files\parcelwatch`) || inMenu(w) {
				t.Errorf("program %v, its folder %v, Start menu %v", w.there(program), w.there(`C:\Program Files\parcelwatch`), inMenu(w))
			}
			if !w.there(configFile) || !w.there(storeFile) {
				t.Errorf("configuration %v, store %v", w.there(configFile), w.there(storeFile))
			}
		})
}
