// Package version identifies the build. It must not know anything else of the program.
package version

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// number is set by a release build: -ldflags "-X parcelwatch/internal/version.number=1.2.3".
var number string //nolint:gochecknoglobals // the linker can set nothing else

// Info describes the build.
type Info struct {
	Version  string // "1.2.3", or "dev" if it is not a release
	Commit   string // empty if not known
	Modified bool   // built from sources with uncommitted changes
	Go       string
	Platform string // "linux/amd64"
}

// Get returns the information about this build.
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

// String returns one line: version, commit, Go version, platform.
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
