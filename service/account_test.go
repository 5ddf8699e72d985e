//go:build !windows

package service_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parcelwatch/service"
)

// stranger is an unused user id.
const stranger = 61234

// rooted returns a directory of root that others may enter.
func rooted(t *testing.T) (*service.Account, string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root to act for another account")
	}
	dir, err := os.MkdirTemp("", "parcelwatch-account-") //nolint:usetesting // TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return service.AccountOf(stranger), dir
}

func put(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func owner(t *testing.T, path string) (uid, gid uint32) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatalf("no owner of %s", path)
	}
	return st.Uid, st.Gid
}

func TestTheAccountMayReadWhatRootAloneCould(t *testing.T) {
	t.Parallel()
	a, dir := rooted(t)
	path := put(t, filepath.Join(dir, "etc", "x.toml"), 0o600)
	if err := os.Chmod(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := service.Can(a, t.Context(), "-r", path, "read"); err == nil {
		t.Fatal("it could before")
	}
	var r service.Report
	for range 2 { // the second call changes nothing
		if err := service.Enter(a, &r, filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		if err := service.Grant(a, &r, path); err != nil {
			t.Fatal(err)
		}
	}
	if err := service.Can(a, t.Context(), "-r", path, "read"); err != nil {
		t.Error(err)
	}
	if len(r.Steps) != 2 {
		t.Errorf("told: %v", r.Steps)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	if uid, gid := owner(t, path); uid != 0 || gid != stranger {
		t.Errorf("it belongs to %d:%d", uid, gid)
	}
}

func TestWhatTheAccountCannotReachIsNamedWithTheFolderThatIsClosed(t *testing.T) {
	t.Parallel()
	a, dir := rooted(t)
	path := put(t, filepath.Join(dir, "shut", "open", "x.pass"), 0o644)
	program := put(t, filepath.Join(dir, "program"), 0o744)
	if err := os.Chmod(filepath.Join(dir, "shut"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := service.Can(a, t.Context(), "-r", path, "read")
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "shut")+" is closed to it; move the file") {
		t.Errorf("got %v", err)
	}
	err = service.Can(a, t.Context(), "-x", program, "run")
	if err == nil || !strings.Contains(err.Error(), "the account family cannot run "+program+"; run: chmod a+x "+program) {
		t.Errorf("got %v", err)
	}
	if err := os.Chown(path, 0, stranger+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := service.Grant(a, &service.Report{}, path); err == nil || !strings.Contains(err.Error(), "there for the group 61235; give this service a copy, or run: usermod --append --groups 61235 family") {
		t.Errorf("another service's file: %v", err)
	}
	if err := os.Chown(path, stranger+1, stranger+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := service.Grant(a, &service.Report{}, path); err == nil || !strings.Contains(err.Error(), "chown root") {
		t.Errorf("somebody else's file: %v", err)
	}
}

func TestOnlyAFolderOfItsOwnIsGivenToTheService(t *testing.T) {
	t.Parallel()
	a, dir := rooted(t)
	ours := []string{"*.db*", "family*"}
	t.Run("a new one", func(t *testing.T) {
		t.Parallel()
		made := filepath.Join(dir, "a", "b")
		if err := service.Folder(made, "[store] path", ours, a); err != nil {
			t.Fatal(err)
		}
		if uid, _ := owner(t, made); uid != stranger {
			t.Errorf("it belongs to %d", uid)
		}
		if uid, _ := owner(t, filepath.Dir(made)); uid != 0 {
			t.Errorf("the one above belongs to %d", uid)
		}
	})
	t.Run("one that root's commands made, with what is in it", func(t *testing.T) {
		t.Parallel()
		file := put(t, filepath.Join(dir, "c", "parcelwatch.db-wal"), 0o600)
		outside := put(t, filepath.Join(dir, "outside"), 0o600)
		link := filepath.Join(dir, "c", "x.db")
		if err := os.Symlink(outside, link); err != nil {
			t.Fatal(err)
		}
		if err := service.Folder(filepath.Join(dir, "c"), "[store] path", ours, a); err != nil {
			t.Fatal(err)
		}
		if uid, _ := owner(t, file); uid != stranger {
			t.Errorf("the file belongs to %d", uid)
		}
		if uid, _ := owner(t, outside); uid != 0 {
			t.Errorf("a link's end belongs to %d", uid)
		}
	})
	t.Run("not one that holds other things", func(t *testing.T) {
		t.Parallel()
		put(t, filepath.Join(dir, "log", "syslog"), 0o600)
		err := service.Folder(filepath.Join(dir, "log"), "[log] file", ours, a)
		if err == nil || !strings.Contains(err.Error(), "holds other things (syslog)") || !strings.Contains(err.Error(), "[log] file") {
			t.Errorf("got %v", err)
		}
		if uid, _ := owner(t, filepath.Join(dir, "log")); uid != 0 {
			t.Errorf("it belongs to %d", uid)
		}
	})
}

func TestWhatAConfinedServiceDoesNotSeeIsRefused(t *testing.T) {
	t.Parallel()
	good := service.Options{Executable: "/usr/bin/x", Config: "/etc/x.toml", Data: "/var/lib/x"}
	if err := manager(t, good).Visible(); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*service.Options){
		func(o *service.Options) { o.Executable = "/tmp/x" },
		func(o *service.Options) { o.Log = "/var/tmp/x.log" },
		func(o *service.Options) { o.Files = []string{"/tmp/ca.pem"} },
	} {
		opt := good
		change(&opt)
		if err := manager(t, opt).Visible(); err == nil || !strings.Contains(err.Error(), "does not see") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

func TestLogsOfTheServiceManagerAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), put(t, filepath.Join(t.TempDir(), "other"), 0o644)
	old := put(t, filepath.Join(dir, "parcelwatch.err"), 0o644)
	content, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.PrivateLogs(dir, []string{"parcelwatch.log", "parcelwatch.err"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"parcelwatch.log", "parcelwatch.err"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want 0600", name, info.Mode(), err)
		}
	}
	if kept, err := os.ReadFile(old); err != nil || string(kept) != string(content) {
		t.Errorf("the old log holds %q, %v; want %q", kept, err, content)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "linked.log")); err != nil {
		t.Fatal(err)
	}
	if err := service.PrivateLogs(dir, []string{"linked.log"}); err == nil {
		t.Error("a link was followed")
	}
	if info, err := os.Stat(elsewhere); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the target of the link has mode %v, %v", info.Mode(), err)
	}
}

func TestLinksToARemovedScriptGo(t *testing.T) {
	t.Parallel()
	etc := t.TempDir()
	script := put(t, filepath.Join(etc, "init.d", "other"), 0o755)
	links := map[string]string{
		"rc2.d/S50parcelwatch": "../init.d/parcelwatch", "rc0.d/K02parcelwatch": "../init.d/parcelwatch",
		"rc2.d/S50other": script, "rc3.d/S50parcelwatch2": "../init.d/parcelwatch2",
	}
	for link, to := range links {
		if err := os.MkdirAll(filepath.Join(etc, filepath.Dir(link)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(etc, link)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := service.Unlink(etc, "parcelwatch"); err != nil {
			t.Fatal(err)
		}
	}
	if err := service.Unlink(etc, "other"); err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]bool{"rc2.d/S50parcelwatch": false, "rc0.d/K02parcelwatch": false, "rc2.d/S50other": true, "rc3.d/S50parcelwatch2": true} {
		if _, err := os.Lstat(filepath.Join(etc, link)); (err == nil) != want {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestInstallChangesNoOwnerThroughLinks(t *testing.T) {
	a, dir := rooted(t)
	victim := put(t, filepath.Join(dir, "private", "key"), 0o600)
	for name, link := range map[string]func(path string) error{
		"a link":         func(path string) error { return os.Symlink(victim, path) },
		"a second name":  func(path string) error { return os.Link(victim, path) },
		"a link to none": func(path string) error { return os.Symlink(victim+".new", path) },
	} {
		secret := filepath.Join(dir, "secret")
		if err := link(secret); err != nil {
			t.Fatal(err)
		}
		if err := service.Grant(a, &service.Report{}, secret); err == nil {
			t.Errorf("%s: the service may read root's file", name)
		}
		state := filepath.Join(dir, "state")
		if err := os.Mkdir(state, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := link(filepath.Join(state, "parcelwatch.db")); err != nil {
			t.Fatal(err)
		}
		if err := service.Folder(state, "[store] path", []string{"*.db*"}, a); err == nil && name == "a second name" {
			t.Errorf("%s: root's file is handed over", name)
		}
		if err := os.Symlink(filepath.Dir(victim), filepath.Join(dir, "elsewhere")); err != nil {
			t.Fatal(err)
		}
		_ = service.Folder(filepath.Join(dir, "elsewhere"), "[store] path", []string{"key"}, a)
		for _, path := range []string{victim, filepath.Dir(victim)} {
			if uid, gid := owner(t, path); uid != 0 || gid != 0 {
				t.Errorf("%s: %s belongs to %d:%d", name, path, uid, gid)
			}
		}
		for _, path := range []string{secret, state, filepath.Join(dir, "elsewhere")} {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}
