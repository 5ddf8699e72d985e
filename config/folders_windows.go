package config

import (
	"os"

	"golang.org/x/sys/windows"
)

// Getenv is [os.Getenv], except that it asks Windows for its directories,
// because the environments of a console, a service and an installer may differ.
func Getenv(key string) string {
	folder := map[string]*windows.KNOWNFOLDERID{
		"ProgramData": windows.FOLDERID_ProgramData, "AppData": windows.FOLDERID_RoamingAppData,
	}[key]
	if folder != nil {
		if path, err := windows.KnownFolderPath(folder, windows.KF_FLAG_DEFAULT); err == nil {
			return path
		}
	}
	return os.Getenv(key)
}
