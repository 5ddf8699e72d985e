package locale

// FromEnvironment returns the language set by LC_ALL, LC_MESSAGES or LANG, in that
// order, or English if it has no catalogue.
func FromEnvironment(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		tag := getenv(name)
		if tag == "" {
			continue
		}
		if code, ok := matchTag(tag); ok {
			return code
		}
		// The first variable that is set decides, as in setlocale(3).
		return fallback
	}
	return fallback
}
