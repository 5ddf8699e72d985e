package service_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/service"
)

var update = flag.Bool("update", false, "write the goldens anew")

func TestTheUnitIsAsItShouldBe(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]service.Options{
		"system": {
			Name: "parcelwatch", Executable: "/usr/bin/parcelwatch", Config: "/etc/parcelwatch/parcelwatch.toml", Data: "/var/lib/parcelwatch",
		},
		"elsewhere": {
			Name: "family", Executable: "/home/me/bin/parcel watch", Config: `/etc/100% "sure"/a$b\c.toml`, Data: "/srv/parcels",
			Log: "/var/log/parcels/family.log",
		},
		"user": {
			Name: "parcelwatch", User: true, Executable: "/home/me/parcelwatch", Config: "/home/me/.config/parcelwatch/parcelwatch.toml", Data: "/home/me/.local/state/parcelwatch",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden := filepath.Join("testdata", name+".service")
			if name == "system" { // the unit in the packages
				golden = filepath.Join("..", "packaging", "parcelwatch.service")
			}
			got := service.Unit(opt)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSystemdFindsTheUnitSafe runs systemd's own analysis if it is installed.
func TestSystemdFindsTheUnitSafe(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	path := filepath.Join(t.TempDir(), "parcelwatch.service")
	text := service.Unit(service.Options{Name: "parcelwatch", Executable: "/bin/true", Config: "/etc/hostname", Data: "/var/lib/parcelwatch"})
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "security", "--offline=true", "--no-pager", path).CombinedOutput()
	found := regexp.MustCompile(`exposure level for .*: ([0-9.]+)`).FindSubmatch(out)
	if found == nil {
		t.Skipf("this systemd-analyze cannot judge offline: %v", err)
	}
	level, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil || level > 2.0 {
		t.Errorf("exposure %v, want at most 2.0\n%s", level, out)
	}
	page, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`reports ([0-9.]+) with systemd ([0-9]+)`).FindSubmatch(page)
	if said == nil {
		t.Fatal("SECURITY.md does not name the exposure level")
	}
	version, err := exec.CommandContext(t.Context(), tool, "--version").Output()
	if err == nil && strings.HasPrefix(string(version), "systemd "+string(said[2])) && string(said[1]) != string(found[1]) {
		t.Errorf("SECURITY.md says %s, systemd says %s", said[1], found[1])
	}
	if out, err := exec.CommandContext(t.Context(), tool, "verify", "--man=no", path).CombinedOutput(); strings.Contains(string(out), "parcelwatch.service:") {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

func TestPathsThatWouldMeanSomethingElseAreRefused(t *testing.T) {
	t.Parallel()
	root := filepath.VolumeName(t.TempDir()) // a drive on Windows, nothing elsewhere
	for path, good := range map[string]bool{
		"": true, root + "/etc/x.toml": true, root + "/srv/a b/ü%$": true,
		"x.toml": false, root + "/a\nb": false, root + "/a\x00b": false, root + `/a"b`: false, root + "/a{{Name}}": false,
	} {
		if err := service.CheckFor(path); (err == nil) != good {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, name := range []string{"a b", "../x", "-x", strings.Repeat("x", 70), "a/b"} {
		if _, err := service.New(service.Options{Name: name}); err == nil {
			t.Errorf("name %q passes", name)
		}
	}
}
