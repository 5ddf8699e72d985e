package setup

import "golang.org/x/sys/windows"

// SystemZone returns "": Windows does not use IANA names for time zones.
func SystemZone(func(string) string) string { return "" }

// SystemLanguage returns the user's display language.
func SystemLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
