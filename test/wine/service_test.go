package wine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

func TestTheServicesLife(t *testing.T) {
	w := startWindows(t)
	d := rig.StartDovecot(t, "", nil)
	exe, err := os.ReadFile(build(t, "0.9.1"))
	if err != nil {
		t.Fatal(err)
	}
	w.put(t, program, string(exe))
	idle := func() bool { return w.idle(t) }
	const (
		second = `C:\ProgramData\parcelwatch family\family.toml`
		third  = "parcelwatch-family"
	)
	// One machine's story: each chapter begins where the one before ended.
	_ = t.Run("installed before anybody configured it, it waits without a fault", func(t *testing.T) {
		said := w.ours(t, "service", "install")
		for _, want := range []string{program, configFile, `NT AUTHORITY\LocalService`, "parcelwatch setup"} {
			if !strings.Contains(said, want) {
				t.Errorf("install does not name %s:\n%s", want, said)
			}
		}
		if said := w.refused(t, "service", "start"); !strings.Contains(said, "parcelwatch setup") {
			t.Errorf("start without a configuration: %s", said)
		}
		w.run(t, "wine", "sc", "start", "parcelwatch") // as Windows does when it starts
		if said := w.ours(t, "service", "status"); !strings.Contains(said, "is running") || !strings.Contains(said, "parcelwatch setup") {
			t.Errorf("status: %s", said)
		}
		until(t, patience, "the event log says that it waits", func() bool { return strings.Contains(w.events(t), "parcelwatch setup") })
	}) &&
		t.Run("it is what Windows was told: automatic, delayed, without rights, with its path in quotes", func(t *testing.T) {
			said := w.run(t, "wine", "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services\parcelwatch`)
			for value, want := range map[string]string{
				"Start": "0x2", "DelayedAutoStart": "0x1", "ObjectName": `NT AUTHORITY\LocalService`,
				"ImagePath": `"` + program + `" run --config ` + configFile,
			} {
				if _, line, _ := strings.Cut(said, " "+value+" "); !strings.Contains(strings.SplitN(line, "\n", 2)[0], want) {
					t.Errorf("%s is not %s:\n%s", value, want, said)
				}
			}
			w.run(t, "wine", "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\parcelwatch`)
		}) &&
		t.Run("configured, it begins by itself and makes a parcel of a mail", func(t *testing.T) {
			w.configure(t, d, configFile, "alice", "")
			t.Logf("watching after %v", until(t, patience, "the mailbox idles", idle))
			d.Deliver(t, "alice", letter("RB123456785CN"))
			t.Logf("a parcel after %v", until(t, patience, "the mail is a parcel", func() bool { return w.knows(t, "RB123456785CN") }))
			if !w.there(storeFile) || !strings.Contains(w.ours(t, "service", "status"), "is running") {
				t.Error("the store is elsewhere, or the service is not running")
			}
			until(t, patience, "the event log tells the start", func() bool { return strings.Contains(w.events(t), "started") })
		}) &&
		t.Run("it speaks Russian to a pipe and to a console", func(t *testing.T) {
			const file, want = `C:\ProgramData\parcelwatch\russian.toml`, "Почта России"
			w.put(t, file, "language = \"ru\"\r\n")
			said := w.ours(t, "--config", file, "carriers")
			if !strings.Contains(said, want) {
				t.Errorf("to a pipe: %.200q", said)
			}
			said = console(t, w, "env TERM=xterm wine '"+program+"' carriers --config '"+file+"'")
			if !strings.Contains(said, want) {
				t.Errorf("to a console: %.200q", said)
			}
		}) &&
		t.Run("installed again while it runs, it is changed and goes on", func(t *testing.T) {
			if said := w.ours(t, "service", "install"); !strings.Contains(said, "replaced") || w.service(t, "parcelwatch") != "RUNNING" {
				t.Errorf("it is %s:\n%s", w.service(t, "parcelwatch"), said)
			}
			w.ours(t, "service", "restart")
			until(t, patience, "the mailbox idles", idle)
		}) &&
		t.Run("stopped, it is down within 5 s", func(t *testing.T) {
			began := time.Now()
			w.ours(t, "service", "stop")
			took := time.Since(began)
			t.Logf("stopped in %v, the command's own start included", took.Round(10*time.Millisecond))
			if took > 7*time.Second || w.service(t, "parcelwatch") != "STOPPED" {
				t.Errorf("it is %s after %v", w.service(t, "parcelwatch"), took)
			}
			if said := w.refused(t, "service", "status"); !strings.Contains(said, "not running") {
				t.Errorf("status: %s", said)
			}
			for _, rest := range []string{"-wal", "-shm"} {
				if w.there(storeFile + rest) {
					t.Errorf("%s is left: the store was not closed", rest)
				}
			}
		}) &&
		t.Run("a wrong configuration is named by status and in the event log, and not tried again", func(t *testing.T) {
			w.configure(t, d, configFile, "alice", "[log]\ntone = \"low\"\n")
			if said := w.refused(t, "service", "start"); !strings.Contains(said, "log.tone") {
				t.Errorf("start: %s", said)
			}
			_, _ = w.call(t, "wine", "sc", "start", "parcelwatch") // past our own look at it
			until(t, patience, "it has ended", func() bool { return w.service(t, "parcelwatch") == "STOPPED" })
			if said := w.refused(t, "service", "status"); !strings.Contains(said, "has failed") || !strings.Contains(said, configFile+":") || !strings.Contains(said, "log.tone") {
				t.Errorf("status: %s", said)
			}
			until(t, patience, "the event log names the key", func() bool { return strings.Contains(w.events(t), "log.tone") })
			w.configure(t, d, configFile, "alice", "")
			w.ours(t, "service", "start")
			until(t, patience, "the mailbox idles", idle)
		}) &&
		t.Run("a second instance has its own name, mailbox and store", func(t *testing.T) {
			w.configure(t, d, second, "bob", "[store]\npath = \"family.db\"\n")
			w.ours(t, "--config", second, "service", "install", "--name", third)
			w.ours(t, "--config", second, "service", "start", "--name", third)
			until(t, patience, "both watch", func() bool { return w.idle(t) && w.idle(t, "--config", second) })
			d.Deliver(t, "bob", letter("LP00999900000034"))
			until(t, patience, "the mail is a parcel", func() bool { return w.knows(t, "LP00999900000034", "--config", second) })
			if w.knows(t, "LP00999900000034") || !w.there(`C:\ProgramData\parcelwatch family\family.db`) {
				t.Error("the stores are not apart")
			}
			if said := w.ours(t, "service", "install", "--name", third); !strings.Contains(said, second) {
				t.Errorf("installed again it has another configuration:\n%s", said)
			}
			w.ours(t, "service", "uninstall", "--name", third)
			if w.service(t, third) != "" || w.service(t, "parcelwatch") != "RUNNING" {
				t.Errorf("they are %q and %q", w.service(t, third), w.service(t, "parcelwatch"))
			}
		}) &&
		t.Run("killed, it is a failure to the service manager", func(t *testing.T) {
			w.run(t, "wine", "taskkill", "/f", "/im", "parcelwatch.exe")
			until(t, patience, "Windows sees it", func() bool { return w.service(t, "parcelwatch") == "STOPPED" })
			if said := w.refused(t, "service", "status"); !strings.Contains(said, "has failed") || !strings.Contains(said, "1067") {
				t.Errorf("status: %s", said)
			}
		}) &&
		t.Run("after a start of Windows it runs", func(t *testing.T) {
			// A delayed start comes two minutes after the others, unless told otherwise.
			w.run(t, "wine", "reg", "add", `HKLM\SYSTEM\CurrentControlSet\Control`, "/v", "AutoStartDelay", "/t", "REG_DWORD", "/d", "1", "/f")
			w.down(t)
			d.Deliver(t, "alice", letter("RB200000010CN"))
			w.boot(t)
			until(t, patience, "it runs", func() bool { return w.service(t, "parcelwatch") == "RUNNING" })
			until(t, patience, "the mailbox idles", idle)
			until(t, patience, "mail of the time between is a parcel", func() bool { return w.knows(t, "RB200000010CN") })
		}) &&
		t.Run("uninstalled, it leaves its data", func(t *testing.T) {
			w.ours(t, "service", "uninstall")
			if said := w.refused(t, "service", "status"); !strings.Contains(said, "not installed") {
				t.Errorf("status: %s", said)
			}
			if w.service(t, "parcelwatch") != "" || !w.there(storeFile) || !w.there(configFile) {
				t.Errorf("service %q, store %v, configuration %v", w.service(t, "parcelwatch"), w.there(storeFile), w.there(configFile))
			}
			if _, err := w.call(t, "wine", "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\parcelwatch`); err == nil {
				t.Error("the source of events is still registered")
			}
		})
}

// console runs a command at a terminal of its own and returns what that shows.
func console(t *testing.T, w *windows, command string) string {
	t.Helper()
	tool, err := exec.LookPath("script")
	if err != nil {
		t.Skip("skipped: needs script (package bsdutils)")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-qec", "stty cols 200 rows 50; ./wine.sh run "+w.dir+" "+command, "/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestUnitTestsPassOnWindows runs the tests of what Windows does otherwise:
// files, locks, access lists, secrets, paths, line ends.
func TestUnitTestsPassOnWindows(t *testing.T) {
	binaries := t.TempDir()
	w := startWindows(t, binaries, repository(t))
	env := []string{"GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0", "GOTMPDIR=" + binaries}
	run := filepath.Join(repository(t), "test", "wine", "wine.sh") + " run " + w.dir + ` env ZONEINFO=Z:\usr\share\zoneinfo wine`
	for _, p := range []string{"config", "service", "store/sqlite", "internal/cli", "internal/setup", "internal/command"} {
		t.Run(p, func(t *testing.T) {
			if out, err := goTest(t, env, "-exec", run, "./"+p); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
