//go:build !windows

package setup

import (
	"os"
	"strings"
)

// SystemZone is the name of the machine's time zone; empty where it has none.
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

// SystemLanguage is what the system speaks where the environment does not say.
func SystemLanguage() string { return "" }
