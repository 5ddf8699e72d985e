//go:build !windows

package setup

import (
	"os"
	"strings"
)

// SystemZone returns the name of the system's time zone, empty if it is not known.
func SystemZone(getenv func(string) string) string {
	if tz := strings.TrimPrefix(getenv("TZ"), ":"); strings.Contains(tz, "/") {
		return tz
	}
	link, err := os.Readlink("/etc/localtime")
	if err != nil {
		return ""
	}
	_, name, _ := strings.Cut(link, "zoneinfo/")
	return name
}

// SystemLanguage returns "": on Unix, only the environment names a language.
func SystemLanguage() string { return "" }
