package service

import (
	"path/filepath"
	"strconv"
	"strings"
)

// ExitConfig is the exit status that keeps systemd from starting the program
// again. It is not the 2 of other commands: with that one Go ends what panics or
// what the watchdog aborts, and both must come back.
const ExitConfig = 78

// unit is the systemd unit. kardianos's own restarts after two minutes, knows no
// readiness and no confinement. The result holds no template actions, so its
// engine passes it through.
func unit(o Options) string {
	var b strings.Builder
	line := func(s ...string) { b.WriteString(strings.Join(s, "") + "\n") }
	line("[Unit]")
	line("Description=parcelwatch: follows parcels that shops announce by mail")
	if !o.User { // a user manager has no such target
		line("Wants=network-online.target")
		line("After=network-online.target")
	}
	line("StartLimitIntervalSec=300")
	line("StartLimitBurst=10")
	if o.Config != "" { // a package starts at boot before anybody configured it
		line("AssertPathExists=", escape(o.Config))
	}
	line()
	line("[Service]")
	line("Type=notify")
	line("NotifyAccess=main")
	line("ExecStart=", quote(o.Executable), " run --config ", quote(o.Config))
	line("ExecReload=/bin/kill -HUP $MAINPID")
	line("Restart=on-failure")
	line("RestartSec=10")
	line("# A wrong configuration does not mend itself.")
	line("RestartPreventExitStatus=", strconv.Itoa(ExitConfig))
	line("TimeoutStartSec=60")
	line("TimeoutStopSec=10")
	line("WatchdogSec=120")
	line("UMask=0077")
	if !o.User {
		confine(o, line)
	}
	line()
	line("[Install]")
	if o.User {
		line("WantedBy=default.target")
	} else {
		line("WantedBy=multi-user.target")
	}
	return b.String()
}

// confine takes away what the program never needs: it reads its configuration,
// writes one folder and speaks TCP, UDP (DNS) and to systemd.
func confine(o Options, line func(...string)) {
	line()
	line("User=", o.Name)
	line("Group=", o.Name)
	writable("StateDirectory", "/var/lib/", o.Data, line)
	if o.Log != "" && filepath.ToSlash(filepath.Dir(o.Log)) != o.Data {
		writable("LogsDirectory", "/var/log/", filepath.ToSlash(filepath.Dir(o.Log)), line)
	}
	if home(o) {
		line("# Something of the service is below a home folder.")
		line("ProtectHome=read-only")
	} else {
		line("ProtectHome=yes")
	}
	for _, s := range []string{
		"ProtectSystem=strict", "PrivateTmp=yes", "PrivateDevices=yes", "PrivateUsers=yes", "ProtectClock=yes",
		"ProtectControlGroups=yes", "ProtectHostname=yes", "ProtectKernelLogs=yes", "ProtectKernelModules=yes",
		"ProtectKernelTunables=yes", "ProtectProc=invisible", "ProcSubset=pid", "NoNewPrivileges=yes",
		"CapabilityBoundingSet=", "AmbientCapabilities=", "LockPersonality=yes", "MemoryDenyWriteExecute=yes",
		"RemoveIPC=yes", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces=yes",
		"RestrictRealtime=yes", "RestrictSUIDSGID=yes", "SystemCallArchitectures=native",
		"SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "SystemCallErrorNumber=EPERM",
		"DevicePolicy=closed", "MemoryMax=256M", "TasksMax=128",
	} {
		line(s)
	}
}

// writable lets the service write one folder, which systemd makes where it is in
// the usual place.
func writable(key, usual, dir string, line func(...string)) {
	if name, ok := strings.CutPrefix(dir, usual); ok && name != "" && !strings.Contains(name, "/") {
		line(key, "=", escape(name))
		line(key, "Mode=0700")
	} else if dir != "" {
		line("ReadWritePaths=", quote(dir))
	}
}

// home reports whether a path of the service is below a home folder.
func home(o Options) bool {
	for _, path := range append([]string{o.Executable, o.Config, o.Data, o.Log}, o.Files...) {
		if below(path, homes()) {
			return true
		}
	}
	return false
}

func homes() []string { return []string{"/home", "/root", "/run/user"} }

// below reports whether the path is one of the folders or inside.
func below(path string, dirs []string) bool {
	for _, dir := range dirs {
		if path = filepath.ToSlash(path); path == dir || strings.HasPrefix(path, dir+"/") {
			return true
		}
	}
	return false
}

// quote is a path as systemd reads it back in a command line.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `$$`).Replace(s)
	return `"` + escape(s) + `"`
}

// escape doubles what systemd would expand.
func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }
