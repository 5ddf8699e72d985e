package setup

import "golang.org/x/sys/windows"

// SystemZone is empty: Windows has names of its own for time zones.
func SystemZone(func(string) string) string { return "" }

// SystemLanguage is the language that Windows shows to the user.
func SystemLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
