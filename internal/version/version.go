// Package version says which build this is.
package version

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// number is set by a release build: -ldflags "-X parcelwatch/internal/version.number=1.2.3".
var number string //nolint:gochecknoglobals // the linker can set nothing else

// Info is what is known of the build.
type Info struct {
	Version  string // "1.2.3", or "dev" where it is no release
	Commit   string // empty where not known
	Modified bool   // the sources had changes that are not in the commit
	Go       string
	Platform string // "linux/amd64"
}

// Get reads what the build has left in the program.
func Get() Info {
	build, _ := debug.ReadBuildInfo()
	return of(build, number)
}

func of(build *debug.BuildInfo, number string) Info {
	out := Info{Version: number, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if build != nil {
		if v := build.Main.Version; out.Version == "" && v != "(devel)" && !strings.HasPrefix(v, "v0.0.0-") {
			out.Version = strings.TrimPrefix(v, "v")
		}
		for _, s := range build.Settings {
			switch s.Key {
			case "vcs.revision":
				out.Commit = s.Value[:min(12, len(s.Value))]
			case "vcs.modified":
				out.Modified = s.Value == "true"
			}
		}
	}
	if out.Version == "" {
		out.Version = "dev"
	}
	return out
}

// String is one line: version, commit, Go, platform.
func (i Info) String() string {
	s := i.Version
	if i.Commit != "" {
		s += " (" + i.Commit
		if i.Modified {
			s += ", changed"
		}
		s += ")"
	}
	return s + " " + i.Go + " " + i.Platform
}
