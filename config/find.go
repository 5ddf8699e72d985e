package config

import (
	"os"
	"path"
	"strings"
)

// EnvFile is the environment variable that names the configuration file.
const EnvFile = "PARCELWATCH_CONFIG"

// Find returns the file to load: the flag's, else the one in the environment,
// else the first of the usual places that exists. It returns a [NoFileError] if
// there is none.
func Find(flag string, getenv func(string) string, goos string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if name := getenv(EnvFile); name != "" {
		return name, nil
	}
	places := Places(getenv, goos)
	for _, place := range places {
		// A file without permission exists; Load reports the reason.
		if _, err := os.Stat(place); err == nil || os.IsPermission(err) {
			return place, nil
		}
	}
	return "", &NoFileError{Places: places}
}

// Places returns the usual places of the file, the system-wide one first.
func Places(getenv func(string) string, goos string) []string {
	const dir, file = "parcelwatch", "parcelwatch.toml"
	switch goos {
	case "windows":
		var out []string
		for _, key := range []string{"ProgramData", "AppData"} {
			if base := getenv(key); base != "" {
				out = append(out, strings.Join([]string{base, dir, file}, `\`))
			}
		}
		return out
	case "darwin":
		out := []string{path.Join("/etc", dir, file)}
		if home := getenv("HOME"); home != "" {
			out = append(out, path.Join(home, "Library/Application Support", dir, file))
		}
		return out
	default:
		out := []string{path.Join("/etc", dir, file)}
		if base := getenv("XDG_CONFIG_HOME"); base != "" {
			out = append(out, path.Join(base, dir, file))
		} else if home := getenv("HOME"); home != "" {
			out = append(out, path.Join(home, ".config", dir, file))
		}
		return out
	}
}

// StorePath returns the default path of the store for the configuration at
// file: the system's directory for a system-wide file, else the user's own. It
// only depends on values that are the same in the daemon and the other
// commands.
func StorePath(file string, getenv func(string) string, goos string) string {
	const name = "parcelwatch.db"
	if goos == "windows" { // beside the file, because an account's own directory is not the service's
		return file[:strings.LastIndexAny(file, `\/`)+1] + name
	}
	home := getenv("HOME")
	switch {
	case strings.HasPrefix(file, "/etc/") || home == "":
		return path.Join("/var/lib/parcelwatch", name)
	case goos == "darwin":
		return path.Join(home, "Library/Application Support/parcelwatch", name)
	case getenv("XDG_STATE_HOME") != "":
		return path.Join(getenv("XDG_STATE_HOME"), "parcelwatch", name)
	default:
		return path.Join(home, ".local/state/parcelwatch", name)
	}
}
