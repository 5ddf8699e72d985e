package service

import (
	_ "embed" // the unit
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// ExitConfig is the exit status after which systemd does not restart the program. It
// differs from the 2 of other commands, because Go exits with 2 after a panic or an
// abort by the watchdog, and then a restart is wanted.
const ExitConfig = 78

//go:embed unit.tmpl.service
var unitText string

// unit returns the systemd unit. The one of kardianos/service restarts after two
// minutes and has neither readiness nor confinement: the program reads its configuration,
// writes one folder, and uses TCP, UDP (DNS) and systemd's socket. The result holds no
// template actions, so that the library's template engine leaves it as it is.
func unit(o Options) string {
	var b strings.Builder
	t, err := template.New("unit").Funcs(template.FuncMap{
		"escape": escape, "quote": quote, "home": home, "writable": writable, "exitConfig": func() int { return ExitConfig },
	}).Parse(unitText)
	if err == nil { // the template is embedded, and a test executes it
		_ = t.Execute(&b, o)
	}
	return b.String()
}

// writable returns the lines that let the service write to the folders of its store and
// its log.
func writable(o Options) string {
	lines := place("StateDirectory", "/var/lib/", o.Data)
	if log := filepath.ToSlash(filepath.Dir(o.Log)); o.Log != "" && log != o.Data {
		lines += place("LogsDirectory", "/var/log/", log)
	}
	return strings.TrimSuffix(lines, "\n")
}

// place makes a folder writable. systemd creates it if it is in the usual place.
func place(key, usual, dir string) string {
	if name, ok := strings.CutPrefix(dir, usual); ok && name != "" && !strings.Contains(name, "/") {
		return key + "=" + escape(name) + "\n" + key + "Mode=0700\n"
	}
	if dir == "" {
		return ""
	}
	return "ReadWritePaths=" + quote(dir) + "\n"
}

// home reports whether a path of the service is below a home folder.
func home(o Options) bool {
	return slices.ContainsFunc(o.paths(), func(path string) bool { return below(path, homes()) })
}

func homes() []string { return []string{"/home", "/root", "/run/user"} }

// below reports whether the path is one of the folders or in one.
func below(path string, dirs []string) bool {
	path = filepath.ToSlash(path)
	return slices.ContainsFunc(dirs, func(dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") })
}

// quote quotes a path for a command line of systemd.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `$$`).Replace(s)
	return `"` + escape(s) + `"`
}

// escape doubles the percent signs that systemd would expand.
func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }
