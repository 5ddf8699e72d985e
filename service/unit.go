package service

import (
	"path/filepath"
	"strconv"
	"strings"
)

// ExitConfig is the exit status after which systemd does not restart the program. It
// differs from the 2 of other commands, because Go exits with 2 after a panic or an
// abort by the watchdog, and then a restart is wanted.
const ExitConfig = 78

// unit returns the systemd unit. The one of kardianos/service restarts after two
// minutes and has neither readiness nor confinement. The result holds no template
// actions, so that the library's template engine leaves it as it is.
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
	if o.Config != "" { // a package enables the service before it is configured
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

// confine removes the rights that the program does not need: it reads its
// configuration, writes one folder, and uses TCP, UDP (DNS) and systemd's socket.
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

// writable lets the service write to a folder. systemd creates it if it is in the
// usual place.
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

// below reports whether the path is one of the folders or in one.
func below(path string, dirs []string) bool {
	for _, dir := range dirs {
		if path = filepath.ToSlash(path); path == dir || strings.HasPrefix(path, dir+"/") {
			return true
		}
	}
	return false
}

// quote quotes a path for a command line of systemd.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `$$`).Replace(s)
	return `"` + escape(s) + `"`
}

// escape doubles the percent signs that systemd would expand.
func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }
